"""Which goods a promotion means."""

from __future__ import annotations

from dataclasses import dataclass

from storefront.pricing.snapshot import SnapshotLine


@dataclass(frozen=True, slots=True)
class Scope:
    """Goods named by product or SKU, or else those in one of the categories and of one of the brands.

    An empty scope is everything. A category stands for its whole subtree. What matches `exclude` is out.
    """

    product_ids: frozenset[int] = frozenset()
    skus: frozenset[str] = frozenset()
    category_ids: frozenset[int] = frozenset()
    brand_ids: frozenset[int] = frozenset()
    exclude: Scope | None = None

    def __post_init__(self) -> None:
        if self.exclude is not None and self.exclude.is_everything:
            raise ValueError("a scope that excludes everything")

    @property
    def is_everything(self) -> bool:
        named = self.product_ids or self.skus or self.category_ids or self.brand_ids
        return not named and self.exclude is None

    def matches(self, line: SnapshotLine) -> bool:
        """Whether the goods of `line` are meant."""
        return self.covers(
            product_id=line.product_id, sku=line.sku, category_ids=line.category_ids, brand_id=line.brand_id
        )

    def covers(self, *, product_id: int, sku: str, category_ids: frozenset[int], brand_id: int | None) -> bool:
        """Whether one variant is meant; `category_ids` holds its category and all above it."""
        if self.exclude is not None and self.exclude.covers(
            product_id=product_id, sku=sku, category_ids=category_ids, brand_id=brand_id
        ):
            return False
        if product_id in self.product_ids or sku in self.skus:
            return True
        if not self.category_ids and not self.brand_ids:
            return not self.product_ids and not self.skus
        if self.category_ids and self.category_ids.isdisjoint(category_ids):
            return False
        return not self.brand_ids or brand_id in self.brand_ids


EVERYTHING = Scope()
