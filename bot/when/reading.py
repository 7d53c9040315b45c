"""What is shared by the readers of a typed time: the refusal, and the notes they take while reading."""

from __future__ import annotations

from dataclasses import dataclass, field

FORMS = (
    "Write a date and a time, such as “2026-12-07 17:00”, “7 December 17:00”, “next Monday 5pm”, "
    "“tomorrow at 9:00”, “in 3 hours”, or pick one with Discord’s @time."
)


class NotAWhen(ValueError):
    """The text names no single moment. The message is for the person who typed it."""


@dataclass(slots=True)
class Notes:
    """Sentences for the person, in order; one `doubt` makes the whole reading uncertain."""

    sentences: list[str] = field(default_factory=list)
    certain: bool = True

    def remark(self, sentence: str) -> None:
        """Something worth knowing."""
        self.sentences.append(sentence)

    def doubt(self, sentence: str) -> None:
        """Something that may have been meant otherwise."""
        self.sentences.append(sentence)
        self.certain = False
