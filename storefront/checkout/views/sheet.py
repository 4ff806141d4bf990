"""The checkout page as one value: its two forms, what may be chosen, and what it all comes to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.utils import cached_property  # that of functools makes all threads wait for one

from storefront.accounts import queries as people
from storefront.accounts.emails import fold_email
from storefront.accounts.errors import InvalidAddress
from storefront.accounts.forms import AddressForm
from storefront.accounts.identity import CurrentCustomer
from storefront.accounts.queries import BookedAddress
from storefront.accounts.rules import COUNTRIES, PostalAddress, read_address
from storefront.accounts.sessions import current_customer
from storefront.cart import queries as carts
from storefront.cart.choosing import Chooser, coupon_chooser
from storefront.cart.contents import Contents
from storefront.cart.context import current_owner
from storefront.cart.gifts import Giving
from storefront.cart.points import PointsView, check_points, points_view, read_choice
from storefront.cart.quoting import CartQuote, PricedCart, shopper_of
from storefront.checkout import queries
from storefront.checkout.details import Details, KnownOwner, Typed
from storefront.checkout.forms import CheckoutForm
from storefront.checkout.rules import Seen
from storefront.checkout.views.remembered import remembered, remembered_address
from storefront.inventory.rules import zone_of
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.loyalty.errors import PointsRefused
from storefront.orders.draft import Buyer
from storefront.payments.providers import KNOWN, Provider, get_provider, list_providers
from storefront.pricing.snapshot import Delivery
from storefront.pricing.taxes.regions import place_of
from storefront.pricing.taxes.rules import Place
from storefront.promotions.words import name_of
from storefront.shipping import queries as shipping
from storefront.shipping.destinations import as_typed
from storefront.shipping.queries import Offer, Quotation
from storefront.shipping.rules import Destination
from storefront.shipping.words import arrival_words, price_words, surcharge_words
from storefront.web.errors import message_of
from storefront.web.locale import current_locale, localized

MOST_GIFTS = 20


class Sheet:
    """Everything on the page. What only a drawn page needs is gathered when it is first asked for.

    `typed_now` says that the fields come from this request and not from memory.
    """

    def __init__(
        self, form: CheckoutForm, address: AddressForm, customer: CurrentCustomer | None, *, typed_now: bool
    ) -> None:
        self.form, self.address, self.customer, self.typed_now = form, address, customer, typed_now
        self.is_placing = False
        """Whether the total is what placing has just found, see `KnownOwner`."""
        self.without_gifts = frozenset(request.form.getlist("without_gift")[:MOST_GIFTS]) if typed_now else frozenset()
        self.points_typed = self.points_error = ""
        self.wanted_points: int | None = 0

    @cached_property
    def contents(self) -> Contents:
        return carts.get_contents(current_owner())

    @cached_property
    def book(self) -> tuple[BookedAddress, ...]:
        return tuple(people.list_addresses(self.customer.id)) if self.customer else ()

    @cached_property
    def quotation(self) -> Quotation:
        """What delivery costs to the chosen place; a method that is not among the offers gives way to the first."""
        method = self.form.shipping_method
        quotation = shipping.quote(self.destination, self.contents.load(self.priced.goods))
        method.choices = [(offer.code, localized(offer.name, offer.translations)) for offer in quotation.offers]
        if quotation.offers and quotation.find(str(method.data)) is None:
            method.data = quotation.offers[0].code
        return quotation

    @property
    def offers(self) -> tuple[Offer, ...]:
        """The ways to deliver to the chosen place."""
        return self.quotation.offers

    @property
    def no_delivery(self) -> str:
        """Why there is no way to deliver, for the shopper to act on."""
        refusal = self.quotation.refusal
        return message_of(refusal) if refusal else ""

    @property
    def destination(self) -> Destination:
        """Where the goods go, as far as it is known."""
        typed = self.address.data
        return as_typed(*(str(typed[name] or "") for name in ("country", "region", "city")))

    @cached_property
    def priced(self) -> PricedCart:
        """The cart at today's prices of this shopper, before delivery is known."""
        owner, email = current_owner(), _folded(self.form.email.data)
        return carts.price_cart(
            contents=self.contents,
            owner=KnownOwner(owner.token, owner.customer_id, email, checkout=self.token, is_placing=self.is_placing),
            shopper=shopper_of(self.customer),
            at=now(),
            giving=Giving(_zone(self.address.data), self.without_gifts),
        )

    @property
    def place(self) -> Place:
        """Where the goods go, as far as it has been typed: taxes depend on it."""
        address = self.address
        return place_of(str(address.country.data or ""), str(address.region.data or ""))

    @property
    def waits_for_region(self) -> bool:
        """Whether more of the address must be known before the tax is final."""
        return self.address.needs("region") and not self.place.region

    @cached_property
    def cart(self) -> CartQuote:
        """The cart with its price, delivery included."""
        quotation = self.quotation
        offer = quotation.find(str(self.form.shipping_method.data))
        cart = self.priced.quote(Delivery(offer.code, offer.price) if offer else None, place=self.place)
        self.form.quote.data = cart.quote.hash
        self.form.seen.data = _seen(cart).to_text()
        return cart

    @cached_property
    def chooser(self) -> Chooser:
        """The coupons to choose from."""
        return coupon_chooser(self.cart)

    @property
    def coupons(self) -> tuple[str, ...]:
        """The codes that the total counts on."""
        return tuple(applied.code for applied in self.cart.result.applied if applied.code)

    @cached_property
    def taken(self) -> tuple[str, ...]:
        """Codes typed into the cart that another checkout holds."""
        return carts.codes_elsewhere(self.contents, checkout=self.token, at=now())

    @property
    def points(self) -> PointsView | None:
        """What there is to say of points."""
        return points_view(self.cart, current_owner())

    @property
    def asks_for_points(self) -> bool:
        """Whether the form has a field for points: a guest's has none."""
        return self.typed_now and self.customer is not None and "points" in request.form

    def read_points(self) -> bool:
        """Read the field for points; False where what was typed makes no sense, which the page then says beside it."""
        if not self.asks_for_points:
            return True
        self.points_typed = request.form["points"][:20]
        try:
            self.wanted_points = read_choice(self.points_typed, request.form.get("points_choice", ""))
            check_points(current_owner(), self.wanted_points)
        except PointsRefused as refusal:
            self.points_error = message_of(refusal)
        else:
            self.points_typed = ""
        return not self.points_error

    def look_again(self) -> None:
        """Forget the cart as it was read: it has changed meanwhile."""
        for name in ("contents", "priced", "quotation", "cart", "chooser"):
            self.__dict__.pop(name, None)

    @property
    def countries(self) -> tuple[tuple[str, str], ...]:
        """The countries that are delivered to."""
        reached = shipping.list_countries(COUNTRIES)
        return tuple(choice for choice in self.address.country.choices if choice[0] in reached)

    @property
    def token(self) -> str:
        return str(self.form.token.data or "")

    @property
    def typed(self) -> Typed:
        """What the fields hold, to be kept."""
        address, form = self.address.typed, self.form
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
    def needs_no_email(self) -> bool:
        """Whether this customer is known by a phone that they have proven."""
        return self.customer is not None and bool(self.customer.verified_phone)

    @property
    def known_contact(self) -> str:
        """How this shopper is reached, once it is known: the page folds the field away then."""
        by_phone = self.customer.verified_phone if self.customer and not self.typed_now else ""
        return self.known_email or by_phone

    @property
    def seen(self) -> Seen:
        """What the page shows, to say later what changed."""
        return _seen(self.cart)

    @cached_property
    def providers(self) -> list[Provider]:
        """The ways to pay that are offered."""
        return list_providers()

    @property
    def pays_at_the_door(self) -> bool:
        provider = KNOWN.get(str(self.form.payment_provider.data))
        return provider is not None and provider.pays_on_delivery

    def method_notes(self) -> dict[str, tuple[str, str]]:
        """Map each method to when it arrives and what it costs."""
        at = now()
        return {
            offer.code: (_joined(arrival_words(offer, at), surcharge_words(offer)), price_words(offer))
            for offer in self.offers
        }

    def payment_notes(self) -> dict[str, tuple[str, str]]:
        """Map each way to pay to what it means."""
        return {provider.code: (_(provider.description), "") for provider in self.providers}

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
            provider=get_provider(str(self.form.payment_provider.data)),
            note=str(self.form.note.data or "").strip(),
            keep_address=bool(self.form.keep_address.data) and customer is not None,
        )


def read_sheet(typed: MultiDict[str, str] | None = None) -> Sheet:
    """Read the page from what was typed, else from what is remembered of this cart and this customer."""
    customer = current_customer()
    if typed is not None:
        form, address = CheckoutForm(typed), AddressForm(typed, home=g.shop.country)
        sheet = Sheet(form, address, customer, typed_now=True)
    else:
        contents = carts.get_contents(current_owner())
        session = queries.find_open(contents.cart_id) if contents.cart_id else None
        book = tuple(people.list_addresses(customer.id)) if customer else ()
        form = CheckoutForm(data=remembered(session, customer))
        address = AddressForm(data=remembered_address(session, book, customer), home=g.shop.country)
        sheet = Sheet(form, address, customer, typed_now=False)
        sheet.contents, sheet.book = contents, book
    if sheet.needs_no_email:
        form.let_email_be_empty()
    payment = form.payment_provider
    payment.choices = [(provider.code, _(provider.name)) for provider in sheet.providers]
    if typed is None and payment.data not in dict(payment.choices):
        payment.data = payment.choices[0][0]
    return sheet


def _seen(cart: CartQuote) -> Seen:
    names = {line.sku: line.full_name for line in cart.contents.lines}
    gifts = {gift.quoted.line_id: gift.goods.full_name for gift in cart.gifts}
    return Seen.of(cart.quote, names | gifts, name_of)


def _zone(typed: Mapping[str, Any]) -> str:
    """Return where the address lies, as placing will read it; "" while its region is not known."""
    try:
        address = read_address(typed)
    except InvalidAddress:
        return ""
    return zone_of(address.country, address.region)


def _joined(*notes: str) -> str:
    return str(_(", ")).join(note for note in notes if note)


def _folded(email: str | None) -> str:
    try:
        return fold_email(email or "")
    except Invalid:
        return ""
