"""What the figures say, and when they say nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storefront.experiments.metrics import CONVERSION, ORDER_VALUE, REVENUE, UNDONE_ORDERS, Guardrail, Metric
from storefront.experiments.planning import Plan, Watching
from storefront.experiments.readings import Readings
from storefront.experiments.statistics.moments import Moments
from storefront.experiments.verdict import Block, Decision, Safety, Saying, Verdict, read
from tests.storefront.experiments.samples import sample

EVEN = {"control": 5_000, "treatment": 5_000}
THREE = {"control": 3_334, "one": 3_333, "two": 3_333}
ONE_GUARDRAIL = (Guardrail(UNDONE_ORDERS, 0.1),)


def plan(watching: Watching = Watching.SPENDING, shares: Mapping[str, int] = EVEN, **terms: object) -> Plan:
    sound: dict[str, object] = {"primary": REVENUE, "visitors": 6_000, "days": 28, "watching": watching}
    return Plan("control", shares, **{**sound, **terms})


def arm(visitors: int, lift: float = 0.0, undone: float = 0.1, seed: int = 41) -> dict[str, Moments]:
    """Return an arm's sums; the same seed gives the same visitors, so a lift is all that differs."""
    made = sample(visitors, seed, lift)
    back = [count * undone for count in made.orders]
    return {
        "revenue_per_visitor": made.adjusted,
        "conversion": made.converted,
        "order_value": made.per_order,
        "undone_orders": Moments.of(back, d=made.orders),
    }


def readings(
    arms: Mapping[str, Mapping[str, Moments]], days: int = 28, counts: Mapping[str, int] | None = None, **terms: object
) -> Readings:
    exposed = counts or {key: sums["revenue_per_visitor"].n for key, sums in arms.items()}
    total = sum(exposed.values())
    return Readings(arms, exposed, tuple(total * day // days for day in range(1, days + 1)), **terms)


def two(lift: float, days: int = 28, visitors: int = 3_000, undone: float = 0.1, **terms: object) -> Readings:
    return readings({"control": arm(visitors), "treatment": arm(visitors, lift, undone)}, days, **terms)


def said(verdict: Verdict) -> tuple[Decision, Saying]:
    return verdict.decision, verdict.facts.kind


@pytest.mark.parametrize("watching", list(Watching))
def test_a_clear_lift_wins_at_the_end(watching: Watching) -> None:
    found = read(two(0.3), plan(watching, others=(CONVERSION, ORDER_VALUE)))
    assert said(found) == (Decision.WIN, Saying.WIN)
    assert found.facts.arm == "treatment"
    assert found.facts.lift == pytest.approx(0.3, abs=0.02)
    assert found.facts.low is not None
    assert found.facts.high is not None
    assert 0 < found.facts.low < found.facts.lift < found.facts.high
    assert set(found.arms[0].estimates) == {"revenue_per_visitor", "conversion", "order_value"}
    assert found.block is None
    assert (found.days, found.days_left) == (28, 0)


@pytest.mark.parametrize("watching", list(Watching))
def test_no_lift_is_no_difference_at_the_end(watching: Watching) -> None:
    assert said(read(two(0.0), plan(watching))) == (Decision.NO_DIFFERENCE, Saying.NO_DIFFERENCE)


@pytest.mark.parametrize("watching", list(Watching))
def test_a_clear_harm_loses(watching: Watching) -> None:
    assert said(read(two(-0.3), plan(watching))) == (Decision.LOSE, Saying.LOSE)


def test_harm_may_end_it_on_any_day_and_a_win_may_not() -> None:
    assert said(read(two(-0.5, days=10), plan())) == (Decision.LOSE, Saying.LOSE)
    early = read(two(0.5, days=10), plan())
    assert said(early) == (Decision.BLOCKED, Saying.TOO_EARLY)
    assert (early.block, early.facts.days, early.facts.days_left) == (Block.TOO_EARLY, 10, 4)
    assert early.arms


@pytest.mark.parametrize("watching", list(Watching))
def test_before_the_first_whole_day_it_is_too_early(watching: Watching) -> None:
    arms = {"control": arm(500), "treatment": arm(500, -0.9)}
    for seen in ((), (0, 0)):
        found = read(Readings(arms, {"control": 500, "treatment": 500}, seen), plan(watching))
        assert said(found) == (Decision.BLOCKED, Saying.TOO_EARLY)
        assert found.facts.days_left == 14 - len(seen)


def test_a_win_waits_for_its_week() -> None:
    waiting = read(two(0.5, days=17), plan())
    assert said(waiting) == (Decision.RUNNING, Saying.WAIT_FOR_WEEK)
    assert waiting.facts.days_left == 4
    assert said(read(two(0.5, days=21), plan())) == (Decision.WIN, Saying.WIN)


def test_what_shows_nothing_yet_keeps_running() -> None:
    found = read(two(0.01, days=17), plan())
    assert said(found) == (Decision.RUNNING, Saying.NOTHING_YET)
    assert found.facts.days_left == found.days_left == 11


def test_who_agreed_to_look_once_sees_nothing_before() -> None:
    found = read(two(-0.5, days=21), plan(Watching.ONCE))
    assert said(found) == (Decision.BLOCKED, Saying.TOO_EARLY)
    assert found.facts.days_left == 7
    assert found.arms == ()


def test_stopping_early_gives_nothing_away() -> None:
    running, stopped = read(two(0.1, days=16), plan()), read(two(0.1, days=16, is_stopped=True), plan())
    assert stopped.arms == running.arms
    assert stopped.days_left == 0
    assert said(read(two(0.01, days=16, is_stopped=True), plan())) == (Decision.NO_DIFFERENCE, Saying.NO_DIFFERENCE)


def test_days_beyond_the_plan_do_not_make_it_easier() -> None:
    at_end, later = read(two(0.1, days=28), plan()), read(two(0.1, days=40), plan())
    critical = [one.arms[0].estimates["revenue_per_visitor"].critical for one in (at_end, later)]
    assert critical[0] == pytest.approx(critical[1], rel=1e-3)


def test_an_uneven_split_blocks_everything() -> None:
    counts = {"control": 3_300, "treatment": 2_700}
    found = read(two(0.5, counts=counts), plan())
    assert said(found) == (Decision.BLOCKED, Saying.SAMPLE_RATIO)
    assert found.arms == ()
    assert found.sample_ratio.is_off
    assert found.sample_ratio.expected == {"control": 0.5, "treatment": 0.5}
    assert (found.facts.arm, found.facts.share) == ("control", pytest.approx(0.55))


def test_an_odd_split_is_judged_by_the_stricter_test_while_it_runs() -> None:
    counts = {"control": 3_140, "treatment": 2_860}
    assert not read(two(0.0, days=20, counts=counts), plan()).sample_ratio.is_off
    assert read(two(0.0, days=28, counts=counts), plan()).sample_ratio.is_off


def test_visitors_seen_in_several_arms_block_everything_when_they_are_many() -> None:
    found = read(two(0.5, crossed=200), plan())
    assert said(found) == (Decision.BLOCKED, Saying.CROSSED)
    assert found.crossed_share == pytest.approx(200 / 6_200)
    assert read(two(0.5, crossed=40), plan()).decision is Decision.WIN


def test_nobody_nowhere_is_no_data() -> None:
    empty = Readings({}, {}, ())
    assert said(read(empty, plan())) == (Decision.BLOCKED, Saying.NO_DATA)
    assert read(empty, plan()).sample_ratio.p_value == 1
    for watching in Watching:
        assert read(Readings({}, {"control": 0, "treatment": 0}, (0, 0)), plan(watching)).block is Block.NO_DATA


@pytest.mark.parametrize(
    "spend", [[5] + [0] * 99, [5] * 60, [0] * 2_990 + [10**7] * 10], ids=["one buyer", "few visitors", "ten buyers"]
)
def test_figures_that_a_few_visitors_carry_are_not_read(spend: list[int]) -> None:
    arms = {key: {"revenue_per_visitor": Moments.of(spend)} for key in EVEN}
    found = read(readings(arms), plan())
    assert said(found) == (Decision.BLOCKED, Saying.TOO_FEW)
    assert found.facts.visitors < 100


def test_one_order_of_a_million_decides_nothing() -> None:
    spend = [*sample(3_000, 42).spend, 10**9]
    arms = {
        "control": {"revenue_per_visitor": Moments.of(sample(3_001, 43).spend)},
        "treatment": {"revenue_per_visitor": Moments.of(spend)},
    }
    assert read(readings(arms), plan()).block is Block.TOO_FEW


def test_an_arm_in_which_nobody_converts_is_too_few() -> None:
    arms = {
        "control": {"conversion": Moments.of([1] * 300 + [0] * 700)},
        "treatment": {"conversion": Moments.of([0] * 1_000)},
    }
    counts = {"control": 1_000, "treatment": 1_000}
    assert read(readings(arms, counts=counts), plan(primary=CONVERSION)).block is Block.TOO_FEW


def test_visitors_who_are_all_alike_are_no_data() -> None:
    arms = {key: {"revenue_per_visitor": Moments.of([7] * 1_000)} for key in EVEN}
    assert read(readings(arms), plan()).block is Block.NO_DATA


def test_orders_of_nobody_leave_out_the_order_value_alone() -> None:
    arms = {key: {**arm(3_000, seed=seed), "order_value": Moments.of([0] * 3_000)} for seed, key in enumerate(EVEN)}
    found = read(readings(arms), plan(others=(ORDER_VALUE,)))
    assert found.decision is Decision.NO_DIFFERENCE
    assert set(found.arms[0].estimates) == {"revenue_per_visitor"}


def test_refunds_above_sales_are_read_in_money() -> None:
    spend = sample(3_000, 44).spend
    arms = {
        "control": {"revenue_per_visitor": Moments.of([-value - 1 for value in spend])},
        "treatment": {"revenue_per_visitor": Moments.of([-value // 3 for value in spend])},
    }
    found = read(readings(arms), plan())
    assert found.decision is Decision.WIN
    assert found.facts.lift is None
    assert found.facts.low is not None
    assert found.facts.low > 0
    assert found.facts.difference is not None


def test_the_best_of_several_arms_wins_at_a_corrected_level() -> None:
    arms = {"control": arm(3_000), "one": arm(3_000, 0.3), "two": arm(3_000, 0.02)}
    found = read(readings(arms), plan(shares=THREE, visitors=9_000))
    assert said(found) == (Decision.WIN, Saying.WIN)
    assert found.facts.arm == "one"
    assert [one.is_shown for one in found.arms] == [True, False]
    assert (
        found.arms[0].estimates["revenue_per_visitor"].critical
        > read(two(0.3), plan()).arms[0].estimates["revenue_per_visitor"].critical
    )


def test_one_harmful_arm_of_two_does_not_lose_the_other() -> None:
    arms = {"control": arm(3_000), "one": arm(3_000, -0.4), "two": arm(3_000, 0.02)}
    found = read(readings(arms, days=17), plan(shares=THREE, visitors=9_000))
    assert said(found) == (Decision.RUNNING, Saying.NOTHING_YET)
    assert found.facts.arm == "two"
    worse = {"control": arm(3_000), "one": arm(3_000, -0.4), "two": arm(3_000, -0.5)}
    lost = read(readings(worse, days=17), plan(shares=THREE, visitors=9_000))
    assert said(lost) == (Decision.LOSE, Saying.LOSE)
    assert lost.facts.arm == "one"


def test_a_win_needs_its_guardrails_held() -> None:
    guarded = plan(guardrails=ONE_GUARDRAIL)
    held = read(two(0.3, undone=0.1), guarded)
    assert (held.decision, held.arms[0].guardrails) == (Decision.WIN, {"undone_orders": Safety.HELD})
    broken = read(two(0.3, undone=0.15), guarded)
    assert said(broken) == (Decision.GUARDRAIL, Saying.GUARDRAIL_BROKEN)
    assert (broken.facts.guardrail, broken.facts.metric) == ("undone_orders", "undone_orders")
    assert broken.facts.lift == pytest.approx(0.5, abs=0.01)


def test_a_win_waits_for_a_guardrail_that_nobody_knows_yet() -> None:
    unknown = {"control": {**arm(3_000)}, "treatment": {**arm(3_000, 0.5)}}
    for key, sums in unknown.items():
        sums["undone_orders"] = Moments.of([1] * 3 + [0] * 2_997 if key else [], d=[1] * 200 + [0] * 2_800)
    guarded = plan(guardrails=ONE_GUARDRAIL)
    waiting = read(readings(unknown, days=21), guarded)
    assert said(waiting) == (Decision.RUNNING, Saying.WAIT_FOR_GUARDRAIL)
    assert waiting.facts.guardrail == "undone_orders"
    assert said(read(readings(unknown, days=28), guarded)) == (Decision.GUARDRAIL, Saying.GUARDRAIL_OPEN)


def test_a_guardrail_that_is_not_measured_is_open() -> None:
    arms = {
        key: {"revenue_per_visitor": arm(3_000, lift)["revenue_per_visitor"]}
        for key, lift in (("control", 0), ("treatment", 0.5))
    }
    found = read(readings(arms), plan(guardrails=ONE_GUARDRAIL))
    assert found.arms[0].guardrails == {"undone_orders": Safety.OPEN}
    assert found.decision is Decision.GUARDRAIL


def test_of_some_metrics_less_wins() -> None:
    found = read(two(0.0, undone=0.05), plan(primary=UNDONE_ORDERS))
    assert said(found) == (Decision.WIN, Saying.WIN)
    assert said(read(two(0.0, undone=0.3), plan(primary=UNDONE_ORDERS)))[0] is Decision.LOSE


def test_the_effect_by_day_leaves_out_days_that_say_nothing() -> None:
    day = {key: sums["revenue_per_visitor"] for key, sums in {"control": arm(500), "treatment": arm(500, 0.2)}.items()}
    since = {1: day, 0: day, 2: {"control": day["control"]}, 3: {key: Moments.of([0, 0]) for key in day}}
    found = read(two(0.3, since_exposure=since), plan())
    assert [(one.day, one.arm) for one in found.by_day] == [(0, "treatment"), (1, "treatment")]
    assert found.by_day[0].estimate.lift == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize(
    "terms",
    [
        {"exposed": {"control": -1}},
        {"crossed": -1},
        {"visitors_by_day": (5, 3)},
        {"visitors_by_day": (-1, 3)},
    ],
)
def test_readings_that_cannot_be_are_refused(terms: dict[str, object]) -> None:
    sound: dict[str, object] = {"moments": {}, "exposed": {}, "visitors_by_day": ()}
    with pytest.raises(ValueError, match=r"visitors|negative"):
        Readings(**{**sound, **terms})


def test_sums_that_are_no_numbers_never_get_here() -> None:
    with pytest.raises(ValueError, match="finite"):
        readings({"control": {"revenue_per_visitor": Moments.of([math.nan, 1.0])}})


spends = st.lists(st.one_of(st.just(0), st.integers(-(10**6), 10**9)), max_size=8)


@st.composite
def any_readings(draw: st.DrawFn) -> Readings:
    """Return figures as odd as they come: nobody, refunds, fortunes, everybody alike, days without anybody."""
    arms = {}
    for key in ("control", "treatment"):
        spend = draw(spends) * draw(st.sampled_from([1, 30, 400]))
        orders = [draw(st.integers(0, 3)) for _ in range(min(len(spend), 8))] * (len(spend) // 8 + 1)
        before = spend if draw(st.booleans()) else [0] * len(spend)
        arms[key] = {
            "revenue_per_visitor": Moments.of(spend, x=before),
            "order_value": Moments.of(spend, d=orders[: len(spend)]),
        }
    seen = sorted(draw(st.lists(st.integers(0, 5_000), max_size=40)))
    return Readings(
        arms,
        {key: sums["revenue_per_visitor"].n for key, sums in arms.items()},
        tuple(seen),
        crossed=draw(st.sampled_from([0, 0, 1, 500])),
        is_stopped=draw(st.booleans()),
    )


@settings(max_examples=150, deadline=None)
@given(any_readings(), st.sampled_from(list(Watching)), st.sampled_from([REVENUE, ORDER_VALUE]))
def test_whatever_comes_in_something_is_said(odd: Readings, watching: Watching, primary: Metric) -> None:
    other = ORDER_VALUE if primary is REVENUE else REVENUE
    found = read(odd, plan(watching, primary=primary, guardrails=(Guardrail(other, 0.1),)))
    assert (found.decision is Decision.BLOCKED) == (found.block is not None)
    assert found.days_left >= 0
    for one in found.arms:
        assert 0 <= one.p_value <= 1
        for estimate in one.estimates.values():
            assert estimate.low <= estimate.difference <= estimate.high
