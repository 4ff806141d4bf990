"""The checkout page as one value: its two forms, what may be chosen, and what it all comes to."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, g, request
from flask_babel import format_date
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from storefront.accounts import queries as people
from storefront.accounts.emails import fold_email
from storefront.accounts.errors import InvalidAddress
from storefront.accounts.forms import AddressForm
from storefront.accounts.identity import CurrentCustomer
from storefront.accounts.queries import BookedAddress
from storefront.accounts.rules import COUNTRIES, PostalAddress, read_address
from storefront.accounts.sessions import current_customer
from storefront.cart import queries as carts
from storefront.cart.context import current_owner
from storefront.cart.quoting import CartQuote, shopper_of
from storefront.checkout import queries
from storefront.checkout.details import Details, KnownOwner, Typed
from storefront.checkout.forms import CheckoutForm
from storefront.checkout.models import CheckoutSession
from storefront.checkout.rules import Seen
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.orders.draft import Buyer
from storefront.payments.providers import PROVIDERS, Provider, get_provider, list_providers
from storefront.pricing.snapshot import Delivery
from storefront.promotions.words import name_of
from storefront.shipping import queries as shipping
from storefront.shipping.queries import Offer
from storefront.shipping.rules import delivery_days
from storefront.web.filters import money_text
from storefront.web.locale import current_locale, localized


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything on the page. `typed_now` says that the fields come from this request and not from memory."""

    form: CheckoutForm
    address: AddressForm
    offers: list[Offer]
    cart: CartQuote
    book: tuple[BookedAddress, ...]
    customer: CurrentCustomer | None
    typed_now: bool

    @property
    def token(self) -> str:
        return str(self.form.token.data or "")

    @property
    def typed(self) -> Typed:
        """What the fields hold, to be kept."""
        address = {name: str(value or "") for name, value in self.address.data.items()}
        form = self.form
        chosen = str(form.shipping_method.data or ""), str(form.payment_provider.data or "")
        return Typed(str(form.email.data or ""), address, *chosen, str(form.note.data or ""))

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """Every problem as (field id, label, words), in the order of the page."""
        fields = [self.form.email, *self.address, self.form.shipping_method, self.form.payment_provider]
        return [(f.id, str(f.label.text), str(f.errors[0])) for f in (*fields, self.form.note) if f.errors]

    @property
    def known_address(self) -> PostalAddress | None:
        """The address, once there is nothing wrong with it; the page folds it away then."""
        try:
            return None if self.typed_now else read_address(self.address.data)
        except InvalidAddress:
            return None

    @property
    def known_email(self) -> str:
        return "" if self.typed_now else _folded(self.form.email.data)

    @property
    def seen(self) -> Seen:
        """What the page shows, to say later what changed."""
        names = {line.sku: line.full_name for line in self.cart.contents.lines}
        return Seen.of(self.cart.quote, names, name_of)

    @property
    def pays_at_the_door(self) -> bool:
        provider = PROVIDERS.get(str(self.form.payment_provider.data))
        return provider is not None and provider.pays_on_delivery

    def method_notes(self) -> dict[str, tuple[str, str]]:
        """Map each method to when it arrives and what it costs."""
        today = now().astimezone(ZoneInfo(g.shop.timezone)).date()
        notes = {}
        for offer in self.offers:
            days = delivery_days(today, min_days=offer.min_days, max_days=offer.max_days)
            first, last = format_date(days.earliest, "MMMd"), format_date(days.latest, "MMMd")
            when = first if first == last else _("%(first)s to %(last)s", first=first, last=last)
            notes[offer.code] = (
                _("Arrives %(days)s", days=when),
                money_text(offer.price) if offer.price else _("Free"),
            )
        return notes

    def payment_notes(self) -> dict[str, tuple[str, str]]:
        """Map each way to pay to what it means."""
        return {provider.code: (_(provider.description), "") for provider in _providers()}

    def details(self) -> Details | None:
        """Return what the order needs, or None with every problem beside its field."""
        address = self.address.read()
        if not self.form.validate() or address is None:
            return None
        email, customer = str(self.form.email.data), self.customer
        return Details(
            buyer=Buyer(email, address.phone, current_locale(), customer.id if customer else None),
            address=address,
            shipping_method=str(self.form.shipping_method.data),
            provider=get_provider(str(self.form.payment_provider.data), sandbox=_sandbox()),
            note=str(self.form.note.data or "").strip(),
            keep_address=bool(self.form.keep_address.data) and customer is not None,
        )


def read_sheet(typed: MultiDict[str, str] | None = None) -> Sheet:
    """Gather the page from what was typed, else from what is remembered of this cart and this customer."""
    owner, customer = current_owner(), current_customer()
    contents = carts.get_contents(owner)
    session = queries.find_open(contents.cart_id) if typed is None and contents.cart_id else None
    book = tuple(people.list_addresses(customer.id)) if customer else ()
    form = CheckoutForm(typed, data=_remembered(session, customer))
    address = AddressForm(typed, data=_remembered_address(session, book, customer), home=g.shop.country)
    _offer_countries(address)
    offers = shipping.list_offers(
        country=str(address.country.data), weight_grams=contents.weight_grams, goods=contents.goods
    )
    form.shipping_method.choices = [(offer.code, localized(offer.name, offer.translations)) for offer in offers]
    form.payment_provider.choices = [(provider.code, _(provider.name)) for provider in _providers()]
    offer = next((each for each in offers if each.code == form.shipping_method.data), next(iter(offers), None))
    form.shipping_method.data = offer.code if offer else None
    if typed is None and form.payment_provider.data not in dict(form.payment_provider.choices):
        form.payment_provider.data = form.payment_provider.choices[0][0]
    cart = carts.quote_cart(
        contents=contents,
        owner=KnownOwner(owner.token, owner.customer_id, _folded(form.email.data)),
        shopper=shopper_of(customer),
        at=now(),
        delivery=Delivery(offer.code, offer.price) if offer else None,
    )
    sheet = Sheet(form, address, offers, cart, book, customer, typed is not None)
    form.quote.data, form.seen.data = cart.quote.hash, sheet.seen.to_text()
    return sheet


def _remembered(session: CheckoutSession | None, customer: CurrentCustomer | None) -> dict[str, Any]:
    email = customer.email if customer else ""
    if session is None:
        return {"email": email, "token": secrets.token_urlsafe(24), "keep_address": True}
    return {
        "email": session.email or email,
        "shipping_method": session.shipping_method_code,
        "payment_provider": session.payment_provider,
        "note": session.note,
        "token": session.token,
        "keep_address": True,
    }


def _remembered_address(
    session: CheckoutSession | None, book: tuple[BookedAddress, ...], customer: CurrentCustomer | None
) -> Mapping[str, str]:
    asked = request.args.get("address", type=int)
    chosen = next((entry for entry in book if entry.id == asked), None)
    if chosen is None and session is not None and session.address.get("street"):
        return dict(session.address)
    if chosen is None and book:
        chosen = book[0]
    if chosen is not None:
        return chosen.address.as_fields()
    known = {"name": customer.name, "phone": customer.phone} if customer else {}
    return {**known, **{key: value for key, value in (session.address if session else {}).items() if value}}


def _offer_countries(address: AddressForm) -> None:
    reached = shipping.list_countries(COUNTRIES)
    address.country.choices = [(code, name) for code, name in address.country.choices or () if code in reached]
    if address.country.data not in reached and address.country.choices:
        address.country.data = address.country.choices[0][0]


def _folded(email: str | None) -> str:
    try:
        return fold_email(email or "")
    except Invalid:
        return ""


def _providers() -> list[Provider]:
    return list_providers(sandbox=_sandbox())


def _sandbox() -> bool:
    return bool(current_app.config["SHOP"].sandbox_payments)
