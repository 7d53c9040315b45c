"""Markup that text from outside cannot break: every element is made here, and what is not markup is escaped. Pure."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import quote, urlsplit

_LABEL = 200
_VOID = frozenset(("br", "hr", "img", "input", "link", "meta"))
#: Characters that neither HTML nor XML may hold (controls, halves of pairs, noncharacters), and those that turn the
#: direction of the text after them.
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)
_PLAIN_LINK = re.compile(r"https?://[a-z0-9.-]*[a-z0-9](/[a-zA-Z0-9_./?=&-]*)?")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PLAIN_NAME = re.compile(r"[a-z0-9]+( [a-z0-9]+)*")


class Html(str):
    """Markup that may be shown as it is. Any other string is text."""

    __slots__ = ()


#: What stands in an element; None and empty things leave no trace.
Child = str | None | Iterable["Child"]


def fit(text: str) -> str:
    """Text without the characters that no page or feed may hold."""
    return text if text.isprintable() else _UNFIT.sub("", text)


def html(*children: Child) -> Html:
    """Children after one another: markup as it is, text escaped."""
    return Html("".join(map(_shown, children)))


def joined(between: str, children: Iterable[Child]) -> Html:
    """Children with a text between each two."""
    return Html(_shown(between).join(map(_shown, children)))


def _shown(child: Child) -> str:
    if isinstance(child, Html):
        return child
    if isinstance(child, str):
        return _label(child) if len(child) < _LABEL else _escaped(child)
    return "".join(map(_shown, child)) if child else ""


def _escaped(text: str) -> str:
    return escape(fit(text), quote=False)


#: Titles and names stand on many pages.
_label = lru_cache(maxsize=16384)(_escaped)


def el(name: str, /, *children: Child, **attributes: str | bool | None) -> Html:
    """An element of HTML. Attributes that are None, False or "" are left out; `class_` and `data_x` are spelled so."""
    start = f"<{name}{_attributes(attributes)}>" if attributes else f"<{name}>"
    inner = [child if child.__class__ is Html else _shown(child) for child in children]
    return Html(start if name in _VOID else f"{start}{''.join(inner)}</{name}>")


def xml(name: str, /, *children: Child, **attributes: str | bool | None) -> Html:
    """An element of XML."""
    inner = "".join(map(_shown, children))
    start = f"<{name}{_attributes(attributes)}"
    return Html(f"{start}>{inner}</{name}>" if inner else f"{start}/>")


def _attributes(attributes: dict[str, str | bool | None]) -> str:
    return "".join([_attribute(key, value) for key, value in attributes.items() if value])


@lru_cache(maxsize=4096)
def _attribute(key: str, value: str | bool | None) -> str:  # noqa: FBT001 - it is what stands there
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(fit(str(value)))}"'


@lru_cache(maxsize=8192)
def web_link(address: str) -> str:
    """A web address that may stand in a link, as URL syntax wants it; nothing for any other (`javascript:` …)."""
    if _PLAIN_LINK.fullmatch(address):  # as nearly all are
        return address
    try:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or (parts.port or 1) < 1:
            return ""
    except ValueError:
        return ""
    head, sharp, fragment = quote(fit(address), safe="%/:=&?~#+!$,;'@()*", errors="replace").partition("#")
    return _STRAY_PERCENT.sub("%25", head + sharp + fragment.replace("#", "%23"))


def json_script(data: Any, *, kind: str) -> Html:
    """Data inside a page. No text in it can end the element or begin a comment."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Html(f'<script type="{kind}">{fit(text)}</script>')


class _Bare(dict[int, str | None]):
    """Drops marks, as a table for str.translate that learns each character when it is first seen."""

    def __missing__(self, character: int) -> str | None:
        letter = chr(character)
        return self.setdefault(character, None if unicodedata.category(letter).startswith("M") else letter)


#: Letters that Unicode does not take apart, as people type them. The script of the site has the same.
_SPELLED = {"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"}
_BARE = _Bare({ord(letter): spelled for letter, spelled in _SPELLED.items()})


def folded(text: str) -> str:
    """Text as it is sorted and searched: small letters without their marks."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKD", text.lower()).translate(_BARE)


@lru_cache(maxsize=4096)
def slug(name: str) -> str:
    """A file name or anchor for a name: readable, and another one for any other name, but for case."""
    known = name.casefold()
    plain = "-".join(re.findall(r"[a-z0-9]+", folded(name)))
    if _PLAIN_NAME.fullmatch(known) and len(known) <= 60:
        return plain
    digest = hashlib.sha256(known.encode(errors="replace")).hexdigest()[:6]
    return f"{plain[:50].strip('-')}-{digest}".lstrip("-")
