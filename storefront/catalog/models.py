"""Tables of the catalogue."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.database.base import Base
from storefront.database.columns import Json, json_list, json_object, minor, moment, name, pk, refers


class Category(Base):
    """A node of the category tree."""

    __tablename__ = "category"

    id: Mapped[pk]
    parent_id: Mapped[int | None] = refers("category.id")
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    path: Mapped[str] = mapped_column(String(255), index=True)
    """Ids from the root down to this one: "/3/17/"."""
    depth: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[name]
    translations: Mapped[json_object]
    """{"zh": {"name": ..., "seo_title": ..., "seo_description": ...}}"""
    picture: Mapped[str] = mapped_column(String(120), default="")
    is_published: Mapped[bool] = mapped_column(default=True)
    seo_title: Mapped[str] = mapped_column(String(160), default="", server_default="")
    seo_description: Mapped[str] = mapped_column(String(320), default="", server_default="")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    updated_at: Mapped[moment | None]

    __mapper_args__ = {"version_id_col": version}


class CategoryAddress(Base):
    """A slug that a category had before, or that of a deleted one: it leads to where its goods are now."""

    __tablename__ = "category_address"

    slug: Mapped[str] = mapped_column(String(100), primary_key=True)
    category_id: Mapped[int] = refers("category.id", on_delete="CASCADE")
    at: Mapped[moment]


class Brand(Base):
    """Who makes a product."""

    __tablename__ = "brand"

    id: Mapped[pk]
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[name]


class ProductType(Base):
    """A kind of goods, and which facts are told of each of them."""

    __tablename__ = "product_type"

    id: Mapped[pk]
    code: Mapped[str] = mapped_column(String(120), unique=True)
    """What `Product.product_type` says; a product whose type has no row here has free facts alone."""
    name: Mapped[name]
    translations: Mapped[json_object]
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[moment]

    attributes: Mapped[list[TypeAttribute]] = relationship(
        lazy="raise", order_by="TypeAttribute.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}


class TypeAttribute(Base):
    """A fact that is told of every product of a type; see `types.Attribute`."""

    __tablename__ = "type_attribute"
    __table_args__ = (UniqueConstraint("type_id", "name"),)

    id: Mapped[pk]
    type_id: Mapped[int] = refers("product_type.id", on_delete="CASCADE", index=False)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(60))
    name_zh: Mapped[str] = mapped_column(String(60), default="")
    kind: Mapped[str] = mapped_column(String(16))
    unit: Mapped[str] = mapped_column(String(16), default="")
    choices: Mapped[json_list]
    """[["Cotton", "棉"]]"""
    is_required: Mapped[bool] = mapped_column(default=False)
    is_filter: Mapped[bool] = mapped_column(default=True)


class Product(Base):
    """What a shopper reads about; its variants are what can be bought."""

    __tablename__ = "product"
    __table_args__ = (
        Index("ix_product_listing", "is_published", "category_id", "popularity"),
        Index("ix_product_popularity", "popularity"),
        Index("ix_product_updated_at", "updated_at"),
        Index("ix_product_name", "name"),
    )

    id: Mapped[pk]
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[name]
    description: Mapped[str] = mapped_column(Text, default="")
    translations: Mapped[json_object]
    """{"zh": {"name": ..., "description": ...}}"""
    category_id: Mapped[int] = refers("category.id")
    brand_id: Mapped[int | None] = refers("brand.id")
    product_type: Mapped[str] = mapped_column(String(120), default="", index=True)
    attributes: Mapped[json_object]
    """Facts for the specification table, in reading order: {"Material": "Cotton"}"""
    tax_class: Mapped[str] = mapped_column(String(32), default="")
    """The code of a tax class (`pricing.taxes`); empty is the default one."""
    picture: Mapped[str] = mapped_column(String(120), default="")
    """"generated:<codepoint>-<hue>-<pattern>" or "photo:<key>:<width>x<height>"; read by `media.pictures`."""
    is_published: Mapped[bool] = mapped_column(default=True)
    """Whether shoppers see it now. `publishing` decides, and the clock where there are dates."""
    is_planned: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it would be published if its time had come, or were not over."""
    published_from: Mapped[moment | None] = mapped_column(index=True)
    published_until: Mapped[moment | None] = mapped_column(index=True)
    is_returnable: Mapped[bool] = mapped_column(default=True)
    """Whether it can come back although nothing is wrong with it: underwear and cakes cannot."""
    published_at: Mapped[moment | None] = mapped_column(index=True)
    freight_class: Mapped[str] = mapped_column(String(32), default="", server_default="")
    """What delivery charges for in a way of its own, such as "bulky"; see `shipping.rules.freight`."""
    role: Mapped[str] = mapped_column(String(16), default="", server_default="", index=True)
    """What the merchant has it for (`states.ProductRole`); empty for nothing in particular."""
    options: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default=text("'[]'"))
    """The options that tell its variants apart, in order; see `matrix.Option`."""
    seo_title: Mapped[str] = mapped_column(String(120), default="", server_default="")
    seo_description: Mapped[str] = mapped_column(String(320), default="", server_default="")
    """What search engines show in place of name and description; Chinese in `translations`."""
    popularity: Mapped[int] = mapped_column(default=0)
    """Units sold in the last 90 days; the best-seller order."""
    rating_sum: Mapped[int] = mapped_column(default=0)
    rating_count: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[moment]
    updated_at: Mapped[moment]

    category: Mapped[Category] = relationship(lazy="raise")
    brand: Mapped[Brand | None] = relationship(lazy="raise")
    variants: Mapped[list[Variant]] = relationship(
        lazy="raise", back_populates="product", order_by="Variant.position", cascade="all, delete-orphan"
    )
    media: Mapped[list[ProductMedia]] = relationship(
        lazy="raise", order_by="ProductMedia.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}


class Variant(Base):
    """One thing that can be bought: a SKU with a price."""

    __tablename__ = "variant"
    __table_args__ = (
        CheckConstraint("price_minor >= 0", name="price_not_negative"),
        CheckConstraint("minimum_price_minor IS NULL OR minimum_price_minor >= 0", name="minimum_not_negative"),
        UniqueConstraint("product_id", "position"),
    )

    id: Mapped[pk]
    product_id: Mapped[int] = refers("product.id", on_delete="CASCADE", index=False)
    sku: Mapped[str] = mapped_column(String(64), unique=True)
    barcode: Mapped[str | None] = mapped_column(String(64), index=True)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(120), default="")
    """What tells this variant from its siblings: "11 oz", "Red / M"; empty when there is only one."""
    options: Mapped[json_object]
    """{"Size": "11 oz"}"""
    price_minor: Mapped[minor] = mapped_column(index=True)
    compare_at_minor: Mapped[minor | None]
    cost_minor: Mapped[minor | None]
    minimum_price_minor: Mapped[minor | None]
    """No promotion takes the unit below this."""
    weight_grams: Mapped[int] = mapped_column(default=0)
    tax_class: Mapped[str] = mapped_column(String(32), default="")
    """The code of its own tax class; empty is the product's."""
    picture: Mapped[str] = mapped_column(String(120), default="")
    """The variant's own picture; empty means the product's."""
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[moment] = mapped_column(index=True)

    product: Mapped[Product] = relationship(lazy="raise", back_populates="variants")

    __mapper_args__ = {"version_id_col": version}


class ProductAddress(Base):
    """A slug that a product had: it leads to the product still."""

    __tablename__ = "product_address"

    slug: Mapped[str] = mapped_column(String(120), primary_key=True)
    product_id: Mapped[int] = refers("product.id", on_delete="CASCADE")
    left_at: Mapped[moment]


class Collection(Base):
    """Goods that belong together for the merchant: "Back to school"."""

    __tablename__ = "collection"

    id: Mapped[pk]
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[name]
    translations: Mapped[json_object]
    rules: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """What `membership.Membership` stores; None for one that is put together by hand."""
    sort: Mapped[str] = mapped_column(String(16), default="", server_default="")
    """A value of `membership.Sort`; empty is the order of hand, then the best sold."""
    refreshed_at: Mapped[moment | None]
    updated_at: Mapped[moment]


class CollectionProduct(Base):
    """A product in a collection."""

    __tablename__ = "collection_product"

    collection_id: Mapped[int] = refers("collection.id", on_delete="CASCADE", index=False, primary_key=True)
    product_id: Mapped[int] = refers("product.id", on_delete="CASCADE", primary_key=True)
    position: Mapped[int] = mapped_column(default=0, server_default="0")


class ProductLink(Base):
    """A product that a colleague chose to stand beside another one."""

    __tablename__ = "product_link"
    __table_args__ = (
        UniqueConstraint("product_id", "kind", "other_id"),
        CheckConstraint("product_id <> other_id", name="not_itself"),
        CheckConstraint("kind IN ('with', 'instead')", name="kind_known"),
    )

    id: Mapped[pk]
    product_id: Mapped[int] = refers("product.id", on_delete="CASCADE", index=False)
    kind: Mapped[str] = mapped_column(String(8))
    """A value of `related.Kind`."""
    other_id: Mapped[int] = refers("product.id", on_delete="CASCADE")
    position: Mapped[int] = mapped_column(default=0)


class ProductMedia(Base):
    """A picture in a product's gallery."""

    __tablename__ = "product_media"

    id: Mapped[pk]
    product_id: Mapped[int] = refers("product.id", on_delete="CASCADE")
    position: Mapped[int] = mapped_column(default=0)
    picture: Mapped[str] = mapped_column(String(120))
    alt: Mapped[str] = mapped_column(String(255), default="")
    """What it shows, for those who do not see it."""
    translations: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default=text("'{}'"))
    """{"zh": {"alt": ...}}"""
