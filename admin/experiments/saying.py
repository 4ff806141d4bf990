"""The one sentence that an experiment comes to, and why nothing is read out while an alarm rings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from flask_babel import gettext, ngettext

from admin.experiments.words import KINDS, METRICS
from storefront.web.filters import money_text, number, share

if TYPE_CHECKING:  # its module brings scipy along
    from storefront.experiments.results import Facts


def sentence(facts: Facts, names: Mapping[str, str]) -> str:
    """Return what the facts say in plain words; `names` are those of the variations by key."""
    return _SENTENCES[facts.kind](facts, names.get(facts.arm, facts.arm))


def signed(value: float) -> str:
    """Return a lift as "+3.2%", or "−1.0%"."""
    return f"{'+' if value > 0 else '−' if value < 0 else '±'}{share(abs(value))}"


def amount(value: float, metric: str) -> str:
    """Return a figure in the unit of its metric."""
    kind = KINDS.get(metric, "number")
    if kind == "money":
        sign = "−" if value < 0 else ""
        return sign + str(money_text(round(abs(value))))
    return share(value) if kind == "share" else f"{value:.2f}"


def metric_name(key: str) -> str:
    """Return what a metric is called."""
    return _(METRICS.get(key, key))


def _(message: str, **facts: object) -> str:
    return str(gettext(message, **facts))


def _effect(facts: Facts) -> str:
    """Return the effect with its interval: "+3.2% (from +1.0% to +5.4%)"."""
    if facts.lift is not None and facts.low is not None and facts.high is not None:
        return _(
            "%(lift)s (from %(low)s to %(high)s)",
            lift=signed(facts.lift),
            low=signed(facts.low),
            high=signed(facts.high),
        )
    value = facts.lift if facts.lift is not None else facts.difference
    if value is None:
        return _("not measured")
    return signed(value) if facts.lift is not None else amount(value, facts.metric)


def _left(days: int) -> str:
    return str(ngettext("%(num)s day is left.", "%(num)s days are left.", days))


def _sample_ratio(facts: Facts, arm: str) -> str:
    return _(
        "These figures cannot be trusted: “%(arm)s” has %(share)s of the visitors where %(planned)s were planned. "
        "Find out why before you look at anything else.",
        arm=arm,
        share=share(facts.share or 0),
        planned=share(facts.planned or 0),
    )


def _crossed(facts: Facts, arm: str) -> str:
    return _(
        "These figures cannot be trusted: %(share)s of the visitors saw more than one variation, and no more than "
        "%(limit)s may.",
        share=share(facts.share or 0),
        limit=share(facts.planned or 0),
    )


def _no_data(facts: Facts, arm: str) -> str:
    return _("There is nothing to compare yet: nobody has seen every variation, or nothing could be measured.")


def _too_few(facts: Facts, arm: str) -> str:
    return _(
        "Too few visitors so far: the figure in “%(arm)s” is only as good as one from %(visitors)s visitors who count "
        "alike.",
        arm=arm,
        visitors=number(facts.visitors),
    )


def _too_early(facts: Facts, arm: str) -> str:
    return _("It is too early to say anything.") + " " + _left(facts.days_left)


def _wait_for_week(facts: Facts, arm: str) -> str:
    return _(
        "“%(arm)s” is ahead with %(effect)s in %(metric)s; the week that has begun has to end before it counts.",
        arm=arm,
        effect=_effect(facts),
        metric=metric_name(facts.metric),
    )


def _wait_for_guardrail(facts: Facts, arm: str) -> str:
    return _(
        "“%(arm)s” is ahead with %(effect)s in %(metric)s, but it is not shown yet that %(guardrail)s does not suffer.",
        arm=arm,
        effect=_effect(facts),
        metric=metric_name(facts.metric),
        guardrail=metric_name(facts.guardrail),
    )


def _nothing_yet(facts: Facts, arm: str) -> str:
    words = _(
        "No difference is shown yet: “%(arm)s” has %(effect)s in %(metric)s.",
        arm=arm,
        effect=_effect(facts),
        metric=metric_name(facts.metric),
    )
    return f"{words} {_left(facts.days_left)}"


def _win(facts: Facts, arm: str) -> str:
    return _(
        "“%(arm)s” is better: %(effect)s in %(metric)s after %(days)s days.",
        arm=arm,
        effect=_effect(facts),
        metric=metric_name(facts.metric),
        days=facts.days,
    )


def _lose(facts: Facts, arm: str) -> str:
    return _(
        "“%(arm)s” is worse: %(effect)s in %(metric)s. Keep what everybody sees.",
        arm=arm,
        effect=_effect(facts),
        metric=metric_name(facts.metric),
    )


def _no_difference(facts: Facts, arm: str) -> str:
    return _(
        "After %(days)s days no difference is shown: “%(arm)s” has %(effect)s in %(metric)s. If there is one, it is "
        "smaller than what this experiment can see.",
        arm=arm,
        effect=_effect(facts),
        metric=metric_name(facts.metric),
        days=facts.days,
    )


def _guardrail_broken(facts: Facts, arm: str) -> str:
    return _(
        "“%(arm)s” makes %(guardrail)s worse than you allowed: %(effect)s.",
        arm=arm,
        effect=_effect(facts),
        guardrail=metric_name(facts.guardrail),
    )


def _guardrail_open(facts: Facts, arm: str) -> str:
    return _(
        "“%(arm)s” is better by %(effect)s, but it was never shown that %(guardrail)s does not suffer.",
        arm=arm,
        effect=_effect(facts),
        guardrail=metric_name(facts.guardrail),
    )


_SENTENCES: Mapping[str, Callable[[Facts, str], str]] = {
    "sample_ratio": _sample_ratio,
    "crossed": _crossed,
    "no_data": _no_data,
    "too_few": _too_few,
    "too_early": _too_early,
    "wait_for_week": _wait_for_week,
    "wait_for_guardrail": _wait_for_guardrail,
    "nothing_yet": _nothing_yet,
    "win": _win,
    "lose": _lose,
    "no_difference": _no_difference,
    "guardrail_broken": _guardrail_broken,
    "guardrail_open": _guardrail_open,
}
