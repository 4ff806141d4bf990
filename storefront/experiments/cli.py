"""`flask experiments`: rehearse the whole way from assignment to verdict with made-up shoppers.

The work is imported when it is asked for: it trains a recommender and judges, and a web server should carry neither.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click
from flask.cli import AppGroup
from tqdm import tqdm

if TYPE_CHECKING:
    from storefront.rehearsal.concluding import Proof

group = AppGroup("experiments", help="A/B tests.")
REHEARSAL = "storefront.rehearsal"


@group.command("simulate", with_appcontext=False)
@click.option(
    "--shoppers", default=400, show_default=True, type=click.IntRange(20, 100_000), help="In each experiment."
)
@click.option(
    "--seed", default=1, show_default=True, help="Of what shoppers are like; the shop itself draws their arms."
)
@click.option("--json", "as_json", is_flag=True, help="Print every figure as JSON.")
@click.option("--quiet", is_flag=True, help="No progress bars.")
def simulate(shoppers: int, seed: int, as_json: bool, quiet: bool) -> None:
    """Prove that experiments say what is true.

    Made-up shoppers with known preferences walk through a throwaway shop in a temporary directory: an experiment whose
    arms are the same, then one whose second arm is known to be better. What the shop reads out is held against the
    shoppers' own diaries. The exit status is 1 where they disagree. This shop's own data is neither read nor written.
    """
    concluding, browsing = import_module(f"{REHEARSAL}.concluding"), import_module(f"{REHEARSAL}.browsing")
    make_app = partial(import_module("storefront.app").create_app, testing=True)  # jobs run at once, and here
    rehearse = import_module(f"{REHEARSAL}.proving").rehearse
    try:
        proofs: list[Proof] = rehearse(make_app, count=shoppers, seed=seed, watch=_bars(quiet or as_json))
    except browsing.Stumbled as trouble:
        raise click.ClickException(f"A shopper could not go on: {trouble}.") from trouble
    sentence: str = concluding.sentence(proofs)
    if as_json:
        found = {"proofs": [_facts(proof) for proof in proofs], "sentence": sentence}
        click.echo(json.dumps({**found, "is_proven": concluding.is_proven(proofs)}, indent=2))
    else:
        for proof in proofs:
            click.echo("\n".join(_table(proof)))
        click.echo(sentence)
    if not concluding.is_proven(proofs):
        sys.exit(1)


def _bars(quiet: bool) -> Callable[[str], Callable[[Sequence[Any]], Iterable[Any]]]:
    def of(name: str) -> Callable[[Sequence[Any]], Iterable[Any]]:
        return lambda steps: tqdm(steps, desc=f"{name}, visits", disable=quiet, file=sys.stderr)

    return of


def _table(proof: Proof) -> Iterable[str]:
    findings = import_module(f"{REHEARSAL}.concluding").findings(proof)
    yield f"{proof.scene.name}: the shelf as it is, and filled with “{proof.scene.filling}”"
    yield f"  {'':<12}{'figure':<12}{'diaries':>12}{'shop':>12}"
    for line in proof.lines:
        mark = "" if line.agrees else "  differs"
        yield f"  {line.arm:<12}{line.name:<12}{line.diary:>12,}{line.shop:>12,}{mark}"
    for finding in findings:
        yield f"  {'ok   ' if finding.is_ok else 'WRONG'} {finding.words}"


def _facts(proof: Proof) -> dict[str, Any]:
    concluding = import_module(f"{REHEARSAL}.concluding")
    found = concluding.estimate_of(proof.verdict)
    return {
        "experiment": proof.scene.name,
        "filling": proof.scene.filling,
        "shoppers": proof.shoppers,
        "decision": proof.verdict.decision.value,
        "sample_ratio_p_value": proof.verdict.sample_ratio.p_value,
        "true_lift": proof.true_lift,
        "lift": found and found.lift,
        "low": found and found.lift_low,
        "high": found and found.lift_high,
        "lines": [
            {"arm": line.arm, "figure": line.name, "diaries": line.diary, "shop": line.shop} for line in proof.lines
        ],
        "findings": [{"words": finding.words, "is_ok": finding.is_ok} for finding in concluding.findings(proof)],
    }
