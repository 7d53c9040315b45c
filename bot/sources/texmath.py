"""One TeX formula to one line of Unicode, or `Unfaithful`. Linear notation as people type it: O(1/√T), x_(i,j)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from bot.sources.symbols import (
    ALPHABETS,
    ESCAPED,
    FONTS,
    FUNCTIONS,
    MATH_ACCENTS,
    OPERATORS,
    SIGNS,
    SPACES,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    SWITCHES,
)

_GLUE = "\x1f"  # beside a function's name: a space if letters or digits meet there, else nothing
_SOFT = "\x1e"  # a space that TeX ignores: it only tells how airily the author writes
_DEEPEST = 12  # nested groups; no title has more

_TOKEN = re.compile(
    r"\\(?P<name>[A-Za-z]+)\*?(?P<gap>\s*)|\\(?P<sign>\\?[{}]|.)|(?P<space>\s+|~)|(?P<char>[:<>=]+|.)",
    re.DOTALL,
)
_BRACES = re.compile(r"\\\\?[{}]|\\.|[{}]", re.DOTALL)
_REFUSED, _BETWEEN = frozenset("}&#$"), frozenset({"=", "<", ">", "+", ":=", "<=", ">=", "<<", ">>", "=="})
_SCRIPTS = {"^": SUPERSCRIPTS, "_": SUBSCRIPTS}
_SMALL = frozenset(SUPERSCRIPTS.values()) | frozenset(SUBSCRIPTS.values())
_ATOM = re.compile(rf"\d[\d.,]*|√?\w[{re.escape(''.join(_SMALL))}]*|\w\^\([^()]*\)")


class Unfaithful(Exception):
    """Unicode has no line for this formula."""


def math(source: str) -> str:
    """The formula between two dollars as Unicode. Raises `Unfaithful`."""
    line = _line(source).replace(_SOFT, "").strip()
    line = re.sub(rf"(?<=[\w)\]}}]){_GLUE}+(?=[\w√])", " ", line).replace(_GLUE, "")
    return re.sub(r" {2,}", " ", line)


def group_at(source: str, i: int) -> tuple[str | None, int]:
    """What stands in the braces that open at `i`, and the place after them; (None, i) if none do or none close."""
    if source[i : i + 1] != "{":
        return None, i
    level = 0
    for match in _BRACES.finditer(source, i):
        level += {"{": 1, "}": -1}.get(match[0], 0)
        if level == 0:
            return source[i + 1 : match.start()], match.end()
        if level > _DEEPEST:
            break
    return None, i


def skip_space(source: str, i: int) -> int:
    """The place of the next character that is not white space."""
    while source[i : i + 1].isspace():
        i += 1
    return i


def accented(base: str, mark: str) -> str | None:
    """A letter with a combining mark, if that is one character."""
    letter = unicodedata.normalize("NFC", base + mark)
    return letter if len(letter) == 1 else None


def script_of(line: str, table: dict[str, str], mark: str) -> str:
    """A converted formula raised or lowered: with Unicode's small characters if it has all, else x^(…)."""
    bare = line.replace(" ", "")
    if all(char in table for char in bare):
        return "".join(table[char] for char in bare)
    return f"{mark}{bare}" if len(bare) == 1 or bare.isalnum() else f"{mark}({line})"


def _line(source: str) -> str:
    out, i = "", 0
    while match := _TOKEN.match(source, i):
        i = match.end()
        char, name = match["char"] or "", match["name"] or ""
        if char == "{":
            inner, i = group_at(source, i - 1)
            out += _line(_required(inner))
        elif char in _REFUSED:
            raise Unfaithful
        elif char in _SCRIPTS:
            argument, i = _argument(source, i)
            out = _attach(out, script_of(math(argument), _SCRIPTS[char], char))
        elif char in _BETWEEN or name in OPERATORS:
            out, i = _operate(out, OPERATORS.get(name, char)), skip_space(source, i)
        elif name:
            piece, i = _command(source, match)
            out += piece
        else:
            out += _plain(match)
    return out


def _required(argument: str | None) -> str:
    if argument is None:
        raise Unfaithful
    return argument


def _plain(match: re.Match[str]) -> str:
    sign = match["sign"]
    if sign is None:
        return " " if match["space"] else "′" if match["char"] == "'" else match["char"]
    if sign[-1] in ESCAPED:  # a brace may be escaped twice, as happens on the way through other programs
        return sign[-1]
    return "‖" if sign == "|" else _required(SPACES.get(sign))


def _attach(out: str, script: str) -> str:
    """A script belongs to what is before it, also when that is a function's name."""
    bare = out.rstrip(_GLUE + _SOFT)
    return bare + script + out[len(bare) :]


def _operate(out: str, sign: str) -> str:
    """A sign between two things, spaced on both sides as the author spaced it on the left."""
    bare = out.rstrip(" " + _SOFT)
    space = " " if bare and len(bare) < len(out) else ""
    return f"{bare}{space}{sign}{space}"


def _argument(source: str, i: int) -> tuple[str, int]:
    """The next group's inside, or command with its groups, or character. Raises `Unfaithful` at the end."""
    i = skip_space(source, i)
    inner, end = group_at(source, i)
    if inner is not None:
        return inner, end
    match = _TOKEN.match(source, i)
    if match is None or match["char"] in {"{", "}", "^", "_"}:
        raise Unfaithful
    end = match.end() - len(match["gap"] or "")
    while match["name"] and (group := group_at(source, end))[0] is not None:
        end = group[1]
    return source[i:end], end


def _command(source: str, match: re.Match[str]) -> tuple[str, int]:
    """What a named command says, and where the formula goes on."""
    name, end = match["name"], match.end()
    if name in SIGNS:
        return SIGNS[name] + (_SOFT if match["gap"] else ""), end
    if name in FUNCTIONS:
        return f"{_GLUE}{name}{_GLUE}", end
    if name in SPACES:
        return SPACES[name], end
    if name in SWITCHES:
        return "", end + (name in {"left", "right"} and source[end : end + 1] == ".")
    if name == "sqrt" and source[end : end + 1] == "[":
        raise Unfaithful
    if name in _ONE_ARGUMENT:
        argument, end = _argument(source, end)
        return _ONE_ARGUMENT[name](argument, name), end
    if name in _FRACTIONS:
        above, end = _argument(source, end)
        below, end = _argument(source, end)
        return _fraction(math(above), math(below)), end
    raise Unfaithful


def _upright(argument: str, name: str) -> str:
    if name == "operatorname":
        return f"{_GLUE}{math(argument)}{_GLUE}"
    if name.startswith("math") or name in {"boldsymbol", "bm", "pmb"} or "\\" in argument or "^" in argument:
        return _line(argument)
    return re.sub(r"\s+", " ", argument).replace("--", "–")


def _styled(argument: str, name: str) -> str:
    return "".join(ALPHABETS[name].get(char, char) for char in math(argument))


def _hatted(argument: str, name: str) -> str:
    line = math(argument)
    if not line or not line[0].isalpha() or not all(char in _SMALL for char in line[1:]):
        raise Unfaithful
    return unicodedata.normalize("NFC", line[0] + MATH_ACCENTS[name]) + line[1:]


def _root(argument: str, name: str) -> str:  # noqa: ARG001 - all commands of one argument are called alike
    line = math(argument)
    return f"√{line}" if _ATOM.fullmatch(line) else f"√({line})"


def _small(argument: str, name: str) -> str:
    lowered = name == "textsubscript"
    return script_of(math(argument), SUBSCRIPTS if lowered else SUPERSCRIPTS, "_" if lowered else "^")


def _by_number(argument: str, name: str) -> str:  # noqa: ARG001
    number = re.fullmatch(r"x([0-9a-fA-F]{2,5})", argument)
    char = chr(int(_required(number and number[1]), 16))
    return char if char.isprintable() else _required(None)  # no half characters, no reversal of the text


def _fraction(above: str, below: str) -> str:
    if re.search(r"[-+=<> ]", above):
        above = f"({above})"
    return f"{above}/{below}" if _ATOM.fullmatch(below) else f"{above}/({below})"


_FRACTIONS = frozenset({"frac", "tfrac", "dfrac"})
_ONE_ARGUMENT: dict[str, Callable[[str, str], str]] = {
    **dict.fromkeys(FONTS, _upright),
    **dict.fromkeys(ALPHABETS, _styled),
    **dict.fromkeys(MATH_ACCENTS, _hatted),
    "sqrt": _root,
    "textsubscript": _small,
    "textsuperscript": _small,
    "unicode": _by_number,
}
