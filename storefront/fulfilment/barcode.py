"""Code 128 as plain numbers: the barcode that every scanner reads (ISO/IEC 15417), set B, drawn by the template."""

from __future__ import annotations

from dataclasses import dataclass

_ALL = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221"
    "223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321"
    "112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131"
    "311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114"
    "122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232"
)
_WIDTHS = tuple(_ALL[place : place + 6] for place in range(0, len(_ALL), 6))
"""Bars and spaces in turn, of each value from 0 to 105."""
_STOP = "2331112"
_START_B = 104
QUIET = 10
"""Empty modules that a scanner needs on either side."""


@dataclass(frozen=True, slots=True)
class Barcode:
    """Bars as (place, width) in modules, within a drawing so many modules wide."""

    text: str
    bars: tuple[tuple[int, int], ...]
    width: int


def code128(text: str) -> Barcode:
    """Return the barcode of a text of printable ASCII; raises ValueError for anything else."""
    if not text or any(not 32 <= ord(symbol) < 127 for symbol in text):
        raise ValueError("Code 128 set B holds printable ASCII only")
    values = [ord(symbol) - 32 for symbol in text]
    check = (_START_B + sum(place * value for place, value in enumerate(values, start=1))) % 103
    widths = "".join(_WIDTHS[value] for value in (_START_B, *values, check)) + _STOP
    bars, place = [], QUIET
    for index, width in enumerate(map(int, widths)):
        if index % 2 == 0:
            bars.append((place, width))
        place += width
    return Barcode(text, tuple(bars), place + QUIET)
