"""Striking at a chosen moment: at the n-th wait of a coroutine, as fate does, or `kill -9`, which ends it there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from typing import Any


class Dying:
    """Wraps coroutines and counts their waits; at wait number `at` they are cut off (`died` tells).

    With `under_way`, what is waited for has begun and goes on by itself, as a commit or a request does whose process
    dies: whether it took effect, nobody was told. Without it, it took effect and its result was lost. `then` is called
    at that moment; with `survives`, that is all.
    """

    def __init__(
        self,
        at: int,
        *,
        under_way: bool = False,
        then: Callable[[], None] | None = None,
        survives: bool = False,
    ) -> None:
        self.died, self.struck, self.waits = False, False, 0
        self._at, self._under_way, self._then, self._survives = at, under_way, then, survives

    async def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return await _Steps(self, work)

    def _cut_now(self) -> bool:
        self.waits += 1
        if self.died:
            return True
        if self.waits <= self._at or self.struck:
            return False
        self.struck = True
        if self._then is not None:
            self._then()
        return not self._survives


class _Steps:
    def __init__(self, dying: Dying, work: Coroutine[Any, Any, Any]) -> None:
        self._dying, self._work, self._cut = dying, work, False

    def __await__(self) -> Generator[Any, Any, Any]:
        send: Any = None
        while True:
            try:
                waited = self._work.throw(send) if send else self._work.send(None)
            except StopIteration as done:
                return done.value
            send = None
            if not self._cut and self._dying._cut_now():
                self._cut = self._dying.died = True
                send = asyncio.CancelledError()
                if self._dying._under_way:
                    continue
            try:
                yield waited
            except BaseException as error:  # noqa: BLE001 - handed to the work, which it is meant for
                send = error
