"""Checkout: one page, one form, one order."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request

from storefront.accounts.sessions import current_customer
from storefront.cart import codes, points
from storefront.cart.context import current_owner
from storefront.cart.errors import CodeGone
from storefront.cart.quoting import shopper_of
from storefront.checkout import coupons, services
from storefront.checkout.details import Attempt
from storefront.checkout.errors import EmptyCart, GiftGone, QuoteChanged
from storefront.checkout.rules import Seen, differences
from storefront.checkout.services import Placed
from storefront.checkout.views.sheet import Sheet, read_sheet
from storefront.database.transaction import transaction
from storefront.flash.errors import FlashSoldOut
from storefront.flash.queries import forget_board
from storefront.inventory.errors import OutOfStock
from storefront.kernel.clock import now
from storefront.kernel.errors import ShopError
from storefront.loyalty.errors import NotEnoughPoints, PointsRefused
from storefront.orders.access import remember
from storefront.payments.arriving import next_page
from storefront.promotions.errors import CodeInUse, PromotionRanOut
from storefront.shipping.errors import NoDelivery
from storefront.web.errors import count_refusal, message_of
from storefront.web.fragments import redirect_to, render_page, wants_fragment
from storefront.web.pacing import Pace, TooFast

blueprint = Blueprint("checkout", "storefront.checkout", template_folder="templates")

SHOWN_AGAIN = (
    QuoteChanged,
    OutOfStock,
    GiftGone,
    PromotionRanOut,
    CodeInUse,
    FlashSoldOut,
    NotEnoughPoints,
    PointsRefused,
    NoDelivery,
    TooFast,
)
"""Refusals after which the shopper looks at the page again, as it is now, and decides."""

PLACING = Pace("placing", alone=20, network=200, minutes=10)
"""Orders that are placed: each holds goods until it is paid or its time is over. What is refused holds none."""


@blueprint.get("/checkout")
def show() -> Response:
    """Show the page, filled with what is known already."""
    sheet = read_sheet()
    if not sheet.cart.is_ready:
        return redirect("/cart")  # type: ignore[return-value]
    return _page(sheet)


@blueprint.post("/checkout/draft")
def keep_draft() -> Response:
    """Keep what was typed; a country or a method chosen changes what may be chosen next, and the total."""
    sheet = read_sheet(request.form)
    _keep(sheet)
    status = 422 if sheet.points_error or sheet.address.pasted.errors else 200
    if not wants_fragment():
        shown = sheet.points_error or sheet.address.is_filling
        return _page(sheet, status=status) if shown else redirect_to("/checkout")
    parts = {"checkout-form": "checkout/_form.html", "checkout-summary": "checkout/_summary.html"}
    part = parts.get(request.htmx.target or "")  # type: ignore[attr-defined]
    if part is None:
        return Response(status=204)
    chosen = request.htmx.trigger == "coupon-choice"  # type: ignore[attr-defined]
    return render_page(part, fragment=part, status=status, sheet=sheet, changes=(), coupons_open=chosen)


@blueprint.post("/checkout")
def place() -> Response:
    """Place the order; the same form twice is one order."""
    sheet = read_sheet(request.form)
    details = sheet.details()
    if not sheet.read_points() or details is None:
        before = _keep(sheet)
        return _arrive(before) if before else _page(sheet, status=422)
    shopper, seen_hash = shopper_of(current_customer()), request.form.get("quote", "")
    attempt = Attempt(sheet.token, current_owner(), shopper, sheet.typed, details, seen_hash, sheet.without_gifts)
    try:
        PLACING.check()
        with transaction():
            _choose_coupon()
            _choose_points(sheet)
            placed = services.place(attempt=attempt, at=now())
    except SHOWN_AGAIN as refusal:
        before = _keep(sheet)
        return _arrive(before) if before else _again(refusal)
    if placed.is_new:
        PLACING.count()
    return _arrive(placed)


def _keep(sheet: Sheet) -> Placed | None:
    """Keep what was typed, and the coupons that it counts on; return the order if it has become one already."""
    with transaction():
        before = services.keep(token=sheet.token, owner=current_owner(), typed=sheet.typed, at=now())
        if before is None:
            _choose_coupon()
            _choose_points(sheet)
    if before is None:
        _hold_coupons(sheet)
    return before


def _choose_coupon() -> None:
    """Use the coupon that the form says; one that is gone gives way to the best."""
    choice = request.form.get("coupon")
    if choice is None:
        return
    try:
        codes.choose_coupon(owner=current_owner(), choice=choice, at=now())
    except CodeGone:
        codes.choose_coupon(owner=current_owner(), choice="", at=now())


def _choose_points(sheet: Sheet) -> None:
    """Pay a part with the points that the form says; a number that makes no sense changes nothing."""
    if sheet.asks_for_points and sheet.read_points():
        points.use_points(owner=current_owner(), points=sheet.wanted_points, at=now())


def _hold_coupons(sheet: Sheet) -> None:
    """Hold what the total counts on; where another checkout was faster, the total counts without it."""
    try:
        with transaction():
            coupons.hold(token=sheet.token, codes=sheet.coupons, at=now())
    except CodeInUse:
        sheet.look_again()


def _arrive(placed: Placed) -> Response:
    """Go on to pay or to the order; a guest's browser keeps its key, a customer has a session for that."""
    answer = redirect_to(next_page(placed.payment, placed.order.number), trigger="cart:changed")
    return remember(answer, placed.order) if placed.order.customer_id is None else answer


def _again(refusal: ShopError) -> Response:
    """Show what is true now, and in what it differs from what the shopper saw."""
    if isinstance(refusal, FlashSoldOut):
        forget_board()
    sheet = read_sheet(request.form)
    sheet.is_placing = True
    sheet.read_points()
    if isinstance(refusal, GiftGone):
        sheet.without_gifts |= refusal.skus
    if not sheet.cart.is_ready:
        raise refusal if isinstance(refusal, OutOfStock) else EmptyCart
    seen = Seen.parse(request.form.get("seen", ""))
    changes = differences(seen, sheet.seen) if seen else []
    count_refusal(refusal)
    status = TooFast.status if isinstance(refusal, TooFast) else 409
    return _page(sheet, status=status, refusal=message_of(refusal), changes=changes)


def _page(sheet: Sheet, *, status: int = 200, refusal: str = "", changes: object = ()) -> Response:
    return render_page("checkout/checkout.html", status=status, sheet=sheet, refusal=refusal, changes=changes)
