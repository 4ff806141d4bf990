"""What is rated for a search: its first results as a guest sees them, with the ratings they have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storefront.catalog.card_lists import cards_by_ids
from storefront.catalog.cards import Card
from storefront.discovery import judging
from storefront.discovery.models import JudgedQuery
from storefront.discovery.searching import find_searcher, or_else
from storefront.kernel.errors import Invalid
from storefront.kernel.text import is_id

PREFIX = "rating-"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One result; `rating` is None until somebody rates it."""

    card: Card
    rating: int | None


@dataclass(frozen=True, slots=True)
class Candidates:
    """The results to be rated; while no index answers there are none, and `is_searchable` says so."""

    items: tuple[Candidate, ...]
    is_searchable: bool

    @property
    def rated(self) -> int:
        return sum(item.rating is not None for item in self.items)


def _none(row: JudgedQuery, at: datetime) -> Candidates:
    return Candidates((), is_searchable=False)


@or_else(_none)
def candidates_of(row: JudgedQuery, at: datetime) -> Candidates:
    """Return what is rated for a query that is on the list."""
    searcher = find_searcher()
    if searcher is None:
        return _none(row, at)
    ratings = judging.ratings_of(row.id)
    cards = cards_by_ids(judging.shown_ids(searcher, row.query, row.language, at), row.language)
    return Candidates(tuple(Candidate(card, ratings.get(card.product_id)) for card in cards), is_searchable=True)


def typed_ratings(args: Mapping[str, str]) -> dict[int, int]:
    """Return ratings by product id; raises Invalid for what is none."""
    found: dict[int, int] = {}
    for name, text in args.items():
        number = name.removeprefix(PREFIX)
        if name.startswith(PREFIX) and is_id(number):
            if not (text.isascii() and text.isdecimal() and len(text) == 1):
                raise Invalid
            found[int(number)] = int(text)
    return found
