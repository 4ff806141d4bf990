"""Which goods a promotion means."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from storefront.pricing.snapshot import SnapshotLine


@dataclass(frozen=True, slots=True)
class Scope:
    """Goods named by product or SKU, or else those in one of the categories, of one of the brands, in one of the
    collections, and with all of the attributes.

    An empty scope is everything. A category stands for its whole subtree. Attributes are "name=value": of several
    with one name any will do, of different names each is asked for. What matches `exclude` is out.
    """

    product_ids: frozenset[int] = frozenset()
    skus: frozenset[str] = frozenset()
    category_ids: frozenset[int] = frozenset()
    brand_ids: frozenset[int] = frozenset()
    collection_ids: frozenset[int] = frozenset()
    attributes: frozenset[str] = frozenset()
    exclude: Scope | None = None
    _asked: tuple[frozenset[str], ...] = field(init=False, repr=False, compare=False)
    """The attributes, put together by their names."""

    def __post_init__(self) -> None:
        by_name: dict[str, set[str]] = defaultdict(set)
        for attribute in self.attributes:
            name, _, value = attribute.partition("=")
            if not name or not value:
                raise ValueError('an attribute is "name=value"')
            by_name[name].add(attribute)
        object.__setattr__(self, "_asked", tuple(frozenset(same) for _, same in sorted(by_name.items())))
        if self.exclude is not None and self.exclude.is_everything:
            raise ValueError("a scope that excludes everything")

    @property
    def is_everything(self) -> bool:
        return self.exclude is None and not (self.product_ids or self.skus or self.has_traits)

    @property
    def parts(self) -> tuple[Scope, ...]:
        """This scope, what it leaves out, what that leaves out: goods that all of them ask the same of are alike."""
        return (self, *(self.exclude.parts if self.exclude is not None else ()))

    @property
    def has_traits(self) -> bool:
        """Whether it asks for something else than products and SKUs by name."""
        return bool(self.category_ids or self.brand_ids or self.collection_ids or self.attributes)

    def matches(self, line: SnapshotLine) -> bool:
        """Whether the goods of `line` are meant."""
        return self.covers(
            product_id=line.product_id,
            sku=line.sku,
            category_ids=line.category_ids,
            brand_id=line.brand_id,
            collection_ids=line.collection_ids,
            attributes=line.attributes,
        )

    def covers(
        self,
        *,
        product_id: int,
        sku: str,
        category_ids: frozenset[int],
        brand_id: int | None,
        collection_ids: frozenset[int] = frozenset(),
        attributes: frozenset[str] = frozenset(),
    ) -> bool:
        """Whether one variant is meant; `category_ids` holds its category and all above it."""
        if self.exclude is not None and self.exclude.covers(
            product_id=product_id,
            sku=sku,
            category_ids=category_ids,
            brand_id=brand_id,
            collection_ids=collection_ids,
            attributes=attributes,
        ):
            return False
        if product_id in self.product_ids or sku in self.skus:
            return True
        if not self.has_traits:
            return not self.product_ids and not self.skus
        return (
            not (self.category_ids and self.category_ids.isdisjoint(category_ids))
            and not (self.brand_ids and brand_id not in self.brand_ids)
            and not (self.collection_ids and self.collection_ids.isdisjoint(collection_ids))
            and self.has_attributes(attributes)
        )

    def has_attributes(self, attributes: frozenset[str]) -> bool:
        """Whether these are what it asks of attributes."""
        return not any(same.isdisjoint(attributes) for same in self._asked)


EVERYTHING = Scope()
