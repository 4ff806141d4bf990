"""A customer's points and tier: what there is, what is coming, and how it came about."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, Response, g, request

from storefront.accounts.identity import CurrentCustomer
from storefront.accounts.views.guard import customers_only
from storefront.kernel.clock import now
from storefront.kernel.errors import NotFound
from storefront.kernel.paging import page_number
from storefront.loyalty import queries
from storefront.loyalty.card import Card
from storefront.loyalty.tiers import standing_for
from storefront.orders.spending import spending_of
from storefront.web.fragments import render_page

blueprint = Blueprint("loyalty", __name__, template_folder="templates")


@blueprint.get("/account/points")
@customers_only
def points(customer: CurrentCustomer) -> Response:
    """Show balance, tier and history."""
    tiers = queries.list_tiers()
    if not (g.shop.points_per_unit or tiers):
        raise NotFound
    history = queries.page_of_history(customer.id, page_number(request.args.get("page")))
    return render_page(
        "loyalty/points.html",
        fragment="loyalty/_history.html",
        customer=customer,
        card=_card(customer, now()),
        page=history,
    )


def _card(customer: CurrentCustomer, at: datetime) -> Card:
    """Gather what the page says; where somebody stands is worked out from what was spent up to this moment."""
    tiers, window = queries.list_tiers(), timedelta(days=g.shop.tier_days)
    spending = spending_of(customer.id, since=at - window, until=at)
    return Card(
        balance=queries.balance_of(customer.id),
        waiting=tuple(queries.list_waiting(customer.id)),
        lots=queries.lots_of(customer.id),
        tiers=tiers,
        standing=standing_for(spending.amount, tiers),
        counts_until=spending.first_at and spending.first_at + window,
        priced=queries.tiers_with_prices(at),
        at=at,
    )
