"""What the fields of checkout hold before anything is typed: what this cart's checkout or the customer is known by."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import request

from storefront.accounts.identity import CurrentCustomer
from storefront.accounts.queries import BookedAddress
from storefront.checkout.models import CheckoutSession
from storefront.shipping.context import current_destination


def remembered(session: CheckoutSession | None, customer: CurrentCustomer | None) -> dict[str, Any]:
    """Return the fields that are not the address."""
    email = customer.email if customer else ""
    if session is None:
        return {"email": email, "token": secrets.token_urlsafe(24), "keep_address": True}
    return {
        "email": session.email or email,
        "shipping_method": session.shipping_method_code,
        "payment_provider": session.payment_provider,
        "note": session.note,
        "token": session.token,
        "keep_address": True,
    }


def remembered_address(
    session: CheckoutSession | None, book: tuple[BookedAddress, ...], customer: CurrentCustomer | None
) -> Mapping[str, str]:
    """Return the address: the one chosen from the book, the one typed before, or the first of the book."""
    asked = request.args.get("address", type=int)
    chosen = next((entry for entry in book if entry.id == asked), None)
    if chosen is None and session is not None and session.address.get("street"):
        return dict(session.address)
    if chosen is None and book:
        chosen = book[0]
    if chosen is not None:
        return chosen.address.as_fields()
    known = {"name": customer.name, "phone": customer.phone} if customer else {}
    known |= asdict(current_destination())
    return {**known, **{key: value for key, value in (session.address if session else {}).items() if value}}
