"""Works that arXiv does not have: what a link, a DOI or an OpenReview page names; whether two works are one. Pure."""

from __future__ import annotations

import difflib
import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from bot.sources.tex import readable

_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]+", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_OF_ADDRESSES = ":/?#[]@!$&'()*+,;=%~-._"
#: What publishers write after a DOI in an address, and what a sentence leaves behind it.
_AFTER = re.compile(
    r"(?:/(?:full|abstract|pdf|epdf|html|meta|figures|references)(?:/.*)?|\.pdf|[.,;:!?'\]*_>]+)$"
)
_NOISE = re.compile(r"^(?:utm_\w+|fbclid|gclid|ref|referrer|source)$")
_WORD = re.compile(r"[^\W_]+")
_LONGEST = 200
#: Where a link that leads to no paper is a slip, not another work.
_ARXIVS = ("arxiv.org", "alphaxiv.org", "scirate.com", "ar5iv.org", "xxx.lanl.gov")
#: From which likeness of two titles it is asked whether they are one, and from how many words two equal ones say much.
_ALIKE, _TELLING = 0.88, 4

Likeness = Literal["same", "likely", "other"]


@dataclass(frozen=True, slots=True)
class Named:
    """A work as somebody named it. `name` is the same however its address is written: "doi:10.1145/3292500"."""

    name: str
    link: str

    def key(self, told_in: int) -> str:
        """The paper's key on a server whose members told of it: of that server alone, and short enough for a button."""
        kind = self.name.partition(":")[0]
        return f"{kind}:{hashlib.sha256(f'{told_in} {self.name}'.encode()).hexdigest()[:16]}"


def named(text: str) -> Named | None:
    """The first work in `text` that is named by a DOI or a link; None where there is none.

    What arXiv has is left to `identifiers.parse`.
    """
    return next(iter(all_named(text)), None)


def all_named(text: str) -> list[Named]:
    """The works that `text` names, each once, in order."""
    seen = "".join(
        ch for ch in unicodedata.normalize("NFKC", text[:20_000]) if unicodedata.category(ch) != "Cf"
    )
    found: dict[str, Named] = {}
    for match in re.finditer(rf"{_URL.pattern}|{_DOI.pattern}", seen, re.IGNORECASE):
        if one := _from_url(match[0]) if match[0][:4].lower() == "http" else _from_doi(match[0]):
            found.setdefault(one.name, one)
    return list(found.values())


def _from_doi(text: str) -> Named | None:
    doi, before = text, ""
    while doi != before:
        before, doi = doi, _AFTER.sub("", doi)
        if doi.endswith(")") and doi.count(")") > doi.count("("):
            doi = doi[:-1]
    if not _DOI.fullmatch(doi) or doi.startswith("10.48550/"):  # those are arXiv's
        return None
    return Named(_short(f"doi:{doi.lower()}"), f"https://doi.org/{doi}")


def _from_url(url: str) -> Named | None:
    address = url.rstrip(").,;:!?'\"]*_>")
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").encode("idna").decode().removeprefix("www."), parts.port
    except ValueError:
        return None
    if not _HOST.fullmatch(host) or parts.username is not None or port == 0:
        return None
    if not address.isascii():  # Discord takes no other address for a well-formed one
        address = quote(address.replace(parts.hostname or "", host, 1), safe=_OF_ADDRESSES)
    if any(host == site or host.endswith(f".{site}") for site in _ARXIVS):
        return None
    path, asked = unquote(parts.path), dict(parse_qsl(parts.query))
    if host == "openreview.net" and re.fullmatch(r"[\w-]{4,60}", asked.get("id", "")):
        return Named(f"openreview:{asked['id']}", f"https://openreview.net/forum?id={asked['id']}")
    if (doi := _DOI.search(path)) and (one := _from_doi(doi[0])):
        return Named(one.name, one.link if host in ("doi.org", "dx.doi.org") else address)
    query = urlencode([(key, value) for key, value in sorted(asked.items()) if not _NOISE.match(key)])
    return Named(_short(f"url:{host}{path.rstrip('/')}{'?' + query if query else ''}"), address)


def _short(name: str) -> str:
    if len(name) <= _LONGEST:
        return name
    kind = name.partition(":")[0]
    return f"{kind}:{hashlib.sha256(name.encode()).hexdigest()}"


def people(text: str) -> list[str]:
    """Authors as somebody typed them: "A. Lovelace, Alan Turing", "Lovelace, Ada; Turing, Alan" or one a line."""
    text = text.strip().rstrip(".;,")
    if re.search(r"[;\n]", text):
        parts, turned = re.split(r"\s*[;\n]\s*", text), True
    elif " and " in text and all(part.count(",") == 1 for part in text.split(" and ")):
        parts, turned = text.split(" and "), True  # as BibTeX has them
    else:
        parts, turned = re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*", text), False
    names = [re.sub(r"^(.+?),\s*(.+)$", r"\2 \1", part) if turned else part for part in parts]
    return [" ".join(name.split()) for name in names if name.strip()]


def words(text: str) -> list[str]:
    """The words of a text without case, accents and TeX."""
    bare = unicodedata.normalize("NFKD", readable(text).casefold())
    return _WORD.findall("".join(ch for ch in bare if not unicodedata.combining(ch)))


def likeness(title: str, authors: Sequence[str], other: str, others: Sequence[str]) -> Likeness:
    """Whether two works are one, by title and first author.

    The same title and first author: the same work. Nearly the same title, or one that only adds a subtitle, by the
    same first author, or the same telling title by somebody else (a name may be misspelt): likely.
    """
    one, two = words(title), words(other)
    if not one or not two:
        return "other"
    first = _same_person(authors, others)
    if one == two:
        return "same" if first else "likely" if len(one) >= _TELLING else "other"
    if not first:
        return "other"
    subtitled = one == two[: len(one)] or two == one[: len(two)]
    alike = difflib.SequenceMatcher(None, " ".join(one), " ".join(two), autojunk=False).ratio()
    return "likely" if subtitled or alike >= _ALIKE else "other"


def _same_person(authors: Sequence[str], others: Sequence[str]) -> bool:
    """Whether the first authors share a family name, whichever of their names comes first."""
    one, two = (words(names[0]) if names else [] for names in (authors, others))
    return bool(one and two) and (one[-1] in two or two[-1] in one)
