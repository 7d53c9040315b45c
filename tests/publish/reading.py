"""Reading pages as a strict reader does: what is not as the HTML standard wants it is an error."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

from justhtml import JustHTML

#: What an element may not have within it, beyond what the parser itself refuses (HTML, 4.4 and 4.5).
_NOT_WITHIN = {
    "a": {"a", "button", "input", "summary"},
    "li": {"h1"},
    "small": {"p", "div"},
    "span": {"p", "div", "ul"},
}


class _Attributes(HTMLParser):
    """The parser takes the first of two attributes of one name; the standard wants none."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"

    handle_startendtag = handle_starttag


class Read:
    """A page, read. Raises when it is not well-formed."""

    def __init__(self, data: bytes) -> None:
        text = data.decode()
        self.document = JustHTML(text, strict=True, sanitize=False)
        parser = _Attributes()
        parser.feed(text)
        parser.close()

    def all(self, selector: str) -> list[Any]:
        return list(self.document.query(selector))

    def one(self, selector: str) -> Any:
        (found,) = self.all(selector)
        return found

    def text(self, selector: str) -> str:
        return " ".join(self.one(selector).to_text().split())

    def data(self) -> list[dict[str, Any]]:
        """What is said for machines."""
        return [json.loads(one.to_text()) for one in self.all('script[type="application/ld+json"]')]

    def links(self) -> list[str]:
        """Where elements lead, or what they load."""
        found = [(one.attrs.get("href"), one.attrs.get("src")) for one in self.all("[href], [src]")]
        return [link for pair in found for link in pair if link is not None]

    def misplaced(self) -> list[str]:
        """Elements within others that may not hold them."""
        return [
            f"<{inner}> within <{outer}>"
            for outer, inners in _NOT_WITHIN.items()
            for inner in inners
            if self.all(f"{outer} {inner}")
        ]
