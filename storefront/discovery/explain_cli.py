"""`flask recommend explain`: candidates of a shelf with source, score and what became of each, for an operator."""

from __future__ import annotations

import click
from sqlalchemy import select

from storefront.accounts.models import Customer
from storefront.catalog.queries import category_tree
from storefront.database.base import db
from storefront.discovery import shelves
from storefront.discovery.shelves.explaining import Explained, Fate, explain, visit_of
from storefront.discovery.shelves.shown import Question
from storefront.discovery.shelves.surfaces import SURFACES
from storefront.kernel.clock import now
from storefront.kernel.errors import NotFound

OF_PRODUCT = ("similar", "bought-together")
EXPLAINED = (*(key for key in SURFACES if key not in {"after-purchase", "recently-viewed"}),)
WORDS = {
    Fate.SHOWN: "",
    Fate.PINNED: "put here by a rule",
    Fate.BY_HAND: "chosen for the product by hand",
    Fate.BURIED: "put last by a rule",
    Fate.IN_CART: "in the cart already",
    Fate.DISMISSED: "the customer does not want it",
    Fate.ITSELF: "is the product itself",
    Fate.NOT_FOR_SALE: "sold out, withdrawn or deleted",
    Fate.EXCLUDED: "its category is excluded by a rule",
    Fate.SAME_TYPE: "enough of its product type above",
    Fate.BELOW: "below the last place",
}


def explain_shelf(surface: str, customer_id: int | None, product_id: int | None, category: str) -> None:
    """Print why a shelf is as it is."""
    surface = surface or ("similar" if product_id is not None else "home")
    question = _question(surface, customer_id, product_id, category)
    version, rows = explain(surface, question)
    click.echo(f"{surface}, " + (f"tables {version}" if version else "no tables: the catalogue's best sellers"))
    if not rows:
        click.echo("Nothing is known to recommend, so the shelf hides.")
    for row in rows:
        click.echo(_line(row))


def _question(surface: str, customer_id: int | None, product_id: int | None, category: str) -> Question:
    if customer_id is not None and db.session.scalar(select(Customer.id).where(Customer.id == customer_id)) is None:
        raise click.ClickException(f"There is no customer {customer_id}.")
    if surface in OF_PRODUCT and product_id is None:
        raise click.ClickException(f"Say with --product what the shelf {surface} is about.")
    if surface == "category" and not category:
        raise click.ClickException("Say with --category (a slug) what the shelf category is about.")
    try:
        anchor = shelves.get_anchor(product_id, "en") if product_id is not None and surface in OF_PRODUCT else None
        node = category_tree().get(category) if category else None
    except NotFound:
        raise click.ClickException("There is no such product or category in the shop now.") from None
    visit = visit_of(customer_id)
    if surface == "cart" and product_id is not None:
        visit = shelves.Visit(customer_id, (*visit.in_cart, product_id), visit.unwanted)
    return Question(visit, now(), "en", anchor=anchor, category=node)


def _line(row: Explained) -> str:
    place = f"{row.rank:>3}." if row.rank else "  - "
    told = [f"because of {row.because}"] if row.because else []
    if row.every_days is not None and row.due_days is not None:
        told.append(f"about every {row.every_days:.0f} days, due in {row.due_days:.0f}")
    told += [WORDS[row.fate]] if WORDS[row.fate] else []
    name = row.name or "(not in the shop)"
    return f"{place} {row.product_id:>7}  {name[:40]:<40} {row.source:<9} {row.score:>9.4f}  {'; '.join(told)}".rstrip()
