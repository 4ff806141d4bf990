"""What fields and values of the ledger are called."""

from __future__ import annotations

from collections.abc import Mapping

from admin.content.words import DEVICES, KINDS, PERSONAL, SHELVES, VISITORS
from admin.coupons.tables import WAYS
from admin.experiments.words import CONCLUSIONS, METRICS, STATUSES, WATCHING
from admin.orders.tables import REASONS, STATUS
from admin.payments.tables import REFUNDS
from storefront.catalog.states import ROLE_WORDS
from storefront.fulfilment.words import STATES as PARCELS
from storefront.kernel.errors import N_
from storefront.returns.words import KINDS as RETURNS
from storefront.returns.words import STATES
from storefront.support.states import STATES as TICKETS

KINDS_TOLD = frozenset(
    {
        *("product", "category", "collection", "product_type", "price_list", "promotion", "coupon", "flash_sale"),
        *("flash_session", "slot", "slot_entry", "page", "campaign", "search_rule", "shelf_rule", "experiment"),
    }
)
"""The objects whose fields are named here."""
FIELDS: Mapping[str, str] = {
    "name": N_("What it is called"),
    "name_zh": N_("Name in Chinese"),
    "slug": N_("Web address"),
    "description": N_("Description"),
    "description_zh": N_("Description in Chinese"),
    "is_published": N_("Published"),
    "published": N_("Published"),
    "published_from": N_("Published from"),
    "published_until": N_("Published until"),
    "is_returnable": N_("May be returned"),
    "is_active": N_("Switched on"),
    "active": N_("Switched on"),
    "Active": N_("Switched on"),
    "starts_at": N_("Begins"),
    "ends_at": N_("Ends"),
    "starts at": N_("Begins"),
    "ends at": N_("Ends"),
    "priority": N_("Priority"),
    "position": N_("Position"),
    "status": N_("State"),
    "version": N_("Version"),
    "note": N_("Note"),
    "reason": N_("Reason"),
    "picture": N_("Picture"),
    "pictures": N_("Pictures"),
    "audience": N_("For whom"),
    "en": N_("English"),
    "zh": N_("Chinese"),
    "source": N_("Where its goods come from"),
    "product_ids": N_("Products"),
    "slot": N_("Home page slot"),
    "shelf": N_("Shelf"),
    "page": N_("Page"),
    "kind": N_("Kind"),
    "order": N_("Sequence"),
    "entries": N_("Slot entries"),
    "shown": N_("Shown"),
    "seo_title": N_("Title for search engines"),
    "seo_title_zh": N_("Title for search engines, in Chinese"),
    "seo_description": N_("Description for search engines"),
    "seo_description_zh": N_("Description for search engines, in Chinese"),
    "below": N_("Category above it"),
    "products moved": N_("Products moved"),
    "subcategories moved": N_("Subcategories moved"),
    "leads to": N_("Its address leads to"),
    "category": N_("Category"),
    "brand": N_("Brand"),
    "product_type": N_("Product type"),
    "role": N_("Product role"),
    "tax_class": N_("Tax class"),
    "sku": N_("SKU"),
    "price": N_("price"),
    "before": N_("Price before, struck through"),
    "barcode": N_("Barcode"),
    "weight_grams": N_("Weight in grams"),
    "options": N_("Options"),
    "cost_minor": N_("Cost"),
    "minimum_price_minor": N_("Lowest price"),
    "hypothesis": N_("Hypothesis"),
    "surface": N_("What varies"),
    "namespace": N_("Namespace"),
    "share": N_("Share of the namespace"),
    "primary metric": N_("Primary metric"),
    "mde": N_("Lift worth knowing of"),
    "days": N_("Length in days"),
    "watching": N_("When it is looked at"),
    "guardrails": N_("Guardrails"),
    "coverage": N_("Coverage"),
    "decision": N_("What follows"),
    "winner": N_("What everybody will see"),
    "when: audience": N_("For whom"),
    "when: phrases": N_("For the searches"),
    "when: category_ids": N_("In the categories"),
    "when: groups": N_("Customer groups"),
    "when: language": N_("Language"),
    "does: pins": N_("First"),
    "does: buries": N_("Last"),
    "does: boosts": N_("Moves groups of goods"),
    "does: category_ids": N_("Only these categories"),
    "does: brands": N_("Only these brands"),
    "does: on_promotion": N_("Only what is on promotion"),
    "does: in_stock": N_("Only what is in stock"),
    "does: redirect": N_("Sends shoppers to"),
    "does: banner": N_("Banner"),
}
"""What a field is called; of a field of a variant ("CUP weight_grams") its last word is looked up."""

OTHER_FIELDS: Mapping[str, str] = {
    "state": N_("State"),
    "status": N_("Order state"),
    "kind": N_("Kind"),
    "order": N_("Order"),
    "suggested": N_("Suggested by the rules"),
    "paid back": N_("Paid back"),
    "refund": N_("Refund"),
    "amount": N_("Amount"),
    "total": N_("Total"),
    "reason": N_("Reason"),
    "answer": N_("Answer"),
    "request": N_("Request for approval"),
    "asked_by": N_("Asked by"),
    "assigned_to": N_("Seen to by"),
    "delivery": N_("Delivery"),
    "address": N_("Address"),
    "goods": N_("Products"),
    "e-mail": N_("E-mail"),
    "note": N_("Note"),
    "letter": N_("Letter"),
    "label": N_("Tracking number"),
}
"""What a field of any other object is called."""

LISTED: Mapping[tuple[str, str], str] = {
    ("slot_entry", "product_ids"): "product",
    ("search_rule", "does: pins"): "product",
    ("search_rule", "does: buries"): "product",
    ("search_rule", "does: category_ids"): "category",
    ("search_rule", "when: category_ids"): "category",
    ("shelf_rule", "does: pins"): "product",
    ("shelf_rule", "does: buries"): "product",
    ("shelf_rule", "does: category_ids"): "category",
    ("coupon", "Given to customer"): "customer",
}
"""Fields that name things by number, and what these are."""

_AUDIENCES: Mapping[str, str] = {
    "everybody": N_("Everybody"),
    "guests": N_("Guests"),
    "signed_in": N_("Who is signed in"),
    "groups": N_("Customer groups"),
}
VALUES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("return", "state"): STATES,
    ("return", "kind"): RETURNS,
    ("parcel", "state"): PARCELS,
    ("ticket", "state"): TICKETS,
    ("order", "status"): STATUS,
    ("order", "reason"): REASONS,
    ("order", "refund"): REFUNDS,
    ("coupon", "Way"): WAYS,
    ("slot_entry", "status"): {
        "draft": N_("Draft"),
        "approved": N_("In force"),
        "paused": N_("Paused"),
        "archived": N_("Archived"),
    },
    ("slot_entry", "source"): {**SHELVES, **PERSONAL},
    ("slot", "kind"): KINDS,
    ("search_rule", "when: audience"): _AUDIENCES,
    ("shelf_rule", "shelf"): {"every shelf": N_("Every shelf")},
    ("product", "role"): ROLE_WORDS,
    ("experiment", "status"): STATUSES,
    ("experiment", "primary metric"): METRICS,
    ("experiment", "watching"): WATCHING,
    ("experiment", "decision"): CONCLUSIONS,
}
"""Words for what is one of few values; a parcel's state may go on with its label."""
AUDIENCE: Mapping[str, Mapping[str, str]] = {"visitor": VISITORS, "device": DEVICES}
"""Words for whom an entry is for; its tier and its group are told by their keys."""
