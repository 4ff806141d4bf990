"""Regions are called so that their reader can read it."""

from __future__ import annotations

import pytest

from storefront.places.regions import region_name, regions_of


@pytest.mark.parametrize(
    ("country", "key", "english", "chinese"),
    [
        ("CN", "广东省", "Guangdong 广东省", "广东省"),
        ("TW", "台北市", "Taipei City 台北市", "台北市"),
        ("HK", "Kowloon", "Kowloon 九龍", "九龍"),
        ("JP", "北海道", "Hokkaido 北海道", "北海道"),
        ("KR", "경기도", "Gyeonggi-do 경기", "Gyeonggi-do 경기"),
        ("US", "NY", "New York", "New York"),
        ("BR", "SP", "São Paulo", "São Paulo"),
    ],
)
def test_a_region_is_called_as_its_reader_can_read_it(country: str, key: str, english: str, chinese: str) -> None:
    [region] = [region for region in regions_of(country) if region.key == key]
    assert (region.label(chinese=False), region.label(chinese=True)) == (english, chinese)
    assert region_name(country, key, chinese=True) in chinese
    assert region_name(country, key, chinese=False) in english
