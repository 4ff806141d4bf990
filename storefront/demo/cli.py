"""`flask demo`: fill an empty shop with a year of real baskets, and make it ready to open.

The work is imported when it is asked for: it needs packages that only the demo needs, and a web server should carry
neither them nor their memory.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from tqdm import tqdm

from storefront.config import Config
from storefront.demo.marks import DemoRefused
from storefront.demo.people import PASSWORD, list_accounts
from storefront.demo.scale import SIZES, Scale
from storefront.kernel.clock import now

group = AppGroup("demo", help="Fill an empty shop with real demo data.")
_size = click.option(
    "--size",
    default=lambda: os.environ.get("DEMO_SIZE") or "standard",
    show_default="DEMO_SIZE, else standard",
    help=f"One of {', '.join(SIZES)}, or products and orders of a made-up shop, like 10000x20000.",
)
_products = click.option("--products", type=click.IntRange(1), help="So many made-up products, in place of a size.")
_orders = click.option("--orders", type=click.IntRange(1), help="So many made-up orders, beside --products.")
_quiet = click.option("--quiet", is_flag=True, help="No progress bars.")


@group.command("load")
@_size
@_products
@_orders
@_quiet
@click.option("--fresh", is_flag=True, help="Empty a shop that holds a demo, then load.")
def load(size: str, products: int | None, orders: int | None, quiet: bool, fresh: bool) -> None:
    """Load goods, customers and their orders; a second time there is nothing left to do."""
    size = _of_numbers(products, orders) or size
    config, loading = _config(), _work("loading")
    _work("preparing").build_tables()
    try:
        if fresh:
            loading.empty_demo()
        mark = loading.load_demo(size=size, data_dir=config.data_dir, at=now(), watch=_Bars(quiet))
    except DemoRefused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    for note in mark.notes:
        click.echo(note)
    click.echo(f"The {mark.size} demo is loaded.")


@group.command("prepare")
@_size
@_products
@_orders
@_quiet
def prepare(size: str, products: int | None, orders: int | None, quiet: bool) -> None:
    """Do all that a demo needs before it opens: tables, goods, search index, recommender. Skips what is done."""
    size = _of_numbers(products, orders) or size
    config, preparing = _config(), _work("preparing")
    try:
        notes = preparing.prepare(size=size, config=config, at=now(), watch=_Bars(quiet), tell=click.echo)
    except DemoRefused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    for note in notes:
        click.echo(note)
    click.echo(f"\nThe demo is ready. Every account has the password: {PASSWORD}")
    for account in list_accounts():
        click.echo(f"  {account.name:<18} {account.email:<34} {config.public_url}{account.door}")


def _of_numbers(products: int | None, orders: int | None) -> str:
    """Return the size that both numbers make, "" without them."""
    if products is None and orders is None:
        return ""
    if products is None or orders is None:
        raise click.UsageError("A made-up shop needs both --products and --orders.")
    try:
        return str(Scale(products, orders))
    except ValueError as reason:
        raise click.UsageError(f"{reason}.") from reason


def _config() -> Config:
    config: Config = current_app.config["SHOP"]
    if config.production:
        raise click.ClickException(
            "PRODUCTION is on: the demo's accounts share a password that everybody knows, so it is never loaded here."
        )
    return config


def _work(module: str) -> Any:
    try:
        return import_module(f"storefront.demo.{module}")
    except ModuleNotFoundError as missing:
        raise click.ClickException(
            f"The demo needs “{missing.name}”: install the packages of requirements.lock (`make demo-data` does)."
        ) from missing


class _Bars:
    """Progress bars on the terminal."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet

    def __call__(self, things: Iterable[Any], words: str, total: int | None = None, /) -> Iterator[Any]:
        return iter(
            tqdm(things, desc=f"{words:<12}", total=total, disable=self._quiet, file=sys.stderr, dynamic_ncols=True)
        )
