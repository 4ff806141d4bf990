"""What the list of changes shows."""

from __future__ import annotations

from admin.tables import Choice, Column, Days, Table
from storefront.kernel.errors import N_

OBJECTS = (
    ("product", N_("Product")),
    ("stock", N_("Stock")),
    ("slot", N_("Home page slot")),
    ("slot_entry", N_("Slot entry")),
    ("flash_sale", N_("Flash sale")),
    ("flash_session", N_("Session of a flash sale")),
    ("order", N_("Order")),
    ("staff", N_("Staff")),
)
ACTIONS = {
    "product.change": N_("Product changed"),
    "prices.change": N_("Prices changed"),
    "stock.count": N_("Stock counted"),
    "slot.move": N_("Slot moved"),
    "slot.switch": N_("Slot shown or hidden"),
    "slot_entry.add": N_("Entry added"),
    "slot_entry.change": N_("Entry changed"),
    "flash_sale.add": N_("Activity added"),
    "flash_sale.change": N_("Activity changed"),
    "flash_session.add": N_("Session added"),
    "flash_session.change": N_("Session changed"),
    "flash_session.remove": N_("Session removed"),
    "order.cancel": N_("Order cancelled"),
    "session.begin": N_("Signed in"),
}


def changes_table() -> Table:
    """Return the list of changes."""
    return Table(
        url="/admin/audit",
        columns=(
            Column(N_("When")),
            Column(N_("Who")),
            Column(N_("What")),
            Column(N_("Object")),
            Column(N_("Before and after")),
        ),
        default_sort="",
        filters=(Choice("kind", N_("Object"), OBJECTS), Days("at", N_("Day"))),
    )
