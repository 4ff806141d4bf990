"""The category tree, written to by staff: one at a time, the whole subtree at once, and old addresses lead on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm.exc import StaleDataError

from storefront.audit import services as audit
from storefront.catalog.arranging import Arrangement, Place, Spot
from storefront.catalog.errors import AlreadySo, CategoryNotEmpty, StaleCategory, TreeMoved
from storefront.catalog.events import CategoryChanged
from storefront.catalog.models import Category, CategoryAddress, Product
from storefront.catalog.queries import forget_tree
from storefront.database.base import db
from storefront.database.transaction import after_commit
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.events import publish
from storefront.kernel.text import first_free, slugify, squeeze
from storefront.media.pictures import is_picture

LONGEST_NAME, LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_SLUG = 255, 160, 320, 100
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_WORDS = ("name", "seo_title", "seo_description")


@dataclass(frozen=True, slots=True)
class CategoryPlan:
    """What a category is to say; raises Invalid for what it cannot. An empty slug is made from the name."""

    name: str
    name_zh: str = ""
    slug: str = ""
    picture: str = ""
    is_published: bool = True
    seo_title: str = ""
    seo_title_zh: str = ""
    seo_description: str = ""
    seo_description_zh: str = ""

    def __post_init__(self) -> None:
        if not squeeze(self.name):
            raise Invalid(N_("A category needs a name."), field="name")
        if self.slug and (len(self.slug) > LONGEST_SLUG or not _SLUG.fullmatch(self.slug)):
            raise Invalid(
                N_("An address is made of small letters, digits and hyphens, such as spring-sale."), field="slug"
            )
        if self.picture and not is_picture(self.picture):
            raise Invalid(N_("Choose a picture again; this one cannot be read."), field="picture")
        longest = {"name": LONGEST_NAME, "seo_title": LONGEST_TITLE, "seo_description": LONGEST_DESCRIPTION}
        for field, most in longest.items():
            for name in (field, f"{field}_zh"):
                if len(squeeze(getattr(self, name))) > most:
                    raise Invalid(N_("Use at most %(count)d characters."), field=name, count=most)

    @classmethod
    def of(cls, row: Category) -> CategoryPlan:
        """Return what a stored category says."""
        chinese = (row.translations or {}).get("zh") or {}
        own = {field: getattr(row, field) or "" for field in _WORDS}
        theirs = {f"{field}_zh": chinese.get(field) or "" for field in _WORDS}
        return cls(slug=row.slug, picture=row.picture, is_published=row.is_published, **own, **theirs)


def get_category(category_id: int) -> Category:
    """Return a category's row, or NotFound."""
    found = db.session.get(Category, category_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def arrangement() -> Arrangement:
    """Return the whole tree as it is stored now."""
    columns = Category.id, Category.parent_id, Category.position, Category.path, Category.depth, Category.name
    return Arrangement(Spot(*row) for row in db.session.execute(select(*columns)))


def add_category(*, plan: CategoryPlan, parent_id: int | None = None, by: str, at: datetime) -> Category:
    """Add a category as the last one below another, or at the top."""
    spots = _locked()
    spots.refuse_twin(plan.name, parent_id)
    slug = plan.slug or _free_slug(plan.name)
    _check_slug(slug)
    spots.added(0, parent_id)  # refuses what is too deep before there is a row
    row = Category(slug=slug, path="", parent_id=parent_id, translations={})
    _fill(row, plan, at)
    db.session.add(row)
    db.session.flush()
    spot = spots.added(row.id, parent_id)
    row.path, row.depth, row.position = spot.path, spot.depth, spot.position
    db.session.flush()
    _take_back(slug)
    _note(row.id, "category.add", {key: (None, value) for key, value in _told(row).items() if value}, by, at)
    return row


def change_category(*, category_id: int, version: int, plan: CategoryPlan, by: str, at: datetime) -> Category:
    """Set what a category says as it was at `version`, else StaleCategory; an old slug leads to the new one."""
    row = db.session.get(Category, category_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if row.version != version:
        raise StaleCategory
    before, slug = _told(row), plan.slug or row.slug
    if squeeze(plan.name) != row.name:
        _locked().refuse_twin(plan.name, row.parent_id, row.id)
    if slug != row.slug:
        _locked()
        _check_slug(slug)
        _take_back(slug)
        db.session.add(CategoryAddress(slug=row.slug, category_id=row.id, at=at))
        row.slug = slug
    _fill(row, plan, at)
    after = _told(row)
    if before == after:
        db.session.expire(row)
        return row
    try:
        db.session.flush()
    except StaleDataError:
        raise StaleCategory from None
    _note(row.id, "category.change", {key: (before[key], after[key]) for key in before}, by, at)
    is_seen_otherwise = before["published"] != after["published"]
    if is_seen_otherwise or (before["name"], before["name_zh"]) != (after["name"], after["name_zh"]):
        _tell(arrangement().below(row.id), at, moved=is_seen_otherwise)
    return row


def publish_category(*, category_id: int, is_published: bool, by: str, at: datetime) -> Category:
    """Let shoppers see a category, or no longer, whatever its page says; refuse what is so already."""
    row = get_category(category_id)
    if row.is_published == is_published:
        raise AlreadySo
    plan = replace(CategoryPlan.of(row), is_published=is_published)
    return change_category(category_id=category_id, version=row.version, plan=plan, by=by, at=at)


def move_category(*, category_id: int, place: Place, seen: str, by: str, at: datetime) -> bool:
    """Move a category with all below it, in the tree that had the mark `seen`, else TreeMoved; say whether it moved."""
    spots = _locked()
    if spots.mark != seen:
        raise TreeMoved
    spot, changed = spots.spot(category_id), spots.moved(category_id, place)
    if spot.parent_id != place.parent_id:
        spots.refuse_twin(spot.name, place.parent_id)
    _store(changed)
    if not changed:
        return False
    names = _names([spot.parent_id, place.parent_id])
    rank = spots.children(spot.parent_id).index(category_id) + 1
    changes = {
        "below": (names.get(spot.parent_id), names.get(place.parent_id)),
        "position": (rank, spots.with_spots(changed).children(place.parent_id).index(category_id) + 1),
    }
    _note(category_id, "category.move", changes, by, at)
    if spot.parent_id != place.parent_id:
        _tell(spots.below(category_id), at, moved=True)
    return True


def delete_category(*, category_id: int, goes_to: int | None, by: str, at: datetime) -> int | None:
    """Delete a category; return where its old address leads now, None for nowhere.

    Its products and subcategories go into `goes_to` first; without it, a category that holds any is refused with
    CategoryNotEmpty, and the address of an empty one leads to the category above it.
    """
    spots = _locked()
    spot, children = spots.spot(category_id), spots.children(category_id)
    products = list(db.session.scalars(select(Product.id).where(Product.category_id == category_id)))
    if (products or children) and goes_to is None:
        raise CategoryNotEmpty
    if goes_to is not None and spots.spot(goes_to).id in spots.below(category_id):
        raise Invalid(N_("Choose a category that is not deleted with this one."), field="to")
    target = goes_to if goes_to is not None else spot.parent_id
    carried = [number for child in children for number in spots.below(child)]
    for child in children:
        changed = spots.moved(child, Place(goes_to))
        _store(changed)
        spots = spots.with_spots(changed)
    mine = Product.category_id == category_id
    db.session.execute(update(Product).where(mine).values(category_id=goes_to, updated_at=at))
    _tell(carried, at, products, moved=True)
    _delete(category_id, target, at)
    names = _names([target])
    changes = {
        "name": (spot.name, None),
        "products moved": (len(products), 0),
        "subcategories moved": (len(children), 0),
        "leads to": (None, names.get(target)),
    }
    _note(category_id, "category.delete", changes, by, at)
    return target


def _delete(category_id: int, target: int | None, at: datetime) -> None:
    row = get_category(category_id)
    mine = CategoryAddress.category_id == category_id
    if target is not None:
        db.session.execute(update(CategoryAddress).where(mine).values(category_id=target))
        db.session.add(CategoryAddress(slug=row.slug, category_id=target, at=at))
    db.session.flush()
    db.session.execute(delete(Category).where(Category.id == category_id))
    db.session.expire_all()


def _locked() -> Arrangement:
    """Return the tree, with every row of it held until the end of the transaction: who moves next, waits."""
    db.session.execute(select(Category.id).order_by(Category.id).with_for_update()).all()
    return arrangement()


def _store(changed: Mapping[int, Spot]) -> None:
    for number, spot in sorted(changed.items()):
        values = {"parent_id": spot.parent_id, "position": spot.position, "path": spot.path, "depth": spot.depth}
        db.session.execute(update(Category).where(Category.id == number).values(values))


def _tell(category_ids: Sequence[int], at: datetime, products: Sequence[int] = (), *, moved: bool = False) -> None:
    """Let the index know of the products of categories; those that moved count as changed, for what is remembered."""
    below = db.session.scalars(select(Product.id).where(Product.category_id.in_(category_ids)).order_by(Product.id))
    found = tuple(dict.fromkeys([*products, *below]))
    if moved:
        db.session.execute(update(Product).where(Product.category_id.in_(category_ids)).values(updated_at=at))
    publish(CategoryChanged(found, at))


def _fill(row: Category, plan: CategoryPlan, at: datetime) -> None:
    row.name, row.picture, row.is_published = squeeze(plan.name), plan.picture, plan.is_published
    row.seo_title, row.seo_description = squeeze(plan.seo_title), squeeze(plan.seo_description)
    chinese = {field: squeeze(getattr(plan, f"{field}_zh")) for field in _WORDS}
    others = {key: words for key, words in (row.translations or {}).items() if key != "zh"}
    known = {key: text for key, text in ((row.translations or {}).get("zh") or {}).items() if key not in _WORDS}
    words = {**known, **{key: text for key, text in chinese.items() if text}}
    row.translations = {**others, **({"zh": words} if words else {})}
    row.updated_at = at


def _told(row: Category) -> dict[str, Any]:
    plan = CategoryPlan.of(row)
    told = {name: getattr(plan, name) for name in CategoryPlan.__slots__ if name != "is_published"}
    return {**told, "published": row.is_published}


def _check_slug(slug: str) -> None:
    if db.session.scalar(select(Category.id).where(Category.slug == slug)) is not None:
        raise Invalid(N_("Another category has this address already."), field="slug")


def _take_back(slug: str) -> None:
    """Let an address that led on lead to the category itself."""
    db.session.execute(delete(CategoryAddress).where(CategoryAddress.slug == slug))


def _free_slug(name: str) -> str:
    wanted = slugify(name, fallback="category", longest=LONGEST_SLUG - 5)
    taken: set[str] = set()
    for column in (Category.slug, CategoryAddress.slug):
        taken |= set(db.session.scalars(select(column).where(column.startswith(wanted, autoescape=True))))
    return first_free(wanted, taken)


def _names(category_ids: Sequence[int | None]) -> dict[int | None, str]:
    ids = [number for number in category_ids if number is not None]
    rows = db.session.execute(select(Category.id, Category.name).where(Category.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _note(category_id: int, action: str, changes: Mapping[str, tuple[object, object]], by: str, at: datetime) -> None:
    audit.record(actor=by, action=action, about=("category", str(category_id)), changes=changes, at=at)
    after_commit(forget_tree)
