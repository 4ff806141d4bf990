"""Which facets are worth showing, and answers that are kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from search import FacetCount, PriceBucket, PriceRange, SearchPage
from storefront.catalog.listing import Bucket, Found
from storefront.database.transaction import transaction
from storefront.discovery import answers, indexing, live
from storefront.discovery.choices import MOST_FACETS, buckets_of, useful
from storefront.discovery.wording import WHOLE_AFTER, _kept, is_worded, wording
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from tests import factories as make


def counts(*numbers: int) -> list[FacetCount]:
    return [FacetCount(f"v{place}", number, False) for place, number in enumerate(numbers)]


def test_a_facet_must_cover_enough_and_offer_a_choice_that_narrows() -> None:
    facets = {
        "a.whole": counts(60, 40),
        "a.half": counts(30, 20),
        "a.rare": counts(10, 10),
        "a.one": counts(100),
        "a.all": counts(100, 100),
        "a.nested": counts(100, 50),
        "a.none": counts(0, 0),
    }
    assert useful(facets, 100, {}) == ["a.nested", "a.whole", "a.half"]


def test_what_a_few_choices_cover_is_more_useful_than_what_is_different_everywhere() -> None:
    facets = {"a.codes": counts(*[1] * 60), "a.color": counts(20, 20, 20)}
    assert useful(facets, 60, {}) == ["a.color", "a.codes"]


def test_a_facet_in_use_is_always_shown_and_there_are_never_too_many() -> None:
    facets = {f"a.f{number}": counts(50, 50) for number in range(20)} | {"a.used": counts(0, 0)}
    shown = useful(facets, 100, {"a.used": ("v0",)})
    assert shown[0] == "a.used"
    assert len(shown) == MOST_FACETS


@given(st.dictionaries(st.text(max_size=3), st.lists(st.integers(0, 100), max_size=5)), st.integers(0, 100))
def test_any_counts_can_be_judged(numbers: dict[str, list[int]], total: int) -> None:
    shown = useful({key: counts(*values) for key, values in numbers.items()}, total, {})
    assert len(shown) == len(set(shown)) <= MOST_FACETS


def page_with(*buckets: PriceBucket) -> SearchPage:
    return SearchPage(
        ids=(), total=0, page=1, size=0, facets={}, price=PriceRange(1, 999, buckets), in_stock=0, on_promotion=0
    )  # fmt: skip


def test_price_buckets_meet_and_their_ends_are_open() -> None:
    page = page_with(PriceBucket(0, 100, 3), PriceBucket(100, 500, 0), PriceBucket(500, None, 2))
    assert buckets_of(page) == (Bucket(None, 99, 3), Bucket(500, None, 2))
    assert buckets_of(page_with(PriceBucket(0, None, 5))) == ()


def test_names_and_values_are_said_as_products_translate_them(app: Flask) -> None:
    with app.app_context(), transaction():
        make.make_product(
            attributes={"RAM type": "fast, cheap", "Color": "teal"},
            translations={"zh": {"attributes": {"内存类型": "快、便宜", "颜色": "青色"}}},
        )
        make.make_variant(
            make.make_product(attributes={"Odd": "x"}, translations={"zh": {}}), options={"USB ports": "2"}
        )
        Kept.forget_all()
        known = wording()
        assert [known.name(key, "en") for key in ("a.ram-type", "a.usb-ports", "a.gone-thing")] == [
            "RAM type", "USB ports", "Gone thing",
        ]  # fmt: skip
        assert known.name("a.ram-type", "zh") == "内存类型"
        assert [known.value(value, "zh") for value in ("fast", "cheap", "teal", "x")] == ["快", "便宜", "青色", "x"]
        assert known.value("fast", "en") == "fast"


@pytest.mark.usefixtures("fresh", "work_goes_on_beside")
def test_the_words_of_the_whole_shop_are_read_again_beside_the_requests(app: Flask) -> None:
    with app.app_context():
        with transaction():
            product = make.make_product(attributes={"Odd": "x"})
        with time_machine.travel(now(), tick=False) as clock:
            known = wording()
            assert known.name("a.new", "en") == "New"
            with transaction():
                product.attributes = {"Odd": "x", "NEW!": "y"}
            assert wording() is known
            clock.shift(WHOLE_AFTER + timedelta(seconds=1))
            assert wording() is known
            assert _kept.get()._beside.wait(10)
            assert wording().name("a.new", "en") == "NEW!"
            known = wording()
            clock.shift(WHOLE_AFTER + timedelta(seconds=1))
            wording()
            assert _kept.get()._beside.wait(10)
            assert wording() is known


@pytest.mark.usefixtures("fresh", "work_goes_on_beside")
def test_nobody_waits_for_the_words_of_a_large_shop(index_free: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_AT_ONCE", 0)
    with index_free.app_context():
        with transaction():
            make.make_product(attributes={"RAM type": "fast"})
        indexing.rebuild()
        Kept.forget_all()
        assert wording().name("a.ram-type", "en") == "Ram type", "what the key says"
        assert _kept.get()._beside.wait(10)
        assert is_worded()
        assert wording().name("a.ram-type", "en") == "RAM type"


def test_nothing_is_translated_where_the_order_cannot_be_told(app: Flask) -> None:
    with app.app_context(), transaction():
        make.make_product(attributes={"A": "1", "B": "2"}, translations={"zh": {"attributes": {"乙": "二"}}})
        Kept.forget_all()
        assert wording().name("a.b", "zh") == "B"
        assert wording().value("2", "zh") == "2"


@pytest.fixture
def fresh() -> Iterator[None]:
    Kept.forget_all()
    yield
    Kept.forget_all()


@pytest.mark.usefixtures("fresh")
def test_an_answer_holds_as_long_as_what_it_was_made_from() -> None:
    made: list[Found] = []

    def make_one() -> Found:
        made.append(Found((1,), 1))
        return made[-1]

    index, other = object(), object()
    first = answers.answer("q", (index,), make_one)
    assert answers.answer("q", (index,), make_one) is first
    assert answers.answer("q", (other,), make_one) is not first
    assert answers.answer("other", (other,), make_one) is made[-1]
    assert len(made) == 3


@pytest.mark.usefixtures("fresh")
def test_empty_answers_are_not_kept_and_old_ones_make_room() -> None:
    index = (object(),)
    nothing = answers.answer("q", index, lambda: Found((), 0))
    assert answers.answer("q", index, lambda: Found((), 0)) is not nothing
    first = answers.answer(0, index, lambda: Found((1,), 1))
    for number in range(1, answers.MOST_ANSWERS + 1):
        answers.answer(number, index, lambda: Found((1,), 1))
    assert answers.answer(0, index, lambda: Found((1,), 1)) is not first
