"""Package sizes as the till writes them ("L    16 OZ", "12 PK/12 OZ", "8 1/2 OZ"), made into labels and weights."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

OUNCE, POUND, FLUID_OUNCE, QUART = 28.35, 453.6, 29.57, 946.4

UNITS: dict[str, tuple[str, str, float]] = {
    "OZ": ("oz", "盎司", OUNCE),
    "OZS": ("oz", "盎司", OUNCE),
    "Z": ("oz", "盎司", OUNCE),
    "FL OZ": ("fl oz", "液盎司", FLUID_OUNCE),
    "LB": ("lb", "磅", POUND),
    "LBS": ("lb", "磅", POUND),
    "G": ("g", "克", 1.0),
    "GM": ("g", "克", 1.0),
    "GR": ("g", "克", 1.0),
    "KG": ("kg", "千克", 1000.0),
    "ML": ("ml", "毫升", 1.0),
    "L": ("L", "升", 1000.0),
    "LT": ("L", "升", 1000.0),
    "LTR": ("L", "升", 1000.0),
    "LITER": ("L", "升", 1000.0),
    "PT": ("pt", "品脱", QUART / 2),
    "QT": ("qt", "夸脱", QUART),
    "GA": ("gal", "加仑", QUART * 4),
    "GAL": ("gal", "加仑", QUART * 4),
    "CT": ("ct", "件", 0.0),
    "C": ("ct", "件", 0.0),
    "PC": ("pieces", "块", 0.0),
    "PK": ("pack", "包", 0.0),
    "P": ("pack", "包", 0.0),
    "DZ": ("dozen", "打", 0.0),
    "DOZ": ("dozen", "打", 0.0),
    "LOAD": ("loads", "次", 0.0),
    "LOADS": ("loads", "次", 0.0),
    "LD": ("loads", "次", 0.0),
    "LDS": ("loads", "次", 0.0),
    "USE": ("uses", "次", 0.0),
    "USES": ("uses", "次", 0.0),
    "SQ FT": ("sq ft", "平方英尺", 0.0),
    "FT": ("ft", "英尺", 0.0),
    "IN": ("in", "英寸", 0.0),
    "CM": ("cm", "厘米", 0.0),
    "YD": ("yd", "码", 0.0),
    "STEM": ("stems", "枝", 0.0),
    "STEMS": ("stems", "枝", 0.0),
    "ROLL": ("rolls", "卷", 0.0),
    "ROLLS": ("rolls", "卷", 0.0),
    "SHEETS": ("sheets", "张", 0.0),
    "PAIR": ("pairs", "双", 0.0),
    "CUP": ("cups", "杯", 0.0),
    "CUPS": ("cups", "杯", 0.0),
    "BAG": ("bags", "袋", 0.0),
    "BOX": ("boxes", "盒", 0.0),
    "DIOPT": ("diopters", "度", 0.0),
}
"""Till unit -> English, Chinese, grams a unit (a millilitre counts as a gram; 0: it tells no weight)."""

ALONE = {
    "PT": ("1 pt", "1 品脱", QUART / 2),
    "QT": ("1 qt", "1 夸脱", QUART),
    "GAL": ("1 gal", "1 加仑", QUART * 4),
    "GA": ("1 gal", "1 加仑", QUART * 4),
    "LB": ("1 lb", "1 磅", POUND),
    "CTN": ("Carton", "盒装", 0.0),
    "BNCH": ("Bunch", "一把", 0.0),
    "BUNCH": ("Bunch", "一把", 0.0),
    "BAG": ("Bag", "袋装", 0.0),
    "DZ": ("1 dozen", "1 打", 0.0),
    "KIT": ("Kit", "套装", 0.0),
    "1 KIT": ("Kit", "套装", 0.0),
    "SMALL": ("Small", "小号", 0.0),
    "MED": ("Medium", "中号", 0.0),
    "LARGE": ("Large", "大号", 0.0),
    "MINI": ("Mini", "迷你", 0.0),
    "HALF GAL": ("0.5 gal", "0.5 加仑", QUART * 2),
}
SINGULAR = {"loads": "load", "uses": "use", "stems": "stem", "rolls": "roll", "pairs": "pair", "pieces": "piece"}
LARGEST, MOST_IN_PACK = 5_000.0, 100
"""A bigger number is an article number that strayed into the field."""
TYPICAL_GRAMS = 350

_AMOUNT = r"(?P<{0}>\d+ \d/\d|\d+/\d+|\d*\.?\d+)"
_UNIT = "|".join(sorted((re.escape(unit) for unit in UNITS), key=len, reverse=True))
_ONE = re.compile(rf"{_AMOUNT.format('amount')}(?:-(?P<to>\d*\.?\d+))?\s*(?P<unit>{_UNIT})\.?(?![A-Z])")
_MANY = re.compile(
    r"(?<!\d\s)(?<!\d)(?P<count>\d+)\s*(?:(?:PK|CT|P|PC)\s*[/ ]|[/X])\s*"
    r"(?P<amount>\d*\.?\d+)\s*(?P<unit>OZ|Z|ML|L|LT|LB|G|CT|FL OZ)(?![A-Z])"
)
_MANY_LAST = re.compile(
    rf"{_AMOUNT.format('amount')}\s*(?P<unit>OZ|ML|L|LB|CT|FL OZ)\s*[/ ]\s*(?P<count>\d+)\s*(?:PK|CT|P)(?![A-Z])"
)
_NOISE = re.compile(r"\([^)]*\)|^\s*(?:L|S|R)\s+(?=[\d.])|\*")


@dataclass(frozen=True, slots=True)
class Size:
    """A package size: a label in both languages, what it weighs if it says so, and a number to sort by."""

    label: str
    label_zh: str
    grams: int
    rank: float


NO_SIZE = Size("", "", 0, 0.0)


@lru_cache(maxsize=20_000)
def read_size(text: str) -> Size:
    """Read one till size; what says nothing is NO_SIZE."""
    plain = " ".join(_NOISE.sub(" ", text.upper()).split())
    if plain in ALONE:
        en, zh, grams = ALONE[plain]
        return Size(en, zh, round(grams), grams)
    for pattern in (_MANY, _MANY_LAST):
        match = pattern.search(plain)
        if match and 1 < int(match["count"]) <= 400 and 0 < _number(match["amount"]) <= LARGEST:
            return _several(int(match["count"]), _number(match["amount"]), match["unit"])
    match = _ONE.search(plain)
    return _single(match) if match else NO_SIZE


def _single(match: re.Match[str]) -> Size:
    amount, unit, to = _number(match["amount"]), match["unit"], match["to"]
    en, zh, grams = UNITS[unit]
    if not 0 < amount <= LARGEST or (unit == "PK" and amount > MOST_IN_PACK):
        return NO_SIZE
    if to and en == "oz" and amount.is_integer():
        return _several(int(amount), _number(to), unit)
    shown = f"{_written(amount)}–{_written(_number(to))}" if to else _written(amount)
    words = SINGULAR.get(en, en) if amount == 1 and not to else en
    weight = 0 if to else round(amount * grams)
    return Size(f"{shown} {words}", f"{shown} {zh}", weight, amount * (grams or 1))


def _several(count: int, amount: float, unit: str) -> Size:
    en, zh, grams = UNITS[unit]
    shown = f"{count} × {_written(amount)}"
    return Size(f"{shown} {en}", f"{shown} {zh}", round(count * amount * grams), count * amount * (grams or 1))


def _number(text: str) -> float:
    whole, _, fraction = text.partition(" ") if " " in text else ("0", "", text)
    if "/" not in fraction:
        return float(text)
    above, _, below = fraction.partition("/")
    return float(whole) + (int(above) / int(below) if int(below) else 0.0)


def _written(amount: float) -> str:
    return f"{amount:.2f}".rstrip("0").rstrip(".")
