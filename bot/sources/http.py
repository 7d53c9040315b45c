"""One GET, told apart into an answer within bounds or a `SourceTrouble`. Knows nothing of arXiv's formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import aiohttp
from yarl import URL

from bot.sources.trouble import SourceTrouble

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Validators:
    """What the server said of its answer's identity; given back, it may answer "not modified" instead."""

    etag: str | None = None
    modified: str | None = None

    def headers(self) -> dict[str, str]:
        """The conditions to ask under."""
        told = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in told.items() if value and value.isprintable()}


UNCONDITIONAL = Validators()


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer of any status: the body unpacked, `retry_after` in seconds, `redirect` an address."""

    status: int
    content_type: str | None
    body: bytes
    retry_after: float | None = None
    redirect: str | None = None
    validators: Validators = UNCONDITIONAL


async def get(
    session: aiohttp.ClientSession,
    url: str,
    *,
    headers: Mapping[str, str],
    limit: int,
    within: aiohttp.ClientTimeout,
) -> Answer:
    """GET `url` once, following nothing; `limit` bounds the body in bytes, compressed and decompressed.

    Raises `SourceTrouble`: "slow", "down" (no connection), "garbled" (too long, cut off, leads elsewhere).
    """
    try:
        async with session.get(
            URL(url, encoded=True), headers=headers, timeout=within, allow_redirects=False
        ) as response:
            redirect = _redirect(response)
            return Answer(
                status=response.status,
                content_type=response.headers.get("Content-Type"),
                body=b"" if redirect else await _body(response, limit),
                retry_after=retry_after(response.headers),
                redirect=redirect,
                validators=Validators(response.headers.get("ETag"), response.headers.get("Last-Modified")),
            )
    except TimeoutError as error:
        raise SourceTrouble("slow", detail=str(error) or "timeout") from error
    except aiohttp.ClientPayloadError as error:
        raise SourceTrouble("garbled", detail=f"cut off: {error}") from error
    except (aiohttp.ClientError, OSError) as error:
        raise SourceTrouble("down", detail=f"{type(error).__name__}: {error}") from error


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds asked for by `Retry-After`: a number, or a date, measured from the answer's own `Date`."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        until, now = (parsedate_to_datetime(each) for each in (text, headers.get("Date", "")))
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError):  # no date, or one with and one without a zone: then it tells us nothing
        return None


async def _body(response: aiohttp.ClientResponse, limit: int) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > limit:  # leaving now closes the connection: the rest is never fetched nor unpacked
            raise SourceTrouble("garbled", detail=f"longer than {limit} bytes")
    return bytes(body)


def _redirect(response: aiohttp.ClientResponse) -> str | None:
    if response.status not in _REDIRECTS:
        return None
    here, location = response.url, response.headers.get("Location", "")
    try:
        there = here.join(URL(location))
        elsewhere = there.origin() not in {here.origin(), here.with_scheme("https").origin()}
    except ValueError as error:
        raise SourceTrouble("garbled", detail=f"HTTP {response.status} leads nowhere: {location}") from error
    if elsewhere:
        raise SourceTrouble("garbled", detail=f"HTTP {response.status} leads elsewhere: {there.host}")
    return str(there)
