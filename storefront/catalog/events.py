"""Facts about the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storefront.kernel.events import Fact


@dataclass(frozen=True, slots=True)
class ProductChanged(Fact):
    """What a product says, costs, or whether it may be seen has changed."""

    product_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CategoryChanged(Fact):
    """What the categories of these products are called, or which they are, has changed."""

    product_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class CollectionChanged(Fact):
    """These products came into a collection, or are no longer in it."""

    product_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class TypeChanged(Fact):
    """What is told of the goods of a type, and by what they are filtered, is another thing now."""

    product_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class PriceChanged(Fact):
    """A variant's own price is another one, in minor units of the shop's currency; it had none when it is new."""

    variant_id: int
    before_minor: int | None
    after_minor: int
    actor: str
    at: datetime
