"""Filters, counts, sorts and pages against a brute-force oracle over the plain documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import Document, Filters, Searcher, SearchRequest, Sort
from search.standing import price_range
from tests.search.catalogue import BRANDS, SIZES, TYPES

FACETS: dict[str, Callable[[Document], tuple[str, ...]]] = {
    "brand": lambda document: (document.brand.value,) if document.brand else (),
    "category": lambda document: tuple(label.value for label in document.categories),
    "size": lambda document: document.facets["size"],
}
SORT_KEYS: dict[Sort, Callable[[Document], float]] = {
    Sort.PRICE_ASC: lambda document: document.price_minor,
    Sort.PRICE_DESC: lambda document: -document.price_minor,
    Sort.NEWEST: lambda document: -document.published_on,
    Sort.SALES: lambda document: -document.popularity,
    Sort.RATING: lambda document: -document.rating,
}

filters = st.builds(
    Filters,
    scope=st.dictionaries(st.just("category"), st.tuples(st.sampled_from(["food", "sport", "home"])), max_size=1),
    facets=st.fixed_dictionaries(
        {},
        optional={
            "brand": st.lists(st.sampled_from([*(name.lower() for name in BRANDS), "nobody"]), max_size=3).map(tuple),
            "category": st.lists(st.sampled_from([name.lower() for name in TYPES]), max_size=2).map(tuple),
            "size": st.lists(st.sampled_from(SIZES), max_size=2).map(tuple),
        },
    ),
    price_from=st.none() | st.integers(0, 3000),
    price_to=st.none() | st.integers(0, 12_000),
    in_stock=st.booleans(),
    on_promotion=st.booleans(),
    rating_from=st.none() | st.sampled_from([3.0, 4.0]),
)


def accepts(document: Document, wanted: Filters, leaving_out: str = "") -> bool:
    """Say whether a document passes all filters but one, one at a time and without arrays."""
    checks = {
        name: not values or bool(set(values) & set(FACETS[name](document))) for name, values in wanted.facets.items()
    }
    low = 0 if wanted.price_from is None else wanted.price_from
    high = 10**9 if wanted.price_to is None else wanted.price_to
    checks["price"] = low <= document.price_minor <= high
    checks["in_stock"] = document.in_stock or not wanted.in_stock
    checks["on_promotion"] = document.on_promotion or not wanted.on_promotion
    checks["rating"] = wanted.rating_from is None or document.rating >= wanted.rating_from
    scoped = all(set(values) & set(FACETS[name](document)) for name, values in wanted.scope.items())
    return scoped and all(passed for name, passed in checks.items() if name != leaving_out)


@given(wanted=filters, sort=st.sampled_from(list(SORT_KEYS)), page=st.integers(1, 6), size=st.integers(0, 30))
@settings(max_examples=80, deadline=None)
def test_browsing_agrees_with_going_through_every_document(
    shelf: Searcher, documents: list[Document], wanted: Filters, sort: Sort, page: int, size: int
) -> None:
    answer = shelf.search(SearchRequest(filters=wanted, sort=sort, page=page, size=size))
    passing = sorted((d for d in documents if accepts(d, wanted)), key=lambda d: (SORT_KEYS[sort](d), d.id))
    assert answer.total == len(passing)
    assert list(answer.ids) == [d.id for d in passing[(page - 1) * size : page * size]]
    for name, values_of in FACETS.items():
        counted = Counter(value for d in documents if accepts(d, wanted, name) for value in values_of(d))
        chosen = wanted.facets.get(name, ())
        assert {c.value: c.count for c in answer.facets[name] if c.count} == counted
        assert {c.value for c in answer.facets[name] if c.selected} == set(chosen)
    assert answer.in_stock == sum(d.in_stock for d in documents if accepts(d, wanted, "in_stock"))
    assert answer.on_promotion == sum(d.on_promotion for d in documents if accepts(d, wanted, "on_promotion"))
    prices = [d.price_minor for d in documents if accepts(d, wanted, "price")]
    if prices:
        assert answer.price is not None
        assert (answer.price.lowest, answer.price.highest) == (min(prices), max(prices))
        for bucket in answer.price.buckets:
            assert bucket.count == sum(bucket.low <= p and (bucket.high is None or p < bucket.high) for p in prices)
    else:
        assert answer.price is None


@given(wanted=filters)
@settings(max_examples=25, deadline=None)
def test_the_pages_of_a_search_together_are_every_hit_once(shelf: Searcher, wanted: Filters) -> None:
    first = shelf.search(SearchRequest(text="olive oil", filters=wanted, size=7))
    seen = [
        number
        for page in range(1, first.total // 7 + 2)
        for number in shelf.search(SearchRequest(text="olive oil", filters=wanted, size=7, page=page, count=())).ids
    ]
    assert len(seen) == len(set(seen)) == first.total


def test_choosing_a_brand_keeps_the_counts_of_other_brands(shelf: Searcher) -> None:
    free = shelf.search(SearchRequest(text="tea"))
    chosen = shelf.search(SearchRequest(text="tea", filters=Filters(facets={"brand": ("bruma",)})))
    assert {c.value: c.count for c in free.facets["brand"]} == {c.value: c.count for c in chosen.facets["brand"]}
    assert chosen.total == {c.value: c.count for c in free.facets["brand"]}["bruma"] < free.total


def test_a_page_beyond_the_end_is_empty_with_the_right_total(shelf: Searcher) -> None:
    answer = shelf.search(SearchRequest(page=9999))
    assert (answer.ids, answer.total) == ((), 400)


def test_a_facet_or_value_that_does_not_exist_gives_nothing(shelf: Searcher) -> None:
    for wanted in (
        Filters(facets={"shoe-width": ("wide",)}),
        Filters(facets={"brand": ("' OR 1=1",)}),
        Filters(scope={"category": ("nowhere",)}),
        Filters(scope={"planet": ("mars",)}),
        Filters(price_from=10**30),
        Filters(price_to=-1),
    ):
        assert shelf.search(SearchRequest(filters=wanted)).total == 0


def test_long_facets_are_cut_but_never_lose_what_is_chosen(shelf: Searcher) -> None:
    least = shelf.search(SearchRequest()).facets["brand"][-1].value
    wanted = Filters(facets={"brand": (least,)})
    shown = shelf.search(SearchRequest(filters=wanted, facet_limit=2)).facets["brand"]
    assert [choice.value for choice in shown][2:] == [least]


@pytest.mark.parametrize("prices", [[500], [500] * 9, [1, 10_000_000], list(range(100, 10_000, 7)), [0, 0, 3]])
def test_price_buckets_cover_every_price_once(prices: list[int]) -> None:
    found = price_range(np.array(prices, np.int64))
    assert found is not None
    assert sum(bucket.count for bucket in found.buckets) == len(prices)
    assert [b.high for b in found.buckets][:-1] == [b.low for b in found.buckets][1:]
    assert found.buckets[-1].high is None


def test_a_request_refuses_senseless_pages() -> None:
    for page, size in ((0, 24), (1, -1), (1, 100_000)):
        with pytest.raises(ValueError, match="pages count"):
            SearchRequest(page=page, size=size)
