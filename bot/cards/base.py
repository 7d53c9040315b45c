"""What a card is, and how text from outside is made harmless on it.

A card is plain data; bot/chat/draw.py turns it into what Discord shows. Numbers: Discord's message limits
(https://discord.com/developers/docs/resources/message#embed-object-embed-limits).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from bot.cards.forms import Select

TITLE, TEXT, FIELD_NAME, FIELD_VALUE, FIELDS, FOOTER, LABEL, TOTAL = 256, 4096, 256, 1024, 25, 2048, 80, 6000

Tone = Literal["plain", "good", "warn", "bad", "paper", "session", "digest"]

#: Where Discord's markup could begin or end inside a line. Escaping no more than this keeps a copied title a title.
#: Addresses are text, too, until a card makes a link of them.
_MARKUP = re.compile(r"[\\*_`]|~~|\|\||(?<=\])\(|<(?=[@#:/+]|[A-Za-z]+:|[^\s<>]+@)|(?<=[A-Za-z]):(?=//)")
#: What makes a heading, a quote or a list of a line that begins with it.
_BLOCK = re.compile(r"^(?=[#>+-])|^\d+(?=\.\s)")
_ROUND = str.maketrans("[]", "()")


@dataclass(frozen=True)
class Button:
    """A press that does something (`action`, see `action()`), or a link (`url`)."""

    label: str
    action: str | None = None
    url: str | None = None
    style: Literal["primary", "secondary", "success", "danger"] = "secondary"
    emoji: str | None = None


@dataclass(frozen=True)
class Field:
    name: str
    value: str
    inline: bool = False


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a card. `about` says what a picture shows, for those who cannot see it."""

    name: str
    data: bytes
    about: str = ""


@dataclass(frozen=True)
class Card:
    """One thing the bot says. `text` and field values are Discord markup; the rest is plain text.

    `pings` are the members that a post may notify, `ping_roles` the roles, by id or name: nobody else, whatever the
    texts contain.
    """

    title: str = ""
    text: str = ""
    url: str | None = None
    fields: tuple[Field, ...] = ()
    footer: str = ""
    tone: Tone = "plain"
    buttons: tuple[Button, ...] = ()
    pings: tuple[int, ...] = ()
    ping_roles: tuple[str, ...] = ()
    reactions: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    selects: tuple[Select, ...] = ()

    def fitted(self) -> Card:
        """The same card within Discord's limits: what is too long ends in "…", what is too much is left out."""
        title, footer = clip(self.title, TITLE), clip(self.footer, FOOTER - 64)
        room = TOTAL - len(title) - len(footer) - 64  # the reference is added to the footer when it is sent
        text = clip(self.text, min(TEXT, room))
        room -= len(text)
        fields: list[Field] = []
        for field in self.fields[:FIELDS]:
            name = clip(field.name, FIELD_NAME) or "\u200b"
            value = clip(field.value, min(FIELD_VALUE, max(room - len(name), 0))) or "\u200b"
            if len(name) + len(value) > room:
                break
            room -= len(name) + len(value)
            fields.append(Field(name, value, field.inline))
        buttons = tuple(
            replace(button, label=clip(button.label, LABEL))
            for button in self.buttons[: 5 * (5 - len(self.selects))]
        )
        return replace(self, title=title, text=text, fields=tuple(fields), footer=footer, buttons=buttons)


@dataclass(frozen=True)
class Thread:
    """A discussion thread, opened from a message. `minutes` of silence archive it: 60, 1440, 4320 or 10080.

    With `was` it gets a new name, unless somebody else has given it one: then `was` is not what it is called.
    """

    name: str
    minutes: Literal[60, 1440, 4320, 10080] = 10080
    archived: bool = False
    was: str = ""


@dataclass(frozen=True)
class NativeEvent:
    """An entry in Discord's own list of events. All is plain text; `place` is where it happens, in words.

    Limits: https://discord.com/developers/docs/resources/guild-scheduled-event
    """

    name: str
    description: str
    starts_at: datetime
    ends_at: datetime
    place: str
    cancelled: bool = False

    def fitted(self) -> NativeEvent:
        """The same within Discord's limits; room is left for the reference at the end of the description."""
        return replace(
            self,
            name=clip(self.name, 100),
            description=clip(self.description, 960),
            place=clip(self.place, 100),
        )


#: Whatever a post can be.
Said = Card | Thread | NativeEvent


def action(name: str, *arguments: object) -> str:
    """The `custom_id` of a button: all its state, so that it works after any restart. At most 100 characters."""
    return ":".join([name, *map(str, arguments)])


def clip(text: str, limit: int) -> str:
    """`text` in at most `limit` characters, cut at a space where one is near; never inside an escape."""
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    cut = text[: limit - 1]
    space = cut.rfind(" ")
    if space > limit * 0.8:
        cut = cut[:space]
    return cut.rstrip("\\ \n") + "…"


def flat(text: str) -> str:
    """Text from outside on one line: no control, invisible or direction-changing characters, single blanks."""
    if not text.isprintable():  # as nearly all text is
        text = "".join(
            ch for ch in text if ch.isspace() or unicodedata.category(ch) not in ("Cc", "Cf", "Cs", "Co")
        )
    return " ".join(text.split())


def plain(text: str, limit: int | None = None) -> str:
    """Text from outside, as markup that shows exactly that text: it cannot ping, link, format or start a block."""
    shown = flat(text)
    if limit is not None:
        shown = clip(shown, limit)
    escaped = _MARKUP.sub(lambda found: "".join("\\" + ch for ch in found[0]), shown)
    return _BLOCK.sub(lambda found: found[0] + "\\", escaped)


def link(label: str, url: str) -> str:
    """A masked link; `label` is from outside. Its brackets become round ones: they would end the label early."""
    safe = url.replace("(", "%28").replace(")", "%29").replace(" ", "%20")
    return f"[{plain(label.translate(_ROUND))}]({safe})"


def member(user_id: int) -> str:
    return f"<@{user_id}>" if user_id > 0 else "someone who left"


def channel(channel_id: int) -> str:
    return f"<#{channel_id}>"


def jump(guild_id: int, channel_id: int, message_id: int) -> str:
    """The address of a message."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


def stamp(instant: datetime, style: Literal["t", "T", "d", "D", "f", "F", "R"] = "F") -> str:
    """A Discord timestamp: each reader sees it in their own zone and language."""
    return f"<t:{int(instant.timestamp())}:{style}>"


def count(number: int, one: str, many: str | None = None) -> str:
    """How many, in words: "1 vote", "2 votes"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def names(authors: list[str], limit: int = 6) -> str:
    """Authors as plain text, the first `limit` and how many more."""
    if len(authors) <= limit:
        return ", ".join(flat(author) for author in authors)
    return ", ".join(flat(author) for author in authors[:limit]) + f" and {len(authors) - limit} more"
