"""Addresses of China as they are pasted: region path, street, and a name before or after them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from storefront.places import china
from storefront.places.pasting.parts import Pasted

_POSTCODE = re.compile(r"(?<![\d-])\d{6}(?![\d-]|\s*[号室栋楼单座弄幢])")
_BREAKS = re.compile(r"[\s,;|、。，；]+")
_HELD, _LATIN_GAP = "\ue000", re.compile(r"(?<=[A-Za-z.]) +(?=[A-Za-z])")
"""The space within "John Smith", which breaks nothing."""
_COUNTRY = re.compile(r"^(?:中国大陆|中华人民共和国|中国)")
_SHORT = re.compile(r"(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)$")
_KIND = re.compile(r"^(?:(?:壮族|回族|维吾尔)?自治区|特别行政区|省|市)")
_FILLER = re.compile(r"^(?:市辖区|县|省直辖县级行政区划|自治区直辖县级行政区划|直辖县级)(?=.)")
_NAME = re.compile(r"[\u4e00-\u9fff·•]{2,6}|[A-Za-z][A-Za-z.'\- ]{1,40}")
_PLACE_SIGNS = re.compile(
    r"[省市区县州盟旗乡镇村屯路街道巷弄胡同号栋幢座楼层室单元院园苑庭厦场馆店站城寨坊里]|花园|公寓|大学|学校|医院|公司|中心|小区|驿站"
)
_NAME_DRESS = re.compile(r"^[(（]|[)）]$|[(（]?(?:收件?|亲启)[)）]?$")
_GLUED = re.compile(r"\d[号室]([\u4e00-\u9fff]{2,3})$")
"""A name that follows a house or a room without a space: "1号李四"."""
_LONGEST_STREET = 160


def read_chinese(text: str) -> Pasted:
    """Take a Chinese address apart; `text` has no phone any more."""
    postcode = (_POSTCODE.search(text) or [""])[0]
    held = _LATIN_GAP.sub(_HELD, _POSTCODE.sub(" ", text))
    tokens = [token.replace(_HELD, " ") for token in _BREAKS.split(held) if token]
    at, path, rest = _find_region(tokens)
    if not path:
        return _without_region(tokens, postcode)
    before, after = tokens[:at], tokens[at + 1 :]
    while not path[2] and not rest and after:
        path, rest = _go_on(path, after[0])
        after = after[1:]
    parts = ([rest] if rest else []) + after
    name, parts = _take_name(before, parts)
    region, city, district = path
    street = " ".join(parts)[:_LONGEST_STREET]
    return Pasted(name=name, region=region, city=city, district=district, street=street, postcode=postcode)


def _without_region(tokens: list[str], postcode: str) -> Pasted:
    name, parts = _take_name([], tokens)
    return Pasted(name=name, street=" ".join(parts)[:_LONGEST_STREET], postcode=postcode)


Path = tuple[str, str, str]


def _find_region(tokens: list[str]) -> tuple[int, Path, str] | tuple[int, tuple[()], str]:
    """Return where the region path begins, what it is, and what follows it in the same token.

    A province is looked for first, then a city, then a district that only one city has.
    """
    for read in (_from_province, _from_city, _from_district):
        for at, token in enumerate(tokens):
            found = read(_COUNTRY.sub("", token) or token)
            if found is not None:
                return at, found[0], found[1]
    return 0, (), ""


def _go_on(path: Path, token: str) -> tuple[Path, str]:
    """Read a token that follows a province, or a province and a city."""
    region, city, _ = path
    return _below_city(region, city, token) if city else _below_province(region, token)


def _from_province(text: str) -> tuple[Path, str] | None:
    for spelled, name in _provinces():
        if text.startswith(spelled):
            rest = text[len(spelled) :]
            return _below_province(name, rest if spelled == name else _KIND.sub("", rest))
    return None


def _from_city(text: str) -> tuple[Path, str] | None:
    """Read what begins with a city; its short name counts where one of its districts follows."""
    for name, region in _cities():
        if text.startswith(name):
            return _below_city(region, name, text[len(name) :])
    for name, region in _cities():
        short = china.bare_name(name)
        if len(short) > 1 and text.startswith(short):
            path, rest = _below_city(region, name, text[len(short) :])
            if path[2]:
                return path, rest
    return None


def _from_district(text: str) -> tuple[Path, str] | None:
    """Read what begins with a district that no other city has."""
    for name, homes in _districts():
        if text.startswith(name) and len(homes) == 1:
            region, city = homes[0]
            return (region, city, name), text[len(name) :]
    return None


def _below_province(region: str, text: str) -> tuple[Path, str]:
    if region in china.MUNICIPALITIES:
        text = text.removeprefix(region)
        return _below_city(region, region, text)
    text = _FILLER.sub("", text)
    for name in sorted(china.cities_of(region), key=len, reverse=True):
        if text.startswith(name):
            return _below_city(region, name, text[len(name) :])
    for name, homes in _districts():
        mine = [city for province, city in homes if province == region]
        if len(mine) == 1 and text.startswith(name):
            return (region, mine[0], name), text[len(name) :]
    for name in china.cities_of(region):
        short = china.bare_name(name)
        if len(short) > 1 and text.startswith(short) and not text[len(short) :].startswith(("路", "街", "大道")):
            return _below_city(region, name, text[len(short) :])
    return (region, "", ""), text


def _below_city(region: str, city: str, text: str) -> tuple[Path, str]:
    text = _FILLER.sub("", text)
    known = sorted(china.districts_of(region, city), key=len, reverse=True)
    for name in known:
        if text.startswith(name):
            return (region, city, name), text[len(name) :]
    short = next((name for name in known if len(china.bare_name(name)) > 1 and text == china.bare_name(name)), "")
    return ((region, city, short), "") if short else ((region, city, ""), text)


def _take_name(before: list[str], parts: list[str]) -> tuple[str, list[str]]:
    """Return the name and the parts of the street without it: it stands before the address, else at its end."""
    for token in before:
        name = _as_name(token)
        if name:
            return name, parts
    for at in [*range(len(parts) - 1, 0, -1), 0]:
        name = _as_name(parts[at])
        if name and len(parts) > 1:
            return name, parts[:at] + parts[at + 1 :]
    glued = _GLUED.search(parts[-1]) if parts else None
    if glued and _as_name(glued.group(1)):
        return glued.group(1), [*parts[:-1], parts[-1][: glued.start(1)]]
    return "", parts


def _as_name(token: str) -> str:
    bare = _NAME_DRESS.sub("", token)
    is_name = _NAME.fullmatch(bare) and not _PLACE_SIGNS.search(bare)
    return bare if is_name else ""


@lru_cache(maxsize=1)
def _provinces() -> tuple[tuple[str, str], ...]:
    """Return every spelling of a province with its full name, the longest first."""
    spelled = {name: name for name in china.PROVINCES} | {_SHORT.sub("", name): name for name in china.PROVINCES}
    return tuple(sorted(spelled.items(), key=lambda pair: -len(pair[0])))


@lru_cache(maxsize=1)
def _cities() -> tuple[tuple[str, str], ...]:
    """Return every city with its province, the longest name first."""
    found = [(city, region) for region in china.PROVINCES for city in china.cities_of(region)]
    return tuple(sorted(found, key=lambda pair: -len(pair[0])))


@lru_cache(maxsize=1)
def _districts() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Return every district with the cities that have one of its name, the longest name first."""
    homes: dict[str, list[tuple[str, str]]] = {}
    for region, city, district in _paths():
        homes.setdefault(district, []).append((region, city))
    found = ((name, tuple(where)) for name, where in homes.items() if len(name) > 2)
    return tuple(sorted(found, key=lambda pair: -len(pair[0])))


def _paths() -> Iterator[tuple[str, str, str]]:
    for region in china.PROVINCES:
        for city in china.cities_of(region):
            for district in china.districts_of(region, city):
                yield region, city, district
