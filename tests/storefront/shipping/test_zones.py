"""Whom delivery reaches: zones, what they leave out, and how a destination is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.kernel.errors import Invalid
from storefront.shipping.destinations import as_typed, read_destination
from storefront.shipping.rules import Destination, Zone, depends_on_region, zone_for


def zone(id_: int, *places: str, without: tuple[str, ...] = ()) -> Zone:
    return Zone(id_, frozenset(places), frozenset(without))


WORLD = zone(1, "*", without=("KP",))
CHINA = zone(2, "CN", without=("CN-西藏自治区", "CN-广东省-深圳市"))
SOUTH = zone(3, "CN-广东省", "CN-海南省")
SHENZHEN = zone(4, "CN-广东省-深圳市")
LOWER = zone(5, "US")
NOWHERE = None


@pytest.mark.parametrize(
    ("destination", "zones", "found"),
    [
        (Destination("FR"), (WORLD, CHINA), 1),
        (Destination("KP"), (WORLD, CHINA), NOWHERE),
        (Destination("FR"), (CHINA,), NOWHERE),
        (Destination("CN"), (WORLD, CHINA, SOUTH), 2),
        (Destination("CN", "四川省"), (WORLD, CHINA, SOUTH), 2),
        (Destination("CN", "广东省", "广州市"), (WORLD, CHINA, SOUTH), 3),
        (Destination("CN", "广东省", "深圳市"), (WORLD, CHINA, SOUTH, SHENZHEN), 4),
        (Destination("CN", "广东省", "深圳市"), (WORLD, CHINA, SOUTH), NOWHERE),
        (Destination("CN", "西藏自治区", "拉萨市"), (WORLD, CHINA), NOWHERE),
        (Destination("CN", "西藏自治区"), (WORLD, CHINA, zone(9, "CN-西藏自治区")), 9),
        (Destination("CN", "西藏自治区", "拉萨市"), (CHINA, zone(9, "CN-西藏自治区-拉萨市")), 9),
        (Destination("US", "CN-广东省"), (SOUTH, LOWER), 5),
        (Destination("US", "NY"), (zone(8, "US-NY"), zone(7, "US-NY")), 7),
        (Destination("CN"), (SOUTH,), NOWHERE),
    ],
)
def test_the_closest_word_decides(destination: Destination, zones: tuple[Zone, ...], found: int | None) -> None:
    assert zone_for(destination, zones) == found
    assert zone_for(destination, reversed(zones)) == found, "the order of asking changes nothing"


places = st.sampled_from(["*", "CN", "US", "CN-广东省", "CN-四川省", "US-NY", "CN-广东省-深圳市", "CN-广东省-广州市"])
destinations = st.sampled_from(
    [
        Destination("CN"),
        Destination("FR"),
        Destination("US", "NY"),
        Destination("CN", "四川省", "成都市"),
        Destination("CN", "广东省", "深圳市"),
        Destination("CN", "广东省", "广州市"),
    ]
)


@given(destinations, st.lists(st.tuples(st.frozensets(places), st.frozensets(places)), max_size=4))
def test_a_zone_is_chosen_as_a_reader_would_by_going_through_every_word(
    destination: Destination, said: list[tuple[frozenset[str], frozenset[str]]]
) -> None:
    zones = [Zone(number, inside, outside) for number, (inside, outside) in enumerate(said)]
    words = [(destination.names.index(n), 0, z.id) for z in zones for n in z.places if n in destination.names]
    words += [(destination.names.index(n), 1, z.id) for z in zones for n in z.excluded if n in destination.names]
    closest = min(words, default=None)
    expected = None if closest is None or closest[1] else closest[2]
    assert zone_for(destination, zones) == expected


def test_a_country_of_which_regions_are_named_depends_on_the_region() -> None:
    assert depends_on_region("CN", (WORLD, SOUTH))
    assert not depends_on_region("CN", (WORLD, CHINA))
    assert not depends_on_region("US", (SOUTH,))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (("cn", "广东", "深圳"), Destination("CN", "广东省", "深圳市")),
        (("CN", "Tibet", ""), Destination("CN", "西藏自治区")),
        (("CN", "上海", ""), Destination("CN", "上海市", "上海市")),
        (("US", "new  york", "Albany"), Destination("US", "NY")),
        (("JP", "Tokyo"), Destination("JP", "東京都")),
        (("SG", "anything", "else"), Destination("SG")),
        (("FR", "", "Paris"), Destination("FR")),
    ],
)
def test_a_destination_is_read_kindly(typed: tuple[str, ...], read: Destination) -> None:
    assert read_destination(*typed) == read


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (("",), "country"),
        (("XX",), "country"),
        (("CN", "加利福尼亚"), "region"),
        (("US", "广东省"), "region"),
        (("CN", "广东", "杭州市"), "city"),
    ],
)
def test_a_place_that_does_not_exist_is_refused_beside_its_field(typed: tuple[str, ...], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_destination(*typed)
    assert refused.value.field == field


def test_an_unknown_region_of_an_address_is_kept_for_the_address_form_to_judge() -> None:
    assert as_typed("US", "Atlantis") == Destination("US", "Atlantis")
