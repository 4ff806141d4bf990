"""Before and after, line by line, and what that means for the money: shown first, then confirmed exactly so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storefront.accounts.rules import PostalAddress
from storefront.amending import gathering
from storefront.amending.errors import (
    CannotChange,
    InParcel,
    MoneyHeld,
    MoneyMoves,
    NothingChanges,
    PartlyRefunded,
)
from storefront.amending.gathering import Reckoned
from storefront.amending.rules import Settling, Sums, Wish, digest, may_change
from storefront.approvals.queries import find_waiting_about
from storefront.fulfilment import queries as parcels
from storefront.inventory import queries as stock
from storefront.inventory.changing import held_by
from storefront.inventory.errors import OutOfStock, Shortage
from storefront.inventory.rules import zone_of
from storefront.kernel.errors import ShopError
from storefront.kernel.money import Money
from storefront.orders.draft import Buyer, Draft, Goods, Parcel
from storefront.orders.history import Pair, pairs_of
from storefront.orders.models import Order
from storefront.orders.receipt import Receipt, receipt_of
from storefront.orders.rewriting import imagined
from storefront.orders.states import PaymentStatus
from storefront.payments import queries as payments
from storefront.payments.providers import find_provider
from storefront.payments.services import pay_before
from storefront.pricing.snapshot import PriceSource
from storefront.shipping.queries import Offer
from storefront.web.locale import localized


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change as it is shown; without a `draft` only the address is another one, and no amount moves."""

    wish: Wish
    before: Receipt
    after: Receipt
    sums: Sums
    seen: str
    draft: Draft | None = None
    reckoned: Reckoned | None = None

    @property
    def lines(self) -> Sequence[Pair]:
        """What was and what will be."""
        return pairs_of(self.before, self.after)

    @property
    def settling(self) -> Settling:
        return self.sums.settling

    @property
    def due(self) -> Money:
        return Money(self.sums.due, self.before.total.currency)

    @property
    def back(self) -> Money:
        return Money(self.sums.back, self.before.total.currency)


def check_may_change(order: Order) -> None:
    """Refuse what keeps an order as it is, whatever is wanted of it."""
    if not may_change(order):
        raise CannotChange
    packed = parcels.list_parcels(order.id)
    if packed:
        raise InParcel(parcel=packed[0].number)


def check_money(order: Order) -> None:
    """Refuse to change the amounts of an order whose money is not at rest."""
    if order.authorized_minor:
        raise MoneyHeld
    under_way = sum(payment.refunding_minor for payment in payments.list_payments(order.id))
    if under_way or find_waiting_about("refund", order.number) is not None:
        raise MoneyMoves
    status = PaymentStatus(order.payment_status)
    gone = {PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED, PaymentStatus.CHARGED_BACK}
    if status in gone or order.lost_minor:
        raise PartlyRefunded


def find_hindrance(order: Order) -> CannotChange | None:
    """Return what keeps the amounts of an order as they are, whatever is wanted of them, or None."""
    try:
        check_money(order)
        gathering.agreed_of(order)
    except CannotChange as refusal:
        return refusal
    return None


def propose(order: Order, wish: Wish, *, at: datetime) -> Proposal:
    """Return what a change would make of an order that was read whole, or refuse with what is in its way."""
    check_may_change(order)
    before = receipt_of(order)
    if not moves_amounts(order, wish):
        if wish.address.as_fields() == dict(order.shipping_address or {}):
            raise NothingChanges
        seen = _seen(order, wish, order.quote_hash)
        return Proposal(wish, before, before, _sums(order, order.total_minor), seen)
    reckoned = gathering.reckon(order, wish, at=at)
    draft = _draft(order, wish, reckoned, at)
    if draft.quote.total.minor != order.total_minor:
        check_money(order)
    _check_stock(order, draft)
    after = receipt_of(imagined(draft, order))
    seen = _seen(order, wish, draft.quote.hash)
    return Proposal(wish, before, after, _sums(order, draft.quote.total.minor), seen, draft, reckoned)


def offers_of(order: Order, wish: Wish | None, *, at: datetime) -> Sequence[Offer]:
    """Return the ways to deliver an order as it is wanted, as far as that is known; none where nobody can say."""
    try:
        return gathering.reckon(order, wish or _as_it_is(order), at=at).quotation.offers
    except ShopError:
        return ()


def _as_it_is(order: Order) -> Wish:
    quantities = {line.id: line.quantity for line in gathering.bought(order)}
    return Wish(PostalAddress.from_fields(order.shipping_address), order.shipping_method_code, quantities)


def moves_amounts(order: Order, wish: Wish) -> bool:
    """Say whether anything of a wish can move an amount: goods, the way of delivery, or another place."""
    if gathering.changes_goods(order, wish) or wish.method != order.shipping_method_code:
        return True
    was, now = order.shipping_address or {}, wish.address.as_fields()
    return any(str(was.get(name, "")) != now[name] for name in ("country", "region", "city"))


def goes_elsewhere(order: Order, wish: Wish) -> bool:
    """Say whether another zone's warehouses may have to send it."""
    was = order.shipping_address or {}
    before = zone_of(str(was.get("country", "")), str(was.get("region", "")))
    return before != zone_of(wish.address.country, wish.address.region)


def is_reserved(order: Order) -> bool:
    """Say whether an order's goods are only reserved until it is paid."""
    waits = order.payment_status in {PaymentStatus.UNPAID, PaymentStatus.PARTIALLY_PAID}
    return waits and order.pay_before is not None


def _sums(order: Order, after: int) -> Sums:
    return Sums(
        kept=order.paid_minor - order.refunded_minor - order.lost_minor,
        before=order.total_minor,
        after=after,
        was_paid=order.paid_at is not None,
        at_the_door=order.pay_before is None and order.balance_since is None,
    )


def _seen(order: Order, wish: Wish, quote: str) -> str:
    """Everything that must still be so when it is confirmed."""
    money = (order.paid_minor, order.refunded_minor, order.lost_minor, order.authorized_minor, order.payment_status)
    asked = (wish.address.as_fields(), wish.method, sorted(wish.quantities.items()), sorted(wish.added.items()))
    return digest(order.number, order.version, order.status, money, asked, wish.at_todays_prices, quote)


def _draft(order: Order, wish: Wish, reckoned: Reckoned, at: datetime) -> Draft:
    cart, offer = reckoned.cart, reckoned.offer
    same_way = offer.code == order.shipping_method_code and not goes_elsewhere(order, wish)
    days = offer.arrives(at)
    spent = cart.result.points
    return Draft(
        idempotency_key=order.idempotency_key,
        buyer=Buyer(order.email, order.phone, order.locale, order.customer_id),
        quote=cart.quote,
        goods=_goods(order, reckoned),
        parcel=Parcel(
            address=wish.address,
            method_code=offer.code,
            method_name=localized(offer.name, offer.translations, locale=order.locale),
            expected_from=order.expected_from if same_way else days.earliest,
            expected_to=order.expected_to if same_way else days.latest,
        ),
        payment_provider=order.payment_provider,
        pay_before=_pay_before(order, at) if is_reserved(order) else order.pay_before,
        note=order.note,
        points_spent=spent.points if spent else 0,
        promotion_keys=cart.promotion_keys,
    )


def _pay_before(order: Order, at: datetime) -> datetime | None:
    """Give an order that waits for its payment its time anew."""
    provider = find_provider(order.payment_provider)
    fresh = pay_before(provider, at) if provider is not None else None
    return max(order.pay_before, fresh) if order.pay_before is not None and fresh is not None else order.pay_before


def _goods(order: Order, reckoned: Reckoned) -> dict[str, Goods]:
    """Return what each line is made of: what was sold keeps its name of that day."""
    sold = {line.line_key or line.sku: line for line in order.lines}
    today = {line.sku: line for line in reckoned.cart.contents.lines}
    found: dict[str, Goods] = {}
    for quoted in reckoned.cart.quote.lines:
        was = sold.get(quoted.line_id)
        if was is not None and was.variant_id is not None and was.product_id is not None:
            names = was.name, was.variant_name, was.picture
            found[quoted.line_id] = Goods(was.variant_id, was.product_id, *names, is_returnable=was.is_returnable)
            continue
        is_gift = quoted.price_source is PriceSource.GIFT
        thing = reckoned.cart.gift_goods[quoted.sku] if is_gift else today[quoted.sku]
        names = thing.name, thing.variant_name, thing.picture
        found[quoted.line_id] = Goods(thing.variant_id, thing.product_id, *names, is_returnable=thing.is_returnable)
    return found


def _check_stock(order: Order, draft: Draft) -> None:
    """Refuse what there is not enough of, beyond what the order holds; taking it asks once more."""
    wanted: dict[int, int] = {}
    names: dict[int, str] = {}
    for line in draft.quote.lines:
        goods = draft.goods[line.line_id]
        wanted[goods.variant_id] = wanted.get(goods.variant_id, 0) + line.quantity
        names[goods.variant_id] = goods.full_name
    held: dict[int, int] = {}
    for pick in held_by(order.number):
        held[pick.variant_id] = held.get(pick.variant_id, 0) + pick.quantity
    more = {id_: units - held.get(id_, 0) for id_, units in wanted.items() if units > held.get(id_, 0)}
    free = stock.available(more)
    short = [
        Shortage(id_, names[id_], wanted[id_], held.get(id_, 0) + free[id_])
        for id_, units in sorted(more.items())
        if units > free[id_]
    ]
    if short:
        raise OutOfStock(short)
