"""The form in which an order is taken down on the phone: what was said, what is wrong with it, what it costs."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from flask import g
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.utils import cached_property

from admin.orders.forms import CallForm
from admin.orders.goods import Goods, find_goods, list_goods
from storefront.accounts import queries as people
from storefront.accounts.emails import fold_email
from storefront.accounts.forms import AddressForm
from storefront.accounts.identity import CurrentCustomer
from storefront.checkout import phone
from storefront.checkout.phone import Call, CallQuote
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, ShopError
from storefront.payments.providers import BankTransfer, Provider, list_providers
from storefront.shipping.words import price_words
from storefront.shop.queries import get_settings
from storefront.web.errors import message_of
from storefront.web.locale import localized
from storefront.web.refusals import show_refusal

ADD, MOST_ADDED = "add-", 50
LANGUAGES = (("en", "English"), ("zh", "简体中文"))
LINK = "link"
"""Pay by a link in a letter, whichever way the customer chooses then."""


class CallSheet:
    """Everything on the page. It keeps nothing: what was said stands in the form until the order is placed."""

    def __init__(self, typed: MultiDict[str, str] | None = None) -> None:
        self.typed, home = typed if typed is not None else MultiDict(), g.shop.country
        start = {"locale": get_settings().locale, "token": secrets.token_urlsafe(24)}
        self.form = CallForm(typed) if typed is not None else CallForm(data=start)
        self.address = AddressForm(typed, home=home) if typed is not None else AddressForm(home=home)
        self.added = self._added()
        self.problems: dict[str, str] = {}
        self.refusal = ""
        self.quote: CallQuote | None = None
        self.form.locale.choices = list(LANGUAGES)
        self.form.payment.choices = list(self.payments.items())
        if self.form.payment.data not in self.payments:
            self.form.payment.data = next(iter(self.payments), "")

    @cached_property
    def customer(self) -> CurrentCustomer | None:
        """The account of the e-mail that was typed, if it has one."""
        try:
            found = people.find_customer_by_email(fold_email(str(self.form.email.data or "")))
        except Invalid:
            return None
        return people.find_customer(found.id) if found is not None else None

    @cached_property
    def chosen(self) -> Sequence[Goods]:
        """What is to be bought."""
        return list_goods(list(self.added))

    @cached_property
    def found(self) -> Sequence[Goods]:
        """What the search found, without what is chosen already."""
        return [each for each in find_goods(str(self.form.find.data or "")) if each.sku not in self.added]

    @cached_property
    def payments(self) -> Mapping[str, str]:
        """How it can be paid, in the order of the page."""
        offered = list_providers()
        ways = {LINK: gettext("Payment link by e-mail")} if any(map(_is_online, offered)) else {}
        return ways | {each.code: gettext(each.name) for each in offered if not _is_online(each)}

    @property
    def provider(self) -> Provider:
        """How it is paid; the customer may choose another way on the order's page."""
        wanted = str(self.form.payment.data)
        offered = list_providers()
        return next(each for each in offered if each.code == wanted or (wanted == LINK and _is_online(each)))

    @property
    def notes(self) -> Mapping[str, tuple[str, str]]:
        """What each way of delivery costs."""
        offers = self.quote.quotation.offers if self.quote else ()
        return {offer.code: ("", price_words(offer)) for offer in offers}

    def call(self) -> Call | None:
        """Return what was said, or None with every problem beside its field."""
        address, is_valid = self.address.read(), self.form.validate()
        goods = {sku: self._read(sku, text) for sku, text in self.added.items()}
        goods = {sku: pieces for sku, pieces in goods.items() if pieces}
        if not goods and not self.problems:
            self.form.find.errors = [gettext("Find at least one article first.")]
        if address is None or not is_valid or self.problems or not goods:
            return None
        form = self.form
        return Call(
            token=str(form.token.data or ""),
            email=str(form.email.data),
            locale=str(form.locale.data),
            address=address,
            goods=goods,
            method=str(form.method.data or ""),
            code=str(form.code.data or ""),
            note=str(form.note.data or "").strip(),
            customer=self.customer if not form.as_guest.data else None,
        )

    def reckon(self) -> Call | None:
        """Find out what it costs; what is in its way stands on the page."""
        call = self.call()
        if call is None:
            return None
        try:
            self.quote = phone.quote(call, at=now())
        except Invalid as refusal:
            show_refusal(self.form, refusal, default="code")
            return None
        except ShopError as refusal:
            self.refusal = message_of(refusal)
            return None
        self.form.seen.data = self.quote.cart.quote.hash
        self.form.method.data = self.quote.offer.code
        offers = self.quote.quotation.offers
        self.form.method.choices = [(offer.code, localized(offer.name, offer.translations)) for offer in offers]
        return call

    def _added(self) -> dict[str, str]:
        found = {
            name.removeprefix(ADD)[:64]: value.strip()[:6]
            for name, value in self.typed.items()
            if name.startswith(ADD) and value.strip() not in {"", "0"}
        }
        return dict(list(found.items())[:MOST_ADDED])

    def _read(self, sku: str, text: str) -> int:
        if text.isascii() and text.isdecimal() and int(text) <= get_settings().largest_quantity:
            return int(text)
        self.problems[f"{ADD}{sku}"] = gettext("Enter a whole number, such as 2; 0 takes it out.")
        return 0


def _is_online(provider: Provider) -> bool:
    return not provider.pays_on_delivery and not isinstance(provider, BankTransfer)
