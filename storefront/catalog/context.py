"""What every page needs of the catalogue: departments, cards drawn once, and where cards learn of stock and change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

from flask import Flask, current_app, g
from markupsafe import Markup, escape

from storefront.catalog import cards, collecting, memory
from storefront.catalog.cards import Card
from storefront.catalog.details import Details
from storefront.catalog.listing import Facet, ListPage
from storefront.catalog.queries import category_tree
from storefront.catalog.stock_shown import find_restocked
from storefront.catalog.tree import Tree
from storefront.catalog.wanted import amount_text
from storefront.discovery.highlighting import Segment, highlight, mark_typed
from storefront.discovery.live import list_written
from storefront.inventory import queries as inventory
from storefront.promotions.queries import open_offers
from storefront.shop.queries import get_settings
from storefront.web import kept_pages
from storefront.web.assets import asset
from storefront.web.locale import current_locale

BAR_PATHS = frozenset({"/categories", "/flash", "/offers", "/coupons"})
NAME = Markup("<!--name-->")
"""Stands in a drawn card for its name, which is escaped wherever else it occurs."""


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


def category_bar(path: str, *marks: object) -> Markup:
    """Draw the departments; `marks` say whether there are flash sales, offers and coupons to link."""
    tree, locale = category_tree(), current_locale()
    known = path in BAR_PATHS or path in {link.url for link in _departments(tree, locale)}
    return _bar_html(tree, path if known else "", locale, asset("icons.svg"), tuple(map(bool, marks)))


@lru_cache(maxsize=200)
def _bar_html(tree: Tree, path: str, locale: str, _sprite: str, marks: tuple[bool, ...]) -> Markup:
    return _macro("components/_category_bar.html", "bar")(path, _departments(tree, locale), *marks)


def amount(minor: int) -> str:
    """Return minor units of the shop's currency as a reader types them into a field."""
    return amount_text(minor, g.shop.currency)


def cards_html(
    items: Iterable[Card],
    level: int = 3,
    eager: int = 0,
    words: tuple[str, ...] = (),
    details: Mapping[int, Details] | None = None,
) -> Markup:
    """Draw cards with headings of `level`; the pictures of the first `eager` are fetched at once, `words` that were
    searched are marked, and with `details` (by product id) each card is a row of a list.

    A card is drawn once, whatever is searched: its name is put into it afterwards.
    """
    facts = current_locale(), g.shop.currency, asset("icons.svg")
    parts: list[str] = []
    for place, card in enumerate(items):
        more = details.get(card.product_id) if details else None
        before, after = _card_html(card, level, place < eager, more, *facts)
        parts += (before, _name_html(card.name, words), after)
    return Markup("".join(parts))  # noqa: S704 - parts of our own templates, and names that are escaped


@lru_cache(maxsize=5_000)
def _card_html(card: Card, level: int, eager: bool, details: Details | None, *_rest: str) -> tuple[str, str]:
    """Return what stands before and after the name."""
    drawn = _macro("components/_card.html", "card")(card, level, eager, NAME, details)
    before, _, after = str(drawn).partition(NAME)
    return before, after


@lru_cache(maxsize=10_000)
def _name_html(name: str, words: tuple[str, ...]) -> str:
    return str(marked(highlight(name, words))) if words else str(escape(name))


def marked(segments: Iterable[Segment]) -> Markup:
    """Write segments of a text, those that were searched for as `<mark>`."""
    return Markup("").join(Markup("<mark>{}</mark>").format(one.text) if one.is_found else one.text for one in segments)


def typed_mark(text: str, typed: str) -> Markup:
    """Write a suggestion with what was typed marked in it."""
    return marked(mark_typed(text, typed))


def facet_html(facet: Facet) -> Markup:
    """Draw a facet with its choices."""
    return _facet_html(facet, current_locale(), asset("icons.svg"))


def part_html(listing: ListPage, part: str) -> Markup:
    """Draw a part of a list (`facets`, `toolbar`, `onward`) once for each answer and way to ask."""
    key = part, listing.url(), listing.view, current_locale(), asset("icons.svg")
    drawn = listing.found.drawn.get(key) if not listing.wanted.unread else None
    if drawn is None:
        template = current_app.jinja_env.get_template(f"components/_{part}.html")
        drawn = template.render(
            listing=listing, wanted=listing.wanted, found=listing.found, path=listing.path, chips=listing.chips
        )
        if not listing.wanted.unread:
            listing.found.drawn[key] = drawn
    return Markup(drawn)  # noqa: S704 - our own template


@lru_cache(maxsize=1_000)
def _facet_html(facet: Facet, *_rest: str) -> Markup:
    return _macro("components/_facet_options.html", "facet")(facet)


def _macro(template: str, name: str) -> Callable[..., Markup]:
    macro: Callable[..., Markup] = getattr(current_app.jinja_env.get_template(template).module, name)
    return macro


def _generation() -> object:
    return memory.remembered().generation


def init_app(app: Flask) -> None:
    """Give templates the above, and say where cards learn of stock and of what was touched."""
    app.jinja_env.filters.update(amount=amount, typed_mark=typed_mark)
    app.jinja_env.globals.update(
        departments=departments,
        cards_html=cards_html,
        part_html=part_html,
        facet_html=facet_html,
        category_bar=category_bar,
    )
    kept_pages.made_from(settings=get_settings, tree=category_tree, offers=open_offers, products=_generation)
    cards.bind(stock=inventory.available)
    collecting.bind(inventory.sellable_units)
    memory.bind(written=list_written, shown=partial(find_restocked, inventory.available))
