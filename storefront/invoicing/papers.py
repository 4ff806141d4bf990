"""What stands on an order's papers, in the language of the order: its invoice or receipt, and its packing slip."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.accounts.countries import country_name
from storefront.accounts.rules import PostalAddress
from storefront.invoicing import queries
from storefront.invoicing.models import Invoice
from storefront.invoicing.printing import Paper, pdf_of
from storefront.kernel.money import Money
from storefront.orders.history import as_of
from storefront.orders.models import Order
from storefront.orders.receipt import Receipt, ReceiptLine, receipt_of
from storefront.shop.queries import get_settings
from storefront.web.filters import moment, money_text
from storefront.web.locale import babel_locale, speaking
from storefront.web.measures import sized


def invoices_pdf(orders: Sequence[Order]) -> bytes:
    """Return the invoices of orders that were read whole as one PDF; one without an invoice has its receipt."""
    return pdf_of([_spoken(order, invoice_paper) for order in orders])


def slips_pdf(orders: Sequence[Order]) -> bytes:
    """Return the packing slips of orders that were read whole as one PDF."""
    return pdf_of([_spoken(order, slip_paper) for order in orders])


def invoice_paper(order: Order) -> Paper:
    """Return an order's invoice as it was issued, else its receipt as it stands now."""
    invoice = queries.find_invoice(order.id)
    receipt = as_of(order, invoice.issued_at) if invoice is not None else receipt_of(order)
    if invoice is not None:
        title = _("Invoice %(number)s", number=invoice.number)
    else:
        title = _("Receipt for order %(number)s", number=order.number)
    return Paper(
        title=title,
        sender=_seller(invoice),
        receiver=_buyer(order, invoice),
        facts=_facts(order, invoice),
        heads=[_("Product"), _("Quantity"), _("Price"), _("Amount")],
        rows=[_row(line) for line in receipt.lines],
        sums=_sums(receipt),
        pages=_pages(),
        author=get_settings().name,
    )


def slip_paper(order: Order) -> Paper:
    """Return what lies in the box: goods without prices, so that it can come as a present."""
    pieces = sum(line.quantity for line in order.lines)
    notes = [ngettext("One piece", "%(num)s pieces", pieces)]
    if order.note:
        notes.append(f"{_('Note from the customer:')} {order.note}")
    return Paper(
        title=_("Packing slip %(number)s", number=order.number),
        sender=_seller(None),
        receiver=_buyer(order, None),
        facts=[*_facts(order, None), order.shipping_method_name],
        heads=[_("Product"), _("SKU"), _("Pieces")],
        rows=[(sized(line.name, line.variant_name), line.sku, str(line.quantity)) for line in order.lines],
        sums=(),
        pages=_pages(),
        notes=notes,
        author=get_settings().name,
    )


def _spoken(order: Order, make: Callable[[Order], Paper]) -> Paper:
    with speaking(order.locale):
        return make(order)


def _row(line: ReceiptLine) -> Sequence[str]:
    name = f"{sized(line.name, line.variant_name)} ({line.sku})"
    return name, str(line.quantity), money_text(line.unit_price), money_text(line.goods)


def _sums(receipt: Receipt) -> list[tuple[str, str]]:
    """Return every reason that leads from the goods to the total; the tax that is in it stands before it."""
    taxes = (
        [] if receipt.is_tax_added else [(_("includes %(tax)s", tax=tax.label), tax.amount) for tax in receipt.taxes]
    )
    rows: list[tuple[str, Money]] = [
        (_("Goods"), receipt.goods),
        *((f"{reason.label} {reason.code}".strip(), reason.amount) for reason in receipt.reasons),
        *([(_("Total without tax"), receipt.net)] if receipt.tax else []),
        *taxes,
        (_("Total"), receipt.total),
    ]
    return [(str(label), money_text(amount)) for label, amount in rows]


def _seller(invoice: Invoice | None) -> list[str]:
    settings = get_settings()
    if invoice is not None:
        known = {name: str(invoice.seller.get(name, "")) for name in ("name", "address", "tax_id", "email")}
    else:
        known = {"name": settings.seller_name or settings.name, "address": settings.seller_address}
        known |= {"tax_id": settings.seller_tax_id, "email": settings.email}
    tax_id = _("%(label)s: %(text)s", label=_("Tax number"), text=known["tax_id"]) if known["tax_id"] else ""
    return [known["name"], known["address"], tax_id, known["email"]]


def _buyer(order: Order, invoice: Invoice | None) -> list[str]:
    fields = (invoice.buyer if invoice is not None else None) or order.shipping_address or {}
    if not fields.get("name"):
        return []
    address = PostalAddress.from_fields(fields)
    company = invoice.company if invoice is not None else ""
    tax_id = invoice.buyer_tax_id if invoice is not None else ""
    lines = [company, address.name, *address.lines(), country_name(address.country, babel_locale())]
    if tax_id:
        lines.append(_("%(label)s: %(text)s", label=_("Tax number"), text=tax_id))
    return [line for line in lines if line]


def _facts(order: Order, invoice: Invoice | None) -> list[str]:
    facts = [(_("Order"), order.number), (_("Ordered on"), str(moment(order.placed_at, "date").striptags()))]
    if invoice is not None:
        facts.insert(0, (_("Date"), str(moment(invoice.issued_at, "date").striptags())))
    return [_("%(label)s: %(text)s", label=label, text=text) for label, text in facts]


def _pages() -> str:
    return str(_("Page %(page)s of %(pages)s", page="%(page)s", pages="%(pages)s"))
