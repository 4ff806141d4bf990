"""What referrers and sources say of shelves, what goods cost, and how sure a click rate is."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.analytics.rules import Clustered, cost_of, rate_interval, read_signature, shelf_of, signature

VISITORS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda pair: (sum(pair), pair[1])))


def clustered(visitors: Sequence[tuple[int, int]]) -> Clustered:
    """Return the sums over visitors, each of whom saw and used so many."""
    seen = [(viewed, used) for viewed, used in visitors if viewed]
    return Clustered(
        len(seen),
        sum(viewed for viewed, _used in seen),
        sum(used for _viewed, used in seen),
        sum(viewed * viewed for viewed, _used in seen),
        sum(used * used for _viewed, used in seen),
        sum(viewed * used for viewed, used in seen),
    )


@pytest.mark.parametrize(
    ("referrer", "expected"),
    [
        ("http://shop.example/shelves/home", "home"),
        ("http://shop.example/shelves/similar?product=7", "similar"),
        ("http://shop.example/shelves/bought-together/total", "bought-together:total"),
        ("http://other.example/shelves/home", ""),
        ("http://shop.example/products/shelves/home", ""),
        ("http://shop.example/shelves/", ""),
        ("http://[::1", ""),
        ("", ""),
    ],
)
def test_a_referrer_names_the_shelf_whose_page_it_is(referrer: str, expected: str) -> None:
    assert shelf_of(referrer, "shop.example") == expected


@given(st.lists(st.sampled_from(["habit", "taste", "a_b-c"])))
def test_a_signature_says_how_many_came_from_where(sources: list[str]) -> None:
    assert read_signature(signature(sources)) == {one: sources.count(one) for one in set(sources)}
    assert signature(sources) == signature(reversed(sources))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], None),
        ([(5, 2), (7, 1)], 17),
        ([(5, 2), (None, 1)], None),
        ([(0, 3)], 0),
    ],
)
def test_a_cost_is_known_only_where_that_of_every_line_is(
    lines: list[tuple[int | None, int]], expected: int | None
) -> None:
    assert cost_of(lines) == expected


@given(VISITORS)
def test_an_interval_holds_the_rate_and_lies_between_none_and_all(visitors: list[tuple[int, int]]) -> None:
    sums = clustered(visitors)
    found = rate_interval(sums)
    if sums.clusters < 2:
        assert found is None
        return
    assert found is not None
    assert 0 <= found[0] <= sums.clicked / sums.viewed + 1e-12
    assert sums.clicked / sums.viewed - 1e-12 <= found[1] <= 1


def test_visitors_who_look_once_are_as_sure_as_views() -> None:
    """Wilson's interval for 20 of 100, as in Newcombe 1998."""
    low, high = rate_interval(clustered([(1, 1)] * 20 + [(1, 0)] * 80)) or (0, 0)
    assert (low, high) == (pytest.approx(0.1334, abs=0.002), pytest.approx(0.2888, abs=0.002))


def test_those_who_always_click_do_not_make_it_surer() -> None:
    often = rate_interval(clustered([(50, 50)] * 2 + [(50, 0)] * 8)) or (0, 0)
    once = rate_interval(clustered([(1, 1)] * 2 + [(1, 0)] * 8)) or (0, 0)
    assert often == (pytest.approx(once[0], abs=0.02), pytest.approx(once[1], abs=0.02))


def test_nineteen_of_twenty_intervals_hold_the_truth_where_single_views_would_not() -> None:
    """Visitors differ in how often they look and how gladly they click; the true rate is 0.1 for each view."""
    chance, held, naive, rounds = random.Random(7), 0, 0, 600
    for _ in range(rounds):
        visitors = []
        for _visitor in range(200):
            viewed, liking = chance.choice((1, 2, 4, 20)), chance.choice((0.0, 0.0, 0.1, 0.3))
            visitors.append((viewed, sum(chance.random() < liking for _ in range(viewed))))
        sums = clustered(visitors)
        low, high = rate_interval(sums) or (1, 0)
        held += low <= 0.1 <= high
        rate = sums.clicked / sums.viewed
        naive += abs(rate - 0.1) <= 1.96 * (rate * (1 - rate) / sums.viewed) ** 0.5
    assert 0.92 <= held / rounds <= 0.98
    assert naive / rounds < 0.8
