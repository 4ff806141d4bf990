"""A draft as rows: the snapshot that no later edit changes."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from storefront.flash.services import Take
from storefront.orders.draft import Draft
from storefront.orders.models import Order, OrderAdjustment, OrderLine, OrderTax
from storefront.orders.rules import unit_shares
from storefront.orders.states import AdjustmentKind, Channel, FulfillmentStatus, OrderStatus, PaymentStatus
from storefront.pricing.allocation import DELIVERY, Allocation
from storefront.pricing.quote import Adjustment, Quote, QuoteLine
from storefront.pricing.quote import AdjustmentKind as QuoteKind
from storefront.pricing.snapshot import PriceSource
from storefront.pricing.taxes.rules import Taxed, share_taxes
from storefront.pricing.taxes.words import label_words, rate_words
from storefront.promotions.services import Use
from storefront.promotions.words import name_of


def order_row(draft: Draft, number: str, at: datetime) -> Order:
    """Return the order itself, without its lines."""
    quote, buyer, parcel = draft.quote, draft.buyer, draft.parcel
    return Order(
        number=number,
        access_token=secrets.token_urlsafe(24),
        idempotency_key=draft.idempotency_key,
        customer_id=buyer.customer_id,
        email=buyer.email,
        phone=buyer.phone,
        locale=buyer.locale,
        status=OrderStatus.OPEN,
        payment_status=PaymentStatus.UNPAID,
        fulfillment_status=FulfillmentStatus.UNFULFILLED,
        currency=quote.currency,
        goods_minor=quote.goods.minor,
        discount_minor=quote.saved.minor,
        shipping_minor=quote.delivery.minor,
        tax_minor=quote.tax.minor,
        tax_added_minor=quote.added_tax.minor,
        total_minor=quote.total.minor,
        paid_minor=0,
        authorized_minor=0,
        refunded_minor=0,
        lost_minor=0,
        shipping_address=parcel.address.as_fields(),
        shipping_method_code=parcel.method_code,
        shipping_method_name=parcel.method_name,
        expected_from=parcel.expected_from,
        expected_to=parcel.expected_to,
        payment_provider=draft.payment_provider,
        quote_hash=quote.hash,
        trace=_trace(draft),
        points_spent=draft.points_spent,
        note=draft.note,
        channel=Channel.PHONE if draft.taken_by else Channel.WEB,
        taken_by=draft.taken_by,
        placed_at=at,
        pay_before=draft.pay_before,
        adjustments=[],
        events=[],
        taxes=[],
    )


def line_rows(draft: Draft) -> list[OrderLine]:
    """Return one row per line of the quote, in its order."""
    taxes = _taxes(draft.quote)
    return [
        OrderLine(
            position=position,
            variant_id=draft.goods[line.line_id].variant_id,
            product_id=draft.goods[line.line_id].product_id,
            sku=line.sku,
            line_key=line.line_id,
            price_source=line.price_source.value,
            base_price_minor=line.base_price.minor if line.base_price != line.unit_price else None,
            is_gift=line.price_source is PriceSource.GIFT,
            name=draft.goods[line.line_id].name,
            variant_name=draft.goods[line.line_id].variant_name,
            picture=draft.goods[line.line_id].picture,
            is_returnable=draft.goods[line.line_id].is_returnable,
            quantity=line.quantity,
            unit_price_minor=line.unit_price.minor,
            discount_minor=line.discount.minor,
            tax_minor=taxes[line.line_id].tax.minor if line.line_id in taxes else 0,
        )
        for position, line in enumerate(draft.quote.lines)
    ]


def adjustment_rows(draft: Draft, order: Order) -> list[OrderAdjustment]:
    """Return every reason beside the goods; the order's lines have their ids."""
    ids = {quoted.line_id: line for quoted, line in zip(draft.quote.lines, order.lines, strict=True)}
    rows: list[OrderAdjustment] = []
    for adjustment in draft.quote.adjustments:
        if adjustment.kind is QuoteKind.DELIVERY:
            kind, label = AdjustmentKind.SHIPPING, draft.parcel.method_name
            rows.append(OrderAdjustment(kind=kind, label=label, amount_minor=adjustment.amount.minor))
            continue
        if adjustment.kind is QuoteKind.TAX:
            words = label_words(adjustment.label)[:255]
            rows.append(OrderAdjustment(kind=AdjustmentKind.TAX, label=words, amount_minor=adjustment.amount.minor))
            continue
        for line_id, allocations in _by_line(adjustment.allocations).items():
            row = _reduction(adjustment, draft, allocations)
            if line_id == DELIVERY:
                row.kind = AdjustmentKind.SHIPPING_DISCOUNT
            else:
                row.order_line_id = ids[line_id].id
                row.units = list(unit_shares(allocations, ids[line_id].quantity))
            rows.append(row)
    return rows


def tax_rows(draft: Draft, order: Order) -> list[OrderTax]:
    """Return what each tax asks of each line and of the delivery; the order's lines have their ids."""
    ids = {quoted.line_id: line.id for quoted, line in zip(draft.quote.lines, order.lines, strict=True)}
    quoted = {line.line_id: line for line in draft.quote.lines}
    rows: list[OrderTax] = []
    for line_id, taxed in _taxes(draft.quote).items():
        units = _units_of(taxed, quoted[line_id], draft.quote) if line_id in quoted else []
        for place, share in enumerate(taxed.shares):
            rows.append(
                OrderTax(
                    order_line_id=ids.get(line_id),
                    country=share.rate.country,
                    region=share.rate.region,
                    name=share.rate.name,
                    label=rate_words(share.rate)[:255],
                    millionths=share.rate.millionths,
                    net_minor=taxed.net.minor,
                    tax_minor=share.amount.minor,
                    units=_unlike(units[place]) if units else None,
                )
            )
    return rows


def promotion_uses(draft: Draft) -> list[Use]:
    """Return what the order takes of promotions that can run out."""
    return [
        Use(promotion_id=adjustment.source_id, code=adjustment.code, amount=-adjustment.amount)
        for adjustment in draft.quote.reductions
        if adjustment.source_id
    ]


def flash_takes(draft: Draft) -> list[Take]:
    """Return what the order takes of flash sales."""
    return [
        Take(item_id=draft.goods[line.line_id].flash_item_id, pieces=line.quantity, name=draft.goods[line.line_id].name)
        for line in draft.quote.lines
        if line.price_source is PriceSource.FLASH
    ]


_KINDS = {
    QuoteKind.PROMOTION: AdjustmentKind.PROMOTION,
    QuoteKind.COUPON: AdjustmentKind.COUPON,
    QuoteKind.POINTS: AdjustmentKind.POINTS,
}


def _taxes(quote: Quote) -> dict[str, Taxed]:
    return {taxed.line_id: taxed for taxed in quote.taxes.lines} if quote.taxes else {}


def _units_of(taxed: Taxed, line: QuoteLine, quote: Quote) -> list[list[int]]:
    """Return what each unit bears of each tax: in proportion to what reductions leave of its price."""
    costs = [line.unit_price.minor] * line.quantity
    for adjustment in quote.reductions:
        mine = [allocation for allocation in adjustment.allocations if allocation.line_id == line.line_id]
        if mine:
            costs = [cost - share for cost, share in zip(costs, unit_shares(mine, line.quantity), strict=True)]
    return share_taxes([share.amount.minor for share in taxed.shares], costs)


def _unlike(units: list[int]) -> list[object] | None:
    return None if len(set(units)) == 1 else list(units)


def _reduction(adjustment: Adjustment, draft: Draft, allocations: Iterable[Allocation]) -> OrderAdjustment:
    return OrderAdjustment(
        kind=_KINDS[adjustment.kind],
        label=name_of(adjustment.label)[:255],
        amount_minor=-sum(allocation.total.minor for allocation in allocations),
        promotion_key=draft.promotion_keys.get(adjustment.source_id, ""),
        code=adjustment.code,
    )


def _by_line(allocations: Iterable[Allocation]) -> dict[str, list[Allocation]]:
    found: dict[str, list[Allocation]] = defaultdict(list)
    for allocation in allocations:
        found[allocation.line_id].append(allocation)
    return found


def _trace(draft: Draft) -> list[object]:
    """Return the trace as data; its lines are those that `OrderLine.line_key` names."""
    return [step.to_data() for step in draft.quote.trace]
