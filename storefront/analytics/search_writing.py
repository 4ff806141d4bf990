"""How searches and what was opened from them become rows: each is looked at beside what was recorded before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, insert, or_, select, update

from storefront.analytics.events import ResultClicked, ResultOpened, ResultsShown, SearchMade, SuggestionChosen
from storefront.analytics.models import ClickRow, SearchRow, ShownRow, SuggestionRow
from storefront.analytics.noted import Noted, insert_once
from storefront.analytics.rules import CLICKABLE, SAME_SEARCH, Earlier, place, words_of

MOST_EARLIER = 20
_ROOT = case((SearchRow.continues.is_not(None), SearchRow.continues), else_=SearchRow.id)
_NOTHING_YET = {"clicks": 0, "ranks": 0, "adds": 0, "revenue_minor": 0}
_NEW_SEARCH, _NEW_SHOWN = insert(SearchRow), insert(ShownRow)
_EARLIER = select(_ROOT.label("root"), SearchRow.words, SearchRow.at)
_OF_VISITOR = (
    _EARLIER.where(SearchRow.visitor == bindparam("visitor"), SearchRow.at >= bindparam("since"))
    .order_by(SearchRow.at.desc())
    .limit(MOST_EARLIER)
)
_OF_PAGE = _EARLIER.where(SearchRow.id == bindparam("within"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a product was shown: the search that counts, and the rank."""

    root: str
    rank: int


def write_search(connection: Connection, noted: Noted, event: SearchMade) -> None:
    """Store a page of answers, beside the search that it continues or follows."""
    words = words_of(event.text)
    continues, follows = place(words, noted.at, _earlier(connection, noted, event.within))
    values = {
        "id": event.search,
        "at": noted.at,
        "day": noted.day,
        "visitor": noted.visitor,
        "continues": continues,
        "follows": follows,
        "text": event.text,
        "words": words,
        "language": event.language,
        "total": event.total,
        "corrected": event.corrected,
        "relaxed": event.relaxed,
        "sort": event.sort,
        "page": event.page,
        "filters": [list(pair) for pair in event.filters],
        "category_id": event.category_id,
        "generation": event.generation,
    }
    connection.execute(_NEW_SEARCH, {**values, **_NOTHING_YET})


def _earlier(connection: Connection, noted: Noted, within: str) -> list[Earlier]:
    """Return what this visitor searched just now; for one without a number, the page that was left."""
    if noted.visitor:
        rows = connection.execute(_OF_VISITOR, {"visitor": noted.visitor, "since": noted.at - SAME_SEARCH})
    elif within:
        rows = connection.execute(_OF_PAGE, {"within": within})
    else:
        return []
    return [Earlier(row.root, row.words, row.at) for row in rows]


def write_shown(connection: Connection, noted: Noted, event: ResultsShown) -> None:
    """Store what a page of answers showed."""
    values = {"first_rank": event.first_rank, "product_ids": list(event.product_ids), "day": noted.day}
    connection.execute(_NEW_SHOWN, {"search_id": event.search, **values})


def write_click(connection: Connection, noted: Noted, event: ResultClicked) -> None:
    """Count a result that was opened, as our script says."""
    found = find_in_list(connection, event.search, event.product_id, noted.at)
    if found:
        _count_click(connection, noted, found, event.product_id)


def write_opened(connection: Connection, noted: Noted, event: ResultOpened) -> None:
    """Count a result that was opened, as the referrer says."""
    found = find_by_words(connection, noted, event.text, event.product_id)
    if found:
        _count_click(connection, noted, found, event.product_id)


def write_suggestion(connection: Connection, noted: Noted, event: SuggestionChosen) -> None:
    """Store a suggestion that was chosen."""
    values = {"kind": event.kind, "position": event.position, "typed": words_of(event.typed)}
    connection.execute(insert(SuggestionRow).values(at=noted.at, day=noted.day, visitor=noted.visitor, **values))


def find_in_list(connection: Connection, search_id: str, product_id: int, at: datetime) -> Place | None:
    """Return where a search showed a product: on the page that is named, else on another page of the same search."""
    page = connection.execute(
        select(_ROOT.label("root")).where(SearchRow.id == search_id, SearchRow.at >= at - CLICKABLE)
    ).one_or_none()
    if page is None:
        return None
    rows = connection.execute(
        _SHOWN.where(or_(SearchRow.id == page.root, SearchRow.continues == page.root)).order_by(SearchRow.at.desc())
    ).all()
    return _first_with(product_id, sorted(rows, key=lambda row: row.id != search_id))


def find_by_words(connection: Connection, noted: Noted, text: str, product_id: int) -> Place | None:
    """Return where this visitor's latest search for these words showed a product."""
    if not noted.visitor or not text:
        return None
    rows = connection.execute(
        _SHOWN.where(
            SearchRow.visitor == noted.visitor,
            SearchRow.words == words_of(text),
            SearchRow.at >= noted.at - CLICKABLE,
        )
        .order_by(SearchRow.at.desc())
        .limit(MOST_EARLIER)
    ).all()
    return _first_with(product_id, rows)


def _first_with(product_id: int, rows: Sequence[Any]) -> Place | None:
    for row in rows:
        if product_id in row.product_ids:
            return Place(row.root, row.first_rank + row.product_ids.index(product_id))
    return None


def _count_click(connection: Connection, noted: Noted, found: Place, product_id: int) -> None:
    values = {"product_id": product_id, "rank": found.rank, "visitor": noted.visitor, "at": noted.at}
    if insert_once(connection, ClickRow, {"search_id": found.root, **values}):
        change_search(connection, found.root, clicks=SearchRow.clicks + 1, ranks=SearchRow.ranks + found.rank)


def change_search(connection: Connection, search_id: str, **values: Any) -> None:
    """Change the sums of a search."""
    connection.execute(update(SearchRow).where(SearchRow.id == search_id).values(**values))


_SHOWN = select(SearchRow.id, _ROOT.label("root"), ShownRow.first_rank, ShownRow.product_ids, SearchRow.at).join(
    ShownRow, ShownRow.search_id == SearchRow.id
)
