"""Pure: what the figures of an experiment say, in numbers and in the facts of one plain sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from storefront.experiments.metrics import Metric
from storefront.experiments.planning import WEEK, Plan, Watching
from storefront.experiments.readings import Readings
from storefront.experiments.results import ArmVerdict as ArmVerdict
from storefront.experiments.results import Block as Block
from storefront.experiments.results import DayEffect as DayEffect
from storefront.experiments.results import Decision as Decision
from storefront.experiments.results import Facts as Facts
from storefront.experiments.results import SampleRatio as SampleRatio
from storefront.experiments.results import Saying as Saying
from storefront.experiments.results import Verdict as Verdict
from storefront.experiments.statistics import corrections, srm
from storefront.experiments.statistics.cuped import Figures, figures
from storefront.experiments.statistics.estimate import Estimate
from storefront.experiments.statistics.figure import Unmeasurable
from storefront.experiments.statistics.means import compare
from storefront.experiments.statistics.noninferiority import Safety as Safety
from storefront.experiments.statistics.noninferiority import safety
from storefront.experiments.statistics.proportions import wilson
from storefront.experiments.statistics.sequential import Anytime, Once, Rule, Spending

FEWEST_VISITORS = 100
"""An arm needs so many before a mean of them is taken for normal."""
FEWEST_CARRIERS = 20
"""And so many of them have to carry the sum (`Moments.carriers`): one order of a million says nothing about a shop."""
CROSSED_ALPHA = 0.01
"""How sure to be that the share of visitors seen in several arms is above its limit."""


def read(readings: Readings, plan: Plan) -> Verdict:
    """Return what the figures say under the plan (see the plaque of this room for the order of things).

    An experiment that was stopped before its planned end keeps the boundary of its last day: stopping because it looks
    good gives nothing away, and does not help either. What ran on after it is read by the boundary of the planned end.
    """
    ratio = _sample_ratio(readings, plan)
    gone = readings.crossed + sum(readings.exposed.values())
    case = _Case(readings, plan)
    facts = _blocked(case, ratio)
    arms = () if facts or case.is_early_for_one_look else tuple(_arms(case))
    decision, facts = (Decision.BLOCKED, facts) if facts else _decide(case, arms)
    return Verdict(
        decision=decision,
        facts=facts,
        arms=arms,
        sample_ratio=ratio,
        crossed_share=readings.crossed / gone if gone else 0.0,
        block=Block(facts.kind) if decision is Decision.BLOCKED else None,
        by_day=tuple(_by_day(case)) if arms else (),
        days=readings.days,
        days_left=case.days_left,
    )


@dataclass(frozen=True, slots=True)
class _Case:
    readings: Readings
    plan: Plan

    @property
    def days_left(self) -> int:
        return 0 if self.is_over else self.plan.days - self.readings.days

    @property
    def is_over(self) -> bool:
        return self.readings.is_stopped or self.readings.days >= self.plan.days

    @property
    def is_early_for_one_look(self) -> bool:
        return self.plan.watching is Watching.ONCE and self.readings.days < self.plan.days

    def rule(self, arm: str) -> Rule:
        """Return how the figures of `arm` beside the control are looked at."""
        plan, readings = self.plan, self.readings
        if plan.watching is Watching.ONCE:
            return Once(plan.alpha)
        if plan.watching is Watching.SPENDING:
            days = enumerate(readings.visitors_by_day[: plan.days], 1)
            looks = [(float(seen), day / plan.days) for day, seen in days if seen]
            return Spending(plan.alpha, tuple(seen for seen, _ in looks), tuple(time for _, time in looks))
        both = (arm, plan.control)
        share = sum(plan.shares[one] for one in both) / sum(plan.shares.values())
        seen = sum(readings.of(one, plan.primary.key).n for one in both)
        return Anytime(plan.alpha, float(seen), plan.visitors * share, plan.alpha)

    def figures(self, metric: Metric) -> Figures | None:
        """Return a metric's figures, None if they cannot be measured in every arm."""
        try:
            return figures(metric, {arm: self.readings.of(arm, metric.key) for arm in self.plan.shares})
        except Unmeasurable:
            return None

    def estimate(self, measured: Figures | None, arm: str, rule: Rule) -> Estimate | None:
        if measured is None:
            return None
        try:
            return compare(measured.arms[self.plan.control], measured.arms[arm], rule, kept=measured.kept)
        except Unmeasurable:
            return None


def _sample_ratio(readings: Readings, plan: Plan) -> SampleRatio:
    once, watched = srm.chi_square(readings.exposed, plan.shares), srm.watched(readings.exposed, plan.shares)
    is_over = readings.is_stopped or readings.days >= plan.days
    is_off = watched < srm.WATCHED_LEVEL or (is_over and once < srm.LEVEL)
    return SampleRatio(srm.expected_shares(plan.shares), once, watched, is_off)


def _blocked(case: _Case, ratio: SampleRatio) -> Facts | None:
    """Return why nothing is said at all, the gravest reason first, None if there is none."""
    readings, plan = case.readings, case.plan
    seen = sum(readings.exposed.values())
    if ratio.is_off:
        shares = {arm: count / seen for arm, count in readings.exposed.items()}
        worst = max(shares, key=lambda arm: abs(shares[arm] - ratio.expected.get(arm, 0.0)))
        return Facts(
            Saying.SAMPLE_RATIO,
            arm=worst,
            p_value=ratio.p_value if case.is_over else ratio.watched_p_value,
            share=shares[worst],
            planned=ratio.expected.get(worst, 0.0),
            visitors=seen,
        )
    if wilson(readings.crossed, readings.crossed + seen, CROSSED_ALPHA)[0] > plan.crossed_limit:
        share = readings.crossed / (readings.crossed + seen)
        return Facts(Saying.CROSSED, share=share, planned=plan.crossed_limit, visitors=readings.crossed)
    return _unmeasured(case)


def _unmeasured(case: _Case) -> Facts | None:
    readings, plan, key = case.readings, case.plan, case.plan.primary.key
    for arm in plan.shares:
        if not readings.of(arm, key).n:
            return Facts(Saying.NO_DATA, arm=arm, metric=key)
    for arm in plan.shares:
        moments = readings.of(arm, key)
        if moments.n < FEWEST_VISITORS or moments.carriers < FEWEST_CARRIERS:
            return Facts(Saying.TOO_FEW, arm=arm, metric=key, visitors=min(moments.n, round(moments.carriers)))
    if not any(readings.visitors_by_day):
        return Facts(Saying.TOO_EARLY, days=readings.days, days_left=plan.min_days - readings.days)
    measured = case.figures(plan.primary)
    if measured is None or any(case.estimate(measured, arm, Once()) is None for arm in plan.treatments):
        return Facts(Saying.NO_DATA, metric=key)
    return None


def _arms(case: _Case) -> Iterable[ArmVerdict]:
    plan, primary = case.plan, case.plan.primary
    measured = {metric.key: case.figures(metric) for metric in plan.metrics}
    rules = {arm: case.rule(arm) for arm in plan.treatments}
    first = {arm: case.estimate(measured[primary.key], arm, rule) for arm, rule in rules.items()}
    p_values = {arm: found.p_value for arm, found in first.items() if found}
    corrected, steps = corrections.holm(p_values), corrections.steps(p_values, plan.alpha)
    for arm in p_values:
        strict: Rule = replace(rules[arm], alpha=plan.alpha / steps[arm])  # type: ignore[type-var]
        asked = {metric.key: strict if metric == primary else rules[arm] for metric in plan.metrics}
        found = {key: case.estimate(measured[key], arm, rule) for key, rule in asked.items()}
        estimates = {key: estimate for key, estimate in found.items() if estimate}
        yield ArmVerdict(
            arm=arm,
            visitors=case.readings.of(arm, primary.key).n,
            estimates=estimates,
            guardrails=_guardrails(case, measured, arm, rules[arm]),
            is_shown=estimates[primary.key].is_shown,
            p_value=corrected[arm],
        )


def _guardrails(case: _Case, measured: Mapping[str, Figures | None], arm: str, rule: Rule) -> dict[str, Safety]:
    made = {}
    for guardrail in case.plan.guardrails:
        read_out = measured[guardrail.metric.key]
        made[guardrail.metric.key] = (
            safety(read_out.arms[case.plan.control], read_out.arms[arm], guardrail, rule) if read_out else Safety.OPEN
        )
    return made


def _decide(case: _Case, arms: tuple[ArmVerdict, ...]) -> tuple[Decision, Facts]:
    """Harm first: it may end an experiment on any day. Then whether it is time, then whether there is a win."""
    plan, days = case.plan, case.readings.days
    ranked = sorted(arms, key=lambda one: _gain(case, one), reverse=True)
    harmed = [one for one in ranked if Safety.BROKEN in one.guardrails.values() or _is_worse(case, one)]
    if arms and len(harmed) == len(ranked):
        return _harm(case, harmed)
    if days < plan.min_days or case.is_early_for_one_look:
        least = plan.days if case.is_early_for_one_look else plan.min_days
        return Decision.BLOCKED, Facts(Saying.TOO_EARLY, days=days, days_left=least - days)
    hopeful = [one for one in ranked if one not in harmed]
    return _won(case, hopeful) if any(one.is_shown for one in hopeful) else _open(case, hopeful[0])


def _open(case: _Case, best: ArmVerdict) -> tuple[Decision, Facts]:
    if case.is_over:
        return Decision.NO_DIFFERENCE, _facts(case, Saying.NO_DIFFERENCE, best)
    return Decision.RUNNING, _facts(case, Saying.NOTHING_YET, best)


def _won(case: _Case, hopeful: list[ArmVerdict]) -> tuple[Decision, Facts]:
    winners = [one for one in hopeful if one.is_shown]
    safe = [one for one in winners if all(state is Safety.HELD for state in one.guardrails.values())]
    if not safe:
        unknown = next(key for key, state in winners[0].guardrails.items() if state is not Safety.HELD)
        saying = Saying.GUARDRAIL_OPEN if case.is_over else Saying.WAIT_FOR_GUARDRAIL
        decision = Decision.GUARDRAIL if case.is_over else Decision.RUNNING
        return decision, replace(_facts(case, saying, winners[0]), guardrail=unknown)
    begun = case.readings.days % WEEK
    if begun and not case.is_over:
        return Decision.RUNNING, replace(_facts(case, Saying.WAIT_FOR_WEEK, safe[0]), days_left=WEEK - begun)
    return Decision.WIN, _facts(case, Saying.WIN, safe[0])


def _harm(case: _Case, harmed: list[ArmVerdict]) -> tuple[Decision, Facts]:
    spared = [one for one in harmed if not _is_worse(case, one)]
    if not spared:
        return Decision.LOSE, _facts(case, Saying.LOSE, harmed[0])
    broken = next(key for key, state in spared[0].guardrails.items() if state is Safety.BROKEN)
    return Decision.GUARDRAIL, replace(_facts(case, Saying.GUARDRAIL_BROKEN, spared[0], broken), guardrail=broken)


def _gain(case: _Case, one: ArmVerdict) -> float:
    difference = one.estimates[case.plan.primary.key].difference
    return difference if case.plan.primary.more_is_better else -difference


def _is_worse(case: _Case, one: ArmVerdict) -> bool:
    return one.is_shown and _gain(case, one) < 0


def _facts(case: _Case, kind: Saying, one: ArmVerdict, metric: str = "") -> Facts:
    key = metric or case.plan.primary.key
    found = one.estimates[key]
    return Facts(
        kind,
        arm=one.arm,
        metric=key,
        lift=found.lift,
        low=found.low if found.lift is None else found.lift_low,
        high=found.high if found.lift is None else found.lift_high,
        difference=found.difference,
        p_value=one.p_value if key == case.plan.primary.key else found.p_value,
        visitors=one.visitors,
        days=case.readings.days,
        days_left=case.days_left,
    )


def _by_day(case: _Case) -> Iterable[DayEffect]:
    """Yield the effect by day since first exposure, of the days on which every arm can be measured."""
    rule = Once(case.plan.alpha)
    for day, arms in sorted(case.readings.since_exposure.items()):
        if not case.plan.shares.keys() <= arms.keys():
            continue
        try:
            measured = figures(case.plan.primary, {arm: arms[arm] for arm in case.plan.shares})
        except Unmeasurable:
            continue
        for arm in case.plan.treatments:
            if estimate := case.estimate(measured, arm, rule):
                yield DayEffect(day, arm, estimate)
