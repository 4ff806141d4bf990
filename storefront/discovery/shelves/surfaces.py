"""The surfaces: what each asks of the trained tables, what stands in where there are none, and how it is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from recommend import Asked, Id, Recommendation, Recommender, Source
from storefront.catalog import queries as catalog
from storefront.discovery.shelves.goods import DAY_SECONDS, list_sellable, sellable_under
from storefront.discovery.shelves.shown import DUE_SOON, Question
from storefront.kernel.errors import N_
from storefront.shop.queries import get_settings

FEWEST = 3
"""A row with fewer goods of its own kind than this is filled up with the next best."""
FALLBACK_DEPTH = 96
WIDE = 240
"""How far a list of one customer is read where only a part of it may be shown."""
PERSONAL = frozenset({Source.HABIT, Source.TASTE, Source.CART})

Ask = Callable[[Recommender, Question, Asked], list[Recommendation]]
Without = Callable[[Question, Asked], list[Recommendation]]


@dataclass(frozen=True, slots=True)
class Surface:
    """A place for recommendations. `ask` asks the tables, `without` answers where there are none.

    `per_type` is how many goods of one product type may stand on it; None for any number. In an experiment it may be
    filled and called like another place (`told_as`), or share its list with a `rival`.
    """

    key: str
    title: str
    ask: Ask
    without: Without
    per_type: int | None = 2
    told_as: str = ""
    rival: Surface | None = None


def best_sellers(question: Question, asked: Asked) -> list[Recommendation]:
    """Return what the catalogue itself knows to sell."""
    return _sold(asked, ("",), Source.POPULAR)


def best_sellers_near(question: Question, asked: Asked) -> list[Recommendation]:
    """Return what sells in the category that the shelf is about, then in the one above it."""
    tree = catalog.category_tree()
    node = question.category or tree.find(question.anchor.category_id if question.anchor else None)
    if node is None:
        return best_sellers(question, asked)
    above = () if question.category else tree.trail(node)[-1:]
    return _sold(asked, [one.path for one in (node, *above)], Source.CATEGORY)


def nothing(_question: Question, _asked: Asked) -> list[Recommendation]:
    """Return nothing: the shelf hides."""
    return []


def _home(model: Recommender, question: Question, asked: Asked) -> list[Recommendation]:
    """Return what this customer will want next, without what they have just got and will not need for long."""
    visit = question.visit
    habits, new = _all_habits(model, question), _ordered_since(model, question)
    supplied = {item for item, habit in habits.items() if item in new and _is_supplied(habit)}
    asked = replace(asked, exclude={*asked.exclude, *supplied})
    return _with_habits(habits, model.home(visit.customer_id, asked, recent=visit.in_cart))


def _buy_again(model: Recommender, question: Question, asked: Asked) -> list[Recommendation]:
    """Return what is due first, each part in the order of the tables."""
    found = _habits(model, question, asked)
    return sorted(found, key=lambda one: one.due_days is None or one.due_days > DUE_SOON)


def _habits(model: Recommender, question: Question, asked: Asked) -> list[Recommendation]:
    """Return what the customer buys again and again; what was ordered after the training is due later."""
    new = _ordered_since(model, question)
    found = model.buy_again(question.visit.customer_id, asked, today=question.at)
    return [_due_after(one, new.get(one.item), question.at) for one in found]


def _all_habits(model: Recommender, question: Question) -> dict[Id, Recommendation]:
    """Return every habit of the customer, by its item; of a stranger there are none."""
    return {one.item: one for one in _habits(model, question, Asked(k=WIDE, per_type=None))}


def _ordered_since(model: Recommender, question: Question) -> dict[Id, datetime]:
    """Return what the customer ordered that the tables do not know of, and when."""
    return {number: at for number, at in question.visit.ordered if at >= model.as_of}


def _due_after(one: Recommendation, ordered: datetime | None, at: datetime) -> Recommendation:
    if ordered is None or one.every_days is None or one.due_days is None:
        return one
    due = one.every_days - (at - ordered).total_seconds() / DAY_SECONDS
    return replace(one, due_days=max(one.due_days, due))


def _is_supplied(habit: Recommendation) -> bool:
    """Say whether less than half of the time has gone after which it is bought again."""
    return bool(habit.every_days and habit.due_days is not None and habit.due_days > habit.every_days / 2)


def _discover(model: Recommender, question: Question, asked: Asked) -> list[Recommendation]:
    found = model.discover(question.visit.customer_id, asked)
    return found or model.home(None, asked, recent=question.visit.in_cart)


def _cart(model: Recommender, question: Question, asked: Asked) -> list[Recommendation]:
    visit = question.visit
    found = model.cart(visit.in_cart, visit.customer_id, asked)
    return _with_habits(_all_habits(model, question), found)


def _together(model: Recommender, question: Question, asked: Asked) -> list[Recommendation]:
    """Return what is bought with a product; where too little was, what its kind of basket holds."""
    about = question.anchor.id if question.anchor else 0
    found = model.together(about, asked, fallback=False)
    return found if len(found) >= FEWEST else model.cart((about,), None, asked)


def _similar(model: Recommender, question: Question, asked: Asked) -> list[Recommendation]:
    """Return what may stand in for a product, first what this customer buys of its kind anyway."""
    anchor, customer = question.anchor, question.visit.customer_id
    found = model.similar(anchor.id, asked, category=anchor.category_id, user=customer) if anchor else []
    near = [one for one in found if one.source is not Source.POPULAR]
    if len(near) < FEWEST:
        shown = {one.item for one in near}
        near += best_sellers_near(question, replace(asked, exclude={*asked.exclude, *shown}))
    return _with_habits(_all_habits(model, question), near[: asked.k])


def _after_purchase(model: Recommender, question: Question, asked: Asked) -> list[Recommendation]:
    return model.after_purchase(question.items, question.visit.customer_id, asked, days_ago=question.days_ago)


def _category(model: Recommender, question: Question, asked: Asked) -> list[Recommendation]:
    """Return what this customer will want of one category, then what sells best in it."""
    node = question.category
    wide = Asked(k=WIDE, exclude=asked.exclude, per_type=None)
    found = model.home(question.visit.customer_id, wide, recent=question.visit.in_cart)
    own = [one for one in found if one.source in PERSONAL]
    if asked.keep is not None and node is not None and own:
        allowed = sellable_under(node.path)([one.item for one in own])
        own = [one for one in own if one.item in allowed]
    own = _with_habits(_all_habits(model, question), own[: asked.k])
    taken = {*asked.exclude, *(one.item for one in own)}
    rest = best_sellers_near(question, replace(asked, exclude=taken, k=asked.k - len(own)))
    return [*own, *rest]


def _viewed(_model: Recommender | None, question: Question, asked: Asked) -> list[Recommendation]:
    return viewed(question, asked)


def viewed(question: Question, asked: Asked) -> list[Recommendation]:
    """Return what the device says was looked at, as far as it may be shown."""
    wanted = [number for number in question.items if number not in asked.exclude]
    allowed = wanted if asked.keep is None else asked.keep(wanted)
    return [Recommendation(number, 0.0, Source.POPULAR) for number in wanted if number in allowed][: asked.k]


SURFACES: Mapping[str, Surface] = {
    surface.key: surface
    for surface in (
        Surface("home", N_("Picked for you"), _home, best_sellers),
        Surface("buy-again", N_("Buy again"), _buy_again, nothing, per_type=None),
        Surface("discover", N_("New for you"), _discover, best_sellers),
        Surface("similar", N_("Similar products"), _similar, best_sellers_near, per_type=None),
        Surface("bought-together", N_("Often bought together"), _together, best_sellers),
        Surface("cart", N_("Goes well with your cart"), _cart, best_sellers),
        Surface("after-purchase", N_("Goes well with your order"), _after_purchase, best_sellers),
        Surface("category", N_("Picked for you in %(category)s"), _category, best_sellers_near, per_type=None),
        Surface("recently-viewed", N_("Recently viewed"), _viewed, viewed, per_type=None),
        Surface("empty-search", N_("Picked for you"), _home, best_sellers),
    )
}


def _with_habits(habits: Mapping[Id, Recommendation], found: list[Recommendation]) -> list[Recommendation]:
    """Say of what the customer buys anyway how often that is."""
    return [
        replace(one, source=Source.HABIT, due_days=habit.due_days, every_days=habit.every_days, because=None)
        if (habit := habits.get(one.item)) is not None
        else one
        for one in found
    ]


def _sold(asked: Asked, paths: list[str] | tuple[str, ...], source: Source) -> list[Recommendation]:
    ranked = [number for path in paths for number in catalog.list_best_seller_ids(FALLBACK_DEPTH, under=path)]
    wanted = [number for number in dict.fromkeys(ranked) if number not in asked.exclude]
    allowed = wanted if asked.keep is None else asked.keep(wanted)
    return [Recommendation(number, 0.0, source) for number in wanted if number in allowed][: max(asked.k, 0)]


def asked_for(surface: Surface, question: Question, size: int) -> Asked:
    """Return what the tables are asked when a shelf is filled: only what may be shown comes back.

    As often as the merchant wants, chance puts a new product in the last place of a personal shelf.
    """
    return Asked(
        k=size,
        exclude=question.unwanted,
        keep=list_sellable,
        per_type=surface.per_type,
        explore=get_settings().explore_percent / 100,
        unit=f"{surface.key}:{question.coin}:{question.at.isoformat()}",
    )
