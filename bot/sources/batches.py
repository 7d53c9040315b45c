"""What a feed's answer is worth, told by its ids alone: its dates are today's whatever it serves (FIELD b24). Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

#: - "news": a batch that was not there before.
#: - "more": the batch of last time, grown by stragglers.
#: - "same": the batch of last time, or a part of it. On a day that should bring papers: served again.
#: - "short": a batch that was not there before, but far smaller than usual; the rest may follow.
#: - "empty": nothing.
Worth = Literal["news", "more", "same", "short", "empty"]

#: Two batches share few ids (cross-lists of the same paper); this share of known ones means that it is the same.
_SAME = 0.5
#: Below this share of the usual size a batch is short, where the usual size says anything.
_SHORT, _TELLING = 0.25, 20
#: How fast the usual size follows the last one.
_FOLLOWS = 0.3


def worth(ids: Collection[str], known: Collection[str], usual: float) -> Worth:
    """What a feed with `ids` (with versions) is worth, `known` being those of the last batch that was news.

    `usual` is the usual number of ids, 0 when unknown.
    """
    if not ids:
        return "empty"
    new = set(ids).difference(known)
    if not new:
        return "same"
    if len(ids) - len(new) >= _SAME * len(ids):
        return "more"
    return "short" if usual >= _TELLING and len(ids) < _SHORT * usual else "news"


def usual_size(before: float, size: int) -> float:
    """The usual number of ids after a batch of `size`."""
    return float(size) if before == 0 else before + _FOLLOWS * (size - before)
