"""What the list of changes shows."""

from __future__ import annotations

from typing import Any

from admin.audit.queries import staff_choices
from admin.tables import Choice, Column, Days, Table, Words
from storefront.kernel.errors import N_

OBJECTS = (
    ("product", N_("Product")),
    ("stock", N_("Stock")),
    ("warehouse", N_("Warehouse")),
    ("shipping_zone", N_("Delivery zone")),
    ("shipping_method", N_("Delivery method")),
    ("slot", N_("Home page slot")),
    ("slot_entry", N_("Slot entry")),
    ("flash_sale", N_("Flash sale")),
    ("flash_session", N_("Session of a flash sale")),
    ("tier", N_("Tier")),
    ("customer", N_("Customer")),
    ("order", N_("Order")),
    ("payment", N_("Payment")),
    ("staff", N_("Staff")),
    ("price_list", N_("Price list")),
    ("tax_class", N_("Tax class")),
    ("tax_rate", N_("Tax rate")),
    ("tax", N_("Tax")),
    ("customer_group", N_("Customer group")),
    ("collection", N_("Collection")),
    ("search_rule", N_("Search rule")),
    ("shelf_rule", N_("Shelf rule")),
    ("recommender", N_("Recommender")),
    ("synonym", N_("Synonym")),
    ("judged_query", N_("Rated search")),
    ("experiment", N_("Experiment")),
)
ACTIONS = {
    "product.change": N_("Product changed"),
    "prices.change": N_("Prices changed"),
    "stock.count": N_("Stock counted"),
    "stock.receive": N_("Goods received"),
    "stock.transfer": N_("Goods transferred"),
    "warehouse.open": N_("Warehouse opened"),
    "warehouse.change": N_("Warehouse changed"),
    "shipping_zone.add": N_("Delivery zone added"),
    "shipping_zone.change": N_("Delivery zone changed"),
    "shipping_method.add": N_("Delivery method added"),
    "shipping_method.change": N_("Delivery method changed"),
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
    "copy.ask": N_("Copy of personal data asked for"),
    "deletion.ask": N_("Deletion of an account asked for"),
    "deletion.call_off": N_("Deletion of an account called off"),
    "deletion.delete": N_("Account deleted"),
    "letter.try": N_("Trial letter sent"),
    "points.adjust": N_("Points given or taken"),
    "order.cancel": N_("Order cancelled"),
    "order.refund": N_("Refund asked for"),
    "order.transfer": N_("Bank transfer booked"),
    "order.capture": N_("Authorised money captured"),
    "refund.settle": N_("Refund settled by hand"),
    "refund.retry": N_("Refund tried again"),
    "payment.settle": N_("Difference of a payment settled"),
    "payment_message.read": N_("Provider's message read again"),
    "payment_message.settle": N_("Provider's message settled"),
    "payments.reconcile": N_("Providers asked about open payments"),
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
    "tax.mode": N_("Prices with or without tax"),
    "tax_class.add": N_("Tax class added"),
    "tax_class.change": N_("Tax class changed"),
    "tax_class.remove": N_("Tax class deleted"),
    "tax_rate.add": N_("Tax rate added"),
    "tax_rate.change": N_("Tax rate changed"),
    "tax_rate.remove": N_("Tax rate deleted"),
    "product.tax": N_("Tax class of a product changed"),
    "customer_group.add": N_("Customer group added"),
    "customer_group.rename": N_("Customer group renamed"),
    "customer_group.members": N_("Members of a group changed"),
    "collection.add": N_("Collection added"),
    "collection.rename": N_("Collection renamed"),
    "collection.fill": N_("Products of a collection changed"),
    "collection.delete": N_("Collection deleted"),
    "search_rule.add": N_("Search rule added"),
    "search_rule.change": N_("Search rule changed"),
    "search_rule.delete": N_("Search rule deleted"),
    "shelf_rule.add": N_("Shelf rule added"),
    "shelf_rule.change": N_("Shelf rule changed"),
    "shelf_rule.delete": N_("Shelf rule deleted"),
    "recommender.publish": N_("Older recommendations published"),
    "synonym.add": N_("Synonym added"),
    "synonym.change": N_("Synonym changed"),
    "synonym.delete": N_("Synonym deleted"),
    "synonym.import": N_("Synonyms imported"),
    "judgement.add": N_("Search put on the list to be rated"),
    "judgement.rate": N_("Results rated"),
    "judgement.import": N_("Ratings imported"),
    "judgement.remove": N_("Search taken off the list to be rated"),
    "experiment.add": N_("Experiment planned"),
    "experiment.change": N_("Plan of an experiment changed"),
    "experiment.delete": N_("Draft of an experiment deleted"),
    "experiment.start": N_("Experiment started"),
    "experiment.ramp": N_("Coverage of an experiment raised"),
    "experiment.stop": N_("Experiment ended"),
    "experiment.conclude": N_("Experiment concluded"),
    "experiment.forget": N_("What somebody saw of experiments forgotten"),
}


def changes_table() -> Table:
    """Return the list of changes; its filter of people offers everybody who works here, or did."""
    return Table(
        url="/admin/audit",
        columns=(
            Column(N_("When"), key="at", value=lambda row: row.at, look="nowrap", is_fixed=True),
            Column(N_("Who"), key="actor", value=lambda row: row.actor),
            Column(N_("What"), key="action", value=lambda row: Words(ACTIONS.get(row.action, row.action))),
            Column(N_("Object"), key="object", value=lambda row: f"{row.object_kind} {row.object_key}"),
            Column(N_("Before and after"), key="changes", value=told),
        ),
        default_sort="",
        filters=(
            Choice("kind", N_("Object"), OBJECTS),
            Choice("who", N_("Who"), staff_choices(), is_data=True),
            Days("at", N_("Day")),
        ),
        search_label=N_("Number or key of the object"),
    )


def told(row: Any) -> str:
    """Return what changed as one line for a file: "price: 1299 → 1199"."""
    parts = (f"{field}: {_short(before)} → {_short(after)}" for field, (before, after) in row.changes.items())
    return "; ".join(parts)


def _short(value: object) -> str:
    return "" if value is None else str(value)[:200]
