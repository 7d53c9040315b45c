"""What can go wrong between arXiv and us, as one exception with a kind to act on and a sentence to show."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

Kind = Literal["down", "slow", "rate_limited", "refused", "garbled", "bad_request"]

_SENTENCES: dict[Kind, str] = {
    "down": "arXiv cannot be reached at the moment.",
    "slow": "arXiv did not answer in time.",
    "rate_limited": "arXiv asks us to send fewer requests.",
    "refused": "arXiv refuses our requests at the moment.",
    "garbled": "arXiv's answer could not be understood.",
    "bad_request": "arXiv did not understand our request.",
}


class SourceTrouble(Exception):
    """arXiv did not give what was asked for.

    `kind`: "down" (unreachable, 5xx), "slow" (out of time), "rate_limited" (429), "refused" (403), "garbled"
    (not what arXiv sends when it is well), "bad_request" (the question was wrong).
    `retry_after`: seconds until asking again makes sense, where known. `sentence`: for people. `detail`: for
    the log.
    """

    def __init__(self, kind: Kind, *, detail: str = "", retry_after: float | None = None) -> None:
        self.kind: Kind = kind
        self.sentence = _SENTENCES[kind]
        self.detail = " ".join(detail.split())[:300]
        self.retry_after = retry_after
        super().__init__(f"{self.sentence} [{kind}{': ' if self.detail else ''}{self.detail}]")


def trouble_with(status: int, body: bytes = b"") -> SourceTrouble | None:
    """The trouble that an HTTP answer stands for; None for 2xx, 304, and for 400, which has a telling body.

    arXiv's "Rate exceeded." is known by its words too: it has been seen with other statuses than 429.
    """
    detail = f"HTTP {status}"
    if status == HTTPStatus.TOO_MANY_REQUESTS or body[:40].lstrip().lower().startswith(b"rate exceeded"):
        return SourceTrouble("rate_limited", detail=detail)
    if status == HTTPStatus.FORBIDDEN:
        return SourceTrouble("refused", detail=detail)
    if 200 <= status < 300 or status in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_MODIFIED):
        return None
    return SourceTrouble("down", detail=detail)
