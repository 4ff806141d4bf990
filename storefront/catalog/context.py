"""What every page needs of the catalogue: departments, cards drawn once, and where cards learn of stock and change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from flask import Flask, current_app, g
from markupsafe import Markup
from sqlalchemy import event

from storefront.catalog import cards, memory
from storefront.catalog.cards import Card
from storefront.catalog.listing import Facet, amount_text
from storefront.catalog.queries import category_tree
from storefront.catalog.tree import Tree
from storefront.database.base import db
from storefront.discovery.live import list_touched
from storefront.inventory import queries as inventory
from storefront.promotions.queries import open_offers
from storefront.shop.queries import get_settings
from storefront.web import kept_pages
from storefront.web.assets import asset
from storefront.web.locale import current_locale


@dataclass(frozen=True, slots=True)
class Link:
    """A name and where it leads."""

    name: str
    url: str
    picture: str = ""


def departments() -> tuple[Link, ...]:
    """Return the top of the category tree."""
    return _departments(category_tree(), current_locale())


@lru_cache(maxsize=8)
def _departments(tree: Tree, locale: str) -> tuple[Link, ...]:
    return tuple(Link(node.title(locale), node.url, node.picture) for node in tree.roots)


def amount(minor: int) -> str:
    """Return minor units of the shop's currency as a reader types them into a field."""
    return amount_text(minor, g.shop.currency)


def cards_html(items: Iterable[Card], level: int = 3, eager: int = 0) -> Markup:
    """Draw cards with headings of `level`; the pictures of the first `eager` are fetched at once."""
    facts = current_locale(), g.shop.currency, asset("icons.svg")
    return Markup("").join(_card_html(card, level, place < eager, *facts) for place, card in enumerate(items))


@lru_cache(maxsize=5_000)
def _card_html(card: Card, level: int, eager: bool, *_rest: str) -> Markup:
    return _macro("components/_card.html", "card")(card, level, eager)


def facet_html(facet: Facet) -> Markup:
    """Draw the choices of a facet."""
    return _facet_html(facet, current_locale())


@lru_cache(maxsize=1_000)
def _facet_html(facet: Facet, _locale: str) -> Markup:
    return _macro("components/_facet_options.html", "options")(facet)


def _macro(template: str, name: str) -> Callable[..., Markup]:
    macro: Callable[..., Markup] = getattr(current_app.jinja_env.get_template(template).module, name)
    return macro


def _generation() -> object:
    return memory.remembered().generation


def init_app(app: Flask) -> None:
    """Give templates the above, and say where cards learn of stock and of what was touched."""
    app.jinja_env.filters["amount"] = amount
    app.jinja_env.globals.update(departments=departments, cards_html=cards_html, facet_html=facet_html)
    kept_pages.made_from(settings=get_settings, tree=category_tree, offers=open_offers, products=_generation)
    cards.bind(stock=inventory.available)
    memory.bind(list_touched)
    if not event.contains(db.session, "after_commit", memory.note_commit):
        event.listen(db.session, "after_commit", memory.note_commit)
