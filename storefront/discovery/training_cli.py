"""`flask recommend`: train the recommender and say how it is."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup
from tqdm import tqdm

from recommend import ArtefactError, TrainingBusy
from storefront.discovery.recommending import health
from storefront.kernel.clock import now

if TYPE_CHECKING:
    from recommend.gate import Outcome

recommend_group = AppGroup("recommend", help="Train the recommender from orders.")


@recommend_group.command("train")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Learn from orders before this day (UTC) only.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def train(as_of: datetime | None, quiet: bool) -> None:
    """Train on all orders and publish the result if it is sound and no worse than best sellers."""
    moment = as_of.replace(tzinfo=UTC) if as_of else now()
    training = import_module("storefront.discovery.training")
    with tqdm(total=len(DOING) + 1, desc="Reading orders", disable=quiet, file=sys.stderr, bar_format=BAR) as bar:

        def tell(step: str) -> None:
            bar.update()
            bar.set_description(DOING[step])

        try:
            outcome = training.train_recommender(as_of=moment, progress=tell)
        except TrainingBusy as busy:
            raise click.ClickException(str(busy)) from busy
        except ArtefactError as error:
            raise click.ClickException(str(error)) from error
        bar.update(bar.total - bar.n)
    _report(outcome)


@recommend_group.command("status")
def status() -> None:
    """Say which version is in use, how old it is and how it did on the last weeks."""
    state = health()
    if not state.version:
        raise click.ClickException(state.problem)
    click.echo(f"{state.version}, trained {state.age_seconds or 0} seconds ago")
    if state.problem:
        click.echo(f"A newer version was refused: {state.problem}")


BAR = "{desc:<28}{percentage:3.0f}%|{bar}| {elapsed}"
DOING = {
    "check": "Checking on the last weeks",
    "popularity": "Best sellers",
    "habits": "Habits",
    "taste": "Tastes",
    "cart": "What completes a cart",
    "together": "What is bought together",
    "similar": "Similar products",
    "publish": "Publishing",
}


def _report(outcome: Outcome) -> None:
    for surface, compared in outcome.report.items():
        click.echo(
            f"{surface}: nDCG@10 {compared.model.ndcg:.4f} (best sellers {compared.baseline.ndcg:.4f}), "
            f"hit rate {compared.model.hit_rate:.3f} ({compared.baseline.hit_rate:.3f}), {compared.model.cases} cases"
        )
    if outcome.manifest is None:
        raise click.ClickException("Nothing was published: " + "; ".join(outcome.refusals))
    counts = outcome.manifest.counts
    click.echo(
        f"Published {outcome.manifest.version}: "
        f"{counts['lines']} lines, {counts['users']} customers, {counts['items']} items"
    )
