"""How events become rows: each is looked at beside what was recorded before, and counted once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, case, insert, or_, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite

from storefront.analytics.events import (
    AddedToCart,
    Event,
    GoodsBought,
    PurchaseRestored,
    PurchaseUndone,
    ResultClicked,
    ResultOpened,
    ResultsShown,
    SearchMade,
    Sold,
    SuggestionChosen,
)
from storefront.analytics.models import AdditionRow, ClickRow, OrderRow, PurchaseRow, SearchRow, ShownRow, SuggestionRow
from storefront.analytics.rules import CLICKABLE, CREDITED, SAME_SEARCH, Earlier, place, words_of

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
class Noted:
    """An event, with whose it is and when it was; `day` is the day of the shop."""

    event: Event
    visitor: str | None
    at: datetime
    day: date


@dataclass(frozen=True, slots=True)
class Place:
    """Where a product was shown: the search that counts, and the rank."""

    root: str
    rank: int


def write(batch: Sequence[Noted], connection: Connection) -> None:
    """Store events in the order in which they happened."""
    for noted in batch:
        _WRITERS[type(noted.event)](connection, noted, noted.event)


def _search(connection: Connection, noted: Noted, event: SearchMade) -> None:
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


def _shown(connection: Connection, noted: Noted, event: ResultsShown) -> None:
    values = {"first_rank": event.first_rank, "product_ids": list(event.product_ids), "day": noted.day}
    connection.execute(_NEW_SHOWN, {"search_id": event.search, **values})


def _clicked(connection: Connection, noted: Noted, event: ResultClicked) -> None:
    found = _in_list(connection, event.search, event.product_id, noted.at)
    if found:
        _count_click(connection, noted, found, event.product_id)


def _opened(connection: Connection, noted: Noted, event: ResultOpened) -> None:
    found = _by_words(connection, noted, event.text, event.product_id)
    if found:
        _count_click(connection, noted, found, event.product_id)


def _added(connection: Connection, noted: Noted, event: AddedToCart) -> None:
    product_id = event.product_id
    found = _in_list(connection, event.search, product_id, noted.at) if event.search else None
    found = found or _by_words(connection, noted, event.text, product_id)
    root = found.root if found else _credited(connection, noted, product_id, with_additions=False)
    if root is None:
        return
    values = {"product_id": product_id, "quantity": event.quantity, "visitor": noted.visitor, "at": noted.at}
    connection.execute(insert(AdditionRow).values(search_id=root, **values))
    _change(connection, root, adds=SearchRow.adds + 1)


def _bought(connection: Connection, noted: Noted, event: GoodsBought) -> None:
    """Store an order, and credit what led to its goods; an order that is told of again changes nothing."""
    if not _insert_once(connection, OrderRow, _order(event, noted)):
        return
    for sold in event.sold:
        root = _credited(connection, noted, sold.product_id, with_additions=True)
        if root is not None and _insert_once(connection, PurchaseRow, _purchase(root, event.order_number, sold, noted)):
            _change(connection, root, revenue_minor=SearchRow.revenue_minor + sold.revenue_minor)


def _order(event: GoodsBought, noted: Noted) -> dict[str, Any]:
    return {
        "order_number": event.order_number,
        "visitor": noted.visitor,
        "at": noted.at,
        "day": noted.day,
        "revenue_minor": event.revenue_minor,
        "cost_minor": event.cost_minor,
        "quantity": event.quantity,
        "is_undone": False,
    }


def _purchase(root: str, order_number: str, sold: Sold, noted: Noted) -> dict[str, Any]:
    return {
        "search_id": root,
        "order_number": order_number,
        "product_id": sold.product_id,
        "quantity": sold.quantity,
        "revenue_minor": sold.revenue_minor,
        "is_undone": False,
        "at": noted.at,
    }


def _undone(connection: Connection, noted: Noted, event: PurchaseUndone) -> None:
    _turn(connection, event.order_number, undone=True)


def _restored(connection: Connection, noted: Noted, event: PurchaseRestored) -> None:
    _turn(connection, event.order_number, undone=False)


def _turn(connection: Connection, order_number: str, *, undone: bool) -> None:
    """Take an order's revenue from its searches, or give it back; asked twice, it happens once."""
    connection.execute(update(OrderRow).where(OrderRow.order_number == order_number).values(is_undone=undone))
    turned = connection.execute(
        update(PurchaseRow)
        .where(PurchaseRow.order_number == order_number, PurchaseRow.is_undone.is_(not undone))
        .values(is_undone=undone)
        .returning(PurchaseRow.search_id, PurchaseRow.revenue_minor)
    ).all()
    for root, revenue in sorted(turned):
        change = -revenue if undone else revenue
        _change(connection, root, revenue_minor=SearchRow.revenue_minor + change)


def _suggestion(connection: Connection, noted: Noted, event: SuggestionChosen) -> None:
    values = {"kind": event.kind, "position": event.position, "typed": words_of(event.typed)}
    connection.execute(insert(SuggestionRow).values(at=noted.at, day=noted.day, visitor=noted.visitor, **values))


def _count_click(connection: Connection, noted: Noted, found: Place, product_id: int) -> None:
    values = {"product_id": product_id, "rank": found.rank, "visitor": noted.visitor, "at": noted.at}
    if _insert_once(connection, ClickRow, {"search_id": found.root, **values}):
        _change(connection, found.root, clicks=SearchRow.clicks + 1, ranks=SearchRow.ranks + found.rank)


def _in_list(connection: Connection, search_id: str, product_id: int, at: datetime) -> Place | None:
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


def _by_words(connection: Connection, noted: Noted, text: str, product_id: int) -> Place | None:
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


def _credited(connection: Connection, noted: Noted, product_id: int, *, with_additions: bool) -> str | None:
    """Return the search by which this visitor came to a product last, within the days that count."""
    if not noted.visitor:
        return None
    tables = (ClickRow, AdditionRow) if with_additions else (ClickRow,)
    touches = union_all(
        *(
            select(table.search_id, table.at).where(
                table.visitor == noted.visitor, table.product_id == product_id, table.at >= noted.at - CREDITED
            )
            for table in tables
        )
    ).subquery()
    return connection.scalar(select(touches.c.search_id).order_by(touches.c.at.desc()).limit(1))


def _insert_once(connection: Connection, model: Any, values: Mapping[str, Any]) -> bool:
    """Insert a row unless there is one like it already, and say whether it is new."""
    table: Table = model.__table__
    make: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = make(table).values(**values).on_conflict_do_nothing().returning(table.c.id)
    return connection.execute(statement).one_or_none() is not None


def _change(connection: Connection, search_id: str, **values: Any) -> None:
    connection.execute(update(SearchRow).where(SearchRow.id == search_id).values(**values))


_SHOWN = select(SearchRow.id, _ROOT.label("root"), ShownRow.first_rank, ShownRow.product_ids, SearchRow.at).join(
    ShownRow, ShownRow.search_id == SearchRow.id
)
_WRITERS: Mapping[type[Event], Callable[[Connection, Noted, Any], None]] = {
    SearchMade: _search,
    ResultsShown: _shown,
    ResultClicked: _clicked,
    ResultOpened: _opened,
    AddedToCart: _added,
    GoodsBought: _bought,
    PurchaseUndone: _undone,
    PurchaseRestored: _restored,
    SuggestionChosen: _suggestion,
}
