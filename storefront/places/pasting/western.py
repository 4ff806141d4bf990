"""Addresses that begin with the smallest place: a block of lines, or one line with commas."""

from __future__ import annotations

import re
from collections.abc import Mapping

from storefront.places import china
from storefront.places.pasting.parts import Pasted
from storefront.places.regions import CHINA, country_of, is_region, normal_region, regions_of

_US_TAIL = re.compile(r"(?<![\w-])([A-Za-z]{2}|[A-Za-z][A-Za-z. ]{3,19}?),?\s+\d{5}(?:-\d{4})?\s*$")
_NAME = re.compile(r"[^\d]{2,60}")


def read_western(text: str, *, home: str, countries: Mapping[str, str]) -> Pasted:
    """Take an address apart; `text` has no phone any more. Without a country's name it is of the US, or of `home`."""
    lines = [line.strip(" ,;") for line in re.split(r"[\n]+", text)]
    pieces = [piece for line in lines for piece in re.split(r"\s*[,;，]\s*", line) if piece]
    if not pieces:
        return Pasted()
    country, pieces = _take_country(pieces, home, countries)
    postcode, pieces = _take_postcode(pieces, country)
    if country == CHINA:
        return _chinese_in_latin(pieces).having(postcode=postcode, country=country)
    region, pieces = _take_region(pieces, country)
    name, pieces = _take_name(pieces)
    city = pieces.pop() if len(pieces) > 1 or (pieces and not any(map(str.isdigit, pieces[0]))) else ""
    street = pieces[0] if pieces else ""
    return Pasted(
        name=name,
        country=country,
        region=region,
        city=city,
        street=street[:160],
        street2=", ".join(pieces[1:])[:160],
        postcode=postcode,
    )


def _take_country(pieces: list[str], home: str, countries: Mapping[str, str]) -> tuple[str, list[str]]:
    for at in (len(pieces) - 1, 0):
        code = countries.get(re.sub(r"[\s.]", "", pieces[at]).casefold())
        if code:
            return code, pieces[:at] + pieces[at + 1 :]
    code = countries.get(re.sub(r"[\s.\d-]", "", pieces[-1]).casefold())
    if code:
        return code, [*pieces[:-1], re.sub(r"[^\d-]", "", pieces[-1])]
    last = re.split(r"\s+", pieces[-1])
    for count in (3, 2, 1):
        code = countries.get("".join(last[-count:]).replace(".", "").casefold()) if len(last) > count else None
        if code:
            return code, [*pieces[:-1], " ".join(last[:-count])]
    for piece in reversed(pieces):
        tail = _US_TAIL.search(piece)
        if tail and is_region("US", normal_region("US", tail.group(1).strip())):
            return "US", pieces
    return home, pieces


def _take_postcode(pieces: list[str], country: str) -> tuple[str, list[str]]:
    """Return the postcode and the pieces without it: at the end of one, or at its beginning ("10115 Berlin")."""
    pattern = country_of(country).postcode
    if not pattern:
        return "", pieces
    at_end = re.compile(rf"(?:^|\s)(?:[A-Z]{{1,2}}-)?({pattern})$", re.IGNORECASE)
    at_start = re.compile(rf"^(?:[A-Z]{{1,2}}-)?({pattern})(?:\s|$)", re.IGNORECASE)
    for at in range(len(pieces) - 1, -1, -1):
        found = at_end.search(pieces[at]) or (at_start.search(pieces[at]) if at else None)
        if found:
            left = (pieces[at][: found.start()] + " " + pieces[at][found.end() :]).strip()
            return found.group(1).upper(), pieces[:at] + ([left] if left else []) + pieces[at + 1 :]
    return "", pieces


def _take_region(pieces: list[str], country: str) -> tuple[str, list[str]]:
    """Return the region and the pieces without it: a piece of its own, or the last words of one ("New York NY")."""
    if not regions_of(country):
        return "", pieces
    for at in range(len(pieces) - 1, 0, -1):
        region = normal_region(country, pieces[at])
        if is_region(country, region) and not (region != pieces[at] and _is_city_too(pieces, at, country)):
            return region, pieces[:at] + pieces[at + 1 :]
        words = pieces[at].split()
        for count in (1, 2, 3):
            region = normal_region(country, " ".join(words[-count:])) if len(words) > count else ""
            if region and is_region(country, region):
                return region, [*pieces[:at], " ".join(words[:-count]), *pieces[at + 1 :]]
    return "", pieces


def _is_city_too(pieces: list[str], at: int, country: str) -> bool:
    """Say whether a region's name stands for the city, since the region itself stands before it: "NY, New York"."""
    return at > 1 and is_region(country, normal_region(country, pieces[at - 1])) and len(pieces[at - 1]) <= 3


def _take_name(pieces: list[str]) -> tuple[str, list[str]]:
    """Return the recipient: the first piece, where it has no digits and an address follows."""
    if len(pieces) > 1 and _NAME.fullmatch(pieces[0]) and any(character.isdigit() for character in "".join(pieces[1:])):
        return pieces[0], pieces[1:]
    return "", pieces


def _chinese_in_latin(pieces: list[str]) -> Pasted:
    """Read an address of China in Latin letters: "..., Nanshan District, Shenzhen, Guangdong"."""
    region = city = district = ""
    left: list[str] = []
    for piece in reversed(pieces):
        if not region and china.normal_province(piece) in china.PROVINCES:
            region = china.normal_province(piece)
            city = region if region in china.MUNICIPALITIES else ""
        elif region and (not city or city == region) and china.normal_city(region, piece) in china.cities_of(region):
            city = china.normal_city(region, piece)
        elif city and not district and china.normal_district(region, city, piece) in china.districts_of(region, city):
            district = china.normal_district(region, city, piece)
        else:
            left.insert(0, piece)
    name, left = _take_name(left)
    return Pasted(name=name, region=region, city=city, district=district, street=", ".join(left)[:160])
