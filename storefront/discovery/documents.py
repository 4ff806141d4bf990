"""Published products as documents of the index: names in every language, brand, categories, codes, sizes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from search import Document, Label, LiveRow
from storefront.catalog.attributes import OWN_FACETS, PREFIX, attribute_key, attribute_values
from storefront.catalog.models import Brand, Category, Product, Variant
from storefront.catalog.product_types import facts_in_order, hidden_names
from storefront.database.base import db
from storefront.discovery.gathered import with_collections
from storefront.discovery.live import read_live
from storefront.kernel.text import fold, squeeze

AT_ONCE = 1_000
MOST_FACETS = 24
LONGEST_VALUE = 80
_PRODUCTS = select(
    Product.id,
    Product.name,
    Product.description,
    Product.translations,
    Product.product_type,
    Product.attributes,
    Brand.slug.label("brand_slug"),
    Brand.name.label("brand_name"),
    Category.path,
).join(Category, Category.id == Product.category_id)
_VARIANTS = (
    select(Variant.product_id, Variant.sku, Variant.barcode, Variant.name, Variant.options)
    .where(Variant.is_active)
    .order_by(Variant.product_id, Variant.position)
)


def count_documents() -> int:
    """Return about how many documents there will be, for a progress bar."""
    return int(db.session.scalar(select(func.count()).select_from(Product).where(Product.is_published)) or 0)


def each_document() -> Iterator[Document]:
    """Yield the document of every published product that has an active variant, by id."""
    ids = db.session.scalars(select(Product.id).where(Product.is_published).order_by(Product.id)).all()
    for start in range(0, len(ids), AT_ONCE):
        yield from list_documents(ids[start : start + AT_ONCE])


def list_documents(product_ids: Sequence[int]) -> list[Document]:
    """Return the documents of those products that are published and have an active variant."""
    live = read_live(product_ids)
    labels = _category_labels()
    variants: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(_VARIANTS.where(Variant.product_id.in_(list(live)))):
        variants[row.product_id].append(row)
    statement = _PRODUCTS.outerjoin(Brand, Brand.id == Product.brand_id).where(Product.id.in_(list(live)))
    products = db.session.execute(statement.order_by(Product.id))
    return with_collections([_document(row, variants[row.id], live[row.id], labels) for row in products])


def _document(product: Any, variants: Sequence[Any], live: LiveRow, labels: Mapping[int, Label]) -> Document:
    translations: Mapping[str, Mapping[str, Any]] = product.translations or {}
    above = (int(part) for part in product.path.strip("/").split("/") if part)
    categories = tuple(labels[number] for number in above if number in labels)
    _, price, in_stock, reduced, popularity, published_on, rating = live
    return Document(
        id=product.id,
        title=product.name,
        other_titles=tuple(words["name"] for words in translations.values() if words.get("name")),
        brand=Label(product.brand_slug, (product.brand_name,)) if product.brand_slug else None,
        categories=categories,
        product_type=product.product_type,
        description="\n".join(
            [product.description, *(words.get("description") or "" for words in translations.values())]
        ),
        attributes=(
            *(f"{name} {value}" for name, value in (product.attributes or {}).items()),
            *dict.fromkeys(variant.name for variant in variants if variant.name),
        ),
        codes=tuple(code for variant in variants for code in (variant.sku, variant.barcode) if code),
        facets=_facets(_filters(product), variants, categories),
        price_minor=price,
        in_stock=in_stock,
        on_promotion=reduced,
        popularity=popularity,
        published_on=published_on,
        rating=rating,
    )


def _facets(
    attributes: Mapping[str, Any], variants: Sequence[Any], categories: Sequence[Label]
) -> dict[str, tuple[str, ...]]:
    """Return a facet for each option that variants have and each attribute: {"a.size": ("11 oz", "16 oz")}.

    An attribute that only repeats the name of the product's category is none, and neither is a long text.
    """
    known = {fold(name) for label in categories for name in label.names}
    found: dict[str, dict[str, None]] = {}
    for variant in variants:
        for name, value in (variant.options or {}).items():
            _add(found, name, (squeeze(str(value)),))
    for name, value in attributes.items():
        if fold(str(value)) not in known:
            _add(found, name, attribute_values(squeeze(str(value))))
    return {key: tuple(values) for key, values in list(found.items())[:MOST_FACETS]}


def _filters(product: Any) -> dict[str, Any]:
    """Return the attributes that products of this type are filtered by, in the type's order."""
    hidden = hidden_names(product.product_type)
    facts = facts_in_order(product.product_type, product.attributes or {}, "en")
    return {name: value for name, value in facts.items() if name not in hidden}


def _add(found: dict[str, dict[str, None]], name: str, values: Sequence[str]) -> None:
    key = attribute_key(str(name))
    if key and key not in OWN_FACETS:
        for value in values:
            if value and len(value) <= LONGEST_VALUE:
                found.setdefault(PREFIX + key, {})[value] = None


def _category_labels() -> dict[int, Label]:
    """Return every published category by id, with its names; the facet's value is the id."""
    rows = db.session.execute(select(Category.id, Category.name, Category.translations).where(Category.is_published))
    return {row.id: Label(str(row.id), _names(row.name, row.translations)) for row in rows}


def _names(name: str, translations: Mapping[str, Mapping[str, Any]] | None) -> tuple[str, ...]:
    return (name, *(words["name"] for words in (translations or {}).values() if words.get("name")))
