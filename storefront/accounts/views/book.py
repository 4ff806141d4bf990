"""A customer's own pages: orders, addresses, details."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from flask import Response, flash, g, request
from flask_babel import gettext as _

from storefront.accounts import queries, services
from storefront.accounts.forms import AddressForm, EmailForm, NameForm, PasswordForm
from storefront.accounts.identity import CurrentCustomer
from storefront.accounts.rules import normal_phone
from storefront.accounts.sessions import current_customer, sign_in
from storefront.accounts.views.blueprint import blueprint
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, NotFound
from storefront.kernel.paging import page_number
from storefront.loyalty import queries as loyalty
from storefront.orders import queries as orders
from storefront.web.fragments import redirect_to, render_page
from storefront.web.refusals import show_refusal

View = Callable[..., Any]


def customers_only(view: View) -> View:
    """Send strangers to the sign-in page, and back here afterwards."""

    @wraps(view)
    def guarded(**values: Any) -> Any:
        customer = current_customer()
        if customer is None:
            back = request.full_path.rstrip("?") if request.method == "GET" else "/account"
            return redirect_to(f"/sign-in?{urlencode({'next': back})}")
        return view(customer, **values)

    return guarded


@blueprint.get("/account")
@customers_only
def account(customer: CurrentCustomer) -> Response:
    """Show who one is here, and one's orders."""
    page = orders.page_of_orders(customer.id, page_number(request.args.get("page")))
    return render_page(
        "accounts/account.html",
        customer=customer,
        page=page,
        balance=loyalty.balance_of(customer.id),
        tier=loyalty.find_tier(customer.tier),
    )


@blueprint.get("/account/details")
@customers_only
def details(customer: CurrentCustomer) -> Response:
    """Show the forms for name, e-mail and password."""
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
    return _saved("/account/details")


@blueprint.post("/account/email")
@customers_only
def change_email(customer: CurrentCustomer) -> Response:
    """Set the e-mail; every other session ends."""
    form = EmailForm(request.form)
    try:
        if form.validate():
            services.check_own_password(customer_id=customer.id, password=form.password.data, field="password")
            with transaction():
                services.change_email(customer_id=customer.id, email=form.email.data)
            return _renewed(customer.id)
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _details_page(customer, email_form=form, status=422)


@blueprint.post("/account/password")
@customers_only
def change_password(customer: CurrentCustomer) -> Response:
    """Set the password; every other session ends."""
    form = PasswordForm(request.form)
    try:
        if form.validate():
            services.check_own_password(customer_id=customer.id, password=form.current.data, field="current")
            credentials = services.make_credentials(email=customer.email, password=form.new.data)
            with transaction():
                services.change_password(customer_id=customer.id, credentials=credentials)
            return _renewed(customer.id)
    except Invalid as refusal:
        show_refusal(form, refusal, default="new")
    return _details_page(customer, password_form=form, status=422)


@blueprint.get("/account/addresses")
@customers_only
def addresses(customer: CurrentCustomer) -> Response:
    """Show the address book."""
    return render_page("accounts/addresses.html", addresses=queries.list_addresses(customer.id))


@blueprint.get("/account/addresses/new")
@customers_only
def new_address(customer: CurrentCustomer) -> Response:
    """Show an empty address; `?country=` chooses its form."""
    form = AddressForm(request.args, home=g.shop.country, name=customer.name, phone=customer.phone)
    return _address_page(form, "/account/addresses")


@blueprint.post("/account/addresses")
@customers_only
def add_address(customer: CurrentCustomer) -> Response:
    """Put an address into the book."""
    form = AddressForm(request.form, home=g.shop.country)
    address = form.read()
    if address is None:
        return _address_page(form, "/account/addresses", status=422)
    with transaction():
        services.add_address(customer_id=customer.id, address=address, at=now())
    return _saved("/account/addresses")


@blueprint.get("/account/addresses/<int:address_id>")
@customers_only
def edit_address(customer: CurrentCustomer, address_id: int) -> Response:
    """Show an address to be changed."""
    entry = queries.get_address(customer.id, address_id)
    form = AddressForm(request.args, home=g.shop.country, data=entry.fields)
    return _address_page(form, f"/account/addresses/{address_id}")


@blueprint.post("/account/addresses/<int:address_id>")
@customers_only
def change_address(customer: CurrentCustomer, address_id: int) -> Response:
    """Replace an address."""
    form = AddressForm(request.form, home=g.shop.country)
    address = form.read()
    if address is None:
        return _address_page(form, f"/account/addresses/{address_id}", status=422)
    with transaction():
        services.change_address(entry=queries.get_address(customer.id, address_id), address=address)
    return _saved("/account/addresses")


@blueprint.post("/account/addresses/<int:address_id>/default")
@customers_only
def make_default(customer: CurrentCustomer, address_id: int) -> Response:
    """Let checkout offer this address first."""
    with transaction():
        services.make_default(entry=queries.get_address(customer.id, address_id))
    return _saved("/account/addresses")


@blueprint.post("/account/addresses/<int:address_id>/removal")
@customers_only
def delete_address(customer: CurrentCustomer, address_id: int) -> Response:
    """Take an address out of the book."""
    with transaction():
        services.delete_address(entry=queries.get_address(customer.id, address_id))
    flash(_("The address is deleted."), "success")
    return redirect_to("/account/addresses")


def _address_page(form: AddressForm, action: str, *, status: int = 200) -> Response:
    return render_page(
        "accounts/address.html", fragment="accounts/_address_form.html", form=form, action=action, status=status
    )


def _details_page(customer: CurrentCustomer, *, status: int = 200, **forms: Any) -> Response:
    shown = {
        "name_form": NameForm(data={"name": customer.name, "phone": customer.phone}),
        "email_form": EmailForm(),
        "password_form": PasswordForm(),
        **forms,
    }
    return render_page("accounts/details.html", customer=customer, status=status, **shown)


def _saved(url: str) -> Response:
    flash(_("Saved."), "success")
    return redirect_to(url)


def _renewed(customer_id: int) -> Response:
    """Go on in a new session here, after every session of the customer has ended."""
    renewed = queries.find_customer(customer_id)
    if renewed is None:
        raise NotFound
    sign_in(renewed)
    flash(_("Saved. You are signed out everywhere else."), "success")
    return redirect_to("/account/details")
