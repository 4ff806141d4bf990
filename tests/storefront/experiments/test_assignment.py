"""Who sees what: evenly, for good, one experiment per surface, and independently across surfaces."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, chisquare

from storefront.experiments.assignment import (
    WHOLE,
    Assigned,
    Range,
    Running,
    Slice,
    arm,
    assign,
    bucket,
    claim,
    even_weights,
    extended,
    is_held_out,
    ranges,
    sizes,
)

VISITORS = [f"visitor-{number}" for number in range(20_000)]
coverages = st.integers(100, WHOLE)
units = st.text(min_size=1, max_size=22)


@st.composite
def weights(draw: st.DrawFn) -> dict[str, int]:
    cuts = sorted(draw(st.sets(st.integers(1, 99), min_size=1, max_size=5)))
    return {
        f"arm-{place}": (stop - start) * 100
        for place, (start, stop) in enumerate(zip([0, *cuts], [*cuts, 100], strict=True))
    }


def running(key: str, slices: tuple[Slice, ...], coverage: int = WHOLE) -> Running:
    return Running(key, f"{key}-salt", slices, ranges({"control": 5_000, "treatment": 5_000}, coverage))


def test_a_bucket_is_the_remainder_of_a_plain_hash() -> None:
    digest = sha256(b"salt:visitor").hexdigest()
    assert bucket("salt", "visitor") == int(digest[:16], 16) % 10_000


@given(weights(), coverages, coverages, units)
def test_a_ramp_moves_nobody(arms: dict[str, int], one: int, other: int, unit: str) -> None:
    low, high = sorted((one, other))
    before = ranges(arms, low)
    after = extended(before, high)
    assert after == ranges(arms, high)
    seen = arm(before, bucket("salt", unit))
    assert seen is None or seen == arm(after, bucket("salt", unit))


@given(weights(), coverages, coverages)
def test_a_ramp_never_goes_down(arms: dict[str, int], one: int, other: int) -> None:
    low, high = sorted((one, other))
    present = ranges(arms, high)
    if ranges(arms, low) != present:
        with pytest.raises(ValueError, match="only goes up"):
            extended(present, low)


@given(weights(), st.integers(1, 100))
def test_whole_per_cents_are_met_exactly(arms: dict[str, int], per_cent: int) -> None:
    held = sizes(ranges(arms, per_cent * 100))
    assert held == {key: weight * per_cent // 100 for key, weight in arms.items()}


@given(weights(), coverages)
def test_a_bucket_is_in_one_arm_at_most(arms: dict[str, int], coverage: int) -> None:
    present = ranges(arms, coverage)
    for before, after in pairwise(present):
        assert before.stop <= before.limit == after.start


@pytest.mark.parametrize(
    ("arms", "message"),
    [
        ({"a": 5_000, "b": 4_999}, "add up to 10000, not to 9999"),
        ({"a": 5_000, "b": 5_001}, "not to 10001"),
        ({"a": 10_000}, "at least two"),
        ({}, "at least two"),
        ({"a": 10_000, "b": 0}, "positive"),
        ({"a": 10_001, "b": -1}, "positive"),
        ({"a": 0.5, "b": 0.5}, "whole"),
        ({"a": True, "b": 9_999}, "whole"),
        ({"": 5_000, "b": 5_000}, "name"),
    ],
)
def test_weights_that_make_no_sense_are_refused(arms: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ranges(arms)


@pytest.mark.parametrize("coverage", [0, -1, 10_001, 0.5, True])
def test_a_coverage_that_is_none_is_refused(coverage: int) -> None:
    with pytest.raises(ValueError, match="coverage"):
        ranges({"a": 5_000, "b": 5_000}, coverage)


def test_a_coverage_that_leaves_an_arm_empty_is_refused() -> None:
    with pytest.raises(ValueError, match="hold nobody"):
        ranges({"a": 9_900, "b": 100}, 50)


def test_weights_can_be_shared_evenly() -> None:
    assert even_weights(["a", "b", "c"]) == {"a": 3_334, "b": 3_333, "c": 3_333}
    ranges(even_weights([str(number) for number in range(7)]))


@pytest.mark.parametrize(("salt", "unit"), [("", "v"), ("a:b", "v"), ("salt", "")])
def test_nobody_and_unclear_salts_have_no_bucket(salt: str, unit: str) -> None:
    with pytest.raises(ValueError, match=r"bucket|salt"):
        bucket(salt, unit)


def test_visitors_fall_evenly_into_arms() -> None:
    present = ranges({"control": 5_000, "one": 3_000, "two": 2_000})
    found = Counter(arm(present, bucket("even", unit)) for unit in VISITORS)
    assert chisquare([found["control"], found["one"], found["two"]], [10_000, 6_000, 4_000]).pvalue > 0.001


def test_what_is_seen_on_one_surface_says_nothing_about_another() -> None:
    everything = (Slice(0, WHOLE),)
    table = Counter(
        (here.arm, there.arm)
        for unit in VISITORS
        if (here := assign("shelf:home", [running("shelf", everything)], unit))
        and (there := assign("search:ranking", [running("search", everything)], unit))
    )
    cells = [[table[a, b] for b in ("control", "treatment")] for a in ("control", "treatment")]
    assert chi2_contingency(cells).pvalue > 0.001


def test_the_next_experiment_on_the_same_slices_mixes_the_arms_of_the_last() -> None:
    slices = (Slice(0, WHOLE),)
    table = Counter(
        (before.arm, after.arm)
        for unit in VISITORS
        if (before := assign("shelf:home", [running("may", slices)], unit))
        and (after := assign("shelf:home", [running("june", slices)], unit))
    )
    cells = [[table[a, b] for b in ("control", "treatment")] for a in ("control", "treatment")]
    assert chi2_contingency(cells).pvalue > 0.001


def test_experiments_on_one_surface_exclude_each_other_and_leave_the_rest_alone() -> None:
    first = claim([], 3_000)
    second = claim(first, 4_000)
    both = [running("first", first), running("second", second)]
    found = Counter(one.experiment if (one := assign("slot:hero", both, unit)) else None for unit in VISITORS)
    assert found["first"] == pytest.approx(20_000 * 0.95 * 0.3, rel=0.05)
    assert found["second"] == pytest.approx(20_000 * 0.95 * 0.4, rel=0.05)
    assert assign("slot:hero", both[::-1], VISITORS[0]) == assign("slot:hero", both, VISITORS[0])


def test_the_holdout_is_the_same_twentieth_everywhere() -> None:
    held = {unit for unit in VISITORS if is_held_out("holdout", unit)}
    assert len(held) == pytest.approx(1_000, rel=0.1)
    everything = (Slice(0, WHOLE),)
    for surface in ("shelf:home", "search:ranking"):
        assert {unit for unit in VISITORS if assign(surface, [running("a", everything)], unit) is None} == held


def test_a_visitor_whom_nobody_knows_is_in_nothing() -> None:
    assert assign("shelf:home", [running("a", (Slice(0, WHOLE),))], "") is None


def test_who_is_beyond_the_ramp_sees_what_the_shop_always_shows() -> None:
    tenth = [running("a", (Slice(0, WHOLE),), 1_000)]
    share = sum(assign("shelf:home", tenth, unit) is not None for unit in VISITORS) / len(VISITORS)
    assert share == pytest.approx(0.095, rel=0.1)


@given(st.sets(st.integers(0, 99), max_size=60), st.integers(1, 40))
def test_a_claim_takes_only_what_is_free(taken: set[int], hundreds: int) -> None:
    held = [Slice(place * 100, place * 100 + 100) for place in taken]
    made = claim(held, hundreds * 100)
    assert sum(one.size for one in made) == hundreds * 100
    owned = [number for one in [*held, *made] for number in range(one.start, one.stop)]
    assert len(owned) == len(set(owned))


def test_a_surface_that_is_full_says_how_much_is_left() -> None:
    with pytest.raises(ValueError, match="only 1000 of 10000"):
        claim([Slice(0, 9_000)], 2_000)
    with pytest.raises(ValueError, match="same buckets"):
        claim([Slice(0, 500), Slice(400, 900)], 100)
    with pytest.raises(ValueError, match="share"):
        claim([], 0)


def test_ranges_and_slices_that_run_backwards_cannot_exist() -> None:
    with pytest.raises(ValueError, match="range"):
        Range("a", 10, 5, 20)
    with pytest.raises(ValueError, match="slice"):
        Slice(5, 5)


def test_an_assignment_can_be_kept_in_a_set() -> None:
    assert Assigned("a", "control") in {Assigned("a", "control")}
