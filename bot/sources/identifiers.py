"""From whatever people paste to one arXiv identifier, or to a sentence that says why not.

The rules are arXiv's own (info.arxiv.org/help/arxiv_identifier.html). New scheme, since April 2007:
`YYMM.number`, four digits until December 2014, five since, counted from 1. Old scheme, until March 2007:
`archive/YYMMNNN`, where a subject class (`math.GT/…`) may be written but is not part of the identity.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

# Archives that gave out old-style identifiers; younger ones (stat, eess, econ, q-fin) never did.
_OLD_ARCHIVES = """
    acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas cond-mat
    cs dg-ga funct-an gr-qc hep-ex hep-lat hep-ph hep-th math math-ph mtrl-th nlin nucl-ex nucl-th patt-sol
    physics plasm-ph q-alg q-bio quant-ph solv-int supr-con
"""
OLD_ARCHIVES = frozenset(_OLD_ARCHIVES.split())

ACCEPTED = (
    "Give an arXiv id such as 2401.12345 or math/0309136, or a link to the paper on arxiv.org, "
    "huggingface.co/papers, alphaxiv.org, ar5iv or doi.org (10.48550/arXiv.…)."
)

_OPTIONS = re.IGNORECASE | re.DOTALL
_NEW_ID, _OLD_ID = r"[0-9]{4}\.[0-9]+", r"[a-z-]+(?:\.[a-z]+(?:-[a-z]+)?)?/[0-9]+"
_ID = rf"(?P<bare>{_NEW_ID}|{_OLD_ID})(?:\s*v(?P<version>[0-9]+))?"
_WHOLE = re.compile(rf"(?:arxiv\s*:?\s*)?{_ID}(?:\.pdf)?", _OPTIONS)
_DOI = re.compile(rf"(?:doi\s*:?\s*)?10\.48550/arxiv\.{_ID}", _OPTIONS)
_URL = re.compile(
    r"(?:https?:/{1,2})?(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::[0-9]+)?(?P<path>/[^?#]*).*", _OPTIONS
)


def _paths(segments: str) -> re.Pattern[str]:
    language = "(?:[a-z]{2}/+)?"
    return re.compile(rf"/+{language}(?:{segments})/*(?:arxiv[.:])?{_ID}(?:\.pdf|\.html?)?(?:/.*)?", _OPTIONS)


# The paths that lead to a paper, by site. Nothing before the id is the short form `arxiv.org/2401.12345`.
_SITES = {
    "arxiv.org": _paths("abs|pdf|html|format|e-print|eprint|src|ps|dvi|listing|"),
    "xxx.lanl.gov": _paths("abs|pdf|ps"),
    "ar5iv.org": _paths("abs|html|pdf|"),
    "alphaxiv.org": _paths("abs|overview|pdf|audio|"),
    "huggingface.co": _paths("papers"),
    "hf.co": _paths("papers"),
    "scirate.com": _paths("arxiv"),
    "doi.org": _paths(r"10\.48550"),
    "dx.doi.org": _paths(r"10\.48550"),
}
_AMBIGUOUS = re.compile(rf"{_OLD_ID}(?:v[0-9]+)?", _OPTIONS)  # in chat, "cs/0112017" may be anything

_NEW = re.compile(r"(?P<yymm>[0-9]{4})\.(?P<number>[0-9]+)")
_OLD = re.compile(r"(?P<archive>[a-z-]+)/(?P<yymm>[0-9]{4})(?P<number>[0-9]{3})")
_FIRST_NEW, _LAST_OLD, _LAST_WITH_4_DIGITS, _FIRST_OLD = "0704", "0703", "1412", "9107"

_SEPARATORS = ' \t\r\n<>"|,;[](){}'
_SPLIT = re.compile(rf"[\s{re.escape(_SEPARATORS)}]+")
_WRAPPING = "'`*_~:!?.…“”‘’„«»\\"
_LONGEST_TEXT = 20_000  # characters looked at: more than any Discord message holds
_HIGHEST_VERSION = 999


class NotAnArxivId(ValueError):
    """The text names no arXiv paper; `str()` of it is a sentence for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class ArxivId:
    """One arXiv paper, and the version that was named, if one was.

    `bare` is canonical and the key of a paper everywhere: lower-case archive, no subject class, no version.
    Raises `NotAnArxivId` for anything that arXiv's scheme does not allow.
    """

    bare: str
    version: int | None = None

    def __post_init__(self) -> None:
        if flaw := _flaw(self.bare, self.version):
            raise NotAnArxivId(flaw)

    def __str__(self) -> str:
        return self.bare if self.version is None else f"{self.bare}v{self.version}"

    @property
    def abs_url(self) -> str:
        """The abstract page, of the latest version."""
        return f"https://arxiv.org/abs/{self.bare}"

    @property
    def yymm(self) -> str:
        """Year and month of submission as the identifier has them, such as "2401"."""
        return self.bare.rpartition("/")[2][:4]


def parse(text: str) -> ArxivId:
    """The one paper that `text` names: an id, a link, a DOI, or a sentence with exactly one of them in it.

    Raises `NotAnArxivId` whose sentence tells the person what was wrong and what is accepted.
    """
    seen = _as_seen(text)
    if not seen:
        raise NotAnArxivId(f"No paper was named. {ACCEPTED}")
    whole = _read(seen.strip(_WRAPPING + _SEPARATORS))
    if isinstance(whole, ArxivId):
        return whole
    found = _papers(seen, also_ambiguous=True)
    if len(found) > 1:
        raise NotAnArxivId(f"This names {len(found)} papers, {found[0]} and {found[1]} among them. Give one.")
    if found:
        return found[0]
    hints = (_read(token) for token in _tokens(seen))
    hint = whole or next((hint for hint in hints if isinstance(hint, str)), "This names no arXiv paper.")
    raise NotAnArxivId(f"{hint} {ACCEPTED}")


def find_all(text: str) -> list[ArxivId]:
    """The papers named in free chat text, each once, in order.

    Only clear forms count: links, DOIs, `arXiv:…`, and new-style ids standing alone. Never raises.
    """
    return _papers(_as_seen(text), also_ambiguous=False)


def _papers(seen: str, *, also_ambiguous: bool) -> list[ArxivId]:
    found: dict[str, ArxivId] = {}
    for token in _tokens(seen):
        read = _read(token) if also_ambiguous or not _AMBIGUOUS.fullmatch(token) else None
        if isinstance(read, ArxivId):
            found.setdefault(read.bare, read)
    return list(found.values())


def _as_seen(text: str) -> str:
    """What the writer saw: full-width forms folded, invisible characters gone, any dash a hyphen."""
    folded = unicodedata.normalize("NFKC", text[:_LONGEST_TEXT])
    categories = ((char, unicodedata.category(char)) for char in folded)
    seen = "".join("-" if kind == "Pd" or char == "−" else char for char, kind in categories if kind != "Cf")
    return re.sub(r"arxiv\s*:\s*", "arxiv:", seen, flags=re.IGNORECASE).strip()


def _tokens(seen: str) -> list[str]:
    tokens = (token.strip(_WRAPPING) for token in _SPLIT.split(seen))
    return [token for token in tokens if token]


def _read(token: str) -> ArxivId | str | None:
    """A paper; or, of something that looks like one, a sentence on what is wrong with it; or None."""
    if match := _DOI.fullmatch(token) or _WHOLE.fullmatch(token):
        return _from_match(match)
    if match := _URL.fullmatch(token):
        return _from_url(match["host"].lower(), unquote(match["path"]))
    return None


def _from_url(host: str, path: str) -> ArxivId | str:
    site = host.removeprefix("www.")
    if site.endswith(".arxiv.org"):
        site = "arxiv.org"  # export, browse, ar5iv.labs and the mirrors: all arXiv's own
    if site not in _SITES:
        return "This link does not lead to arXiv."
    if match := _SITES[site].fullmatch(path):
        return _from_match(match)
    return "This link does not lead to one paper."


def _from_match(match: re.Match[str]) -> ArxivId | str:
    archive, slash, number = match["bare"].lower().rpartition("/")
    bare = archive.partition(".")[0] + slash + number if slash else number
    version = int(match["version"][:4]) if match["version"] else None
    return _flaw(bare, version) or ArxivId(bare, version)


def _flaw(bare: str, version: int | None) -> str | None:
    """What arXiv's scheme has against an identifier, as a sentence; None if nothing."""
    new, old = _NEW.fullmatch(bare), _OLD.fullmatch(bare)
    if new:
        flaw = _flaw_of_new(new["yymm"], new["number"])
    elif old:
        flaw = _flaw_of_old(old["archive"], old["yymm"])
    else:
        return "This is not the form of an arXiv id."
    match = new or old
    if flaw is None and match and int(match["number"]) == 0:
        flaw = "papers are counted from 1."
    if flaw is None and version is not None and not 1 <= version <= _HIGHEST_VERSION:
        flaw = f"no paper has a version {version}."
    return flaw and f"{bare[:30]} cannot be an arXiv id: {flaw}"


def _flaw_of_month(yymm: str) -> str | None:
    if "01" <= yymm[2:] <= "12":
        return None
    return f"its number begins with year and month, and there is no month {yymm[2:]}."


def _flaw_of_new(yymm: str, number: str) -> str | None:
    digits = 4 if yymm <= _LAST_WITH_4_DIGITS else 5
    if yymm < _FIRST_NEW:
        return "ids of this form began in April 2007 (0704)."
    if len(number) != digits:
        return _flaw_of_month(yymm) or f"in 20{yymm[:2]} there are {digits} digits after the point."
    return _flaw_of_month(yymm)


def _flaw_of_old(archive: str, yymm: str) -> str | None:
    if archive not in OLD_ARCHIVES:
        return f"there was no archive called {archive[:20]}."
    if _LAST_OLD < yymm < _FIRST_OLD:
        return "ids of this form were given out from 1991 to March 2007."
    return _flaw_of_month(yymm)
