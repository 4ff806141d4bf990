"""From rows to what a preview is made of, and the preview itself: one path for whoever asks, decides or pays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from storefront.kernel.money import Money, split_minor
from storefront.loyalty import queries as loyalty
from storefront.loyalty.rules import share_due
from storefront.orders import queries as orders
from storefront.orders.models import Order, OrderAdjustment, OrderLine
from storefront.orders.states import AdjustmentKind
from storefront.returns import queries, reckoning
from storefront.returns.models import Return
from storefront.returns.preview import Basis, Preview, Share, SoldLine, Wanted, preview
from storefront.returns.repricing import reprice
from storefront.returns.rules import AskedLine
from storefront.returns.states import SHOPS_FAULT, Policy, Remedy, ReturnKind, ReturnReason
from storefront.shop.queries import get_settings

_NOT_OFF = (AdjustmentKind.EXCHANGE, AdjustmentKind.TAX)
"""What paid for goods in another way, or is no reduction."""


@dataclass(frozen=True, slots=True)
class Points:
    """What a return does to points: so many used ones come back, so many earned ones go."""

    back: int = 0
    gone: int = 0


def basis_of(order: Order, *, policy: Policy, but: int = 0) -> Basis:
    """Return an order as its refunds depend on it, with every request whose goods are back, without one of them."""
    settings, done = get_settings(), queries.list_done(order.id, but=but)
    lines = queries.list_lines(each.id for each in done)
    back = [(row.order_line_id, int(row.accepted or 0), row.return_id) for rows in lines.values() for row in rows]
    returned = _sums((line_id, units) for line_id, units, _ in back)
    before = _sums((line_id, units) for line_id, units, return_id in back if return_id < but) if but else returned
    kept: dict[int, int] = {}
    for each in done:
        for line_id, units in (each.kept_gifts or {}).items():
            kept[int(line_id)] = kept.get(int(line_id), 0) + int(units)
    delivery = (AdjustmentKind.SHIPPING, AdjustmentKind.SHIPPING_DISCOUNT)
    paid = sum(row.amount_minor for row in order.adjustments if row.kind in delivery)
    if order.tax_added_minor:
        paid += sum(tax.tax_minor for tax in order.taxes if tax.order_line_id is None)
    reasons = [ReturnReason(row.reason) for rows in lines.values() for row in rows if row.accepted]
    return Basis(
        lines=tuple(_sold(line, order, (returned, before), kept) for line in order.lines),
        policy=policy,
        freight=max(0, paid - sum(each.freight_minor for each in done)),
        goods_refunded=sum(each.goods_minor for each in done),
        codes=tuple(dict.fromkeys(row.code for row in order.adjustments if row.code)),
        refund_freight=settings.refund_freight,
        fault_before=all(reason in SHOPS_FAULT for reason in reasons),
        fee_percent=settings.restocking_fee_percent,
        replaced_before=any(each.remedy == Remedy.REPLACE for each in done),
    )


def preview_of(order: Order, kind: ReturnKind, lines: Iterable[AskedLine], *, policy: Policy, but: int = 0) -> Preview:
    """Return what these lines of an order come to; those with nothing accepted are not among them."""
    asked = tuple(lines)
    number, origin = queries.get_by_id(but).number if but else "", queries.find_origin(order.number)
    left = reckoning.may_go_back(origin.root_order_id if origin else order.id, number)
    basis = replace(basis_of(order, policy=policy, but=but), left=left.minor)
    units = {line.line_id: line.quantity for line in asked}
    wanted = Wanted(
        units=units,
        fault=frozenset(line.line_id for line in asked if line.reason in SHOPS_FAULT),
        with_fee=kind is ReturnKind.RETURN,
    )
    gone = {line.line_id: line.returned + units.get(line.line_id, 0) for line in basis.lines}
    has_gifts = any(line.is_gift for line in basis.lines)
    asks = policy is Policy.RE_PRICE or (has_gifts and policy is not Policy.KEEP)
    return preview(basis, wanted, reprice(order, gone) if asks else None)


def points_of(order: Order, value: int, *, root: Order | None = None) -> Points:
    """Return what giving back goods that had cost `value` does to the points of a sale."""
    root = root or order
    if root.customer_id is None:
        return Points()
    whole = basis_of(orders.get_whole(root.id), policy=Policy.SHARE).value
    part = Money(reckoning.value_refunded(root.id) + value, root.currency)
    did = loyalty.points_of_order(root.number)
    of = Money(whole, root.currency)
    if not whole:
        return Points()
    return Points(
        back=share_due(did.redeemed, part=part, whole=of, done=did.returned),
        gone=share_due(did.earned, part=part, whole=of, done=did.reversed),
    )


def _sums(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for key, units in pairs:
        sums[key] = sums.get(key, 0) + units
    return sums


def _sold(
    line: OrderLine, order: Order, back: tuple[Mapping[int, int], Mapping[int, int]], kept: Mapping[int, int]
) -> SoldLine:
    """Return a line as it was sold; `back` are the units that came back, and those of them that came first."""
    mine = [row for row in order.adjustments if row.order_line_id == line.id and row.kind not in _NOT_OFF]
    return SoldLine(
        line_id=line.id,
        quantity=line.quantity,
        unit_price=line.unit_price_minor,
        shares=tuple(Share(row.label, _units(row, line.quantity), row.kind == AdjustmentKind.POINTS) for row in mine),
        is_gift=line.is_gift,
        returned=back[0].get(line.id, 0),
        before=back[1].get(line.id, 0),
        kept=kept.get(line.id, 0),
        name=line.name,
        gift_of=next((row.promotion_key for row in mine if row.promotion_key), "") if line.is_gift else "",
        taxes=_added_taxes(line, order) if order.tax_added_minor else (),
    )


def _added_taxes(line: OrderLine, order: Order) -> tuple[int, ...]:
    """Return what each unit was taxed beyond its price."""
    sums = [0] * line.quantity
    for tax in order.taxes:
        if tax.order_line_id == line.id:
            for unit, part in enumerate(_shares(tax.units, tax.tax_minor, line.quantity)):
                sums[unit] += part
    return tuple(sums)


def _units(row: OrderAdjustment, quantity: int) -> tuple[int, ...]:
    """Return what each unit bears of a reduction; where the order does not say, they are alike."""
    return _shares(row.units, -row.amount_minor, quantity)


def _shares(units: object, amount: int, quantity: int) -> tuple[int, ...]:
    if isinstance(units, list) and len(units) == quantity:
        return tuple(int(str(unit)) for unit in units)
    return tuple(split_minor(amount, [1] * quantity))


def as_asked(found: Return) -> list[AskedLine]:
    """Return a request's lines with what counts of them: what was accepted, and before that what was asked."""
    rows = queries.lines_of(found.id)
    counted = [(row, row.quantity if row.accepted is None else row.accepted) for row in rows]
    return [
        AskedLine(row.order_line_id, int(units), ReturnReason(row.reason), row.wanted_variant_id)
        for row, units in counted
        if units
    ]
