"""TeX in titles and abstracts to Unicode, where Unicode says the same; what it cannot say stays as it is.

arXiv's metadata is written by hand: half TeX, half plain text, with prices among the dollars and macros of the
paper that nobody else knows. Converters drop what they do not know; this one drops nothing.
"""

from __future__ import annotations

import re

from bot.sources.symbols import (
    ACCENTS,
    ESCAPED,
    FONTS,
    LETTERS,
    SPACES,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    SWITCHES,
    WORDS,
)
from bot.sources.texmath import Unfaithful, accented, group_at, math, script_of, skip_space

# Converted formulas and addresses are taken out of the text while the rest is converted, and stand there as one
# character each of a plane that nobody may use for text.
_FIRST_LIFTED, _MOST_LIFTED = 0x100000, 0xFFFD
_LIFTED = re.compile("[\U00100000-\U0010fffd]")
#: Without one of these there is nothing to convert.
_SIGNS = ("\\", "$", "^", "~", "`", "{", "''", "--")
_SPAN = re.compile(
    r"\\\((?P<inline>.{1,400}?)\\\)|\\.|\$\$(?P<display>[^$]+)\$\$|(?P<dollar>\$)|(?P<url>https?://[^\s{}<>$]+)",
    re.DOTALL,
)
_DOLLAR = re.compile(r"((?:[^$\\]|\\.){1,400})\$", re.DOTALL)

_WORD_IN_BODY = re.compile(
    r"(?<!\S)[(\[\"']*[A-Za-z]*[a-z]{2,}[,.;:]?(?=\s)|(?<=\s)[A-Za-z]*[a-z]{2,}[,.;:]?$"
)
_AMOUNT = re.compile(r"\d[\d,.]*\s?[KMBkmb]?\s*[-–—/+,;.:]*\s*")

_TYPOGRAPHY = [
    (re.compile(r"(?<!\w)\\\"([^\"\\\n]{1,200})\\\"(?![\w{])"), r'"\1"'),  # quotes escaped as in a program
    (re.compile(r"``([^`]+?)''"), r"“\1”"),
    (re.compile(r"(?<![\w`\\])`([^`'\n]{1,80})'(?![\w'])"), r"‘\1’"),
    (re.compile(r"(?<!-)---(?!-)"), "—"),
    (re.compile(r"(?<![-\s])--(?![-\s])|(?<=\s)--(?=\s)"), "–"),  # " --flag" stays
    # A tie is a space; "~" for "about", and "x~N(0,1)", stay.
    (re.compile(r"(?<=[\w.,;)\]}\U00100000-\U0010fffd])(?<!\b[^\W\d])~(?=[^\W\d]|[\\(\[\U00100000-\U0010fffd])"), " "),
    (re.compile(r"(?<=\b[A-Z]\.)~"), " "),
    (re.compile(r"(\b[A-Z][A-Za-z]+\.?)~(?=\d+(?![\d.%]))"), r"\1 "),
]  # fmt: skip

_SPECIAL = re.compile(r"[\\{^]|_(?=\{)")
_COMMAND = re.compile(r"\\(?:(?P<name>[A-Za-z]+)\*?|(?P<sign>.))", re.DOTALL)
_ACCENT = re.compile(
    r"\\(?P<mark>[\"'`^~=.])\s*(?:\{\s*(?P<braced>\\?[A-Za-z])\s*\}|(?P<bare>\\[ij](?![A-Za-z])|[A-Za-z]))"
    r"|\\(?P<named>[cvHukrdb])\s*\{\s*(?P<in_braces>[A-Za-z])\s*\}"
    r"|(?<=[a-z])\\(?P<spaced>[cvHk])\s+(?P<after>[A-Za-z])"
)
_APOSTROPHE = re.compile(r"(?<=\w)\\'(?=(?:s|t|re|ve|ll|d|m)\b)")
_CARET = re.compile(r"\^(?:(?P<digits>-?\d+)|(?P<letter>[A-Za-z*])(?![A-Za-z]))")
_OPTIONS = re.compile(r"(?:\[[^\[\]]*\]){0,2}(?=\{)")
_PROTECTIVE = re.compile(r"\\.*|[\w.:\- \U00100000-\U0010fffd]*", re.DOTALL)


def readable(text: str) -> str:
    r"""`text` with its TeX as Unicode where that is faithful: `$\ell_1$` is ℓ₁, `Schr\"odinger` is Schrödinger.

    What cannot be converted is left as it is. Plain text, prices and "R&D" included, comes back unchanged.
    """
    if not any(sign in text for sign in _SIGNS) or _LIFTED.search(text):
        return text
    lifted: list[str] = []
    converted = _APOSTROPHE.sub("'", _lift(text, lifted))
    for pattern, replacement in _TYPOGRAPHY:
        converted = pattern.sub(replacement, converted)
    converted = re.sub(r"(?<=\S) {2,}(?=\S)", " ", _text(converted))
    return _LIFTED.sub(lambda match: lifted[ord(match[0]) - _FIRST_LIFTED], converted)


def _lift(source: str, lifted: list[str]) -> str:
    """The text with each formula and address replaced by one character; what they became, in `lifted`."""
    out, i = [], 0
    while (match := _SPAN.search(source, i)) and len(lifted) < _MOST_LIFTED:
        out.append(source[i : match.start()])
        i = match.end()
        became: str | None = None
        if match["url"]:
            became = re.sub(r"\\([_%&#~$])", r"\1", match[0])
        elif match["dollar"]:
            closing = _DOLLAR.match(source, i)
            if closing and _is_math(closing[1], source[closing.end() : closing.end() + 1]):
                i = closing.end()
                became = _formula(closing[1], f"${closing[0]}")
        elif body := match["inline"] or match["display"]:
            became = _formula(body, match[0])
        if became is None:
            out.append(match[0])
        else:
            out.append(chr(_FIRST_LIFTED + len(lifted)))
            lifted.append(became)
    return "".join(out) + source[i:]


def _formula(body: str, whole: str) -> str:
    try:
        return math(body)
    except Unfaithful:
        return whole


def _is_math(body: str, after: str) -> bool:
    """Whether what stands between two dollars is a formula, not the text between two prices."""
    if not re.search(r"[^\s.,;:]", body) or "\n\n" in body:
        return False
    if _AMOUNT.fullmatch(body) and after.isdigit():
        return False
    if body[-1].isspace() and after.isalnum() and "\\" not in body:
        return False  # the second dollar belongs to what follows it
    words = _WORD_IN_BODY.findall(re.sub(r"\\[A-Za-z]+\s*(?:\{[^{}]*\})?|\{[^{}]*\}", "", body))
    return not words or (len(words) == 1 and not body[0].isspace() and not body[-1].isspace())


def _text(source: str) -> str:
    out, i = "", 0
    while match := _SPECIAL.search(source, i):
        out += source[i : match.start()]
        i = match.start()
        if source[i] == "\\":
            piece, i = _command(source, i)
        elif source[i] == "{":
            piece, i = _braces(source, i)
        else:
            piece, i = _script(source, i, out)
        out += piece
    return out + source[i:]


def _braces(source: str, i: int) -> tuple[str, int]:
    """A group that only protects or limits a command loses its braces; a set such as {0,1} keeps them."""
    inner, end = group_at(source, i)
    if inner is None:
        return "{", i + 1
    inside = _text(inner)
    return (inside if _PROTECTIVE.fullmatch(inner) else f"{{{inside}}}"), end


def _script(source: str, i: int, before: str) -> tuple[str, int]:
    mark, table = source[i], SUPERSCRIPTS if source[i] == "^" else SUBSCRIPTS
    if not before or not (before[-1].isalnum() or before[-1] in ")]}" or _LIFTED.match(before[-1])):
        return mark, i + 1
    inner, end = group_at(source, i + 1)
    caret = _CARET.match(source, i)
    if inner is None and caret:
        inner, end = caret["digits"] or caret["letter"], caret.end()
    try:
        return (mark, i + 1) if inner is None else (script_of(math(inner), table, mark), end)
    except Unfaithful:
        return source[i:end], end


def _command(source: str, i: int) -> tuple[str, int]:
    """What the command at `i` says, and where the text goes on."""
    if (accent := _ACCENT.match(source, i)) and (letter := _accented_letter(accent)):
        return letter, accent.end()
    command = _COMMAND.match(source, i)
    if command is None:
        return "\\", i + 1
    end, sign, name = command.end(), command["sign"], command["name"]
    if sign == "\\":
        shown, end = " ", skip_space(source, end)
    elif sign is not None:
        shown = sign if sign in ESCAPED else SPACES.get(sign, command[0])
    elif name in LETTERS or name in SPACES or (name in SWITCHES and not source[:i].strip()):
        # A switch stands at the beginning of its group; elsewhere it is rather a macro of the paper.
        shown, end = LETTERS.get(name, SPACES.get(name, "")), skip_space(source, end)
    elif name in WORDS:
        shown, end = WORDS[name], end + (source[end : end + 1] == ".")
    else:
        return _with_arguments(source, i, end, name)
    return shown, end


def _with_arguments(source: str, i: int, end: int, name: str) -> tuple[str, int]:
    first, after_first = group_at(source, end)
    second, after_second = group_at(source, after_first)
    if first is not None:
        if name in FONTS:
            return _text(first), after_first
        if name == "footnote":
            return f" ({_text(first)})", after_first
        if name == "enquote":
            return f"“{_text(first)}”", after_first
        if second is not None and name == "href":
            shown = _text(second)
            return (shown if first in shown else f"{shown} ({first})"), after_second
        if second is not None and name in {"textcolor", "texorpdfstring"}:
            return _text(second if name == "textcolor" else first), after_second
    return _as_formula(source, i, end)


def _as_formula(source: str, i: int, end: int) -> tuple[str, int]:
    """Mathematics outside of dollars if it is that, else the command and its arguments as they are."""
    options = _OPTIONS.match(source, end)
    end = options.end() if options else end
    while (group := group_at(source, end))[0] is not None:
        end = group[1]
    return _formula(source[i:end], source[i:end]) or source[i:end], end


def _accented_letter(match: re.Match[str]) -> str | None:
    mark = match["mark"] or match["named"] or match["spaced"]
    base = (match["braced"] or match["bare"] or match["in_braces"] or match["after"]).lstrip("\\")
    return accented(base, ACCENTS[mark])
