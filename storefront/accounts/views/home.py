"""A customer's home, and the list of their orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, redirect, request

from storefront.accounts.identity import CurrentCustomer
from storefront.accounts.views.blueprint import blueprint
from storefront.accounts.views.guard import customers_only
from storefront.kernel.errors import N_
from storefront.kernel.paging import page_number
from storefront.loyalty import queries as loyalty
from storefront.orders import queries as orders
from storefront.orders.stages import Stage, count_by_stage, is_at
from storefront.returns import queries as returns
from storefront.web.fragments import render_page

LONGEST_SEARCH = 80
LATEST = 3
RETURNS = "returns"
WORDS = {
    Stage.TO_PAY: (N_("To pay"), "credit-card"),
    Stage.TO_SEND: (N_("To be sent"), "package"),
    Stage.ON_THE_WAY: (N_("On the way"), "truck"),
}


@dataclass(frozen=True, slots=True)
class ShownStage:
    """A list of orders as pages link to it."""

    key: str
    words: str
    drawing: str
    count: int


@blueprint.get("/account")
@customers_only
def account(customer: CurrentCustomer) -> Response:
    """Show who one is here, where orders are, and the latest of them; a search of before goes to their list."""
    if request.args.get("q"):
        return redirect(f"/account/orders?{urlencode({'q': request.args['q'][:LONGEST_SEARCH]})}")  # type: ignore[return-value]
    return render_page(
        "accounts/account.html",
        customer=customer,
        page=orders.page_of_orders(customer.id, size=LATEST),
        stages=_stages(customer),
        balance=loyalty.balance_of(customer.id),
        tier=loyalty.find_tier(customer.tier),
    )


@blueprint.get("/account/orders")
@customers_only
def order_list(customer: CurrentCustomer) -> Response:
    """Show one's orders; `?show=` those that are somewhere, `?q=` those that have these words."""
    words, show = request.args.get("q", "").strip()[:LONGEST_SEARCH], request.args.get("show", "")
    which = _which(show)
    asked = {"show": show if which is not None else "", "q": words}
    kept = urlencode({name: value for name, value in asked.items() if value})
    return render_page(
        "accounts/orders.html",
        customer=customer,
        page=orders.page_of_orders(customer.id, page_number(request.args.get("page")), words=words, which=which),
        stages=_stages(customer),
        show=asked["show"],
        words=words,
        further=f"/account/orders?{kept}&" if kept else "/account/orders?",
    )


def _which(show: str) -> Any:
    if show == RETURNS:
        return returns.has_return()
    return is_at(Stage(show)) if show in set(Stage) else None


def _stages(customer: CurrentCustomer) -> list[ShownStage]:
    counts = count_by_stage(customer.id)
    shown = [ShownStage(stage, *WORDS[stage], count) for stage, count in counts.items()]
    return [*shown, ShownStage(RETURNS, N_("Returns"), "undo-2", returns.count_open_of(customer.id))]
