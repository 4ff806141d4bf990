"""What is looked at before an experiment starts: each check with its words, and whether it holds it up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from storefront.experiments.assignment import WHOLE
from storefront.experiments.doings import measurable
from storefront.experiments.live import PERCENT
from storefront.experiments.models import Experiment
from storefront.experiments.states import FEWEST_DAYS, WEEK
from storefront.experiments.surfaces import check_apart, check_params
from storefront.kernel.errors import N_, Invalid

FULL = 100
PLACE = "place"
"""The fact of a check that names a namespace, which is mostly called after the place that varies."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `words` are untranslated and say how it is."""

    words: str
    is_ok: bool
    facts: Mapping[str, object] = field(default_factory=dict)


def check_start(experiment: Experiment, others: Sequence[Experiment], at: datetime) -> list[Check]:
    """Look at a draft beside the `others` that run."""
    weights = sum(each.weight for each in experiment.variations)
    return [
        Check(N_("The weights come to %(total)d %%."), weights == FULL, {"total": weights}),
        *_shown(experiment),
        _apart(experiment),
        _room(experiment, others),
        _same_place(experiment, others),
        Check(N_("A metric decides."), experiment.primary_metric in measurable(experiment.surface)),
        Check(
            N_("It is planned for %(weeks)d whole weeks."),
            experiment.days >= FEWEST_DAYS and experiment.days % WEEK == 0,
            {"weeks": experiment.days // WEEK},
        ),
        _time(experiment, at),
    ]


def failed(checks: Iterable[Check]) -> list[Check]:
    """Return what holds a start up."""
    return [check for check in checks if not check.is_ok]


def trouble_of(experiment: Experiment) -> Invalid | None:
    """Say what is wrong with what an experiment's variations name: while that is so, nobody is in it."""
    for each in experiment.variations:
        try:
            check_params(experiment.surface, each.params or {}, is_control=each.is_control)
        except Invalid as refusal:
            return refusal
    return None


def _shown(experiment: Experiment) -> list[Check]:
    trouble = trouble_of(experiment)
    if trouble is None:
        return [Check(N_("The place exists, and everything that variations name is there."), True)]
    return [Check(trouble.text, False, trouble.facts)]


def _apart(experiment: Experiment) -> Check:
    try:
        check_apart(experiment.surface, [(each.name, each.params or {}) for each in experiment.variations])
    except Invalid as refusal:
        return Check(refusal.text, False, refusal.facts)
    return Check(N_("Every variation differs from the control and from the others."), True)


def _time(experiment: Experiment, at: datetime) -> Check:
    """The planned days have to fit; who starts a planned one some hours late is not held up."""
    ends, days = experiment.ends_at, experiment.days
    if ends is not None and at < ends < max(at, experiment.starts_at or at) + timedelta(days=days - 1):
        words = N_("It ends before its %(days)d days are over. Choose a later end, or fewer days.")
        return Check(words, False, {"days": days})
    return Check(N_("It does not end before it starts."), ends is None or ends > at)


def _room(experiment: Experiment, others: Sequence[Experiment]) -> Check:
    """A namespace has 100 % to give away."""
    taken = sum(
        stop - start for other in others if other.namespace == experiment.namespace for start, stop in other.slices
    )
    free = (WHOLE - taken) // PERCENT
    return Check(
        N_("%(free)d %% of the visitors of “%(place)s” are free; it wants %(share)d %%."),
        free >= experiment.share,
        {"free": free, PLACE: experiment.namespace, "share": experiment.share},
    )


def _same_place(experiment: Experiment, others: Sequence[Experiment]) -> Check:
    """Two on one surface must share its visitors out, or somebody would be in both."""
    rival = next(
        (each for each in others if each.surface == experiment.surface and each.namespace != experiment.namespace), None
    )
    if rival is None:
        return Check(N_("Nothing else varies this place for the same visitors."), True)
    return Check(
        N_("“%(name)s” varies the same place in another namespace: use its namespace, “%(namespace)s”."),
        False,
        {"name": rival.name, "namespace": rival.namespace},
    )
