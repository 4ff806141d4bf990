"""What the surfaces are compared with: simple rankings, and models of the library `implicit` as it means them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property

import numpy as np
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, ItemItemRecommender, TFIDFRecommender
from scipy.sparse import csr_matrix

from recommend import Id, Interactions, Items, Tables
from recommend.columns import IdMap, instant
from recommend.matrix import basket_item, user_item
from recommend.models import als
from recommend.popularity import personal_frequency
from recommend.splitting import Case, Split

Ask = Callable[[Case], list[Id]]
K = 10
SIMILAR = (
    "similar",
    "similar, nobody known",
    "similar, goods sold five times",
    "similar, new to the customer",
)
"""The ways to ask what may stand in for an item."""
NEIGHBOURS = 100
ROWS: dict[str, type[ItemItemRecommender]] = {
    "implicit cosine": CosineRecommender,
    "implicit TF-IDF": TFIDFRecommender,
    "implicit BM25": BM25Recommender,
}


class Baselines:
    """Rankings fitted on the known part of a split, for the surfaces of the proof."""

    def __init__(self, split: Split, items: Items, tables: Tables, bought: dict[Id, frozenset[Id]]) -> None:
        self.ids = IdMap(tables.item_ids)
        self.items = items.joined(split.known.items)
        self.history: Interactions = split.known.recoded(self.ids)
        self.moment = instant(split.cut)
        self.sales = tables.popularity.astype(np.float64)
        self.bought = bought

    def of(self, surface: str) -> dict[str, Ask]:
        """Return the baselines of a surface by name."""
        sellers = self._best_sellers(surface)
        match surface:
            case "next basket":
                return {"best sellers": sellers, **self._habits(), "ALS 128 factors": self._als(128, seen=True)}
            case "novel":
                return {"best sellers": sellers, "ALS 64 factors": self._als(64, seen=False)}
            case _ if surface in SIMILAR:
                of_type = self._of_type()
                rankings = {"best sellers of the type": of_type, "implicit TF-IDF of customers": self._alike()}
                if surface == "similar, nobody known":
                    return rankings
                return rankings | {"own habits of the type, then best sellers": self._own_of_type(of_type)}
            case "cart known":
                return {"best sellers": sellers, "own habits": self._habits()["personal frequency"], **self._sums}
            case _:
                return {"best sellers": sellers, **self._sums}

    def _top(self, scores: np.ndarray, without: Collection[Id] = ()) -> list[Id]:
        codes = np.array([self.ids.code(item) for item in without], np.int64)
        scores = scores.astype(np.float64, copy=True)
        scores[codes[codes >= 0]] = -np.inf
        top = np.argpartition(-scores, K)[:K]
        found: list[Id] = self.ids.ids[top[np.lexsort((top, -scores[top]))]].tolist()
        return found

    def _best_sellers(self, surface: str) -> Ask:
        order = np.lexsort((np.arange(len(self.sales)), -self.sales))[:2000]
        names = self.ids.ids[order].tolist()

        def ask(case: Case) -> list[Id]:
            known = self.bought.get(case.user, frozenset()) if surface == "novel" and case.user is not None else ()
            return [name for name in names if name not in known and name not in case.given][:K]

        return ask

    def _habits(self) -> dict[str, Ask]:
        found: dict[str, Ask] = {}
        for name, days in (("personal frequency", 1e9), ("personal recency, half-life 60 d", 60.0)):
            matrix = personal_frequency(self.history, self.moment, days)
            found[name] = self._own(matrix)
        return found

    def _own(self, matrix: csr_matrix) -> Ask:
        def ask(case: Case) -> list[Id]:
            user = self.history.users.code(case.user)
            span = slice(matrix.indptr[user], matrix.indptr[user + 1]) if user >= 0 else slice(0, 0)
            order = np.lexsort((matrix.indices[span], -matrix.data[span]))
            mine = self.ids.ids[matrix.indices[span][order]].tolist()
            return [item for item in mine if item not in case.given][:K]

        return ask

    def _als(self, factors: int, *, seen: bool) -> Ask:
        model = als(user_item(self.history), factors=factors)

        def ask(case: Case) -> list[Id]:
            user = self.history.users.code(case.user)
            known = () if seen or case.user is None else self.bought[case.user]
            return self._top(model.items @ model.users[user], known)

        return ask

    @cached_property
    def _sums(self) -> dict[str, Ask]:
        """Sum the rows of the cart over the library's neighbours of baskets."""
        baskets = basket_item(self.history)
        found = {}
        for name, kind in ROWS.items():
            model = kind(K=NEIGHBOURS, num_threads=1)
            model.fit(baskets, show_progress=False)
            found[name] = self._summed(csr_matrix(model.similarity))
        return found

    def _summed(self, similarity: csr_matrix) -> Ask:
        def ask(case: Case) -> list[Id]:
            codes = np.array([self.ids.code(item) for item in case.given], np.int64)
            rows = similarity[codes[codes >= 0]]
            found, place = np.unique(rows.indices, return_inverse=True)
            total = np.bincount(place, weights=rows.data, minlength=len(found))
            total[np.isin(found, codes)] = 0.0
            order = np.lexsort((found, -total))[:K]
            best: list[Id] = self.ids.ids[found[order[total[order] > 0]]].tolist()
            return best

        return ask

    def _of_type(self) -> Ask:
        types = self.items.product_type

        def ask(case: Case) -> list[Id]:
            same = types == types[self.ids.code(case.given[0])]
            return self._top(np.where(same, self.sales, -1.0), case.given)

        return ask

    def _own_of_type(self, of_type: Ask) -> Ask:
        matrix = personal_frequency(self.history, self.moment, 60.0)
        types = self.items.product_type

        def ask(case: Case) -> list[Id]:
            user, anchor = self.history.users.code(case.user), self.ids.code(case.given[0])
            span = slice(matrix.indptr[user], matrix.indptr[user + 1]) if user >= 0 else slice(0, 0)
            items, often = matrix.indices[span], matrix.data[span]
            alike = (types[items] == types[anchor]) & (items != anchor)
            mine = self.ids.ids[items[alike][np.lexsort((items[alike], -often[alike]))]].tolist()
            return list(dict.fromkeys([*mine, *of_type(case)]))[:K]

        return ask

    def _alike(self) -> Ask:
        model = TFIDFRecommender(K=NEIGHBOURS, num_threads=1)
        model.fit(user_item(self.history), show_progress=False)
        return self._summed(csr_matrix(model.similarity))
