"""Addresses, as people type them in China and elsewhere."""

from __future__ import annotations

import pytest

from storefront.accounts.errors import InvalidAddress
from storefront.accounts.rules import (
    PROVINCES,
    PostalAddress,
    normal_phone,
    normal_province,
    read_address,
    required_fields,
)

SHENZHEN = {
    "name": "张三",
    "phone": "138 0013 8000",
    "country": "CN",
    "region": "广东",
    "city": "深圳市",
    "district": "南山区",
    "street": "科技路1号",
}
BERLIN = {
    "name": "Ada Shopper",
    "phone": "030 901820",
    "country": "DE",
    "city": "Berlin",
    "street": "Rathausstr. 15",
    "postcode": "10178",
}


def problems_of(typed: dict[str, str]) -> dict[str, str]:
    with pytest.raises(InvalidAddress) as refused:
        read_address(typed)
    return {field: str(problem) for field, problem in refused.value.problems.items()}


def test_a_chinese_address_is_completed_and_written_from_the_largest_place_down() -> None:
    address = read_address(SHENZHEN)
    assert address.region == "广东省"
    assert address.phone == "+8613800138000"
    assert address.lines() == ["广东省深圳市南山区", "科技路1号"]


def test_a_municipality_is_its_own_city_and_is_written_once() -> None:
    address = read_address({**SHENZHEN, "region": "上海", "city": "", "district": "浦东新区"})
    assert address.city == "上海市"
    assert address.lines()[0] == "上海市浦东新区"


def test_an_address_in_latin_letters_within_china_is_stored_as_couriers_read_it() -> None:
    address = read_address({**SHENZHEN, "region": "Guangdong", "city": "Shenzhen", "district": "Nanshan District"})
    assert address.lines()[0] == "广东省深圳市南山区"


def test_what_was_stored_in_latin_letters_keeps_its_spaces() -> None:
    stored = PostalAddress("Ada", "", "CN", region="Guangdong", city="Shenzhen", district="Nanshan", street="x")
    assert stored.lines()[0] == "Guangdong Shenzhen Nanshan"


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"region": "火星"}, "region", "There is no “火星” in this country"),
        ({"region": "广东", "city": "杭州市"}, "city", "There is no “杭州市” in this province"),
        ({"city": "深圳市", "district": "西湖区"}, "district", "There is no “西湖区” in this city"),
        ({"country": "US", "region": "Bavaria"}, "region", "There is no “Bavaria” in this country"),
    ],
)
def test_a_place_that_is_not_there_is_refused(typed: dict[str, str], field: str, words: str) -> None:
    assert words in problems_of({**SHENZHEN, **typed})[field]


def test_a_district_that_no_list_has_yet_is_taken_as_new() -> None:
    assert read_address({**SHENZHEN, "district": "明日新区"}).district == "明日新区"


def test_a_state_is_stored_by_its_code() -> None:
    new_york = {**BERLIN, "country": "US", "city": "New York", "region": "new york", "postcode": "10001"}
    assert read_address({**new_york, "phone": "(415) 555-2671"}).region == "NY"


def test_regions_whose_divisions_are_not_known_need_neither_city_nor_district() -> None:
    kowloon = {"region": "香港", "city": "", "district": "", "phone": "+852 2345 6789"}
    assert read_address({**SHENZHEN, **kowloon}).lines() == ["香港特别行政区", "科技路1号"]


def test_an_international_address_is_written_from_the_street_up() -> None:
    address = read_address({**BERLIN, "street2": "3rd floor"})
    assert address.lines() == ["Rathausstr. 15", "3rd floor", "Berlin 10178"]
    assert address.phone == "+4930901820"


def test_full_width_and_lower_case_input_is_read() -> None:
    address = read_address(
        {**BERLIN, "country": "gb", "postcode": "sw1a 1aa", "phone": "020 7946 0958", "city": " London  Town "}
    )
    assert (address.country, address.postcode, address.city) == ("GB", "SW1A 1AA", "London Town")


def test_an_empty_form_says_everything_that_is_missing_at_once() -> None:
    assert set(problems_of({"country": "CN"})) == required_fields("CN") - {"country"}
    assert set(problems_of({"country": "US"})) == {"name", "phone", "street", "city", "region", "postcode"}


@pytest.mark.parametrize(
    ("region", "city"), [("广东", "东莞"), ("广东", "中山"), ("海南", "儋州"), ("甘肃", "嘉峪关"), ("湖北", "仙桃")]
)
def test_cities_without_districts_need_none(region: str, city: str) -> None:
    address = read_address({**SHENZHEN, "region": region, "city": city, "district": ""})
    assert (address.city, address.district) == (f"{city}市", "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("country", "XX"),
        ("country", ""),
        ("phone", "12"),
        ("phone", "not a phone"),
        ("postcode", "1"),
        ("name", "x" * 81),
        ("street", "\x00 \t"),
    ],
)
def test_each_wrong_field_is_named(field: str, value: str) -> None:
    assert field in problems_of({**BERLIN, field: value})


def test_a_postcode_problem_shows_an_example_of_that_country() -> None:
    assert "26133" in problems_of({**BERLIN, "postcode": "abc"})["postcode"]


def test_an_address_survives_storage() -> None:
    address = read_address(SHENZHEN)
    assert PostalAddress.from_fields({**address.as_fields(), "a_field_of_old": "x"}) == address


def test_a_nameless_or_placeless_address_cannot_exist() -> None:
    with pytest.raises(InvalidAddress):
        PostalAddress(name="", phone="", country="DE", street="x")
    with pytest.raises(InvalidAddress):
        PostalAddress(name="Ada", phone="", country="ZZ", street="x")


def test_phones_are_read_by_country_and_by_their_own_code() -> None:
    assert normal_phone("(415) 555-2671", "US") == "+14155552671"
    assert normal_phone("+86 138 0013 8000", "US") == "+8613800138000"
    assert normal_phone("999", "US") is None


def test_provinces_are_known_by_their_short_names() -> None:
    assert normal_province("内蒙古") == "内蒙古自治区"
    assert normal_province("Hunan") == "湖南省"
    assert normal_province("Shaanxi") == "陕西省"
    assert normal_province("湖") == "湖"
    assert len(PROVINCES) == 34
