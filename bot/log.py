"""The log: one line an event, with the ids that trace a proposal or a delivery; never a secret, never a forged line."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TextIO

_FIELDS = "event_fields"
Listener = Callable[[str, Mapping[str, object]], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Have every event told, also those below the level of the log."""
    _listeners.append(listener)


def unlisten(listener: Listener) -> None:
    """Tell it no more."""
    if listener in _listeners:
        _listeners.remove(listener)


def event(logger: logging.Logger, name: str, /, level: int = logging.INFO, **fields: object) -> None:
    """Log that something happened: a dotted `name` and the ids that matter, as key=value."""
    for hear in _listeners:
        hear(name, fields)
    logger.log(level, name, extra={_FIELDS: fields})


class Formatter(logging.Formatter):
    """Lines of text or JSON, in UTC. What stands in `secrets` is blotted out everywhere, tracebacks included."""

    def __init__(self, *, as_json: bool, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._json = as_json
        self._secrets = [secret for secret in secrets if secret]
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        fields = {key: value for key, value in getattr(record, _FIELDS, {}).items() if value is not None}
        if record.exc_info:
            fields["error"] = self.formatException(record.exc_info)
        when = f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S')}.{int(record.msecs):03d}Z"
        if self._json:
            line = json.dumps(
                {
                    "time": when,
                    "level": record.levelname.lower(),
                    "logger": record.name,
                    "event": record.getMessage(),
                    **fields,
                },
                default=str,
                ensure_ascii=False,
            )
        else:
            message = _printable(" ".join(record.getMessage().splitlines()))
            pairs = [f"{key}={_quoted(value)}" for key, value in fields.items()]
            line = " ".join([when, f"{record.levelname:<7}", message, *pairs])
        for secret in self._secrets:
            line = line.replace(secret, "[secret]")
        return line


def _printable(text: str) -> str:
    """Without what a terminal would obey: escape sequences, other lines, directions."""
    return "".join(ch if ch.isprintable() else ch.encode("unicode_escape").decode() for ch in text)


def _quoted(value: object) -> str:
    """A value on one line: text from outside cannot start a line of its own or fake a field."""
    text = str(value)
    if text and text.isprintable() and not set(' "=\\') & set(text):
        return text
    return json.dumps(text, ensure_ascii=True)


def set_up(*, level: str, as_json: bool, secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Point the root logger at `stream` (standard error by default), replacing what was there."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Formatter(as_json=as_json, secrets=secrets))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # These speak at INFO of every connection; what matters of it is said by our own events.
    for chatty in ("discord", "apscheduler", "aiosqlite", "alembic"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLogger().level))
