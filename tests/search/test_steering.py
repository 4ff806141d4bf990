"""What the merchant asks of an answer: pins, buries and boosts, within what filters and words allow."""

from __future__ import annotations

import pytest

from search import Boost, Document, Filters, LiveColumns, Searcher, SearchRequest, Sort, Steering
from search.documents import LEAST_BOOST, MOST_BOOST

OIL = "olive oil"


def _ids(shelf: Searcher, steering: Steering | None = None, **request: object) -> tuple[int, ...]:
    return shelf.search(SearchRequest(text=OIL, size=400, steering=steering or Steering(), **request)).ids  # type: ignore[arg-type]


def test_pins_come_first_in_the_merchants_order_and_the_rest_keeps_its_own(shelf: Searcher) -> None:
    plain = _ids(shelf)
    chosen = (plain[5], plain[2], plain[9])
    steered = _ids(shelf, Steering(pins=chosen))
    assert steered == (*chosen, *(number for number in plain if number not in chosen))


def test_a_pin_that_does_not_match_joins_the_results_and_their_counts(shelf: Searcher) -> None:
    lamp = shelf.search(SearchRequest(text="desk lamp")).ids[0]
    before = shelf.search(SearchRequest(text=OIL))
    after = shelf.search(SearchRequest(text=OIL, steering=Steering(pins=(lamp,))))
    assert lamp not in before.ids
    assert after.ids[0] == lamp
    assert after.total == before.total + 1
    assert sum(choice.count for choice in after.facets["brand"]) == 1 + sum(c.count for c in before.facets["brand"])


def test_a_pin_obeys_filters_scope_and_publication(shelf: Searcher, documents: list[Document]) -> None:
    lamp = shelf.search(SearchRequest(text="desk lamp")).ids[0]
    other = next(d.brand.value for d in documents if d.brand and d.id != lamp and "Olive" in d.product_type)
    theirs = next(d.brand.value for d in documents if d.id == lamp and d.brand)
    filters = Filters(facets={"brand": (other if other != theirs else "nobody",)})
    assert lamp not in _ids(shelf, Steering(pins=(lamp,)), filters=filters)
    assert lamp not in _ids(shelf, Steering(pins=(lamp,)), filters=Filters(scope={"category": ("food",)}))
    hidden = shelf.refresh(LiveColumns.of((d.id, 1, True, False, 0.0, 0, 0.0) for d in documents if d.id != lamp))
    assert lamp not in _ids(hidden, Steering(pins=(lamp,)))


def test_buries_come_last_and_a_pin_beats_a_bury(shelf: Searcher) -> None:
    plain = _ids(shelf)
    steered = _ids(shelf, Steering(pins=(plain[3],), buries=(plain[0], plain[3])))
    assert steered[0] == plain[3]
    assert steered[-1] == plain[0]
    assert sorted(steered) == sorted(plain)


def test_a_boost_lifts_its_value_within_bounds(shelf: Searcher) -> None:
    plain = shelf.search(SearchRequest(text=OIL, size=400))
    brand = plain.facets["brand"][-1].value
    boosted = _ids(shelf, Steering(boosts=(Boost("brand", brand, MOST_BOOST),)))
    assert boosted != plain.ids
    assert boosted == _ids(shelf, Steering(boosts=(Boost("brand", brand, 1e9),)))
    sunk = _ids(shelf, Steering(boosts=(Boost("brand", brand, 0.0),)))
    assert sunk == _ids(shelf, Steering(boosts=(Boost("brand", brand, LEAST_BOOST),)))
    first = boosted[0]
    told = shelf.explain(SearchRequest(text=OIL, steering=Steering(boosts=(Boost("brand", brand, 2.0),))), first)
    assert told is not None
    assert dict(told.factors)["boost"] == 2.0


def test_another_sort_is_not_steered(shelf: Searcher) -> None:
    plain = _ids(shelf, sort=Sort.PRICE_ASC)
    assert _ids(shelf, Steering(pins=plain[4:6], buries=plain[:1]), sort=Sort.PRICE_ASC) == plain


@pytest.mark.parametrize(
    "steering",
    [
        Steering(pins=(10**12, -1), buries=(10**15,)),
        Steering(boosts=(Boost("nothing", "x", 2.0), Boost("brand", "nobody", 3.0))),
    ],
)
def test_what_the_index_does_not_know_changes_nothing(shelf: Searcher, steering: Steering) -> None:
    assert _ids(shelf, steering) == _ids(shelf)


def test_pins_steer_a_page_that_was_not_searched(shelf: Searcher) -> None:
    plain = shelf.search(SearchRequest(size=30)).ids
    steered = shelf.search(SearchRequest(size=30, steering=Steering(pins=(plain[20],)))).ids
    assert steered[:3] == (plain[20], plain[0], plain[1])


def test_pages_of_a_steered_list_neither_repeat_nor_lose(shelf: Searcher) -> None:
    plain = _ids(shelf)
    steering = Steering(pins=(plain[8], plain[1]), buries=(plain[2],))
    pages = [shelf.search(SearchRequest(text=OIL, size=7, page=n, steering=steering)).ids for n in range(1, 60)]
    assert [number for page in pages for number in page] == list(_ids(shelf, steering))


def test_ratings_are_counted_downwards(shelf: Searcher, documents: list[Document]) -> None:
    page = shelf.search(SearchRequest(filters=Filters(rating_from=4)))
    expected = tuple((n, sum(document.rating >= n for document in documents)) for n in (4, 3, 2, 1))
    assert page.ratings == expected
    assert page.total == expected[0][1]
