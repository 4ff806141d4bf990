"""What the merchant asks of this search or category page: the rules of this process, and what they come to.

Rules are read when one was written to, which is looked for once in `SEEN_AFTER` seconds; matching them costs
microseconds. What is personal is read only while some rule asks for it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from search import Steering
from storefront.accounts.sessions import current_customer
from storefront.catalog.queries import category_tree
from storefront.catalog.tree import Node
from storefront.catalog.wanted import Wanted
from storefront.database.reading import read
from storefront.discovery.models import SearchRule
from storefront.discovery.rules import Asked, Banner, Book, Narrowing, Outcome, Said
from storefront.discovery.stored_rules import rule_of
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from storefront.shop.queries import get_settings
from storefront.web.locale import current_locale

SEEN_AFTER = 1.5
"""Seconds until a change made by another process is seen."""


@dataclass(frozen=True, slots=True)
class Notice:
    """The banner above the results, in the reader's language or, where it has no words in that, in the shop's."""

    text: Said
    label: Said = field(default_factory=Said)
    link: str = ""


@dataclass(frozen=True, slots=True)
class Steered:
    """What rules come to for one page: steering and a scope for the index, where to send the reader, what to say."""

    steering: Steering = field(default_factory=Steering)
    scope: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    on_promotion: bool = False
    in_stock: bool = False
    redirect: str = ""
    banner: Notice | None = None


UNTOUCHED = Steered()


def steer(wanted: Wanted, node: Node | None = None) -> Steered:
    """Return what the merchant asks of this page for whoever reads it."""
    book = rule_book()
    if not book.rules:
        return UNTOUCHED
    place = place_of(node, wanted)
    outcome = book.outcome(ask(wanted, place, asks_who=book.asks_who))
    return steered(outcome, place, current_locale()) if outcome.rule_ids else UNTOUCHED


def place_of(node: Node | None, wanted: Wanted) -> Node | None:
    """Return the category to look in: the page's own, else the one that the search is narrowed to."""
    return node or (category_tree().find_slug(wanted.category) if wanted.category else None)


def steered(outcome: Outcome, node: Node | None, language: str) -> Steered:
    """Return what rules come to in the terms of the index and of the page; `node` is the page's own category."""
    banner = outcome.banner
    return Steered(
        steering=Steering(pins=outcome.pins, buries=outcome.buries, boosts=outcome.boosts),
        scope=scope_of(outcome.narrowing, node),
        on_promotion=outcome.narrowing.on_promotion,
        in_stock=outcome.narrowing.in_stock,
        redirect=once_only(outcome.redirect),
        banner=_notice(banner, language) if banner else None,
    )


def _notice(banner: Banner, language: str) -> Notice:
    instead = get_settings().locale
    return Notice(banner.text(language, instead), banner.label(language, instead), banner.link)


def ask(wanted: Wanted, node: Node | None, *, asks_who: bool) -> Asked:
    """Return what rules are asked for this reader of a list in the category `node`."""
    customer = current_customer() if asks_who else None
    return Asked(
        text=wanted.text,
        category_ids=category_tree().line(node.id) if node else frozenset(),
        language=current_locale(),
        is_signed_in=customer is not None,
        groups=customer.groups if customer else frozenset(),
        at=now(),
    )


def scope_of(narrowing: Narrowing, node: Node | None) -> dict[str, tuple[str, ...]]:
    """Return the scope of an answer: the page's category, or those below it that a rule narrows it to."""
    tree = category_tree()
    chosen = [found for number in narrowing.category_ids if (found := tree.find(number)) is not None]
    if node is not None:
        chosen = [each for each in chosen if node.id in each.ancestor_ids] or [node]
    scope = {"category": tuple(str(each.id) for each in chosen)} if chosen else {}
    return {**scope, "brand": narrowing.brands} if narrowing.brands else scope


def once_only(path: str) -> str:
    """Return a redirect that no further rule turns away again: lists are told to stay."""
    if not path.startswith(("/search", "/categories/")):
        return path
    address, mark, part = path.partition("#")
    return f"{address}{'&' if '?' in address else '?'}exact=1{mark}{part}"


def rule_book() -> Book:
    """Return the rules that are switched on."""
    return _book.get()


def rules_in_force() -> object:
    """Return another object as soon as other rules hold, by an edit or by the clock."""
    return _in_force.get()


def audience_here() -> Hashable:
    """Return what tells this reader's pages from others' while a rule asks who is reading; else None."""
    if not rule_book().asks_who:
        return None
    customer = current_customer()
    return (customer.groups,) if customer else ()


def forget_rules() -> None:
    """Drop what this process keeps of the rules: one was written to."""
    _book.forget()
    _in_force.forget()


_VERSION = select(
    func.count(SearchRule.id), func.max(SearchRule.id), func.sum(SearchRule.version), func.max(SearchRule.updated_at)
)
_ROWS = select(SearchRule.__table__).where(SearchRule.is_active).order_by(SearchRule.id)


def _read_book() -> Book:
    version: tuple[Any, ...] = tuple(read(_VERSION).one())
    last = _last.get()
    if last and last[0][0] == version:
        return last[0][1]
    rows = read(_ROWS).all() if version[0] else ()
    book = Book(rule for row in rows if (rule := rule_of(row)) is not None)
    last[:] = [(version, book)]
    return book


def _read_in_force() -> tuple[object, ...]:
    book, at = _book.get(), now()
    return (book, *(rule.id for rule in book.rules if rule.is_live(at)))


_last: Kept[list[tuple[tuple[Any, ...], Book]]] = Kept(list, seconds=3600)
"""What was read last; while no rule has changed it is not read again."""
_book = Kept(_read_book, seconds=SEEN_AFTER)
_in_force = Kept(_read_in_force, seconds=1.0)
