"""Pictures: whatever the numbers are called, a PNG comes out, and the bot itself never imports what draws."""

from __future__ import annotations

import struct
import subprocess
import sys
from dataclasses import asdict

import pytest

from bot import pictures
from bot.pictures import Chart, NotDrawn, Picture, Series, draw

NASTY = ("$x_{$ and \\frac", "_begins so", "", "效率 🐈", "a\nb", "x" * 300)


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


async def test_charts_of_every_kind_are_drawn_whatever_their_words_are() -> None:
    values = tuple(float(n) for n in range(len(NASTY)))
    charts = tuple(
        Chart("$\\title", NASTY, (Series("_a", values), Series("$b^", values)), kind)
        for kind in ("across", "columns", "lines")
    )
    width, height = size_of(await draw(Picture((*charts, Chart("none", (), ())), title="$", dark=True)))
    assert width == 1200
    assert height > 1200


async def test_a_picture_that_cannot_be_drawn_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotDrawn, match="KeyError"):
        await draw(Picture((Chart("t", ("a",), (), kind="pie"),)))  # type: ignore[arg-type]
    monkeypatch.setattr(pictures, "PATIENCE", 0.0)
    with pytest.raises(NotDrawn, match="no picture within"):
        await draw(Picture((Chart("t", ("a",), (Series("s", (1,)),)),)))


def test_texts_are_shown_and_not_read_as_formulas() -> None:
    from bot.pictures.paint import paint

    chart = Chart("$x$", ("$y$",), (Series("s", (1,)),))
    axes = paint(asdict(Picture((chart,)))).axes[0]
    assert not axes.title.get_parse_math()
    assert axes.get_yticklabels()[0].get_text() == "$y$"


def test_the_bot_does_not_import_what_draws() -> None:
    code = "import sys, bot.app; sys.exit('matplotlib' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
