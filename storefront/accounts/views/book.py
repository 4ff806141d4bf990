"""A customer's address book, and what they ordered as a guest."""

from __future__ import annotations

from flask import Response, flash, g, request
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.accounts import inbox, queries, services
from storefront.accounts.forms import AddressForm
from storefront.accounts.identity import CurrentCustomer
from storefront.accounts.views.blueprint import blueprint
from storefront.accounts.views.guard import customers_only
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.orders import claiming
from storefront.web.addresses import network_here
from storefront.web.fragments import redirect_to, render_page
from storefront.web.locale import current_locale


@blueprint.post("/account/guest-orders")
@customers_only
def bring_guest_orders(customer: CurrentCustomer) -> Response:
    """Take what was ordered as a guest into the account; where the e-mail is not proven yet, ask its inbox first."""
    if queries.get_customer(customer.id).email_verified_at is None:
        address = network_here()
        inbox.refuse_too_many_letters(email=customer.email, address=address, at=now())
        with transaction():
            inbox.note_letter(email=customer.email, address=address, at=now())
            inbox.ask_orders(customer_id=customer.id, email=customer.email, locale=current_locale(), at=now())
        flash(_("We have written to %(email)s. Follow the link in the e-mail.", email=customer.email), "success")
        return redirect_to("/account")
    with transaction():
        count = claiming.take_over(customer_id=customer.id, at=now())
    flash(brought_words(count, customer.email), "success")
    return redirect_to("/account")


def brought_words(count: int, email: str) -> str:
    """Say how many guest orders came into the account."""
    if not count:
        return str(_("There is no order with %(email)s outside your account.", email=email))
    return str(ngettext("%(num)s order is in your account now.", "%(num)s orders are in your account now.", count))


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
        return _address_page(form, "/account/addresses", status=_status(form))
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
        return _address_page(form, f"/account/addresses/{address_id}", status=_status(form))
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


def _status(form: AddressForm) -> int:
    return 200 if form.is_filling and not form.pasted.errors else 422


def _saved(url: str) -> Response:
    flash(_("Saved."), "success")
    return redirect_to(url)
