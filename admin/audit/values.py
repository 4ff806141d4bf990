"""What the fields of a change are called, and what their values mean to whoever reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from admin.orders.tables import REASONS, STATUS
from admin.payments.tables import REFUNDS
from storefront.approvals import refused
from storefront.fulfilment.words import STATES as PARCELS
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.returns.words import KINDS, STATES
from storefront.support.states import STATES as TICKETS
from storefront.web.filters import money, shop_currency
from storefront.web.locale import term

FIELDS: Mapping[str, str] = {
    "state": N_("State"),
    "status": N_("Order state"),
    "kind": N_("Kind"),
    "order": N_("Order"),
    "suggested": N_("Suggested by the rules"),
    "paid back": N_("Paid back"),
    "refund": N_("Refund"),
    "amount": N_("Amount"),
    "total": N_("Total"),
    "reason": N_("Reason"),
    "answer": N_("Answer"),
    "request": N_("Request for approval"),
    "asked_by": N_("Asked by"),
    "assigned_to": N_("Seen to by"),
    "delivery": N_("Delivery"),
    "address": N_("Address"),
    "goods": N_("Products"),
    "e-mail": N_("E-mail"),
    "note": N_("Note"),
    "letter": N_("Letter"),
    "label": N_("Tracking number"),
}
_WORDS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("return", "state"): STATES,
    ("return", "kind"): KINDS,
    ("parcel", "state"): PARCELS,
    ("ticket", "state"): TICKETS,
    ("order", "status"): STATUS,
    ("order", "reason"): REASONS,
    ("order", "refund"): REFUNDS,
}
"""Words for what is one of few values; a parcel's state may go on with its label."""
_OF_PRICES = frozenset({"prices.change", "price_list.prices"})
_ENDS = (" price", "_minor")
_MINOR = frozenset({("return.refund", "suggested"), ("return.refund", "paid back")})
_DECIMAL = frozenset(
    {("order.refund", "refund"), ("order.transfer", "amount"), ("order.create", "total"), ("order.change", "total")}
)
_STAFF, _ID = "staff:", "assigned_to"
_LONGEST = 200


def is_price(action: str, field: str) -> bool:
    """Say whether whole numbers in `field` of a change are amounts in minor units of the shop's currency."""
    return action in _OF_PRICES or field.endswith(_ENDS) or (action, field) in _MINOR


def field_words(field: str) -> str:
    """Return what a field of a change is called."""
    return str(_(FIELDS[field])) if field in FIELDS else term(field)


def shown(entry: Any, field: str, value: object, people: Mapping[str, str]) -> str:
    """Return a value of a change: amounts as money, states in words, people (names by actor) by name."""
    if isinstance(value, int) and not isinstance(value, bool) and is_price(entry.action, field):
        return money(value)
    if field == _ID or str(value).startswith(_STAFF):
        actor = f"{_STAFF}{str(value).removeprefix(_STAFF)}"
        return people.get(actor, str(value))
    if (entry.action, field) in _DECIMAL:
        return _amount(str(value))
    if (entry.action, field) == ("approval.refuse", "answer"):
        return refused.words_of(str(value))
    words, (first, space, rest) = _WORDS.get((entry.object_kind, field), {}), str(value).partition(" ")
    if first in words:
        return f"{_(words[first])}{space}{rest}"
    return _shortened(str(value))


def named_in(entry: Any) -> Iterator[str]:
    """Return the members of staff ("staff:3") whom a change names; what is no change names nobody."""
    for field, values in getattr(entry, "changes", {}).items():
        for value in values:
            if field == _ID and value is not None:
                yield f"{_STAFF}{value}"
            elif str(value).startswith(_STAFF):
                yield str(value)


def _amount(decimal: str) -> str:
    try:
        return money(Money.parse(decimal, shop_currency()))
    except ValueError:
        return decimal


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()}…"
