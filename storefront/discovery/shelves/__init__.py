"""Recommended shelves: what stands on each, why, and what the merchant made of it.

`filling` is the one way to a shelf. A surface (`surfaces`) asks the trained tables for candidates of its kind; `goods`
lets through what can be bought now and is neither in the cart nor unwanted by this shopper; `ruling` keeps the
merchant's rules, which `rules` applies, purely, and puts before them what somebody chose for the product by hand
(`catalog.related`): its source is recorded as "hand"; `reasons` says why, for the shelf and for each card where it
differs. `explaining` walks the same way and tells what became of every candidate. In an experiment a shelf may be
filled otherwise (`fillings`); everything after the candidates stays as it is.

Every shelf falls back: from what is known of the customer, to what goes with the cart, to what sells in the category,
to what sells at all; where nothing is left, the shelf hides. It is never the reason that a page fails.

What was looked at lately is known to the device alone: its script keeps a list of product ids in local storage and asks
with it. The shop stores nothing of it, so it needs no consent, and a browser that asks not to be followed keeps none.
What a shopper does not want to see is kept with the customer, or for a guest in a cookie that says nothing else.
"""

from storefront.discovery.shelves.filling import SHELF_SIZE, fill
from storefront.discovery.shelves.goods import get_anchor, list_products_in_cart, list_sellable
from storefront.discovery.shelves.shown import Anchor, Question, Reason, Shelf, ShelfCard, Visit

__all__ = [
    "SHELF_SIZE",
    "Anchor",
    "Question",
    "Reason",
    "Shelf",
    "ShelfCard",
    "Visit",
    "fill",
    "get_anchor",
    "list_products_in_cart",
    "list_sellable",
]
