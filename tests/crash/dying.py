"""Dying at a chosen moment: a coroutine is stopped at its n-th wait, as `kill -9` would stop the process there."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from typing import Any


class Dying:
    """Wraps coroutines and counts their waits; at wait number `at` they are cut off (`died` tells).

    With `under_way`, what is waited for has begun and goes on by itself, as a commit or a request does whose process
    dies: whether it took effect, nobody was told. Without it, it took effect and its result was lost.
    """

    def __init__(self, at: int, *, under_way: bool) -> None:
        self.died = False
        self._left, self._under_way = at, under_way

    async def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return await _Steps(self, work)

    def _cut_now(self) -> bool:
        self._left -= 1
        return self._left < 0 or self.died


class _Steps:
    def __init__(self, dying: Dying, work: Coroutine[Any, Any, Any]) -> None:
        self._dying, self._work = dying, work

    def __await__(self) -> Generator[Any, Any, Any]:
        send: Any = None
        while True:
            try:
                waited = self._work.throw(send) if send else self._work.send(None)
            except StopIteration as done:
                return done.value
            cut = not self._dying.died and self._dying._cut_now()
            send = None
            if cut:
                self._dying.died = True
                send = asyncio.CancelledError()
                if self._dying._under_way:
                    continue
            try:
                yield waited
            except BaseException as error:  # noqa: BLE001 - handed to the work, which it is meant for
                send = error
