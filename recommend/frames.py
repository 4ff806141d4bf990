"""Histories, goods, questions and answers as Parquet files, for use without a shop.

A file may also be a directory of part files, as Spark writes them. Ids are opaque: whole numbers of any width or
text (plain, large, or dictionary-encoded), one kind per column; answers give them back in the type they came in.
Whatever else a column holds is refused with a sentence that names the file and the column (`BadInput`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from recommend.arrow import BadInput, Column, is_number, read, write
from recommend.blending import Recommendation
from recommend.columns import Id, IdMap
from recommend.interactions import Interactions, Items

INTERACTIONS = ("user_id", "item_id", "basket_id", "timestamp", "quantity")
ITEMS = ("item_id", "product_type", "category")
PRICE = "price"
NOTHING = "none"
"""The source of an empty answer."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """The purchases of a file, and the Arrow type in which it writes item ids."""

    interactions: Interactions
    item_type: str


@dataclass(frozen=True, slots=True, eq=False)
class Questions:
    """The requests of a file, in its order: `users` holds None for nobody known, `items` what is in the hand."""

    ids: Any
    users: list[Id | None]
    items: list[list[Id]]

    def __len__(self) -> int:
        return len(self.users)


def read_history(path: Path) -> History:
    """Read purchase lines; only `user_id` may be null. Times are UTC: aware ones are turned, naive ones taken as such.

    Lines whose quantity is not above zero are left out, as `Interactions.of` does.
    """
    table = read(path, INTERACTIONS)
    user, item, basket = (Column(path, name, table) for name in INTERACTIONS[:3])
    users, user_codes = user.coded(nullable=True)
    items, item_codes = item.coded()
    baskets, basket_codes = basket.coded()
    interactions = Interactions.coded(
        users=users,
        items=items,
        baskets=len(baskets),
        user=user_codes,
        item=item_codes,
        basket=basket_codes,
        at=Column(path, "timestamp", table).times(),
        quantity=Column(path, "quantity", table).numbers().astype(np.float32),
    )
    return History(interactions, item.type_name)


def write_history(path: Path, history: Interactions) -> None:
    """Write purchase lines as `read_history` reads them: how a shop hands its orders to a cluster or an outsider."""
    users = [None if code < 0 else name for code, name in zip(history.user.tolist(), _named(history), strict=True)]
    write(
        path,
        pa.table(
            {
                "user_id": pa.array(users, None if len(history.users) else pa.int64()),
                "item_id": pa.array(history.items.ids[history.item].tolist()),
                "basket_id": pa.array(history.basket),
                "timestamp": pa.array(history.at.astype("datetime64[us]")),
                "quantity": pa.array(history.quantity),
            }
        ),
    )


def read_items(path: Path) -> Items:
    """Read what is known of the goods; types and categories may be null. A numeric column `price` is used if there.

    Other columns are welcome and ignored. Of an item that is given twice the first row counts.
    """
    table = read(path, ITEMS, also=(PRICE,))
    ids, codes = Column(path, "item_id", table).coded()
    types, type_codes = Column(path, "product_type", table).coded(nullable=True)
    categories, category_codes = Column(path, "category", table).coded(nullable=True)
    first = np.full(len(ids), len(codes), np.int64)
    np.minimum.at(first, codes, np.arange(len(codes)))
    price = np.full(len(codes), np.nan, np.float32)
    if PRICE in table.column_names and is_number(table.schema.field(PRICE).type):
        price = Column(path, PRICE, table).numbers(nullable=True).astype(np.float32)
    return Items(ids, types, categories, type_codes[first], category_codes[first], price[first])


def read_questions(path: Path, needed: Sequence[str]) -> Questions:
    """Read requests: `request_id` of any type, and of `user_id` and `items` those that are `needed` or there."""
    table = read(path, ("request_id", *needed), also=("user_id", "items"))
    nobody: list[Id | None] = [None] * table.num_rows
    users = Column(path, "user_id", table).values() if "user_id" in table.column_names else nobody
    items = Column(path, "items", table).lists() if "items" in table.column_names else [[] for _ in nobody]
    return Questions(table.column("request_id"), users, items)


def check_kinds(path: Path, questions: Questions, users: IdMap, items: IdMap) -> None:
    """Refuse requests whose ids are numbers where the trained ids are text, or the other way round."""
    asked_items: list[Id | None] = [item for cart in questions.items for item in cart]
    for name, asked, known in (("user_id", questions.users, users), ("items", asked_items, items)):
        one = next((value for value in asked if value is not None), None)
        if one is not None and len(known) and isinstance(one, str) != (known.ids.dtype.kind == "U"):
            here, there = ("text", "whole numbers") if isinstance(one, str) else ("whole numbers", "text")
            raise BadInput(f"{path}: {name} holds {here}, but the artefact was trained with {there}")


def write_answers(
    path: Path, questions: Questions, answers: Sequence[Sequence[Recommendation]], item_type: str
) -> None:
    """Write one row per request, in order: request_id, items, scores, source, sources.

    `source` is that of the best item (NOTHING for an empty answer), `sources` that of every item. Scores never
    rise along a list: see `descending`. The file appears whole or not at all.
    """
    kind = pa.type_for_alias(item_type)
    table = pa.table(
        {
            "request_id": questions.ids,
            "items": pa.array([[one.item for one in answer] for answer in answers], pa.list_(kind)),
            "scores": pa.array([descending(answer) for answer in answers], pa.list_(pa.float64())),
            "source": pa.array([answer[0].source.value if answer else NOTHING for answer in answers], pa.string()),
            "sources": pa.array([[one.source.value for one in answer] for answer in answers], pa.list_(pa.string())),
        }
    )
    write(path, table)


def descending(answer: Sequence[Recommendation]) -> list[float]:
    """Return the scores of one answer on one scale.

    Every source has a scale of its own. Where a list goes on with another source, what follows is multiplied so
    that its first score is the last one before it; within a source the ratios stay.
    """
    scores: list[float] = []
    factor = 1.0
    for place, one in enumerate(answer):
        score = one.score * factor
        if place and (one.source is not answer[place - 1].source or score > scores[-1]):
            factor = scores[-1] / one.score if one.score > 0 else 0.0
            score = min(scores[-1], one.score * factor)
        scores.append(score)
    return scores


def _named(history: Interactions) -> list[Id]:
    """Return a name for every line; that of nobody means nothing."""
    return history.users.ids[history.user].tolist() if len(history.users) else [0] * len(history)
