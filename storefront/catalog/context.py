"""What every page needs of the catalogue: the departments in its frame, and where cards learn of stock and offers."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, g

from storefront.catalog import cards
from storefront.catalog.listing import amount_text
from storefront.catalog.queries import category_tree
from storefront.inventory import queries as inventory
from storefront.web.locale import current_locale


@dataclass(frozen=True, slots=True)
class Link:
    """A name and where it leads."""

    name: str
    url: str
    picture: str = ""


def departments() -> list[Link]:
    """Return the top of the category tree."""
    locale = current_locale()
    return [Link(node.title(locale), node.url, node.picture) for node in category_tree().roots]


def amount(minor: int) -> str:
    """Return minor units of the shop's currency as a reader types them into a field."""
    return amount_text(minor, g.shop.currency)


def init_app(app: Flask) -> None:
    """Give layouts `departments`, fields the filter `amount`, and tell cards where stock comes from."""
    app.jinja_env.filters["amount"] = amount
    app.jinja_env.globals["departments"] = departments
    cards.bind(stock=inventory.available)
