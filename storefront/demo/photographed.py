"""Goods with real photographs and no history: what new arrivals look like to shoppers and to the recommender."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storefront.catalog.models import Brand, Category, Product, ProductMedia, Variant
from storefront.demo.fetching import Assets
from storefront.demo.shorthand import sentence
from storefront.demo.sizes import TYPICAL_GRAMS
from storefront.inventory.models import StockLevel, StockMovement, Warehouse
from storefront.inventory.states import MovementKind
from storefront.kernel.text import code_key, slugify
from storefront.media.photos import keep_photo

CHINESE = Path(__file__).with_name("photographed.txt")
PICTURES = {
    "Electronics": "jakob-owens-274337-unsplash.jpg",
    "Sports & Outdoor": "michael-guite-571169-unsplash.jpg",
    "Home & Garden": "paul-weaver-1120584-unsplash.jpg",
}
HEAVY = {"Furniture": 12_000, "Computers": 2_500, "Equipment": 1_500, "Footwear": 900}
COST_SHARE = Decimal("0.65")
NEWEST = timedelta(days=25)


@dataclass(frozen=True, slots=True)
class Choice:
    """One variant of a photographed product."""

    options: dict[str, str]
    sku: str
    price: int
    on_hand: int


@dataclass(frozen=True, slots=True)
class Item:
    """One photographed product."""

    name: str
    description: str
    image: str
    categories: tuple[str, ...]
    """From the department down."""
    brand: str
    colors: tuple[str, ...]
    choices: tuple[Choice, ...]


def read_items(assets: Assets) -> list[Item]:
    """Read the package's table; a line without a name is a further variant of the product above it."""
    items: list[Item] = []
    groups: list[str] = []
    taken: set[str] = set()
    for row in csv.DictReader(assets.table.splitlines(), skipinitialspace=True):
        cells = {key.strip(): (value or "").strip() for key, value in row.items() if key}
        if cells["name"]:
            facets = [facet.partition(":")[::2] for facet in cells["facets"].split("|")]
            groups = [sentence(group) for group in cells["optionGroups"].split("|") if group]
            items.append(
                Item(
                    name=cells["name"],
                    description=cells["description"],
                    image=cells["assets"].split("|")[0],
                    categories=tuple(value for key, value in facets if key == "category"),
                    brand=next((value for key, value in facets if key == "brand"), ""),
                    colors=tuple(value for key, value in facets if key == "color"),
                    choices=(),
                )
            )
        values = [value.strip() for value in cells["optionValues"].split("|") if value.strip()]
        choice = Choice(
            options=dict(zip(groups, values, strict=True)),
            sku=_free(cells["sku"].upper(), values, taken),
            price=int(Decimal(cells["price"]) * 100),
            on_hand=int(cells["stockOnHand"] or 0),
        )
        last = items[-1]
        items[-1] = Item(
            last.name, last.description, last.image, last.categories, last.brand, last.colors, (*last.choices, choice)
        )
    return items


def _free(sku: str, values: list[str], taken: set[str]) -> str:
    """Return the SKU, told apart by the variant's options where the table gives several variants the same."""
    if sku in taken:
        sku = code_key(f"{sku}-{'-'.join(values)}")
    taken.add(sku)
    return sku


def keep_photos(assets: Assets, folder: Path, watch: Callable[[list[str]], Iterator[str]]) -> dict[str, str]:
    """Send every photograph through the media pipeline; return the stored text by file name."""
    names = sorted(assets.images)
    with ThreadPoolExecutor(os.cpu_count()) as hands:
        kept = hands.map(lambda name: keep_photo(assets.images[name], folder).picture, names)
        return {name: next(kept) for name in watch(names)}


def insert_items(session: Session, items: list[Item], pictures: dict[str, str], at: datetime) -> None:
    """Insert the products in departments of their own, with stock."""
    categories = _Categories(session, pictures)
    brands: dict[str, Brand] = {}
    warehouse = session.scalars(select(Warehouse).order_by(Warehouse.priority, Warehouse.id).limit(1)).one()
    for number, item in enumerate(items):
        if item.brand and item.brand not in brands:
            brands[item.brand] = Brand(slug=f"{slugify(item.brand)}-brand", name=item.brand)
            session.add(brands[item.brand])
            session.flush()
        published = at - NEWEST * (number + 1) / len(items)
        product = _product(item, categories.get(item.categories), pictures.get(item.image, ""), published)
        product.brand_id = brands[item.brand].id if item.brand else None
        session.add(product)
        session.flush()
        for variant, choice in zip(product.variants, item.choices, strict=True):
            _receive(session, variant, warehouse, choice.on_hand, published)


def _product(item: Item, category: Category, picture: str, at: datetime) -> Product:
    chinese = _chinese().get(item.name, "")
    attributes = {"Color": ", ".join(item.colors)} if item.colors else {}
    weight = HEAVY.get(item.categories[-1], TYPICAL_GRAMS)
    return Product(
        slug=slugify(item.name),
        name=item.name,
        description=item.description,
        translations={"zh": {"name": chinese}} if chinese else {},
        category_id=category.id,
        product_type=item.categories[-1],
        attributes=attributes,
        picture=picture,
        published_at=at,
        created_at=at,
        updated_at=at,
        variants=[
            Variant(
                sku=choice.sku,
                position=position,
                name=" / ".join(choice.options.values()),
                options=choice.options,
                price_minor=choice.price,
                cost_minor=int(choice.price * COST_SHARE),
                weight_grams=weight,
                updated_at=at,
            )
            for position, choice in enumerate(item.choices)
        ],
        media=[ProductMedia(position=0, picture=picture, alt=item.name)] if picture else [],
    )


def _receive(session: Session, variant: Variant, warehouse: Warehouse, units: int, at: datetime) -> None:
    session.add(StockLevel(variant_id=variant.id, warehouse_id=warehouse.id, on_hand=units, updated_at=at))
    session.add(
        StockMovement(
            variant_id=variant.id,
            warehouse_id=warehouse.id,
            kind=MovementKind.RECEIVED.value,
            on_hand_delta=units,
            reference="demo",
            actor="system",
            at=at,
        )
    )


class _Categories:
    """The departments of the photographed goods, made as they are met."""

    def __init__(self, session: Session, pictures: dict[str, str]) -> None:
        self._session, self._pictures = session, pictures
        self._made: dict[tuple[str, ...], Category] = {}

    def get(self, path: tuple[str, ...]) -> Category:
        if path not in self._made:
            self._made[path] = self._make(path, self.get(path[:-1]) if len(path) > 1 else None)
        return self._made[path]

    def _make(self, path: tuple[str, ...], parent: Category | None) -> Category:
        slug = slugify(path[-1])
        if self._session.scalar(select(Category.id).where(Category.slug == slug)) is not None:
            slug = f"{parent.slug if parent else 'more'}-{slug}"
        siblings = select(func.coalesce(func.max(Category.position), -1) + 1).where(
            Category.parent_id == (parent.id if parent else None)
        )
        chinese = _chinese().get(path[-1], "")
        category = Category(
            parent_id=parent.id if parent else None,
            slug=slug,
            path="",
            depth=len(path) - 1,
            position=self._session.scalar(siblings) or 0,
            name=path[-1].replace("& G", "& g").replace("& O", "& o"),
            translations={"zh": {"name": chinese}} if chinese else {},
            picture=self._pictures.get(PICTURES.get(path[-1], ""), parent.picture if parent else ""),
        )
        self._session.add(category)
        self._session.flush()
        category.path = f"{parent.path if parent else '/'}{category.id}/"
        self._session.flush()
        return category


@lru_cache(maxsize=1)
def _chinese() -> dict[str, str]:
    lines = CHINESE.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition(" | ")[::2] for line in lines if line and not line.startswith("#"))
    return dict(pairs)
