"""Why a shelf is as it is: every candidate of the tables with what became of it, and what a rule would change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from recommend import Asked, Recommendation
from storefront.catalog.card_lists import cards_by_ids
from storefront.catalog.cards import Card
from storefront.discovery.recommending import recommender
from storefront.discovery.shelves.filling import SHELF_SIZE, Ranked, actions_for, rank
from storefront.discovery.shelves.goods import list_candidates, list_sellable, visit_of_customer
from storefront.discovery.shelves.rules import Actions, Placed, Rule, combine, matching
from storefront.discovery.shelves.ruling import list_rules
from storefront.discovery.shelves.shown import Question, Visit
from storefront.discovery.shelves.surfaces import SURFACES
from storefront.kernel.clock import now

LOOKED_AT = 60
"""How many candidates of the tables are explained."""


class Fate(StrEnum):
    """What became of a candidate."""

    SHOWN = "shown"
    PINNED = "pinned"
    BY_HAND = "by-hand"
    BURIED = "buried"
    IN_CART = "in-cart"
    DISMISSED = "dismissed"
    ITSELF = "itself"
    NOT_FOR_SALE = "not-for-sale"
    EXCLUDED = "excluded"
    SAME_TYPE = "same-type"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Explained:
    """A candidate: its source and score, its place on the shelf from 1 or None, and why it is there or not."""

    product_id: int
    name: str
    source: str
    score: float
    because: str
    rank: int | None
    fate: Fate
    every_days: float | None = None
    due_days: float | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """Goods in a preview: the place before and after from 1, None where they are not on the shelf."""

    card: Card
    before: int | None
    after: int | None
    placed: Placed


@dataclass(frozen=True, slots=True)
class Preview:
    """A shelf without and with a rule; `holds` says whether the rule steers it at all."""

    before: tuple[Moved, ...]
    after: tuple[Moved, ...]
    holds: bool


def visit_of(customer_id: int | None) -> Visit:
    """Return what the shop knows of a customer who is not here: their cart and what they do not want."""
    return visit_of_customer(customer_id, now()) if customer_id is not None else Visit()


def explain(key: str, question: Question, size: int = SHELF_SIZE) -> tuple[str, list[Explained]]:
    """Return the version of the tables ("" for none), and the candidates: what is shown first, then the others in the
    order of the tables.
    """
    surface, model = SURFACES[key], recommender()
    actions = actions_for(key, question)
    ranked = rank(surface, question, model, actions, size)
    bare = Asked(k=LOOKED_AT, exclude=(), keep=None, per_type=None)
    raw = surface.ask(model, question, bare) if model else surface.without(question, bare)
    found = {int(one.item): one for one in raw} | ranked.found
    shown = {one.product_id: place for place, one in enumerate(ranked.placed[:size], start=1)}
    fates = _fates(question, ranked, actions, list(found), shown)
    names = _names(found.values(), question.locale)
    order = sorted(found, key=lambda number: shown.get(number, size + 1))
    return ranked.version, [_explained(found[number], names, shown.get(number), fates[number]) for number in order]


def preview(key: str, question: Question, draft: Rule, size: int = SHELF_SIZE) -> Preview:
    """Return what `draft` changes on a shelf, beside all other rules that are switched on."""
    others = [rule for rule in list_rules() if rule.id != draft.id]
    surface, model = SURFACES[key], recommender()
    sides = []
    for rules in (others, [*others, draft]):
        actions = combine(matching(rules, key, question.at))
        sides.append(rank(surface, question, model, actions, size).placed[:size])
    ids = dict.fromkeys(one.product_id for side in sides for one in side)
    cards = {card.product_id: card for card in cards_by_ids(ids, question.locale)}
    places = [{one.product_id: place for place, one in enumerate(side, start=1)} for side in sides]
    before, after = (
        tuple(
            Moved(cards[one.product_id], places[0].get(one.product_id), places[1].get(one.product_id), one)
            for one in side
            if one.product_id in cards
        )
        for side in sides
    )
    return Preview(before, after, draft.holds(key, question.at))


def _fates(
    question: Question, ranked: Ranked, actions: Actions, ids: Sequence[int], shown: dict[int, int]
) -> dict[int, Fate]:
    sellable = list_sellable(ids)
    away = frozenset(actions.category_ids)
    excluded = (
        {one.product_id for one in list_candidates(ids, question.at) if away & one.category_ids} if away else set()
    )
    placed = {one.product_id: one for one in ranked.placed}
    lowest = max((place for place, number in enumerate(ids) if number in shown), default=-1)
    fates: dict[int, Fate] = {}
    for place, number in enumerate(ids):
        one = placed.get(number)
        if number in shown and one is not None:
            pinned = Fate.BY_HAND if number in ranked.by_hand else Fate.PINNED
            fates[number] = pinned if one.is_pinned else Fate.SHOWN
        elif question.anchor and number == question.anchor.id:
            fates[number] = Fate.ITSELF
        elif number in question.visit.in_cart:
            fates[number] = Fate.IN_CART
        elif number in question.visit.unwanted:
            fates[number] = Fate.DISMISSED
        elif number not in sellable:
            fates[number] = Fate.NOT_FOR_SALE
        elif number in excluded:
            fates[number] = Fate.EXCLUDED
        elif one is not None and one.is_buried:
            fates[number] = Fate.BURIED
        else:
            fates[number] = Fate.SAME_TYPE if one is None and place < lowest else Fate.BELOW
    return fates


def _names(found: Iterable[Recommendation], locale: str) -> dict[int, str]:
    ids = [int(number) for one in found for number in (one.item, one.because) if number is not None]
    return {card.product_id: card.name for card in cards_by_ids(ids, locale)}


def _explained(one: Recommendation, names: dict[int, str], place: int | None, fate: Fate) -> Explained:
    number = int(one.item)
    because = names.get(int(one.because), "") if one.because is not None else ""
    return Explained(
        product_id=number,
        name=names.get(number, ""),
        source=one.source.value,
        score=one.score,
        because=because,
        rank=place,
        fate=fate,
        every_days=one.every_days,
        due_days=one.due_days,
    )
