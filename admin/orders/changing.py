"""The form in which an order is changed: what was typed, what is wrong with it, and what it would come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import g
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.utils import cached_property

from admin.orders.forms import ChangeForm
from admin.orders.goods import Goods, find_goods, list_goods
from storefront.accounts.forms import AddressForm
from storefront.accounts.rules import PostalAddress
from storefront.amending import gathering
from storefront.amending.previewing import Proposal, find_hindrance, offers_of, propose
from storefront.amending.rules import Wish
from storefront.kernel.clock import now
from storefront.kernel.errors import ShopError
from storefront.orders.history import address_from
from storefront.orders.models import Order, OrderLine
from storefront.shipping.queries import Offer
from storefront.shipping.words import price_words
from storefront.web.errors import message_of
from storefront.web.locale import localized

ADD, UNITS = "add-", "units-"
MOST_ADDED = 30


class ChangeSheet:
    """Everything on the page. Nothing is proposed before it is asked for, or while the fields are filled in."""

    def __init__(self, order: Order, typed: MultiDict[str, str] | None = None) -> None:
        self.order, self.typed, home = order, typed if typed is not None else MultiDict(), g.shop.country
        if typed is not None:
            self.form, self.address = ChangeForm(typed), AddressForm(typed, home=home)
        else:
            self.form = ChangeForm(data={"method": order.shipping_method_code})
            self.address = AddressForm(data=dict(order.shipping_address or {}), home=home)
        self.units = {line.id: self._units(line) for line in gathering.bought(order)}
        self.added = self._added()
        self.problems: dict[str, str] = {}
        self.refusal = ""
        self.proposal: Proposal | None = None

    @property
    def lines(self) -> Sequence[OrderLine]:
        """What somebody chose; gifts follow by themselves."""
        return gathering.bought(self.order)

    @cached_property
    def hindrance(self) -> str:
        """Why goods and amounts stay as they are, so that only the address can be corrected."""
        refusal = find_hindrance(self.order)
        return message_of(refusal) if refusal is not None else ""

    @property
    def addresses(self) -> tuple[PostalAddress | None, PostalAddress | None]:
        """Where it went, and where what is proposed goes."""
        before = address_from({"address": self.order.shipping_address})
        return before, self.proposal.wish.address if self.proposal else before

    @cached_property
    def chosen(self) -> Sequence[Goods]:
        """What is to be added."""
        return list_goods(list(self.added))

    @cached_property
    def found(self) -> Sequence[Goods]:
        """What the search found, without what is chosen already."""
        return [each for each in find_goods(str(self.form.find.data or "")) if each.sku not in self.added]

    @property
    def notes(self) -> Mapping[str, tuple[str, str]]:
        """What each way of delivery costs."""
        return {offer.code: ("", price_words(offer)) for offer in self._offers}

    def choose_methods(self) -> None:
        """Offer the ways that go there; one that is no longer offered stays as it was agreed."""
        choices = [(offer.code, localized(offer.name, offer.translations)) for offer in self._offers]
        agreed = self.order.shipping_method_code
        if agreed not in dict(choices):
            choices.insert(0, (agreed, self.order.shipping_method_name))
        if str(self.form.method.data) not in dict(choices):
            self.form.method.data = choices[0][0]
        self.form.method.choices = choices

    def wish(self) -> Wish | None:
        """Return what is wanted, or None with every problem beside its field."""
        address, is_valid = self.address.read(), self.form.validate()
        quantities = {line_id: self._read(f"{UNITS}{line_id}", text) for line_id, text in self.units.items()}
        added = {sku: self._read(f"{ADD}{sku}", text) for sku, text in self.added.items()}
        if address is None or not is_valid or self.problems:
            return None
        wanted = {sku: units for sku, units in added.items() if units}
        return Wish(
            address, str(self.form.method.data or ""), quantities, wanted, bool(self.form.at_todays_prices.data)
        )

    def propose(self) -> Wish | None:
        """Find out what the change would come to; what is in its way stands on the page."""
        wish = self.wish()
        if wish is None:
            return None
        try:
            self.proposal = propose(self.order, wish, at=now())
        except ShopError as refusal:
            self.refusal = message_of(refusal)
            return None
        self.form.seen.data = self.proposal.seen
        if self.proposal.reckoned is not None:
            self.form.method.data = self.proposal.reckoned.offer.code
        return wish

    @cached_property
    def _offers(self) -> Sequence[Offer]:
        if self.proposal is not None and self.proposal.reckoned is not None:
            return self.proposal.reckoned.quotation.offers
        return offers_of(self.order, self.wish_as_far(), at=now())

    def wish_as_far(self) -> Wish | None:
        """Return what is wanted as far as it can be read, without a word about the rest."""
        sheet = ChangeSheet(self.order, self.typed if self.typed else None)
        return sheet.wish()

    def _units(self, line: OrderLine) -> str:
        return self.typed.get(f"{UNITS}{line.id}", str(line.quantity))[:6]

    def _added(self) -> dict[str, str]:
        found = {
            name.removeprefix(ADD)[:64]: value.strip()[:6]
            for name, value in self.typed.items()
            if name.startswith(ADD) and value.strip() not in {"", "0"}
        }
        return dict(list(found.items())[:MOST_ADDED])

    def _read(self, field: str, text: str) -> int:
        if text.isascii() and text.isdecimal() and int(text) <= 9_999:
            return int(text)
        self.problems[field] = gettext("Enter a whole number, such as 2; 0 takes it out.")
        return 0
