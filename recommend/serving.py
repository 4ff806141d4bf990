"""Answers from trained tables: a look-up, a sum or a merge of short lists, never a model. Made for use in a request."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from recommend.affinity import chance, drawn, suitable
from recommend.blending import Candidates, Keep, Recommendation, Source, select
from recommend.columns import UNKNOWN, Codes, Floats, Id, IdMap
from recommend.reranking import cart_codes, reranked, shortlist
from recommend.tables import Tables
from recommend.trees import Trees, swift

DAY = 86_400.0
STRANGER_SALES = 0.25
"""A stranger's shelf is about everything still to come, not one item: what sells much is likelier among it."""
FAVOURITE_SHARE = 2.0
"""What the root of the chance to buy an item again counts beside how similar it is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What every question has in common: how many, what never to show, and who says what may be shown.

    `explore` is the share of the lists on home and discover whose last place tries a new item; `unit`, who is asking
    and when, decides which lists and which item. Without a unit nothing is tried.
    """

    k: int = 10
    exclude: Collection[Id] = ()
    keep: Keep | None = None
    per_type: int | None = 2
    explore: float = 0.0
    unit: str = ""


class Recommender:
    """All surfaces over one set of tables. Stateless and safe to share between threads.

    Every method returns at most `k` recommendations, best first, none of them in `exclude`, none refused by
    `keep`, and falls back from the closest evidence to plain popularity. Unknown customers and items are
    welcome everywhere.
    """

    def __init__(self, tables: Tables, version: str = "") -> None:
        self.tables = tables
        self.version = version
        self._items = IdMap(tables.item_ids)
        self._users = IdMap(tables.user_ids)
        self._categories = IdMap(tables.category_ids)
        self._trees = swift(Trees.read(tables.cart_links, tables.cart_numbers))
        self._sales = np.log1p(tables.popularity)

    def knows(self, user: Id | None) -> bool:
        """Say whether this customer had bought anything when the tables were trained."""
        return self._users.code(user) != UNKNOWN

    @property
    def as_of(self) -> datetime:
        """Return the moment up to which the tables know what was bought."""
        return datetime.fromtimestamp(float(self.tables.as_of_day[0]) * DAY, UTC)

    def home(self, user: Id | None, asked: Asked = Asked(), *, recent: Sequence[Id] = ()) -> list[Recommendation]:
        """Return what this customer will want next; a stranger is judged by the `recent` items of this visit."""
        code = self._users.code(user)
        return self._explored(self._select(self._home(code, recent), asked), code, recent, asked)

    def buy_again(
        self, user: Id | None, asked: Asked = Asked(), *, today: datetime | None = None
    ) -> list[Recommendation]:
        """Return what the customer buys again and again; nothing for a stranger, for there is nothing to repeat.

        Each says when it is due, counted from `today` (the day of the training when not given), and how often the
        customer buys it.
        """
        code = self._users.code(user)
        return self._select([self._due(code, today)], asked) if code != UNKNOWN else []

    def discover(self, user: Id | None, asked: Asked = Asked()) -> list[Recommendation]:
        """Return what this customer never bought and may like, and because of what; nothing for a stranger."""
        code = self._users.code(user)
        if code == UNKNOWN:
            return []
        tables = self.tables
        items, scores, because = tables.discover_items, tables.discover_scores, tables.discover_because
        found = self._select([_listed(Source.TASTE, items[code], scores[code], because[code])], asked)
        return self._explored(found, code, (), asked)

    def after_purchase(
        self,
        items: Sequence[Id],
        user: Id | None = None,
        asked: Asked = Asked(),
        *,
        days_ago: float = 0.0,
    ) -> list[Recommendation]:
        """Return what goes with `items` bought `days_ago`, without the product types that are not needed yet.

        A type is needed again after the usual interval of the item of it that was bought.
        """
        return self._select(self._after(items, self._users.code(user), days_ago), _without(asked, items))

    def similar(
        self, item: Id, asked: Asked = Asked(per_type=None), *, category: Id | None = None, user: Id | None = None
    ) -> list[Recommendation]:
        """Return what may stand in for `item`; what a known customer buys anyway of its product type is lifted.

        `category` helps with an item that is newer than the tables.
        """
        return self._select(self._beside(item, category, self._users.code(user)), _without(asked, (item,)))

    def together(self, item: Id, asked: Asked = Asked(), *, fallback: bool = True) -> list[Recommendation]:
        """Return what is bought with `item`; without `fallback` only what shoppers really combined."""
        return self._select(self._with(item, fallback), _without(asked, (item,)))

    def cart(self, items: Sequence[Id], user: Id | None = None, asked: Asked = Asked()) -> list[Recommendation]:
        """Return what completes a cart, with the habits of a known customer; never an item of the cart."""
        return self._select(self._completing(items, self._users.code(user)), _without(asked, items))

    def popular(self, asked: Asked = Asked(), *, category: Id | None = None) -> list[Recommendation]:
        """Return the best sellers, those of `category` first."""
        return self._select(self._best_sellers(self._categories.code(category)), asked)

    def _home(self, user: int, recent: Sequence[Id]) -> Iterator[Candidates]:
        if user != UNKNOWN:
            yield _listed(
                Source.TASTE,
                self.tables.home_items[user],
                self.tables.home_scores[user],
                self.tables.home_because[user],
            )
            yield self._habits(user)
        seen = self._codes(recent)
        if len(seen):
            yield self._summed(seen, sales_share=STRANGER_SALES)
        yield from self._best_sellers(UNKNOWN)

    def _explored(
        self, found: list[Recommendation], user: int, recent: Sequence[Id], asked: Asked
    ) -> list[Recommendation]:
        """Give the last place to a new item, if chance says so and one suits who is asking."""
        if not asked.unit or not found or chance(asked.unit, "explore") >= asked.explore:
            return found
        habits = self._habits(user) if user != UNKNOWN else None
        seen = self._codes(recent)
        owned, weights = (habits.items, habits.scores) if habits else (seen, np.ones(len(seen), np.float32))
        codes, scores = suitable(self.tables, owned, weights)
        names = self.tables.item_ids[codes].tolist()
        shown = {one.item for one in found}.union(asked.exclude)
        allowed = names if asked.keep is None else asked.keep(names)
        fit = np.array([name in allowed and name not in shown for name in names], bool)
        if not fit.any():
            return found
        place, share = drawn(scores[fit], asked.unit)
        code = int(codes[fit][place])
        tried = Recommendation(
            self._items.id(code), float(scores[fit][place]), Source.EXPLORED, propensity=asked.explore * share
        )
        return [*(found[:-1] if len(found) >= asked.k else found), tried]

    def _beside(self, item: Id, category: Id | None, user: int) -> Iterator[Candidates]:
        code = self._items.code(item)
        label = self._categories.code(category)
        if code != UNKNOWN:
            items, scores = self.tables.similar_items[code], self.tables.similar_scores[code]
            if user != UNKNOWN:
                items, scores = self._favoured(code, items, scores, user)
            yield _listed(Source.SIMILAR, items, scores, np.full(len(items), code, np.int32))
            label = label if label != UNKNOWN else int(self.tables.item_category[code])
        yield from self._best_sellers(label)

    def _favoured(self, code: int, items: Codes, scores: Floats, user: int) -> tuple[Codes, Floats]:
        """Lift what the customer buys again of the type of an item; what is not listed begins below the list."""
        kind = int(self.tables.item_type[code])
        span = slice(int(self.tables.own_starts[user]), int(self.tables.own_starts[user + 1]))
        mine = self.tables.own_items[span]
        alike = np.flatnonzero((self.tables.item_type[mine] == kind) & (mine != code)) if kind >= 0 else mine[:0]
        if not len(alike):
            return items, scores
        listed = items >= 0
        items, scores = items[listed], scores[listed]
        mine, lift = mine[alike], FAVOURITE_SHARE * np.sqrt(self.tables.own_chance[span][alike])
        same = mine[:, None] == items
        scores = scores + (same * lift[:, None]).sum(axis=0, dtype=np.float32)
        further = ~same.any(axis=1)
        lowest = self.tables.similar_scores[code][len(items) - 1] if len(items) else np.float32(0)
        items, scores = np.concatenate((items, mine[further])), np.concatenate((scores, lowest + lift[further]))
        order = np.argsort(-scores, kind="stable")
        return items[order].astype(np.int32), scores[order].astype(np.float32)

    def _with(self, item: Id, fallback: bool) -> Iterator[Candidates]:
        code = self._items.code(item)
        if code != UNKNOWN:
            because = np.full(self.tables.together_items.shape[1], code, np.int32)
            items, scores = self.tables.together_items[code], self.tables.together_scores[code]
            yield _listed(Source.TOGETHER, items, scores, because)
        if fallback:
            yield from self._best_sellers(UNKNOWN)

    def _completing(self, items: Sequence[Id], user: int) -> Iterator[Candidates]:
        cart = self._codes(items)
        if len(cart):
            yield self._summed(cart, user)
        elif user != UNKNOWN:
            yield self._habits(user)
        yield from self._best_sellers(UNKNOWN)

    def _summed(self, cart: Codes, user: int = UNKNOWN, sales_share: float = 0.0) -> Candidates:
        return reranked(shortlist(self.tables, cart, user, self._sales), self._trees, sales_share)

    def _after(self, items: Sequence[Id], user: int, days_ago: float) -> Iterator[Candidates]:
        codes = self._codes(items)
        supplied = codes[self.tables.item_every[codes] > days_ago]
        blocked = np.unique(self.tables.item_type[supplied])
        blocked = blocked[blocked >= 0]
        for stage in self._completing(items, user):
            there = ~np.isin(self.tables.item_type[stage.items], blocked)
            because = None if stage.because is None else stage.because[there]
            yield Candidates(stage.source, stage.items[there], stage.scores[there], because)

    def _due(self, user: int, today: datetime | None) -> Candidates:
        span = slice(int(self.tables.own_starts[user]), int(self.tables.own_starts[user + 1]))
        day = float(self.tables.as_of_day[0]) if today is None else today.astimezone(UTC).timestamp() / DAY
        chance = self.tables.own_chance[span]
        order = np.argsort(-chance, kind="stable")
        due, every = self.tables.own_due[span][order] - day, self.tables.own_every[span][order]
        return Candidates(Source.HABIT, self.tables.own_items[span][order], chance[order], due=due, every=every)

    def _habits(self, user: int) -> Candidates:
        span = slice(int(self.tables.own_starts[user]), int(self.tables.own_starts[user + 1]))
        return Candidates(Source.HABIT, self.tables.own_items[span], self.tables.own_scores[span])

    def _best_sellers(self, category: int) -> Iterator[Candidates]:
        if category != UNKNOWN:
            starts = self.tables.category_starts
            listed = self.tables.category_items[starts[category] : starts[category + 1]]
            yield Candidates(Source.CATEGORY, listed, self.tables.popularity[listed])
        yield Candidates(Source.POPULAR, self.tables.popular, self.tables.popularity[self.tables.popular])

    def _codes(self, items: Sequence[Id]) -> Codes:
        """Return the known ones of the latest items, each once."""
        return cart_codes(self._items, items)

    def _select(self, stages: Iterator[Candidates] | list[Candidates], asked: Asked) -> list[Recommendation]:
        return select(
            stages,
            k=asked.k,
            ids=self.tables.item_ids,
            types=self.tables.item_type,
            exclude=asked.exclude,
            keep=asked.keep,
            per_type=asked.per_type,
        )


def _listed(source: Source, items: Codes, scores: np.ndarray, because: Codes) -> Candidates:
    """One row of a padded table without its padding."""
    there = int((items >= 0).sum())
    return Candidates(source, items[:there], scores[:there], because[:there])


def _without(asked: Asked, items: Sequence[Id]) -> Asked:
    return replace(asked, exclude={*asked.exclude, *items})
