"""From the lines of a cart to those of a snapshot: each at the catalogue price that this shopper is asked today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from storefront.cart.contents import Line
from storefront.flash.rules import FlashOffer
from storefront.kernel.money import Money
from storefront.pricing.catalogue import PriceOption, catalogue_price
from storefront.pricing.snapshot import PriceSource, Shopper, SnapshotLine

AT_FLASH_PRICE = "@flash"
"""What the line id of the pieces at the price of a flash sale ends in."""


class Marks(Protocol):
    """What promotions may ask of a product beside its categories and brand."""

    @property
    def collection_ids(self) -> frozenset[int]: ...

    @property
    def attributes(self) -> frozenset[str]: ...


def snapshot_lines(
    lines: Iterable[Line],
    *,
    shopper: Shopper,
    options: Mapping[int, Sequence[PriceOption]],
    flash: Mapping[int, FlashOffer],
    marks: Mapping[int, Marks],
) -> tuple[SnapshotLine, ...]:
    """Price lines; `options` and `flash` are by variant id, `marks` by product id.

    As many pieces as a flash sale has for this shopper are a line of their own, if its price is the lowest. A quantity
    break counts all pieces of the variant.
    """
    found: list[SnapshotLine] = []
    for line in lines:
        priced = catalogue_price(
            line.unit_price, options.get(line.variant_id, ()), shopper=shopper, quantity=line.quantity
        )
        own = marks.get(line.product_id)
        usual = SnapshotLine(
            line_id=line.sku,
            sku=line.sku,
            quantity=line.quantity,
            unit_price=priced.unit_price,
            base_price=line.unit_price,
            price_source=priced.source,
            minimum_price=line.minimum_price,
            product_id=line.product_id,
            brand_id=line.brand_id,
            category_ids=line.category_ids,
            collection_ids=own.collection_ids if own else frozenset(),
            attributes=own.attributes if own else frozenset(),
            tax_class=line.tax_class,
        )
        offer = flash.get(line.variant_id)
        reduced = 0
        if offer is not None and offer.price_minor < priced.unit_price.minor:
            reduced = min(line.quantity, offer.left)
        if offer is not None and reduced:
            found.append(
                replace(
                    usual,
                    line_id=line.sku + AT_FLASH_PRICE,
                    quantity=reduced,
                    unit_price=Money(offer.price_minor, line.unit_price.currency),
                    price_source=PriceSource.FLASH,
                )
            )
        if line.quantity > reduced:
            found.append(replace(usual, quantity=line.quantity - reduced))
    return tuple(found)
