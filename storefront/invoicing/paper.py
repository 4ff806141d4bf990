"""An invoice or a credit note as it is printed: in the language of its order, with the names that it was issued to."""

from __future__ import annotations

from flask import render_template
from markupsafe import Markup

from storefront.accounts.countries import country_name
from storefront.accounts.rules import PostalAddress
from storefront.invoicing import queries
from storefront.invoicing.models import Invoice
from storefront.kernel.money import Money
from storefront.orders.history import as_of
from storefront.orders.models import Order
from storefront.web.locale import babel_locale, speaking


def paper_of(order: Order, document: Invoice) -> Markup:
    """Return the document; whoever reads it, its words are those of its order."""
    address = PostalAddress.from_fields(document.buyer or order.shipping_address)
    amount, tax = (Money(minor, document.currency) for minor in (document.amount_minor, document.tax_minor))
    with speaking(order.locale):
        return Markup(  # noqa: S704 - our template
            render_template(
                "invoicing/_paper.html",
                order=order,
                document=document,
                invoice=queries.find_invoice(order.id),
                receipt=as_of(order, document.issued_at),
                address=address,
                country=country_name(address.country, babel_locale()),
                sums={"amount": amount, "tax": tax, "net": amount - tax},
            )
        )
