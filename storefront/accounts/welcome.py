"""What happens when somebody comes in as a customer: a new session, and their guest cart comes along."""

from __future__ import annotations

from storefront.accounts import queries
from storefront.accounts.sessions import sign_in
from storefront.kernel.errors import NotFound


def welcome(customer_id: int) -> list[str]:
    """Begin the session; return what the shopper should be told about their cart."""
    customer = queries.find_customer(customer_id)
    if customer is None:
        raise NotFound
    sign_in(customer)
    return []
