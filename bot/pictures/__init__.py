"""Numbers as pictures: data in, PNG out. The drawing is done by a process of its own (see paint.py)."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["across", "columns", "lines"]
#: Seconds a picture may take: the first one on a machine also looks for fonts.
PATIENCE = 60
_PAINT = Path(__file__).with_name("paint.py")


class NotDrawn(Exception):
    """A picture could not be drawn; the message is what the program said last."""


@dataclass(frozen=True)
class Series:
    """What one colour stands for: a value for each label of its chart."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Chart:
    """Series over labels. Of several series, bars are stacked and a legend names them."""

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    kind: Kind = "across"
    percent: bool = False  # whether values are shares, 0 to 1


@dataclass(frozen=True)
class Picture:
    """Charts below each other. It has a background of its own, and is readable wherever it is shown."""

    charts: tuple[Chart, ...]
    title: str = ""
    dark: bool = False


async def draw(picture: Picture) -> bytes:
    """A picture as PNG. Raises NotDrawn."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(_PAINT),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "MPLBACKEND": "agg"},
    )
    try:
        async with asyncio.timeout(PATIENCE):
            png, said = await process.communicate(json.dumps(asdict(picture)).encode())
    except TimeoutError:
        raise NotDrawn(f"no picture within {PATIENCE} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or not png:
        raise NotDrawn((said.decode(errors="replace").strip().splitlines() or ["it said nothing"])[-1])
    return png
