"""Which tables may be served: candidates compete on the past, the winner is judged, published or refused with reasons.

1. Compete: at the cut before last (`validation`) the standing settings, which are those of the incumbent or the
   defaults, meet the CANDIDATES, surface by surface. A challenger takes a surface over when its paired interval
   in nDCG@10 lies above zero.
2. Judge: at the last cut, whose answers chose nothing, the winners meet the standing settings and the best sellers
   of the last 28 days. Where a winner loses (see `falls_short`) its surface goes back to the standing settings. The
   learned rankers are left out where they are clearly worse than the plain blend.
3. Train on everything, check that the tables are sound (`unsound`) and not much poorer than the incumbent's
   (`shrunken`), and publish; or leave the incumbent in place as a whole and say which surface and why.

The incumbent's own tables know the answers of the last cut, so its settings are trained again without them: what is
compared is the way of training, on equal terms. Without an incumbent sound tables are published in any case, for
every surface falls back to best sellers, and what spoke against them is kept as a warning.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from recommend.artifacts import (
    Artefact,
    ArtefactError,
    Manifest,
    Tables,
    current_version,
    exclusive,
    open_artefact,
    publish,
)
from recommend.evaluation import Evaluation, Interval, Metrics, difference
from recommend.interactions import Interactions, Items
from recommend.models import Factoriser, factorise
from recommend.soundness import lonely, shrunken, unsound
from recommend.training import Progress, Settings, train
from recommend.validation import Origin, asked, best_sellers, origins, trained_at

CANDIDATES: Mapping[str, tuple[Mapping[str, float], ...]] = {
    "home": ({"habit_half_life": 180.0}, {"taste_share": 1.5}),
    "cart": ({"cart_damping": 0.02}, {"cart_cosine": 0.5}),
    "together": ({"together_support": 2}, {"together_support": 6}),
    "similar": ({"popularity_share": 0.05}, {"popularity_share": 0.5}),
}
"""What else a surface may be trained with. The fields of a surface touch no other, so that one training tries a
candidate of every surface at once."""

LEARNED = ("home", "cart")
"""Where the learned rankers have a say."""

WORSE_MEAN = -0.02
WORSE_LOW = -0.05


@dataclass(frozen=True, slots=True)
class Comparison:
    """One surface on the same cases: these settings, the best sellers, and the incumbent's settings if there are any.

    `difference` and `against` are the paired differences in nDCG@10 to the two.
    """

    model: Metrics
    baseline: Metrics
    difference: Interval
    incumbent: Metrics | None = None
    against: Interval | None = None

    @property
    def falls_short(self) -> bool:
        """Whether the incumbent is better by more than 2 %, or may be by more than 5 %."""
        if self.incumbent is None or self.against is None or not self.incumbent.ndcg:
            return False
        worth = self.incumbent.ndcg
        return self.against.mean < WORSE_MEAN * worth or self.against.low < WORSE_LOW * worth


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the past says: the settings to train with, how they did by surface, and remarks for the operator."""

    settings: Settings
    report: dict[str, Comparison]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a training came to: the published manifest, or the reasons why nothing was published."""

    manifest: Manifest | None
    refusals: tuple[str, ...]
    report: dict[str, Comparison] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def validate(
    history: Interactions, items: Items, as_of: datetime | date, settings: Settings = Settings()
) -> dict[str, Comparison]:
    """Judge settings on the last `horizon_days` against the best sellers, by surface, without any competition."""
    found = origins(history, items, as_of, cuts=1, horizon_days=settings.horizon_days, seed=settings.seed)
    if not found:
        return {}
    tables = trained_at(found[0], settings)
    return _report(asked(found[0], tables), best_sellers(found[0], tables))


def judge(
    history: Interactions,
    items: Items,
    as_of: datetime | date,
    settings: Settings = Settings(),
    incumbent: Settings | None = None,
) -> Judgement:
    """Let the candidates compete at the cut before last, and judge the winners at the last one."""
    standing = _taken_over(settings, incumbent) if incumbent else settings
    cuts = origins(history, items, as_of, cuts=2, horizon_days=settings.horizon_days, seed=settings.seed)
    if not cuts:
        return Judgement(replace(standing, learned=settings.learned), {}, ("too little history to judge by",))
    last, earlier = cuts[0], cuts[1:]
    winners, remarks = _compete(earlier[0], replace(standing, learned=False)) if earlier else (standing, ())
    plain, winners = replace(winners, learned=False), replace(winners, learned=settings.learned)
    tables = trained_at(last, plain)
    ground, answered = best_sellers(last, tables), {plain: asked(last, tables)}

    def answers(of: Settings) -> dict[str, Evaluation]:
        if of not in answered:
            answered[of] = asked(last, trained_at(last, of))
        return answered[of]

    if winners.learned and _lost_by_learning(answers(winners), answers(plain)):
        winners, remarks = plain, (*remarks, "the learned rankers were clearly worse on the last weeks: left out")
    lost = [name for name, one in _report(answers(winners), ground, answers(standing)).items() if one.falls_short]
    for surface in lost:
        winners = replace(winners, **_fields(surface, standing))
        winners = replace(winners, learned=standing.learned) if surface in LEARNED else winners
        remarks = (*remarks, f"{surface}: the challenger did not hold on the last weeks; the settings stay")
    report = _report(answers(winners), ground, answers(standing))
    if incumbent is None:
        report = {surface: replace(one, incumbent=None, against=None) for surface, one in report.items()}
    return Judgement(winners, report, remarks)


def train_and_publish(
    directory: Path,
    history: Interactions,
    items: Items,
    *,
    as_of: datetime | date,
    trained_at: datetime,
    settings: Settings = Settings(),
    progress: Progress = lambda _step: None,
    replacing: bool = True,
    item_id_type: str = "",
    factoriser: Factoriser = factorise,
) -> Outcome:
    """Judge, train and publish if nothing speaks against it; otherwise what was current stays current.

    With `replacing` the current version of the directory is the incumbent; without, it is not looked at, as for
    another shop's data. What is judged is trained in this process, whatever `factoriser` trains in the end.
    Raises TrainingBusy while another training holds the directory and ArtefactError when writing fails.
    """
    with exclusive(directory):
        past = history.between(None, as_of)
        if not len(past):
            return Outcome(None, (f"there are no purchases before {as_of}",))
        incumbent = _incumbent(directory) if replacing else None
        progress("check")
        judgement = judge(past, items, as_of, settings, _settings_of(incumbent) if incumbent else None)
        tables = train(past, items, as_of, judgement.settings, progress, factoriser=factoriser)
        reasons, warnings = refusals(tables, judgement.report), judgement.remarks
        if incumbent is None:
            reasons, lost = unsound(tables), _worse_than_best_sellers(judgement.report)
            warnings = (*warnings, *lost)
        else:
            reasons = (*reasons, *lonely(tables, past), *shrunken(tables, past, as_of, incumbent))
        if reasons:
            return Outcome(None, reasons, judgement.report, warnings)
        progress("publish")
        manifest = _manifest(past, tables, as_of, trained_at, judgement)
        published = publish(directory, tables, replace(manifest, item_id_type=item_id_type))
        return Outcome(published, (), judgement.report, warnings)


def refusals(tables: Tables, report: Mapping[str, Comparison]) -> tuple[str, ...]:
    """Say why these tables must not take another's place; nothing means that they may."""
    return (*unsound(tables), *_worse_than_best_sellers(report))


def _compete(origin: Origin, standing: Settings) -> tuple[Settings, tuple[str, ...]]:
    """Return the settings of the winners, and a remark for every surface that was taken over."""
    holders = asked(origin, trained_at(origin, standing))
    winners, best = standing, dict.fromkeys(CANDIDATES, 0.0)
    remarks: dict[str, str] = {}
    for turn in range(max(map(len, CANDIDATES.values()))):
        challenge = {surface: tried[turn] for surface, tried in CANDIDATES.items() if turn < len(tried)}
        overrides: dict[str, Any] = {name: value for tried in challenge.values() for name, value in tried.items()}
        answers = asked(origin, trained_at(origin, replace(standing, **overrides)))
        for surface, tried in challenge.items():
            if surface not in answers:
                continue
            gained = difference(answers[surface], holders[surface])
            if gained.clearly_better and gained.mean > best[surface]:
                best[surface] = gained.mean
                winners = replace(winners, **(_fields(surface, standing) | dict(tried)))
                words = ", ".join(f"{name} {value:g}" for name, value in tried.items())
                remarks[surface] = f"{surface}: {words} won by {gained.mean:.4f} in nDCG@10"
    return winners, tuple(remarks.values())


def _lost_by_learning(learned: Mapping[str, Evaluation], plain: Mapping[str, Evaluation]) -> bool:
    """Whether the rankers do harm beyond doubt; they are trusted otherwise, for they learn with every week."""
    return any(difference(learned[name], plain[name]).clearly_worse for name in LEARNED if name in learned)


def _fields(surface: str, source: Settings) -> dict[str, Any]:
    """Return the settings that belong to a surface, with their values."""
    return {name: getattr(source, name) for tried in CANDIDATES.get(surface, ()) for name in tried}


def _taken_over(settings: Settings, incumbent: Settings) -> Settings:
    """Return the settings with the incumbent's choice wherever candidates compete."""
    chosen: dict[str, Any] = {"learned": incumbent.learned} | {
        name: value for surface in CANDIDATES for name, value in _fields(surface, incumbent).items()
    }
    return replace(settings, **chosen)


def _incumbent(directory: Path) -> Artefact | None:
    """Return what is served now; what cannot be opened competes with nobody."""
    try:
        name = current_version(directory)
        return open_artefact(directory / name) if name else None
    except ArtefactError:
        return None


def _settings_of(incumbent: Artefact) -> Settings:
    known = {entry.name: entry.type for entry in fields(Settings)}
    try:
        return Settings(**{name: value for name, value in incumbent.manifest.settings.items() if name in known})  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return Settings()


def _report(
    answers: Mapping[str, Evaluation],
    plain: Mapping[str, Evaluation],
    before: Mapping[str, Evaluation] | None = None,
) -> dict[str, Comparison]:
    return {
        surface: _compared(mine, plain[surface], before[surface] if before else None)
        for surface, mine in answers.items()
    }


def _compared(mine: Evaluation, plain: Evaluation, before: Evaluation | None) -> Comparison:
    compared = Comparison(mine.metrics, plain.metrics, difference(mine, plain))
    if before is None:
        return compared
    return replace(compared, incumbent=before.metrics, against=difference(mine, before))


def _worse_than_best_sellers(report: Mapping[str, Comparison]) -> tuple[str, ...]:
    return tuple(
        f"{surface}: nDCG@10 {compared.model.ndcg:.4f} is clearly below the best sellers' {compared.baseline.ndcg:.4f}"
        for surface, compared in report.items()
        if compared.difference.clearly_worse
    )


def _manifest(
    past: Interactions, tables: Tables, as_of: datetime | date, trained_at: datetime, judgement: Judgement
) -> Manifest:
    metrics: dict[str, dict[str, float]] = {}
    for surface, compared in judgement.report.items():
        metrics[surface] = asdict(compared.model)
        metrics[f"{surface} best sellers"] = asdict(compared.baseline)
        if compared.incumbent is not None:
            metrics[f"{surface} incumbent"] = asdict(compared.incumbent)
    return Manifest(
        version="",
        trained_at=trained_at.isoformat(),
        as_of=as_of.isoformat(),
        window=(str(past.at.min()), str(past.at.max())),
        counts={
            "lines": len(past),
            "baskets": past.baskets,
            "users": len(tables.user_ids),
            "items": len(tables.item_ids),
            "answers learnt by home": int(tables.answers[0]),
            "answers learnt by the cart": int(tables.answers[1]),
        },
        settings=asdict(judgement.settings),
        libraries={name: installed(name) for name in ("implicit", "numpy", "scipy")}
        | {"python": platform.python_version()},
        metrics=metrics,
    )
