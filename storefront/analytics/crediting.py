"""What is put into the cart and bought, and to what it is credited: a search or a shelf, whichever was touched last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, literal, select, union_all, update

from storefront.analytics.events import AddedToCart, GoodsBought, PurchaseRestored, PurchaseShrunk, PurchaseUndone, Sold
from storefront.analytics.models import (
    AdditionRow,
    ClickRow,
    OrderRow,
    PurchaseRow,
    RecommendationAdditionRow,
    RecommendationClickRow,
    RecommendationPurchaseRow,
    RecommendationRow,
    SearchRow,
    ShelfDayRow,
    SourceDayRow,
)
from storefront.analytics.noted import Noted, insert_once
from storefront.analytics.rules import CREDITED
from storefront.analytics.search_writing import change_search, find_by_words, find_in_list
from storefront.analytics.shelf_writing import change_shelf, find_by_shelf, find_on_shelf

_CLICKS = (
    (ClickRow, ClickRow.search_id, literal("")),
    (RecommendationClickRow, RecommendationClickRow.request_id, RecommendationClickRow.source),
)
_ADDITIONS = (
    (AdditionRow, AdditionRow.search_id, literal("")),
    (RecommendationAdditionRow, RecommendationAdditionRow.request_id, RecommendationAdditionRow.source),
)


@dataclass(frozen=True, slots=True)
class Touch:
    """What led to a product: a search, or an answered shelf and the source that put the product there."""

    id: str
    source: str = ""
    """"" for a search."""

    @property
    def is_shelf(self) -> bool:
        return bool(self.source)


def write_added(connection: Connection, noted: Noted, event: AddedToCart) -> None:
    """Count what was put into the cart for the list or shelf it was put in from, else for the last click."""
    touch = _place_of(connection, noted, event) or _credited(connection, noted, event.product_id, _CLICKS)
    if touch is None:
        return
    values = {"product_id": event.product_id, "quantity": event.quantity, "visitor": noted.visitor, "at": noted.at}
    if touch.is_shelf:
        row = {"request_id": touch.id, "source": touch.source, **values}
        connection.execute(insert(RecommendationAdditionRow).values(row))
        change_shelf(connection, noted, touch.id, adds=RecommendationRow.adds + 1)
    else:
        connection.execute(insert(AdditionRow).values(search_id=touch.id, **values))
        change_search(connection, touch.id, adds=SearchRow.adds + 1)


def write_bought(connection: Connection, noted: Noted, event: GoodsBought) -> None:
    """Store an order, and credit what led to its goods; an order that is told of again changes nothing."""
    if not insert_once(connection, OrderRow, _order(event, noted)):
        return
    for sold in event.sold:
        touch = _credited(connection, noted, sold.product_id, _CLICKS + _ADDITIONS)
        if touch is not None:
            _credit(connection, noted, touch, _purchase(event.order_number, sold, noted))


def write_undone(connection: Connection, noted: Noted, event: PurchaseUndone) -> None:
    """Take the revenue of an order back from what led to it; asked twice, it happens once."""
    _turn(connection, noted, event.order_number, undone=True)


def write_restored(connection: Connection, noted: Noted, event: PurchaseRestored) -> None:
    """Give the revenue of an order again to what led to it; asked twice, it happens once."""
    _turn(connection, noted, event.order_number, undone=False)


def write_shrunk(connection: Connection, noted: Noted, event: PurchaseShrunk) -> None:
    """Take the money of goods that came back from what led to them, on the day of the sale, which goes on counting.

    What is left only becomes less: told of again, or late, nothing happens.
    """
    _shrink_order(connection, event)
    for left in event.left:
        for root, _source, less in _shrunk(connection, PurchaseRow, PurchaseRow.search_id, event.order_number, left):
            change_search(connection, root, revenue_minor=SearchRow.revenue_minor - less)
        key = RecommendationPurchaseRow.request_id
        for request, source, less in _shrunk(connection, RecommendationPurchaseRow, key, event.order_number, left):
            _change_revenue(connection, request, 0, -less)
            _change_sums(connection, request, source, 0, -less)


def _place_of(connection: Connection, noted: Noted, event: AddedToCart) -> Touch | None:
    """Return the shelf or search that was on the page on which something was put into the cart."""
    product_id = event.product_id
    spot = find_on_shelf(connection, noted, event.request, product_id) if event.request else None
    spot = spot or find_by_shelf(connection, noted, event.shelf, product_id)
    if spot:
        return Touch(spot.request, spot.source)
    found = find_in_list(connection, event.search, product_id, noted.at) if event.search else None
    found = found or find_by_words(connection, noted, event.text, product_id)
    return Touch(found.root) if found else None


def _credited(connection: Connection, noted: Noted, product_id: int, tables: tuple[Any, ...]) -> Touch | None:
    """Return what this visitor came to a product by last, within the days that count."""
    if not noted.visitor:
        return None
    touches = union_all(
        *(
            select(key.label("key"), source.label("source"), table.at).where(
                table.visitor == noted.visitor, table.product_id == product_id, table.at >= noted.at - CREDITED
            )
            for table, key, source in tables
        )
    ).subquery()
    order = touches.c.at.desc(), touches.c.source.desc(), touches.c.key
    row = connection.execute(select(touches.c.key, touches.c.source).order_by(*order).limit(1)).one_or_none()
    return Touch(row.key, row.source) if row else None


def _credit(connection: Connection, noted: Noted, touch: Touch, purchase: dict[str, Any]) -> None:
    revenue = purchase["revenue_minor"]
    if touch.is_shelf:
        row = {"request_id": touch.id, "source": touch.source, **purchase}
        if insert_once(connection, RecommendationPurchaseRow, row):
            _change_revenue(connection, touch.id, 1, revenue)
    elif insert_once(connection, PurchaseRow, {"search_id": touch.id, **purchase}):
        change_search(connection, touch.id, revenue_minor=SearchRow.revenue_minor + revenue)


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


def _purchase(order_number: str, sold: Sold, noted: Noted) -> dict[str, Any]:
    return {
        "order_number": order_number,
        "product_id": sold.product_id,
        "quantity": sold.quantity,
        "revenue_minor": sold.revenue_minor,
        "is_undone": False,
        "at": noted.at,
    }


def _turn(connection: Connection, noted: Noted, order_number: str, *, undone: bool) -> None:
    connection.execute(update(OrderRow).where(OrderRow.order_number == order_number).values(is_undone=undone))
    sign = -1 if undone else 1
    for root, _source, revenue in _turned(connection, PurchaseRow, PurchaseRow.search_id, order_number, undone):
        change_search(connection, root, revenue_minor=SearchRow.revenue_minor + sign * revenue)
    key = RecommendationPurchaseRow.request_id
    for request, source, revenue in _turned(connection, RecommendationPurchaseRow, key, order_number, undone):
        _change_revenue(connection, request, sign, sign * revenue)
        _change_sums(connection, request, source, sign, sign * revenue)


def _turned(
    connection: Connection, table: Any, key: Any, order_number: str, undone: bool
) -> list[tuple[str, str, int]]:
    """Turn the purchases of an order that are not so yet, and return (what they are credited to, source, revenue)."""
    source = getattr(table, "source", literal(""))
    rows = connection.execute(
        update(table)
        .where(table.order_number == order_number, table.is_undone.is_(not undone))
        .values(is_undone=undone)
        .returning(key, source, table.revenue_minor)
    )
    return sorted((found, of, revenue) for found, of, revenue in rows)


def _shrink_order(connection: Connection, event: PurchaseShrunk) -> None:
    """Leave an order what is left of it; what its goods had cost goes pro rata to the pieces."""
    pieces, revenue = sum(one.quantity for one in event.left), sum(one.revenue_minor for one in event.left)
    mine = OrderRow.order_number == event.order_number
    row = connection.execute(select(OrderRow.quantity, OrderRow.cost_minor).where(mine).with_for_update()).one_or_none()
    if row is None or pieces >= row.quantity:
        return
    cost = None if row.cost_minor is None else row.cost_minor * pieces // row.quantity
    connection.execute(update(OrderRow).where(mine).values(quantity=pieces, revenue_minor=revenue, cost_minor=cost))


def _shrunk(connection: Connection, table: Any, key: Any, order_number: str, left: Sold) -> list[tuple[str, str, int]]:
    """Leave purchases of a product what is left of it, and return (what they are credited to, source, how much less).

    A cancelled order's purchases have given their revenue back already.
    """
    mine = table.order_number == order_number, table.product_id == left.product_id, table.quantity > left.quantity
    source = getattr(table, "source", literal(""))
    rows = connection.execute(select(table.id, key, source, table.revenue_minor, table.is_undone).where(*mine)).all()
    for row in rows:
        shrunk = {"quantity": left.quantity, "revenue_minor": left.revenue_minor}
        connection.execute(update(table).where(table.id == row.id).values(shrunk))
    return sorted((row[1], row[2], row.revenue_minor - left.revenue_minor) for row in rows if not row.is_undone)


def _change_revenue(connection: Connection, request: str, purchases: int, revenue: int) -> None:
    connection.execute(
        update(RecommendationRow)
        .where(RecommendationRow.id == request)
        .values(
            purchases=RecommendationRow.purchases + purchases, revenue_minor=RecommendationRow.revenue_minor + revenue
        )
    )


def _change_sums(connection: Connection, request: str, source: str, purchases: int, revenue: int) -> None:
    """Change the sums of a shelf's day too, where it was summed up already."""
    row = RecommendationRow
    shelf = connection.execute(
        select(row.day, row.shelf, row.model_version, row.experiment, row.variation).where(row.id == request)
    ).one()
    for table, of in (
        (ShelfDayRow, shelf._asdict()),
        (SourceDayRow, {"day": shelf.day, "shelf": shelf.shelf, "source": source}),
    ):
        sums: Any = table
        connection.execute(
            update(sums)
            .where(*(getattr(sums, name) == value for name, value in of.items()))
            .values(purchases=sums.purchases + purchases, revenue_minor=sums.revenue_minor + revenue)
        )
