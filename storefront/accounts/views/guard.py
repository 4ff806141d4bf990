"""Pages of a customer's own: for who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from flask import request

from storefront.accounts.sessions import current_customer
from storefront.web.addresses import own_path
from storefront.web.fragments import redirect_to

View = Callable[..., Any]


def customers_only(view: View) -> View:
    """Send strangers to the sign-in page, and back here afterwards."""

    @wraps(view)
    def guarded(**values: Any) -> Any:
        customer = current_customer()
        if customer is None:
            back = own_path() if request.method == "GET" else "/account"
            return redirect_to(f"/sign-in?{urlencode({'next': back})}")
        return view(customer, **values)

    return guarded
