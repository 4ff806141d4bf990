"""Money that goes back for a return counts against what one person sends back alone, as any refund does."""

from __future__ import annotations

from storefront.approvals.errors import NeedsApproval
from storefront.approvals.kinds import Seen, Wanted
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.orders.models import Order
from storefront.payments import limits
from storefront.returns import queries
from storefront.returns.models import Return


def refuse_alone(kind: str, *, found: Return, order: Order, amount: Money, to: Money, by: str) -> None:
    """Raise NeedsApproval where one person may not send `amount` back for a return, which makes it `to` in all."""
    family = queries.list_family(found.root_order_id)
    if not limits.goes_too_far(orders=family, amount=amount, by=by):
        return
    payload = {"return": found.number, "minor": to.minor, "currency": to.currency, "state": found.state}
    seen = (Seen(N_("Return"), found.number), *limits.seen_of(order, amount))
    raise NeedsApproval(Wanted(kind, ("return", found.number), payload, seen, amount))
