"""The one way to a shelf: candidates of its surface, the merchant's rules over them, cards, and why each is there."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from recommend import Asked, Recommendation, Recommender, Source
from storefront.catalog.card_lists import cards_by_ids
from storefront.catalog.cards import Card
from storefront.catalog.related import Kind, list_chosen
from storefront.discovery.recommending import recommender
from storefront.discovery.shelves.fillings import candidates, filled
from storefront.discovery.shelves.goods import count_purchases, list_candidates, list_sellable
from storefront.discovery.shelves.reasons import lead, why_of
from storefront.discovery.shelves.rules import Actions, Placed, combine, matching, place
from storefront.discovery.shelves.ruling import rule_book
from storefront.discovery.shelves.shown import Question, Reason, Shelf, ShelfCard
from storefront.discovery.shelves.surfaces import Surface, asked_for
from storefront.experiments.drafting import MARKS, Team

SHELF_SIZE = 12
BY_HAND: Mapping[str, Kind] = {"bought-together": Kind.WITH, "similar": Kind.INSTEAD}
"""Shelves on which what was chosen for a product by hand stands first."""
STEERED_DEPTH = 36
"""How many candidates rules choose from: what is lifted, or moves up for what is buried, must come from somewhere."""

Fetch = Callable[[Asked], list[Recommendation]]


@dataclass(frozen=True, slots=True)
class Ranked:
    """What a shelf comes to before it has cards: recommendations by product id, and their places after the rules.

    `teams` says whose each is where an experiment interleaves two rankings.
    """

    found: dict[int, Recommendation]
    placed: tuple[Placed, ...]
    version: str = ""
    teams: Mapping[int, Team] = field(default_factory=dict)
    by_hand: frozenset[int] = frozenset()


def fill(key: str, question: Question, *, size: int = SHELF_SIZE, filling: str = "") -> Shelf:
    """Return what stands on a shelf for whoever asks; an empty one has nothing to say and hides.

    `filling` is how an experiment has it filled (`fillings`).
    """
    surface = filled(key, filling)
    model = recommender()
    ranked = rank(surface, question, model, actions_for(key, question), size)
    return _shown(surface, question, ranked, size)


def actions_for(key: str, question: Question) -> Actions:
    """Return what the merchant's rules come to for a shelf at this moment, after what was chosen by hand."""
    actions = combine(matching(rule_book(), key, question.at))
    chosen = list_chosen(question.anchor.id, BY_HAND[key]) if question.anchor and key in BY_HAND else []
    if not chosen:
        return actions
    return replace(
        actions,
        pins=(*chosen, *(number for number in actions.pins if number not in chosen)),
        buries=tuple(number for number in actions.buries if number not in chosen),
        by_hand=frozenset(chosen),
    )


def rank(surface: Surface, question: Question, model: Recommender | None, actions: Actions, size: int) -> Ranked:
    """Return what may stand on a shelf in the order that rules give it."""
    depth = size if actions == Actions() else max(size, STEERED_DEPTH)
    asked = asked_for(surface, question, depth)
    mixed = candidates(surface, model, question, asked)
    version = model.version if model else ""
    by_id = {int(one.item): one for one in mixed.found}
    if actions == Actions() or not (by_id or surface.key not in SILENT):
        return Ranked(by_id, tuple(Placed(number, rank) for rank, number in enumerate(by_id)), version, mixed.teams)
    pins = [number for number in actions.pins if number not in question.unwanted]
    allowed = list_sellable([number for number in pins if number not in by_id])
    strange = [number for number in pins if number in allowed]
    facts = {one.product_id: one for one in list_candidates([*by_id, *strange], question.at)}
    usual = [facts[number] for number in by_id if number in facts]
    placed = place(actions, usual, [facts[number] for number in strange if number in facts])
    by_id |= {number: Recommendation(number, 0.0, Source.POPULAR) for number in strange}
    return Ranked(by_id, tuple(placed), version, mixed.teams, actions.by_hand)


SILENT = frozenset({"buy-again", "recently-viewed"})
"""Shelves of what is the shopper's own: where there is nothing of it, no pin makes a shelf of them."""


def _shown(surface: Surface, question: Question, ranked: Ranked, size: int) -> Shelf:
    locale = question.locale
    ids = [one.product_id for one in ranked.placed]
    because = [int(one.because) for one in ranked.found.values() if one.because is not None]
    about = [question.anchor.id] if question.anchor else []
    cards = {one.product_id: one for one in cards_by_ids([*ids[:size], *because, *about], locale)}
    shown = [one for one in ranked.placed[:size] if one.product_id in cards and not cards[one.product_id].is_out]
    items = _cards(surface, question, ranked, shown, cards)
    reason, led_by = lead(items)
    return Shelf(
        key=surface.key,
        reason=reason,
        because=led_by,
        items=tuple(items),
        request=secrets.token_urlsafe(12),
        model_version=ranked.version,
        context=_context(question),
        anchor=cards.get(about[0]) if about else None,
        names={"category": question.category.title(locale)} if question.category else {},
        title=surface.title,
        told_as=surface.told_as,
    )


def _cards(
    surface: Surface, question: Question, ranked: Ranked, shown: Sequence[Placed], cards: dict[int, Card]
) -> list[ShelfCard]:
    names = {number: card.name for number, card in cards.items()}
    if question.anchor:
        names[question.anchor.id] = question.anchor.name
    habits = [one.product_id for one in shown if ranked.found[one.product_id].source is Source.HABIT]
    times = count_purchases(question.visit.customer_id, habits)
    items = []
    for number, one in enumerate(shown, start=1):
        found = ranked.found[one.product_id]
        why = why_of(found, names, times, surface.told_as or surface.key)
        is_chosen = one.product_id in ranked.by_hand
        is_picked = is_chosen or (one.is_pinned and (one.was is None or one.was >= len(shown)))
        items.append(
            ShelfCard(
                card=cards[one.product_id],
                rank=number,
                source="hand" if is_chosen else "pin" if one.is_pinned else _source(ranked, one.product_id),
                reason=Reason.PICKED if is_picked else why.reason,
                because="" if is_picked else why.because,
                score=found.score,
                every_days=None if is_picked else why.every_days,
                due_days=None if is_picked else why.due_days,
                propensity=found.propensity,
            )
        )
    return items


def _source(ranked: Ranked, product_id: int) -> str:
    """Return where goods came from, marked with whose they are where two rankings share the shelf."""
    return ranked.found[product_id].source.value + MARKS[ranked.teams.get(product_id, Team.NOBODY)]


def _context(question: Question) -> str:
    if question.anchor:
        return f"product:{question.anchor.id}"
    if question.category:
        return f"category:{question.category.id}"
    return ""
