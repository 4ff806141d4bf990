"""What a request would come to, and has come to, in words of money: the same for shopper and staff."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from storefront.kernel.money import Money
from storefront.orders import queries as orders
from storefront.orders.models import Order
from storefront.orders.states import FulfillmentStatus
from storefront.returns import queries
from storefront.returns.errors import NoReplacement
from storefront.returns.exchanging import Plan, plan_of
from storefront.returns.gathering import Points, as_asked, points_of, preview_of
from storefront.returns.models import Return
from storefront.returns.preview import Preview
from storefront.returns.rules import AskedLine, Claimable
from storefront.returns.showing import Payer, payer_of
from storefront.returns.states import OPEN, Policy, Remedy, ReturnKind, ReturnReason
from storefront.shop.queries import get_settings


@dataclass(frozen=True, slots=True)
class Offer:
    """A preview with its points, what would go out instead, and who pays the postage."""

    preview: Preview
    remedy: Remedy
    points: Points
    payer: Payer
    currency: str
    plan: Plan | None = None
    is_ahead: bool = True
    """Whether it is yet to come; what has ended is told as it was stored."""
    gone: str = ""
    """What cannot be replaced, since it is no longer sold."""

    def money(self, minor: int) -> Money:
        """Return an amount of it as money."""
        return Money(minor, self.currency)

    @property
    def total(self) -> Money:
        """What goes back: for a replacement the difference to a cheaper one."""
        if self.remedy is Remedy.REPLACE:
            return self.money(self.plan.back if self.plan else 0)
        return self.money(self.preview.total)

    @property
    def due(self) -> Money:
        """What a dearer replacement costs on top."""
        return self.money(self.plan.due if self.plan else 0)


@dataclass(frozen=True, slots=True)
class OrderReturns:
    """What an order's page says of returns."""

    found: Sequence[Return]
    may_ask: bool
    until: datetime | None
    """When the last window closes."""
    origin: Return | None
    origin_number: str

    @property
    def under_way(self) -> Return | None:
        """The request that nobody has ended yet."""
        return next((each for each in self.found if each.state in OPEN), None)

    def __bool__(self) -> bool:
        return bool(self.found or self.may_ask or self.origin)


NOTHING = OrderReturns((), False, None, None, "")


def offer_for(order: Order, kind: ReturnKind, remedy: Remedy, lines: Iterable[AskedLine]) -> Offer:
    """Return what these lines of an order, read whole, would come to if they were asked for now."""
    return _offer(order, kind, remedy, tuple(lines), policy=Policy(get_settings().refund_policy))


def offer_of(found: Return, order: Order) -> Offer:
    """Return what a request comes to by what counts of it now; its order is whole."""
    kind, remedy = ReturnKind(found.kind), Remedy(found.remedy)
    if found.state not in OPEN:
        return _stored(found, order, kind, remedy)
    return _offer(order, kind, remedy, tuple(as_asked(found)), policy=Policy(found.policy), but=found.id)


def suggested_refund(found: Return, order: Order) -> Money:
    """Return what the rules suggest to pay back for a request, also where goods were to go out instead."""
    if found.remedy == Remedy.REFUND:
        return Money(found.suggested_minor, order.currency)
    kind, policy = ReturnKind(found.kind), Policy(found.policy)
    return Money(preview_of(order, kind, as_asked(found), policy=policy, but=found.id).total, order.currency)


def returns_of(order: Order, at: datetime) -> OrderReturns:
    """Return what an order's page says of returns; one of which nothing has left says nothing."""
    if order.fulfillment_status == FulfillmentStatus.UNFULFILLED and order.quote_hash:
        return NOTHING
    found, origin = queries.list_returns(order.id), queries.find_origin(order.number)
    days, lines = get_settings().after_sale_days, queries.list_claimable(order.id)
    open_ones = [line for line in lines if _is_open(line, days, at)]
    ends = [until for line in open_ones if (until := line.until(days))]
    before = orders.get_whole(origin.order_id).number if origin else ""
    is_busy = any(each.state in OPEN for each in found)
    return OrderReturns(found, bool(open_ones) and not is_busy, max(ends, default=None), origin, before)


def _stored(found: Return, order: Order, kind: ReturnKind, remedy: Remedy) -> Offer:
    """Return what a request came to when it ended."""
    rows = queries.lines_of(found.id)
    stored = Preview(
        amounts={row.order_line_id: row.amount_minor for row in rows},
        goods=found.goods_minor,
        freight=found.freight_minor,
        fee=found.fee_minor,
        gift=found.gift_minor,
        before=found.before_minor,
        policy=Policy(found.policy),
    )
    payer = payer_of(kind, [ReturnReason(row.reason) for row in rows])
    return Offer(stored, remedy, Points(), payer, order.currency, is_ahead=False)


def _is_open(line: Claimable, days: int, at: datetime) -> bool:
    return any(line.is_open(kind, days=days, at=at) for kind in ReturnKind)


def _offer(
    order: Order, kind: ReturnKind, remedy: Remedy, lines: tuple[AskedLine, ...], *, policy: Policy, but: int = 0
) -> Offer:
    comes, plan, gone = preview_of(order, kind, lines, policy=policy, but=but), None, ""
    root = order
    if remedy is Remedy.REPLACE:
        try:
            plan = plan_of(order, kind, lines, but=but)
        except NoReplacement as refusal:
            gone = str(refusal.facts["name"])
        points = Points()
    else:
        origin = queries.find_origin(order.number)
        root = orders.get_whole(origin.root_order_id) if origin else order
        points = points_of(order, comes.value, root=root)
    payer = payer_of(kind, [line.reason for line in lines])
    return Offer(comes, remedy, points, payer, order.currency, plan, gone=gone)
