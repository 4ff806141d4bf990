"""A customer's name, and the e-mail that a letter confirms."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request
from flask_babel import gettext as _

from storefront.accounts import inbox, queries, services
from storefront.accounts.emails import fold_email
from storefront.accounts.entrance import confirm_owner
from storefront.accounts.errors import TooManyTries
from storefront.accounts.forms import EmailForm, NameForm
from storefront.accounts.identity import CurrentCustomer
from storefront.accounts.rules import normal_phone
from storefront.accounts.views.blueprint import blueprint
from storefront.accounts.views.guard import customers_only
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.web.addresses import network_here
from storefront.web.fragments import redirect_to, render_page
from storefront.web.locale import current_locale
from storefront.web.refusals import show_refusal


@blueprint.get("/account/details")
@customers_only
def details(customer: CurrentCustomer) -> Response:
    """Show the forms for name and e-mail."""
    return _details_page(customer)


@blueprint.post("/account/name")
@customers_only
def change_name(customer: CurrentCustomer) -> Response:
    """Set name and phone."""
    form = NameForm(request.form)
    phone = form.phone.data and normal_phone(form.phone.data, g.shop.country)
    valid = form.validate()
    if form.phone.data and not phone:
        form.phone.errors = [_("This phone number does not look right.")]
        valid = False
    if not valid:
        return _details_page(customer, name_form=form, status=422)
    with transaction():
        services.change_name(customer_id=customer.id, name=form.name.data, phone=phone or "")
    flash(_("Saved."), "success")
    return redirect_to("/account/details")


@blueprint.post("/account/email")
@customers_only
def change_email(customer: CurrentCustomer) -> Response:
    """Write to the new address; nothing changes until the link in the letter is followed."""
    form = EmailForm(request.form)
    status = 422
    try:
        if form.validate():
            confirm_owner(customer_id=customer.id, password=form.password.data or "", field="password")
            return _ask_email(customer, fold_email(form.email.data))
    except (Invalid, TooManyTries) as refusal:
        show_refusal(form, refusal)
        status = refusal.status
    return _details_page(customer, email_form=form, status=status)


def _ask_email(customer: CurrentCustomer, email: str) -> Response:
    address = network_here()
    inbox.refuse_too_many_letters(email=email, address=address, at=now())
    with transaction():
        inbox.note_letter(email=email, address=address, at=now())
        inbox.ask_email(customer_id=customer.id, email=email, locale=current_locale(), at=now())
    flash(_("We have written to %(email)s. Follow the link in the e-mail within a day.", email=email), "success")
    return redirect_to("/account/details")


def _details_page(customer: CurrentCustomer, *, status: int = 200, **forms: Any) -> Response:
    row = queries.get_customer(customer.id)
    shown = {
        "name_form": NameForm(data={"name": customer.name, "phone": customer.phone}),
        "email_form": EmailForm(data={"email": "" if row.email_verified_at else customer.email}),
        "has_password": row.password_hash is not None,
        "is_proven": row.email_verified_at is not None,
        **forms,
    }
    return render_page("accounts/details.html", customer=customer, status=status, **shown)
