"""Till-roll shorthand spelled out by rule, for the rare types that `words/` does not name."""

from __future__ import annotations

import re

ABBREVIATIONS = {
    "ACC": "accessories",
    "ACCES": "accessories",
    "ACCESS": "accessories",
    "ACCS": "accessories",
    "ACCESSIORES": "accessories",
    "AEROS": "aerosol",
    "AND": "and",
    "ART": "art",
    "ASST": "assorted",
    "AUTO": "car",
    "BBQ": "barbecue",
    "BEV": "drinks",
    "BNDGES": "bandages",
    "BRD": "breaded",
    "BTL": "bottle",
    "CALC": "calculators",
    "CAN": "canned",
    "CARB": "sparkling",
    "CHIX": "chicken",
    "CKYS": "cookies",
    "CNDY": "candy",
    "CNTRL": "control",
    "COFF": "coffee",
    "CRKR": "crackers",
    "CT": "count",
    "DIY": "DIY",
    "DNR": "dinner",
    "DNRS": "dinners",
    "DRNK": "drink",
    "DRNKS": "drinks",
    "DVD": "DVD",
    "DVDS": "DVDs",
    "ELECT": "electric",
    "FASH": "fashion",
    "FD": "food",
    "FEM": "feminine",
    "FLV": "flavored",
    "FLVR": "flavored",
    "FLVRD": "flavored",
    "FM": "fan",
    "FRE": "fresh",
    "FRD": "fried",
    "FRK": "fruit",
    "FRZ": "frozen",
    "FRZN": "frozen",
    "GIFTWARE": "giftware",
    "GRD": "ground",
    "GRND": "ground",
    "HBC": "body care",
    "HH": "handheld",
    "HNGRS": "hangers",
    "HYGN": "hygiene",
    "INDR": "indoor",
    "INF": "infant",
    "INGRED": "ingredients",
    "IO": "indoor and outdoor",
    "IQF": "",
    "JCE": "juice",
    "JHOOK": "pocket",
    "LIC": "licensed",
    "LIQ": "liquid",
    "LNCHMT": "lunch meat",
    "LRG": "large",
    "LTR": "lighter",
    "MARIN": "marinade",
    "MENS": "men's",
    "MFD": "prepared",
    "MINWTR": "mineral water",
    "MISC": "assorted",
    "MISCELLANEOUS": "assorted",
    "MLK": "milk",
    "MLT": "multi",
    "MTL": "metal",
    "MUST": "mustard",
    "MXS": "mixes",
    "NDAIRY": "dairy-free",
    "NUT": "nutrition",
    "ORG": "organizers",
    "ORGNZRS": "organizers",
    "OTC": "over-the-counter",
    "PCKGD": "packed",
    "PK": "pack",
    "PKG": "packed",
    "PKGD": "packed",
    "PLSTC": "plastic",
    "PNT": "peanut",
    "PREM": "premium",
    "PREP": "prepared",
    "PREPACK": "packed",
    "PRESHCOOL": "preschool",
    "PROD": "produce",
    "PROMO": "special",
    "PROMOTIONAL": "special",
    "PRPCK": "packed",
    "PWDR": "powder",
    "PWDRS": "powders",
    "QSR": "quick",
    "RBR": "rubber",
    "REFRIG": "chilled",
    "REFRIGERATED": "chilled",
    "RTE": "ready-to-eat",
    "RTD": "ready-to-drink",
    "RTS": "ready-to-serve",
    "RTW": "",
    "RW": "by weight",
    "SAL": "salad",
    "SAUS": "sausage",
    "SBT": "gift bows",
    "SEAFD": "seafood",
    "SFT": "soft",
    "SGL": "single",
    "SHLDR": "shoulder",
    "SHLFSH": "shellfish",
    "SNGL": "single",
    "SNSL": "seasonal",
    "SPEC": "specialties",
    "SPHE": "studio",
    "SPT": "sport",
    "SS": "single-serve",
    "STK": "stick",
    "SUP": "super",
    "SUPP": "supplement",
    "SV": "serve",
    "SW": "sweet",
    "SWT": "sweet",
    "TISS": "tissue",
    "TODD": "toddler",
    "TRAD": "classic",
    "TRSH": "trash",
    "TV": "TV",
    "VAC": "vacuum",
    "VAL": "value",
    "VALUE": "value",
    "VEG": "vegetable",
    "W": "with",
    "WH": "whole",
    "WHL": "whole",
    "WO": "without",
    "WOMENS": "women's",
    "WTR": "water",
    "XMAS": "Christmas",
    "YNG": "young",
}
PROPER = {
    "AMERICAN": "American",
    "ASIAN": "Asian",
    "BRITISH": "British",
    "CARIBBEAN": "Caribbean",
    "CHRISTMAS": "Christmas",
    "EASTER": "Easter",
    "FRENCH": "French",
    "GERMAN": "German",
    "GREEK": "Greek",
    "HALLOWEEN": "Halloween",
    "HISPANIC": "Latin",
    "INDIAN": "Indian",
    "ITALIAN": "Italian",
    "MEXICAN": "Mexican",
    "ORIENTAL": "Asian",
    "POLISH": "Polish",
    "VALENTINE": "Valentine",
}
VAGUE = frozenset(
    {
        *("assorted", "other", "all other", "basic", "bath", "special", "value", "economy", "premium", "standard"),
        *("traditional", "fresh", "dry", "cups", "packed", "seasonal", "accessories", "organic", "natural", "frozen"),
        *("specialty", "mixes", "cooked", "marinated", "internal", "external", "utility", "", "decor", "electronics"),
    }
)
"""Texts that say nothing without the category's name."""

_BRACKETS = re.compile(r"\([^)]*\)?")
_NUMBERS = re.compile(r"[<>=$%*#]+|\b\d+(?:\.\d+)?(?:IN|LT|ML|P)?\b")
_SPLIT = re.compile(r"[^A-Z0-9']+")


def sentence(text: str) -> str:
    """Return `text` with its first letter large and the rest as it was."""
    return text[:1].upper() + text[1:]


def spelled_out(kind: str, category: str) -> str:
    """Return a raw type in readable words; one that says nothing by itself becomes "assorted <category>"."""
    words = [_word(word) for word in _SPLIT.split(_NUMBERS.sub(" ", _BRACKETS.sub(" ", kind.upper()))) if word]
    kept: list[str] = []
    for word in " ".join(words).split():
        if word not in kept:
            kept.append(word)
    text = " ".join(kept).strip()
    plain = category.lower() if category[1:2].islower() and category.lower() not in PROPER else category
    if text in {"", "assorted", "other", "all other"}:
        return plain
    return f"{text} {plain}" if text in VAGUE else text


def _word(word: str) -> str:
    if word in {"N", "S", "X", "ALL", "EX", "EXC", "EXCEPT", "INCL", "INCLUDING"}:
        return ""
    return PROPER.get(word) or ABBREVIATIONS.get(word, word.lower())
