"""What an order does for its customer: points that it earns, and the tier that it leads to."""

from __future__ import annotations

from datetime import datetime, timedelta

from storefront.accounts import queries as accounts
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.loyalty import queries as loyalty
from storefront.loyalty import services as points
from storefront.loyalty import standings
from storefront.loyalty.rules import points_for
from storefront.loyalty.tiers import Spending, rate_of
from storefront.orders import queries
from storefront.orders.events import BalancePaid, OrderCancelled, OrderDelivered, OrderPaid
from storefront.orders.models import Order
from storefront.orders.spending import spending_of
from storefront.shop.queries import get_settings


def reward(fact: OrderPaid) -> None:
    """Let a paid order earn its points at the rate of the tier it was bought in; then see which tier it leads to."""
    order = queries.get_whole(fact.order_id)
    if order.customer_id is None:
        return
    at, earned = order.paid_at or now(), earned_by(order)
    if earned:
        points.earn(
            customer_id=order.customer_id,
            order_number=order.number,
            points=earned,
            available_at=order.delivered_at and _window_end(order.delivered_at),
            at=at,
        )
    evaluate_tier(order.customer_id, at)


def earned_by(order: Order) -> int:
    """Return what an order earns its customer at the rate of their tier; it was read whole."""
    customer = accounts.find_customer(order.customer_id) if order.customer_id is not None else None
    rate = rate_of(customer.tier if customer else "", loyalty.list_tiers())
    return points_for(paid_for_goods(order), per_unit=get_settings().points_per_unit, basis_points=rate)


def earn_anew(order: Order) -> int:
    """Return what a changed order has earned: nothing before it is paid, and nothing where its customer is gone."""
    return earned_by(order) if order.paid_at is not None else 0


def look_again(fact: BalancePaid) -> None:
    """See which tier the rest of a changed order leads to."""
    order = queries.get_whole(fact.order_id)
    if order.customer_id is not None:
        evaluate_tier(order.customer_id, now())


def start_window(fact: OrderDelivered) -> None:
    """Let the after-sale window begin, after which the order's points can be spent."""
    order = queries.get_whole(fact.order_id)
    if order.customer_id is not None and order.delivered_at is not None:
        points.start_waiting(order_number=order.number, available_at=_window_end(order.delivered_at))


def reconsider(fact: OrderCancelled) -> None:
    """See which tier remains without an order."""
    order = queries.get_whole(fact.order_id)
    if order.customer_id is not None:
        evaluate_tier(order.customer_id, order.cancelled_at or now())


def evaluate_tier(customer_id: int, at: datetime) -> str:
    """Let a customer stand where the spending of the last `tier_days` leads; return the tier's key."""

    def spending() -> Spending:
        return spending_of(customer_id, since=at - timedelta(days=get_settings().tier_days), until=at)

    return standings.place_in_tier(customer_id=customer_id, spending=spending, at=at)


def paid_for_goods(order: Order) -> Money:
    """Return what was paid for goods: not delivery, and not what discounts or points paid. The lines are loaded."""
    paid = sum(line.unit_price_minor * line.quantity - line.discount_minor for line in order.lines)
    return Money(paid, order.currency)


def _window_end(delivered_at: datetime) -> datetime:
    return delivered_at + timedelta(days=get_settings().after_sale_days)
