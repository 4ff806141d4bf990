"""Writes of a product's gallery: pictures come, go, change places and get words. The first is the main picture.

Pictures that come or go while somebody else puts them in order are no conflict: an order is of those that are there,
and what it does not name stays behind them. Files stay when a picture goes: orders and mails show them still.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from storefront.audit import services as audit
from storefront.catalog.editing import get_at, get_now, store
from storefront.catalog.errors import GalleryFull
from storefront.catalog.models import Category, Product, ProductMedia
from storefront.database.base import db
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.text import squeeze
from storefront.media.pictures import PHOTO, generated_picture

MOST_PICTURES = 60
LONGEST_ALT = 255


@dataclass(frozen=True, slots=True)
class AltText:
    """What a picture shows, for those who do not see it; empty: the product's name says it."""

    en: str
    zh: str

    def __post_init__(self) -> None:
        for field, text in (("alt", self.en), ("alt_zh", self.zh)):
            object.__setattr__(self, "en" if field == "alt" else "zh", squeeze(text))
            if len(text) > LONGEST_ALT:
                raise Invalid(N_("Use at most %(count)d characters."), field=field, count=LONGEST_ALT)


def list_pictures(product_id: int) -> Sequence[ProductMedia]:
    """Return a gallery in order."""
    rows = select(ProductMedia).where(ProductMedia.product_id == product_id)
    return db.session.scalars(rows.order_by(ProductMedia.position, ProductMedia.id)).all()


def pictures_of(product_id: int) -> frozenset[str]:
    """Return what is in a gallery, as rows store pictures."""
    return frozenset(db.session.scalars(select(ProductMedia.picture).where(ProductMedia.product_id == product_id)))


def alt_of(media: ProductMedia) -> AltText:
    """Return the words of a picture."""
    return AltText(media.alt, str(((media.translations or {}).get("zh") or {}).get("alt") or ""))


def add_pictures(*, product_id: int, pictures: Sequence[str], by: str, at: datetime) -> int:
    """Put pictures at the end of the gallery, those that it has already left out; return how many came."""
    product = get_now(product_id)
    rows = _rows_with_main(product)
    there = {row.picture for row in rows}
    new = [picture for picture in dict.fromkeys(pictures) if picture not in there]
    if len(rows) + len(new) > MOST_PICTURES:
        raise GalleryFull(field="pictures", most=MOST_PICTURES)
    before = _names(rows)
    rows += [ProductMedia(product_id=product_id, picture=picture) for picture in new]
    if new:
        db.session.add_all(rows)
        _keep(product, rows, before, by, at)
    return len(new)


def order_pictures(*, product_id: int, order: Sequence[int], by: str, at: datetime) -> None:
    """Put a gallery in the order of these ids."""
    product = get_now(product_id)
    rows = list(list_pictures(product_id))
    places = {number: place for place, number in enumerate(order)}
    _keep(product, sorted(rows, key=lambda row: places.get(row.id, len(places))), _names(rows), by, at)


def move_picture(*, product_id: int, media_id: int, step: int, by: str, at: datetime) -> None:
    """Move a picture so many places on; beyond the ends it stays there."""
    product = get_now(product_id)
    rows = list(list_pictures(product_id))
    before = _names(rows)
    row = _named(rows, media_id)
    place = rows.index(row)
    rows.remove(row)
    rows.insert(max(0, place + step), row)
    _keep(product, rows, before, by, at)


def remove_picture(*, product_id: int, media_id: int, by: str, at: datetime) -> None:
    """Take a picture out of the gallery; a variant that had it shows the main one again."""
    product = get_now(product_id)
    rows = list(list_pictures(product_id))
    before = _names(rows)
    gone = _named(rows, media_id)
    rows.remove(gone)
    db.session.delete(gone)
    for variant in product.variants:
        if variant.picture == gone.picture:
            variant.picture, variant.updated_at = "", at
    if not rows:
        product.picture = usual_picture(product.category_id)
    _keep(product, rows, before, by, at)


def change_texts(*, product_id: int, version: int, texts: Mapping[int, AltText], by: str, at: datetime) -> None:
    """Set the words of pictures (by id) as of the product's `version`, else StaleProduct; who is gone has none."""
    product = get_at(product_id, version)
    changes: dict[str, tuple[object, object]] = {}
    for number, row in enumerate(list_pictures(product_id), 1):
        before, after = alt_of(row), texts.get(row.id)
        if after is None or after == before:
            continue
        changes[f"picture {number}"] = (_both(before), _both(after))
        row.alt = after.en
        row.translations = {**(row.translations or {}), "zh": {"alt": after.zh}} if after.zh else {}
    if changes:
        store(product, at)
        audit.record(actor=by, action="pictures.texts", about=("product", str(product.id)), changes=changes, at=at)


def usual_picture(category_id: int) -> str:
    """Return what stands for a product without pictures: the drawing of its category, else of a parcel."""
    found = db.session.scalar(select(Category.picture).where(Category.id == category_id)) or ""
    return found if found.startswith("generated:") else generated_picture("📦", 37 * category_id, category_id)


def _rows_with_main(product: Product) -> list[ProductMedia]:
    """Return the gallery; a photograph that stood alone before there was one is its first."""
    rows = list(list_pictures(product.id))
    if PHOTO.fullmatch(product.picture) and product.picture not in {row.picture for row in rows}:
        rows.insert(0, ProductMedia(product_id=product.id, picture=product.picture))
    return rows


def _named(rows: Sequence[ProductMedia], media_id: int) -> ProductMedia:
    found = next((row for row in rows if row.id == media_id), None)
    if found is None:
        raise NotFound
    return found


def _keep(product: Product, rows: Sequence[ProductMedia], before: list[str], by: str, at: datetime) -> None:
    for place, row in enumerate(rows):
        row.position = place
    if rows:
        product.picture = rows[0].picture
    after = _names(rows)
    if before != after:
        store(product, at)
        changes: dict[str, tuple[object, object]] = {"pictures": (", ".join(before), ", ".join(after))}
        audit.record(actor=by, action="pictures.change", about=("product", str(product.id)), changes=changes, at=at)


def _names(rows: Sequence[ProductMedia]) -> list[str]:
    """Return short names by which the ledger tells pictures apart."""
    return [row.picture.split(":")[1][:8] for row in rows]


def _both(text: AltText) -> str:
    return f"{text.en} / {text.zh}".strip(" /")
