"""Finding what the demo has, whatever its size: categories by name, and the goods in them that sell best."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from storefront.catalog.models import Brand, Category, Product, Variant
from storefront.demo.front import TIMEZONE
from storefront.demo.makers import OWN_LABEL
from storefront.inventory.models import StockLevel


def midnight(at: datetime, days: int) -> datetime:
    """Return when a day of the shop begins, counted from the day of `at`."""
    zone = ZoneInfo(TIMEZONE)
    day = at.astimezone(zone).date() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Good:
    """A package size of a product that is in stock."""

    variant_id: int
    product_id: int
    sku: str
    price_minor: int
    department: str
    """The path of the category at the top."""


class Picker:
    """What is on the shelves. Names are the English ones of categories; of two alike the higher one is meant."""

    def __init__(self, session: Session) -> None:
        self._session = session
        rows = session.execute(select(Category.id, Category.name, Category.path).order_by(Category.depth.desc()))
        self._categories = {row.name: (row.id, row.path) for row in rows}

    def has(self, *names: str) -> bool:
        """Whether there are all of these categories."""
        return all(name in self._categories for name in names)

    def categories(self, *names: str) -> list[int]:
        """Return the ids of those categories that there are."""
        return [self._categories[name][0] for name in names if name in self._categories]

    def first_of(self, *names: str) -> str:
        """Return the first name that is a category."""
        return next(name for name in names if name in self._categories)

    def maker_of(self, name: str) -> tuple[int, str, str]:
        """Return the brand's id and both names of the maker that sells most below a category."""
        found = self._session.execute(
            select(Brand.id, Brand.name, func.min(Product.id).label("product_id"))
            .join(Product, Product.brand_id == Brand.id)
            .join(Category, Category.id == Product.category_id)
            .where(Category.path.startswith(self._categories[name][1]), Brand.name != OWN_LABEL)
            .group_by(Brand.id)
            .order_by(func.sum(Product.popularity).desc(), Brand.id)
            .limit(1)
        ).one()
        words = self._session.scalars(select(Product.translations).where(Product.id == found.product_id)).one()
        return found.id, found.name, str(words["zh"]["name"]).partition(" ")[0]

    def goods(self, *names: str, most: int, prices: tuple[int, int] = (1, 10**9), least_stock: int = 12) -> list[Good]:
        """Return the best sellers below these categories within a range of prices, one size of each product."""
        paths = [self._categories[name][1] for name in names if name in self._categories]
        if not paths:
            return []
        chosen = (
            select(func.min(Variant.id).label("id"))
            .join(StockLevel, StockLevel.variant_id == Variant.id)
            .where(Variant.price_minor.between(*prices), StockLevel.on_hand >= least_stock)
            .group_by(Variant.product_id)
            .subquery()
        )
        rows = self._session.execute(
            select(Variant.id, Variant.product_id, Variant.sku, Variant.price_minor, Category.path)
            .join(chosen, chosen.c.id == Variant.id)
            .join(Product, Product.id == Variant.product_id)
            .join(Category, Category.id == Product.category_id)
            .where(or_(*(Category.path.startswith(path) for path in paths)), Product.is_published)
            .order_by(Product.popularity.desc(), Variant.id)
            .limit(most)
        )
        return [_good(*row) for row in rows]

    def named(self, slugs: Iterable[str]) -> list[Good]:
        """Return the first size of each of these products that there are, in this order."""
        wanted = list(slugs)
        rows = self._session.execute(
            select(Product.slug, Variant.id, Variant.product_id, Variant.sku, Variant.price_minor, Category.path)
            .join(Product, Product.id == Variant.product_id)
            .join(Category, Category.id == Product.category_id)
            .where(Product.slug.in_(wanted), Variant.position == 0)
        )
        found = {row.slug: _good(*row[1:]) for row in rows}
        return [found[slug] for slug in wanted if slug in found]


def _good(variant_id: int, product_id: int, sku: str, price_minor: int, path: str) -> Good:
    return Good(variant_id, product_id, sku, price_minor, path.split("/")[1])
