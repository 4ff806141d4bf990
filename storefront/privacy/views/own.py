"""A customer's data: a copy of it, and the end of the account."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, request
from flask_babel import gettext as _

from storefront.accounts import queries as accounts
from storefront.accounts.entrance import confirm_owner
from storefront.accounts.identity import CurrentCustomer
from storefront.accounts.views.guard import customers_only
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import ShopError
from storefront.privacy import queries, services
from storefront.privacy.forms import ProofForm
from storefront.privacy.gathering import find_obstacles, get_person, list_keepers
from storefront.privacy.states import RequestKind
from storefront.privacy.views.blueprint import as_download, blueprint
from storefront.shop.queries import get_settings
from storefront.web.fragments import redirect_to, render_page
from storefront.web.refusals import show_refusal

HERE, DELETION = "/account/privacy", "/account/deletion"


@blueprint.get("/account/privacy")
@customers_only
def privacy(customer: CurrentCustomer) -> Response:
    """Show what can be done with one's data."""
    return _privacy_page(customer, ProofForm())


@blueprint.post("/account/privacy/copies")
@customers_only
def ask_copy(customer: CurrentCustomer) -> Response:
    """Let a copy be made, for the owner alone."""
    form, status = ProofForm(request.form), 422
    try:
        if form.validate():
            confirm_owner(customer_id=customer.id, password=form.password.data or "", field="password")
            with transaction():
                services.ask_copy(customer_id=customer.id, by=customer.actor, at=now())
            flash(_("Your copy is being made. We write to you when it is ready; it will be here, too."), "success")
            return redirect_to(HERE)
    except ShopError as refusal:
        show_refusal(form, refusal)
        status = refusal.status
    return _privacy_page(customer, form, status=status)


@blueprint.get("/account/privacy/copies/<token>")
@customers_only
def copy(customer: CurrentCustomer, token: str) -> Response:
    """Hand the copy over."""
    return as_download(queries.get_copy(customer_id=customer.id, token=token, at=now()))


@blueprint.get("/account/deletion")
@customers_only
def deletion(customer: CurrentCustomer) -> Response:
    """Show what would go, what would stay, what is in the way; or the day on which it happens."""
    return _deletion_page(customer, ProofForm())


@blueprint.post("/account/deletion")
@customers_only
def ask_deletion(customer: CurrentCustomer) -> Response:
    """Let the account be deleted, after the days of waiting."""
    form, status = ProofForm(request.form), 422
    try:
        if form.validate():
            confirm_owner(customer_id=customer.id, password=form.password.data or "", field="password")
            with transaction():
                services.ask_deletion(customer_id=customer.id, by=customer.actor, at=now())
            return redirect_to(DELETION)
    except ShopError as refusal:
        show_refusal(form, refusal)
        status = refusal.status
    return _deletion_page(customer, form, status=status)


@blueprint.post("/account/deletion/withdrawal")
@customers_only
def call_off_deletion(customer: CurrentCustomer) -> Response:
    """Keep the account; whoever is signed in may, since it loses nothing."""
    with transaction():
        services.call_off_deletion(customer_id=customer.id, by=customer.actor, at=now())
    flash(_("Your account stays. Nothing was deleted."), "success")
    return redirect_to("/account")


def _privacy_page(customer: CurrentCustomer, form: ProofForm, *, status: int = 200) -> Response:
    shown: dict[str, Any] = {"copies": queries.list_copies(customer.id), "keep_days": get_settings().copy_keep_days}
    shown["has_password"] = accounts.has_password(customer.id)
    return render_page("privacy/privacy.html", form=form, status=status, **shown)


def _deletion_page(customer: CurrentCustomer, form: ProofForm, *, status: int = 200) -> Response:
    return render_page(
        "privacy/deletion.html",
        form=form,
        asked=queries.find_under_way(customer.id, RequestKind.DELETION),
        obstacles=find_obstacles(get_person(customer.id)),
        keepers=list_keepers(),
        has_password=accounts.has_password(customer.id),
        wait_days=get_settings().deletion_wait_days,
        status=status,
    )
