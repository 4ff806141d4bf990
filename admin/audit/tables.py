"""What the list of changes shows."""

from __future__ import annotations

from admin.tables import Choice, Column, Days, Table
from storefront.kernel.errors import N_

OBJECTS = (
    ("product", N_("Product")),
    ("stock", N_("Stock")),
    ("warehouse", N_("Warehouse")),
    ("slot", N_("Home page slot")),
    ("slot_entry", N_("Slot entry")),
    ("flash_sale", N_("Flash sale")),
    ("flash_session", N_("Session of a flash sale")),
    ("tier", N_("Tier")),
    ("customer", N_("Customer")),
    ("order", N_("Order")),
    ("staff", N_("Staff")),
    ("price_list", N_("Price list")),
    ("customer_group", N_("Customer group")),
    ("collection", N_("Collection")),
)
ACTIONS = {
    "product.change": N_("Product changed"),
    "prices.change": N_("Prices changed"),
    "stock.count": N_("Stock counted"),
    "stock.receive": N_("Goods received"),
    "stock.transfer": N_("Goods transferred"),
    "warehouse.open": N_("Warehouse opened"),
    "warehouse.change": N_("Warehouse changed"),
    "slot.move": N_("Slot moved"),
    "slot.switch": N_("Slot shown or hidden"),
    "slot_entry.add": N_("Entry added"),
    "slot_entry.change": N_("Entry changed"),
    "flash_sale.add": N_("Activity added"),
    "flash_sale.change": N_("Activity changed"),
    "flash_session.add": N_("Session added"),
    "flash_session.change": N_("Session changed"),
    "flash_session.remove": N_("Session removed"),
    "tier.add": N_("Tier added"),
    "tier.change": N_("Tier changed"),
    "tier.remove": N_("Tier removed"),
    "points.adjust": N_("Points given or taken"),
    "order.cancel": N_("Order cancelled"),
    "session.begin": N_("Signed in"),
    "promotion.add": N_("Promotion made"),
    "promotion.change": N_("Promotion changed"),
    "promotion.activate": N_("Promotion started"),
    "promotion.pause": N_("Promotion paused"),
    "promotion.archive": N_("Promotion archived"),
    "promotion.unarchive": N_("Promotion taken out of the archive"),
    "promotion.delete": N_("Promotion deleted"),
    "promotion.simulate": N_("Promotion tried on past orders"),
    "promotion.simulate_stop": N_("Trying on past orders stopped"),
    "price_list.add": N_("Price list added"),
    "price_list.change": N_("Price list changed"),
    "price_list.prices": N_("Prices in a list changed"),
    "customer_group.add": N_("Customer group added"),
    "customer_group.rename": N_("Customer group renamed"),
    "customer_group.members": N_("Members of a group changed"),
    "collection.add": N_("Collection added"),
    "collection.rename": N_("Collection renamed"),
    "collection.fill": N_("Products of a collection changed"),
    "collection.delete": N_("Collection deleted"),
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
