"""Rate limits: the headers on every reply, and where a test asks for it, real buckets that answer 429."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from hashlib import md5
from typing import TYPE_CHECKING

from bot.rehearsal.errors import DiscordError

if TYPE_CHECKING:
    from bot.rehearsal.api import Exchange

_MAJOR = ("channels", "guilds", "webhooks")
_UNLIMITED = ("/interactions/", "/webhooks/")
_PLENTY = (1000, 1.0)
# Roughly what Discord grants; tests that mind time leave it off.
DISCORD = {
    ("POST", "/channels/{channel_id}/messages"): (5, 5.0),
    ("PUT", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me"): (1, 0.25),
}


def too_fast(retry_after: float, *, is_global: bool = False, scope: str = "user") -> DiscordError:
    """The 429. discord.py believes it only with a `Via` header; without one it takes it for Cloudflare's ban."""
    error = DiscordError(429, 0, "You are being rate limited.")
    error.extra = {"retry_after": retry_after, "global": is_global}
    error.headers = {
        "Retry-After": str(max(1, round(retry_after))),
        "X-RateLimit-Scope": "global" if is_global else scope,
        "Via": "1.1 google",
    }
    if is_global:
        error.headers["X-RateLimit-Global"] = "true"
    return error


@dataclass
class _Bucket:
    left: int
    ends: float


@dataclass
class Limits:
    """Buckets by route and major parameter, in real seconds. `rules` maps (method, template) to (count, seconds)."""

    rules: dict[tuple[str, str], tuple[int, float]] = field(default_factory=dict)
    per_second: int | None = None
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def spend(self, exchange: Exchange) -> dict[str, str]:
        """Count one request and tell its bucket in headers; raises the 429 when the bucket is empty."""
        if exchange.template is None:
            return {}
        if self.per_second is not None and not exchange.path.startswith(_UNLIMITED):
            self._take("global", self.per_second, 1.0, is_global=True)
        count, seconds = self.rules.get((exchange.method, exchange.template), _PLENTY)
        key = f"{exchange.method} {exchange.template}"
        bucket = self._take(f"{key} {_major(exchange.path)}", count, seconds)
        left = max(0.0, bucket.ends - time.monotonic())
        return {
            "X-RateLimit-Limit": str(count),
            "X-RateLimit-Remaining": str(bucket.left),
            "X-RateLimit-Reset": f"{time.time() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": md5(key.encode(), usedforsecurity=False).hexdigest(),
        }

    def _take(self, key: str, count: int, seconds: float, *, is_global: bool = False) -> _Bucket:
        now = time.monotonic()
        bucket = self._buckets.get(key)
        if bucket is None or bucket.ends <= now:
            bucket = self._buckets[key] = _Bucket(count, now + seconds)
        if bucket.left == 0:
            raise too_fast(bucket.ends - now, is_global=is_global)
        bucket.left -= 1
        return bucket


def _major(path: str) -> str:
    steps = path.split("/")
    return steps[2] if steps[1] in _MAJOR else ""
