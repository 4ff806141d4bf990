"""`flask recommend`: train the recommender, choose what is served, and say how it is and why."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click
from flask.cli import AppGroup
from tqdm import tqdm

from recommend import ArtefactError, TrainingBusy
from storefront.database.transaction import transaction
from storefront.discovery import publishing
from storefront.discovery.explain_cli import EXPLAINED, explain_shelf
from storefront.discovery.publishing import KeptVersion
from storefront.discovery.recommending import health
from storefront.kernel.clock import now
from storefront.kernel.errors import ShopError
from storefront.web.errors import message_of

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
            outcome = training.train_recommender(as_of=moment, by=BY, progress=tell)
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


@recommend_group.command("evaluate")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Judge by the four weeks before this day (UTC).")
def evaluate(as_of: datetime | None) -> None:
    """Say how tables trained now would have done on the last weeks. Nothing is published."""
    training = import_module("storefront.discovery.training")
    report = training.evaluate_recommender(as_of.replace(tzinfo=UTC) if as_of else now())
    if not report:
        raise click.ClickException("There is too little history to judge by.")
    _compare(report)


@recommend_group.command("publish")
@click.argument("version")
def publish(version: str) -> None:
    """Serve a kept VERSION from now on."""
    _serve(lambda: publishing.publish_version(version=version, by=BY, at=now()))


@recommend_group.command("rollback")
def rollback() -> None:
    """Serve the version before the present one again."""
    _serve(lambda: publishing.roll_back(by=BY, at=now()))


@recommend_group.command("explain")
@click.option("--customer", type=click.IntRange(1), help="For this customer, with their cart.")
@click.option("--product", type=click.IntRange(1), help="About this product; for the cart: with it in the cart.")
@click.option("--category", default="", help="About the category with this slug.")
@click.option("--surface", type=click.Choice(EXPLAINED), help="Which shelf: home, or similar for a product.")
def explain(customer: int | None, product: int | None, category: str, surface: str | None) -> None:
    """Print the candidates of a shelf with source and score, and why each is shown or not."""
    if customer is None and product is None and not category and not surface:
        raise click.ClickException("Say for whom or about what: --customer, --product, --category or --surface.")
    explain_shelf(surface or ("category" if category else ""), customer, product, category)


BY = "system"
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


def _serve(choose: Callable[[], KeptVersion]) -> None:
    try:
        with transaction():
            chosen = choose()
    except ShopError as refusal:
        known = ", ".join(one.name for one in publishing.list_versions()) or "none"
        raise click.ClickException(f"{message_of(refusal)} Kept versions: {known}.") from refusal
    except ArtefactError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{chosen.name} is served from now on.")


def _compare(report: Mapping[str, Any]) -> None:
    for surface, compared in report.items():
        click.echo(
            f"{surface}: nDCG@10 {compared.model.ndcg:.4f} (best sellers {compared.baseline.ndcg:.4f}), "
            f"hit rate {compared.model.hit_rate:.3f} ({compared.baseline.hit_rate:.3f}), {compared.model.cases} cases"
        )


def _report(outcome: Outcome) -> None:
    _compare(outcome.report)
    if outcome.manifest is None:
        raise click.ClickException("Nothing was published: " + "; ".join(outcome.refusals))
    counts = outcome.manifest.counts
    click.echo(
        f"Published {outcome.manifest.version}: "
        f"{counts['lines']} lines, {counts['users']} customers, {counts['items']} items"
    )
