"""Coupons: the page of those that can be claimed, claiming one, and a customer's wallet."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, g, request
from flask_babel import gettext as _

from storefront.accounts.identity import CurrentCustomer
from storefront.accounts.sessions import current_customer
from storefront.accounts.views.guard import customers_only
from storefront.cart.quoting import shopper_of
from storefront.database.replica import from_replica
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.paging import page_number
from storefront.loyalty.queries import list_tiers
from storefront.promotions import claims, wallet
from storefront.promotions.errors import NotClaimable
from storefront.promotions.goods import page_of_goods
from storefront.promotions.naming import Names, names_for
from storefront.promotions.offers import get_offer, grouped_offers
from storefront.promotions.rules import Promotion
from storefront.promotions.states import WalletTab
from storefront.promotions.summary import told_to_shoppers
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page, safe_next, wants_fragment
from storefront.web.kept_pages import kept
from storefront.web.locale import current_locale

blueprint = Blueprint("promotions", __name__, template_folder="templates")
PAGE, FRAGMENT = "promotions/coupons.html", "promotions/_claim.html"


@blueprint.get("/offers")
@from_replica
@kept()
def offers() -> Response:
    """List what is on offer."""
    groups = grouped_offers()
    names = _names(promotion for group in groups for promotion in group.promotions)
    return render_page("promotions/offers.html", groups=groups, names=names)


@blueprint.get("/offers/<key>")
@from_replica
@kept()
def offer(key: str) -> Response:
    """Show an offer's terms, and the goods that it is about."""
    promotion, number = get_offer(key), page_number(request.args.get("page"))
    page = page_of_goods(promotion.scopes, number=number, size=g.shop.page_size, locale=current_locale())
    return render_page(
        "promotions/offer.html",
        fragment="promotions/_goods.html",
        promotion=promotion,
        told=told_to_shoppers(promotion, _names([promotion])),
        page=page,
    )


@blueprint.get("/coupons")
def coupons() -> Response:
    """List what can be claimed."""
    return _page()


@blueprint.post("/coupons/<key>/claims")
def claim(key: str) -> Response:
    """Put a coupon into the reader's wallet; a stranger signs in first and comes back."""
    customer, back = current_customer(), safe_next(request.form.get("next"), "/coupons")
    if customer is None:
        return redirect_to(f"/sign-in?{urlencode({'next': back})}")
    try:
        with transaction():
            claims.claim(key=key, shopper=shopper_of(customer), customer_id=customer.id, at=now())
    except NotClaimable as refusal:
        return _answer(key, customer, back, words=message_of(refusal), status=refusal.status)
    return _answer(key, customer, back)


@blueprint.get("/account/coupons")
@customers_only
def my_coupons(customer: CurrentCustomer) -> Response:
    """Show a wallet: what can be used, what was used, what is past."""
    asked, at = request.args.get("show", ""), now()
    tab = WalletTab(asked) if asked in set(WalletTab) else WalletTab.USABLE
    page = wallet.page_of_coupons(customer.id, tab, page_number(request.args.get("page")), at)
    return render_page(
        "promotions/wallet.html",
        fragment="promotions/_wallet.html",
        tab=tab,
        counts=wallet.count_coupons(customer.id, at),
        page=page,
        names=_names(coupon.promotion for coupon in page.items),
        goods_url=wallet.goods_url,
        has_more=bool(claims.open_claims()),
        at=at,
    )


def _page(*, refusal: str = "", status: int = 200) -> Response:
    customer = current_customer()
    views = claims.list_claims(shopper=shopper_of(customer), customer_id=customer.id if customer else None, at=now())
    names = _names(view.offer.promotion for view in views)
    return render_page(PAGE, views=views, names=names, refusal=refusal, status=status)


def _names(promotions: Iterable[Promotion]) -> Names:
    """Return the names that the words about these promotions need."""
    tiers = {tier.key: tier.called(current_locale()) for tier in list_tiers()}
    return names_for(promotions, tiers=tiers)


def _answer(key: str, customer: CurrentCustomer, back: str, *, words: str = "", status: int = 200) -> Response:
    """Show the coupon's button as it is now, or the page that the form came from."""
    if wants_fragment():
        view = claims.get_claim(key, shopper=shopper_of(customer), customer_id=customer.id, at=now())
        return render_page(
            FRAGMENT,
            fragment=FRAGMENT,
            key=key,
            state=view.state,
            offer=view.offer,
            back=back,
            mine=view.mine,
            words=words,
            status=status,
        )
    if words and back.partition("#")[0] == "/coupons":
        return _page(refusal=words, status=status)
    flash(
        words or _("The coupon is in your account. It is used by itself when it is the best for you."),
        "warning" if words else "success",
    )
    return redirect_to(back)
