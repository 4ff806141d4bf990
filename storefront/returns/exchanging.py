"""What goes out in place of what comes back, piece by piece, and what it costs more or less."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from storefront.orders.following_up import FollowLine
from storefront.orders.models import Order
from storefront.returns import queries
from storefront.returns.errors import NoReplacement, NoSuchExchange
from storefront.returns.gathering import basis_of
from storefront.returns.rules import Asked, AskedLine, Claimable, exchange_price
from storefront.returns.states import Policy, ReturnKind


@dataclass(frozen=True, slots=True)
class Plan:
    """The lines of the order that goes out: what is `due` for it, or goes `back`."""

    lines: tuple[FollowLine, ...]
    back: int

    @property
    def due(self) -> int:
        """What the shopper pays, in minor units."""
        return sum(line.due for line in self.lines)


def check_exchange(asked: Asked, lines: Iterable[Claimable]) -> None:
    """Refuse an exchange for anything but a variant of the same product; the same one too, where it is faulty."""
    if asked.kind is not ReturnKind.EXCHANGE:
        return
    known = {line.line_id: line for line in lines}
    siblings = queries.siblings_of(line.variant_id for line in known.values() if line.variant_id is not None)
    for line in asked.lines:
        own = known[line.line_id]
        allowed = {row.id for row in siblings.get(own.variant_id or 0, ())} | {own.variant_id}
        if line.wanted_variant_id is None or line.wanted_variant_id not in allowed:
            raise NoSuchExchange(field=f"variant-{line.line_id}", name=own.name)


def plan_of(order: Order, kind: ReturnKind, lines: Iterable[AskedLine], *, but: int = 0) -> Plan:
    """Return what replaces these pieces: each is worth what it had cost, and differs by today's prices.

    Refuses with NoReplacement for what has left the catalogue.
    """
    asked = tuple(lines)
    sold = {line.line_id: line for line in basis_of(order, policy=Policy.SHARE, but=but).lines}
    stored = {line.id: line for line in order.lines}
    wanted = {line.line_id: line.wanted_variant_id or stored[line.line_id].variant_id for line in asked}
    ids = {*wanted.values(), *(stored[line.line_id].variant_id for line in asked)} - {None}
    today = queries.prices_of(id_ for id_ in ids if id_ is not None)
    found, back = [], 0
    for line in asked:
        own, variant = stored[line.line_id], today.get(wanted[line.line_id] or 0)
        if variant is None:
            raise NoReplacement(name=own.name)
        given = today.get(own.variant_id or 0)
        before = given.price_minor if given else own.unit_price_minor
        after = variant.price_minor if kind is ReturnKind.EXCHANGE else before
        pieces: Counter[tuple[int, int, int]] = Counter()
        each = sold[line.line_id]
        costs, values = each.slice_of(each.costs, line.quantity), each.slice_of(each.values, line.quantity)
        for cost, value in zip(costs, values, strict=True):
            price = exchange_price(value, wanted=after, given=before)
            points = min(value - cost, price)
            credit = min(cost, price - points)
            back += cost - credit
            pieces[price, points, credit] += 1
        for (price, points, credit), count in sorted(pieces.items(), reverse=True):
            found.append(
                FollowLine(
                    variant_id=variant.id,
                    product_id=variant.product_id,
                    sku=variant.sku,
                    name=own.name,
                    variant_name=variant.name,
                    picture=variant.picture or own.picture,
                    quantity=count,
                    unit_price=price,
                    points=points,
                    credit=credit,
                    is_returnable=own.is_returnable,
                )
            )
    return Plan(tuple(found), back)
