"""Copies and deletions that staff ask for in a customer's name."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.privacy.forms import PersonForm
from admin.privacy.listing import REQUESTS
from admin.tables.showing import show_list
from storefront.accounts.emails import fold_email
from storefront.accounts.permissions import Permission
from storefront.accounts.queries import find_customer_by_email
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import ShopError
from storefront.privacy import queries, services
from storefront.privacy.errors import NoSuchPerson, UnderWay
from storefront.privacy.gathering import find_obstacles, get_person
from storefront.web.fragments import redirect_to
from storefront.web.refusals import show_refusal

blueprint = Blueprint("privacy", __name__, template_folder="templates")
HERE = "/admin/privacy"


@blueprint.get("/privacy")
@requires(Permission.CUSTOMERS_PRIVACY)
def requests() -> Response:
    """List deletions under way, and ask whose data it is about."""
    return _page(PersonForm())


@blueprint.post("/privacy/copies")
@requires(Permission.CUSTOMERS_PRIVACY)
def ask_copy() -> Response:
    """Let a copy be made; the letter about it goes to the customer."""
    form, status = PersonForm(request.form), 422
    try:
        if form.validate():
            with transaction():
                services.ask_copy(customer_id=_customer_of(form), by=staff_here().actor, at=now())
            flash(_("The copy is being made. The customer gets a letter about it."), "success")
            return redirect_to(HERE)
    except ShopError as refusal:
        show_refusal(form, refusal, default="email")
        status = refusal.status
    return _page(form, status=status)


@blueprint.post("/privacy/deletions")
@requires(Permission.CUSTOMERS_PRIVACY)
def ask_deletion() -> Response:
    """Let an account be deleted; the letter about it goes to the customer, who can call it off."""
    form, status, customer_id = PersonForm(request.form), 422, 0
    try:
        if form.validate():
            customer_id = _customer_of(form)
            with transaction():
                services.ask_deletion(customer_id=customer_id, by=staff_here().actor, at=now())
            flash(_("The account will be deleted. The customer gets a letter about it."), "success")
            return redirect_to(HERE)
    except ShopError as refusal:
        show_refusal(form, refusal, default="email")
        status = refusal.status
        return _page(form, status=status, blocked=customer_id if isinstance(refusal, UnderWay) else 0)
    return _page(form, status=status)


@blueprint.post("/privacy/deletions/<int:request_id>/withdrawal")
@requires(Permission.CUSTOMERS_PRIVACY)
def call_off(request_id: int) -> Response:
    """Keep an account after all."""
    with transaction():
        asked = queries.get_request(request_id)
        services.call_off_deletion(customer_id=asked.customer_id, by=staff_here().actor, at=now())
    flash(_("The account stays."), "success")
    return redirect_to(HERE)


def _customer_of(form: PersonForm) -> int:
    found = find_customer_by_email(fold_email(form.email.data))
    if found is None or not found.is_active:
        raise NoSuchPerson(field="email")
    return found.id


def _page(form: PersonForm, *, status: int = 200, blocked: int = 0) -> Response:
    obstacles = find_obstacles(get_person(blocked)) if blocked else ()
    return show_list(REQUESTS, status=status, form=form, obstacles=obstacles)
