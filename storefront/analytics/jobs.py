"""What carts and orders tell of, and by the clock: what is old goes."""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import has_request_context

from storefront.analytics import greeting, here, services
from storefront.analytics.events import (
    AddedToCart,
    Event,
    GoodsBought,
    PurchaseRestored,
    PurchaseShrunk,
    PurchaseUndone,
    Sold,
)
from storefront.analytics.recording import is_counted, record, record_for
from storefront.analytics.rules import SETTLED, cost_of
from storefront.cart.events import GoodsAdded
from storefront.catalog import queries as catalog
from storefront.database.transaction import after_commit
from storefront.jobs.queue import periodic
from storefront.kernel.clock import now
from storefront.orders import history
from storefront.orders import queries as orders
from storefront.orders.events import OrderCancelled, OrderChanged, OrderPaid, OrderPlaced
from storefront.orders.states import Channel
from storefront.returns import reckoning
from storefront.returns.events import ReturnMoved
from storefront.returns.states import ReturnState
from storefront.shop.queries import get_settings
from storefront.web.visitor import find_visitor, remember_visitor

log = logging.getLogger(__name__)

LONGEST_KEPT = 36_500
"""In days; there is no date so long ago that more would make a difference."""
SHELVES_KEPT = 90
"""In days: there are many more shelves than searches. Then, or before if the merchant keeps less, only sums stay."""

VISITS_KEPT = 15
"""In days: so long it is known at what time of the day a browser came; then only sums stay."""


def note_added(fact: GoodsAdded) -> None:
    """Tell what was put into a cart, if its shopper has searched or comes from a shelf."""
    if not has_request_context() or not is_counted():
        return
    request = here.shelf_left()
    if request:
        remember_visitor()
    search, text, shelf = here.search_left(), here.text_left(), here.shelf_page_left()
    if search or request or find_visitor():
        _tell(AddedToCart(fact.product_id, fact.quantity, search, text, request, shelf))


def note_bought(fact: OrderPlaced) -> None:
    """Tell what was bought: by product, after discounts, gifts left out, and what all of it had cost the merchant."""
    if not has_request_context() or not is_counted():
        return
    order = orders.get_whole(fact.order_id)
    if order.channel == Channel.PHONE:  # it was not the browser at hand that bought
        return
    lines = order.lines
    pieces, revenue = defaultdict[int, int](int), defaultdict[int, int](int)
    for line in lines:
        if line.product_id is not None and not line.is_gift:
            pieces[line.product_id] += line.quantity
            revenue[line.product_id] += line.quantity * line.unit_price_minor - line.discount_minor
    sold = tuple(Sold(number, pieces[number], revenue[number]) for number in sorted(pieces))
    costs = catalog.unit_costs(line.variant_id for line in lines if line.variant_id)
    cost = cost_of([(costs.get(line.variant_id or 0), line.quantity) for line in lines])
    _tell(GoodsBought(fact.number, sold, cost))
    after_commit(greeting.note_order)


def note_cancelled(fact: OrderCancelled) -> None:
    """Tell that an order no longer counts."""
    _tell_for_sure(PurchaseUndone(fact.number))


def note_paid(fact: OrderPaid) -> None:
    """Tell that an order counts again after it had been cancelled."""
    if fact.reopened:
        _tell_for_sure(PurchaseRestored(fact.number))


def note_changed(fact: OrderChanged) -> None:
    """Tell what is left of an order that was changed: what became less counts for less; what came on top was led to by
    nobody but staff."""
    kept = defaultdict[int, list[int]](lambda: [0, 0])
    for line in orders.get_whole(fact.order_id).lines:
        if line.product_id is not None and not line.is_gift:
            kept[line.product_id][0] += line.quantity
            kept[line.product_id][1] += line.quantity * line.unit_price_minor - line.discount_minor
    known = {line["product_id"] for line in history.get_change(fact.order_id, fact.change).before["lines"]}
    left = {number: tuple(kept.get(number, (0, 0))) for number in known if number is not None}
    _tell_for_sure(PurchaseShrunk(fact.number, tuple(Sold(number, *left[number]) for number in sorted(left))))


def note_returned(fact: ReturnMoved) -> None:
    """Tell what is left of an order whose goods came back and were paid back; what was exchanged is still sold."""
    if fact.state == ReturnState.REFUNDED:
        number, kept = reckoning.list_kept(fact.return_id)
        left = tuple(Sold(one.product_id, one.quantity, one.revenue_minor) for one in kept)
        _tell_for_sure(PurchaseShrunk(number, left))


@periodic(hour="4", minute="10")
def forget_old_events() -> int:
    """Remove what is older than the merchant keeps it, and return how many searches went."""
    settings = get_settings()
    today = now().astimezone(ZoneInfo(settings.timezone)).date()
    gone = services.forget_before(today - timedelta(days=min(settings.analytics_keep_days, LONGEST_KEPT)))
    services.sum_up_shelves_before(today - SETTLED)
    services.sum_up_visits_before(today - timedelta(days=VISITS_KEPT), today=today)
    shelves = services.forget_shelves_before(today - timedelta(days=min(settings.analytics_keep_days, SHELVES_KEPT)))
    log.info("%d answered shelves were old: they are summed up and gone", shelves)
    log.info("%d recorded searches were old and are gone", gone)
    return gone


def _tell(event: Event) -> None:
    """Record what a shopper did, which is true only once the open transaction has committed."""
    after_commit(lambda: record(event))


def _tell_for_sure(event: Event) -> None:
    """Record what became of an order, whoever sees to it: staff, the clock or a payment provider."""
    after_commit(lambda: record_for("", event))
