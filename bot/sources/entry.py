"""What arXiv says of one paper, whichever of its doors it came through."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

AnnounceType = Literal["new", "cross", "replace", "replace-cross"]

_WITHDRAWN_COMMENT = re.compile(r"\bwithdr(?:awn|awing|ew)\b", re.IGNORECASE)
_WITHDRAWN_ABSTRACT = re.compile(
    r"\b(?:paper|article|submission|manuscript|preprint|work)\s+(?:has\s+been|have\s+been|is|was|is\s+being)"
    r"\s+(?:temporarily\s+)?withdrawn\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper as arXiv describes it. Texts are arXiv's own (TeX included), with white space normalised.

    `arxiv_id` is the bare canonical identifier and `version` the one described. `published` (of v1) and
    `updated` (of this version) are aware UTC; feeds do not tell them. `announce_type` is told by feeds only.
    """

    arxiv_id: str
    version: int | None
    title: str
    authors: tuple[str, ...]
    abstract: str
    categories: tuple[str, ...]
    primary_category: str
    published: datetime | None = None
    updated: datetime | None = None
    doi: str | None = None
    journal_ref: str | None = None
    comment: str | None = None
    announce_type: AnnounceType | None = None

    @property
    def withdrawn(self) -> bool:
        """Whether it *may* be withdrawn: arXiv has no flag for it, only words in comment or abstract."""
        return bool(
            _WITHDRAWN_COMMENT.search(self.comment or "") or _WITHDRAWN_ABSTRACT.search(self.abstract)
        )
