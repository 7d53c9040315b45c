"""Checks what went over the wire against Discord's own description of its API, where that is at hand.

`check_exchanges(server)` validates every request body and every reply that the rehearsal server recorded. The
description is read from `../shared/discord/openapi.json` beside the checkout; where it is absent nothing is checked,
and `available()` lets a test say so and skip.
"""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from bot.rehearsal.api import Exchange
from bot.rehearsal.server import RehearsalServer

PATH = Path(__file__).resolve().parents[2].parent / "shared" / "discord" / "openapi.json"
# In requests Discord takes a number for an id as well, whatever the description says.
_LENIENT_ID = {
    "anyOf": [{"type": "string", "pattern": "^(0|[1-9][0-9]*)$"}, {"type": "integer", "minimum": 0}]
}
_BITS = {"allow", "deny"}
_ROUTE_PARAMETER = re.compile(r"\{[^}]*\}")


def available() -> bool:
    """Whether Discord's description is beside the checkout."""
    return PATH.exists()


class Description:
    """Discord's OpenAPI document, ready to answer "what belongs here?"."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        schemas = document["components"]["schemas"]
        self._said = {"schemas": schemas}
        self._asked = {"schemas": schemas | {"SnowflakeType": _LENIENT_ID}}
        self._paths = sorted((_ROUTE_PARAMETER.sub("[^/]+", path) + "$", path) for path in document["paths"])
        self._validators: dict[str, Draft202012Validator] = {}

    def route(self, path: str) -> str | None:
        """The documented template of a concrete path; literal steps win over parameters."""
        fitting = [template for pattern, template in self._paths if re.match(pattern, path)]
        return min(fitting, key=lambda template: template.count("{"), default=None)

    def complaints(self, exchange: Exchange) -> list[str]:
        """What is wrong with one exchange, in words."""
        name = f"{exchange.method} {exchange.path}"
        route = self.route(exchange.path)
        operation = self._document["paths"].get(route, {}).get(exchange.method.lower())
        if operation is None:
            return [f"{name} is not in Discord's API"]
        found = []
        wanted = _schema(operation.get("requestBody", {}))
        if wanted is not None and exchange.body is not None and (exchange.status or 500) < 400:
            body = _lenient(exchange.body)
            found += [f"{name} request: {text}" for text in self._errors(wanted, body, asked=True)]
        if exchange.lost != "request" and exchange.status is not None:
            found += [f"{name} reply: {text}" for text in self._judge_reply(operation, exchange)]
        return found

    def _judge_reply(self, operation: dict[str, Any], exchange: Exchange) -> list[str]:
        status = exchange.status or 0
        if status >= 500:
            return []
        if status >= 400:
            # the nested form errors are left out: the document calls their codes integers, but they are words
            return self._errors({"$ref": "#/components/schemas/Error"}, exchange.reply)
        answers = operation["responses"]
        answer = answers.get(str(status))
        if answer is None:
            return [f"status {status} is not among {sorted(answers)}"]
        wanted = _schema(answer)
        if wanted is None:
            return [] if exchange.reply is None else ["a body where none belongs"]
        return self._errors(wanted, exchange.reply)

    def _errors(self, schema: dict[str, Any], value: Any, *, asked: bool = False) -> list[str]:
        kind = json.dumps([asked, schema], sort_keys=True)
        if kind not in self._validators:
            whole = {"components": self._asked if asked else self._said, "allOf": [schema]}
            self._validators[kind] = Draft202012Validator(whole)
        return [_told(error) for error in self._validators[kind].iter_errors(value)]


def _lenient(body: Any) -> Any:
    """The body with permission bits as numbers: Discord takes them as text too, which is how clients send them."""
    if not isinstance(body, dict):
        return body
    return {
        key: int(value) if key in _BITS and isinstance(value, str) else value for key, value in body.items()
    }


def _told(error: ValidationError) -> str:
    where = "/".join(str(step) for step in error.instance_path)
    return f"at {where or 'the top'}: {error.message:.300}"


def _schema(holder: dict[str, Any]) -> dict[str, Any] | None:
    content = holder.get("content", {}).get("application/json")
    return content["schema"] if content else None


@functools.cache
def description() -> Description | None:
    """The description, read once; None where it is absent."""
    return Description(json.loads(PATH.read_text("utf-8"))) if available() else None


def check_exchanges(server: RehearsalServer) -> None:
    """Assert that the double did not fail and that all it recorded is as Discord describes it.

    The second is not looked at where the description is absent.
    """
    assert server.failures == []
    described = description()
    if described is None:
        return
    complaints = [text for exchange in server.exchanges for text in described.complaints(exchange)]
    assert not complaints, "\n".join(dict.fromkeys(complaints))
