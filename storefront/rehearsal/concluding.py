"""Pure: whether a rehearsal proves the chain, point by point and in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storefront.experiments.metrics import REVENUE
from storefront.experiments.results import Block, Decision, Verdict
from storefront.experiments.statistics.estimate import Estimate
from storefront.rehearsal.diary import Line

ENOUGH = 300
"""From so many shoppers on, the effect of the better shelf is so large beside chance that it has to be found."""
SLACK = 2.0
"""An interval misses the truth once in twenty times. One of twice its width does so once in ten thousand."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One experiment: what its second arm shows in place of the shelf's own goods, and whether that is better."""

    name: str
    filling: str
    is_better: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of one experiment with so many `shoppers`.

    `true_lift` is that of revenue per visitor among those who counted: what all of them would have spent before the
    second arm's shelves against what they would have spent before the first one's. `wrong_shelves` is how many shelves
    did not hold what their arm says, `strays` by how many visitors the shop counted more than it should.
    """

    scene: Scene
    shoppers: int
    lines: tuple[Line, ...]
    verdict: Verdict
    true_lift: float
    wrong_shelves: int
    strays: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    words: str
    is_ok: bool


def findings(proof: Proof) -> list[Finding]:
    """Return everything that a rehearsal has to show of one experiment."""
    verdict, wrong = proof.verdict, [line for line in proof.lines if not line.agrees]
    ratio = verdict.sample_ratio
    return [
        Finding(f"{len(proof.lines) - len(wrong)} of {len(proof.lines)} figures are those of the diaries", not wrong),
        Finding(f"{proof.wrong_shelves} shelves held other goods than their arm's", not proof.wrong_shelves),
        Finding(f"{proof.strays} visitors counted who must not, or did not who must", not proof.strays),
        Finding(f"visitors fell into the arms as planned (p = {ratio.p_value:.3f})", not ratio.is_off),
        Finding(f"{verdict.crossed_share:.1%} of the visitors saw both arms", not verdict.crossed_share),
        _effect(proof),
        _decision(proof),
    ]


def is_proven(proofs: Iterable[Proof]) -> bool:
    """Say whether nothing speaks against the chain."""
    return all(finding.is_ok for proof in proofs for finding in findings(proof))


def sentence(proofs: Sequence[Proof]) -> str:
    """Return what a rehearsal comes to."""
    wrong = [
        f"{proof.scene.name}: {finding.words}" for proof in proofs for finding in findings(proof) if not finding.is_ok
    ]
    if wrong:
        return f"The chain disagrees with the shoppers: {'; '.join(wrong)}."
    if any(estimate_of(proof.verdict) is None for proof in proofs):
        return "Every figure is that of the shoppers' diaries; for a verdict there were too few shoppers."
    return "Every figure is that of the shoppers' diaries, and the verdicts are true."


def estimate_of(verdict: Verdict) -> Estimate | None:
    """Return the deciding metric of the second arm beside the first, None while it is not read out."""
    return verdict.arms[0].estimates.get(REVENUE.key) if verdict.arms else None


def _effect(proof: Proof) -> Finding:
    found = estimate_of(proof.verdict)
    if found is None or found.lift is None or found.lift_low is None or found.lift_high is None:
        return Finding("no interval yet", proof.verdict.block is Block.TOO_FEW)
    low, lift, high, truth = found.lift_low, found.lift, found.lift_high, proof.true_lift
    is_in = low <= truth <= high
    is_near = lift - SLACK * (lift - low) <= truth <= lift + SLACK * (high - lift)
    where = "within" if is_in else "just outside" if is_near else "outside"
    return Finding(f"the true effect of {truth:+.1%} lies {where} {low:+.1%} … {high:+.1%}", is_near)


def _decision(proof: Proof) -> Finding:
    decision, is_few = proof.verdict.decision, proof.verdict.block is Block.TOO_FEW
    if not proof.scene.is_better:
        words = "no difference is claimed, and there is none"
        if decision in {Decision.WIN, Decision.LOSE}:
            words = "a difference is claimed where there is none, as chance has it once in twenty times"
        return Finding("too few for a verdict" if is_few else words, is_few or decision is not Decision.BLOCKED)
    if decision is Decision.WIN:
        return Finding("the better arm is named", True)
    if is_few or (decision is Decision.NO_DIFFERENCE and proof.shoppers < ENOUGH):
        return Finding("too few for a verdict", True)
    return Finding(f"the better arm is not named ({decision.value})", False)
