"""Collections: goods that belong together for the merchant, and what promotions may ask of a product."""

from __future__ import annotations

from collections.abc import Collection as Some
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from storefront.audit import services as audit
from storefront.catalog import collecting
from storefront.catalog.errors import RuledCollection, StaleCollection
from storefront.catalog.events import CollectionChanged
from storefront.catalog.membership import Membership, Sort
from storefront.catalog.memory import remembered
from storefront.catalog.models import Collection, CollectionProduct, Product
from storefront.database.base import db
from storefront.database.reading import read
from storefront.database.transaction import after_commit
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.events import publish
from storefront.kernel.kept import Kept
from storefront.kernel.text import first_free, slugify, squeeze

SEEN_AFTER = 2.0
"""Seconds until a change made by another process is seen."""
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class RulesPlan:
    """What a collection by rules gathers, and in which order."""

    membership: Membership
    sort: str = Sort.BEST

    def __post_init__(self) -> None:
        if self.sort not in set(Sort):
            raise Invalid(N_("Choose an order from the list."), field="sort")


@dataclass(frozen=True, slots=True)
class Marks:
    """What promotions may ask of a product beside its categories and brand; attributes are "name=value"."""

    collection_ids: frozenset[int] = frozenset()
    attributes: frozenset[str] = frozenset()


def marks_of(product_ids: Iterable[int], *, with_attributes: bool = True) -> Mapping[int, Marks]:
    """Return the marks of products by id; of one that there is not, none. Attributes are left out where nobody asks."""
    ids = list(dict.fromkeys(product_ids))
    if not ids:
        return {}
    collections, attributes = _members.get().by_product, _attributes_of(ids) if with_attributes else {}
    nothing = frozenset[Any]()
    return {number: Marks(collections.get(number, nothing), attributes.get(number, nothing)) for number in ids}


def members_now() -> object:
    """Return another object once what is in some collection has changed."""
    return _members.get()


def list_collections() -> Sequence[Any]:
    """Return all collections by name, each with how many products it holds."""
    counted = func.count(CollectionProduct.product_id)
    return db.session.execute(
        select(Collection.__table__, counted.label("count"))
        .outerjoin(CollectionProduct, CollectionProduct.collection_id == Collection.id)
        .group_by(Collection.id)
        .order_by(Collection.name, Collection.id)
    ).all()


def get_collection(collection_id: int) -> Collection:
    """Return a collection's row, or NotFound."""
    found = db.session.get(Collection, collection_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def add_collection(*, name: str, name_zh: str = "", plan: RulesPlan | None = None, by: str, at: datetime) -> Collection:
    """Make a collection: an empty one to be put together by hand, or one by rules."""
    _check(name, name_zh)
    row = Collection(slug=_free_slug(name))
    if plan is not None:
        row.rules, row.sort = plan.membership.to_data(), plan.sort
    _name(row, name, name_zh, at)
    db.session.add(row)
    db.session.flush()
    rules = {key: (None, value) for key, value in (row.rules or {}).items()}
    _note(row.id, "collection.add", {"name": (None, row.name), **rules}, by, at)
    if plan is not None:
        collecting.refresh(collection_id=row.id, at=at)
    return row


def rename_collection(*, collection_id: int, name: str, name_zh: str = "", by: str, at: datetime) -> Collection:
    """Call a collection something else; its slug, which promotions and addresses may know, stays."""
    _check(name, name_zh)
    row = get_collection(collection_id)
    before = row.name, chinese_name(row)
    _name(row, name, name_zh, at)
    db.session.flush()
    after = row.name, chinese_name(row)
    changes = {"name": (before[0], after[0]), "name_zh": (before[1], after[1])}
    _note(row.id, "collection.rename", changes, by, at)
    return row


def change_rules(
    *, collection_id: int, plan: RulesPlan, seen: Mapping[str, Any] | None, by: str, at: datetime
) -> Collection:
    """Let these rules say what is in a collection and in which order; `seen` are those that were changed."""
    row = get_collection(collection_id)
    if row.rules is None and row.updated_at and _has_members(collection_id):
        raise Invalid(N_("This collection was put together by hand. Make another one for rules."), field="match")
    before = {**(row.rules or {}), "sort": row.sort}
    if seen is not None and {**seen} != before:
        raise StaleCollection
    row.rules, row.sort = plan.membership.to_data(), plan.sort
    after = {**row.rules, "sort": row.sort}
    row.updated_at = at
    db.session.flush()
    changes = {key: (before.get(key), after.get(key)) for key in sorted({**before, **after})}
    _note(row.id, "collection.rules", changes, by, at)
    collecting.refresh(collection_id=collection_id, at=at)
    return row


def sort_collection(*, collection_id: int, product_ids: Sequence[int], by: str, at: datetime) -> None:
    """Put some products of a collection into this order, in the places that they have together."""
    row = _by_hand(collection_id)
    before = list_members(collection_id)
    wanted = list(dict.fromkeys(product_ids))
    if len(wanted) != len(product_ids) or not set(wanted) <= set(before):
        raise StaleCollection
    chosen, following = set(wanted), iter(wanted)
    after = [next(following) if number in chosen else number for number in before]
    _place(collection_id, after)
    row.updated_at = at
    db.session.flush()
    moved = [number for number, other in zip(after, before, strict=True) if number != other]
    if moved:
        _note(row.id, "collection.order", {"order": (_in_order(before, moved), _in_order(after, moved))}, by, at)


def step_product(*, collection_id: int, product_id: int, step: int, by: str, at: datetime) -> None:
    """Move a product up (-1) or down (+1) among a collection's products; at the end it stays."""
    members = list_members(collection_id)
    if product_id not in members:
        raise StaleCollection
    here = members.index(product_id)
    there = min(max(here + step, 0), len(members) - 1)
    pair = [members[there], members[here]] if there > here else [members[here], members[there]]
    if here != there:
        sort_collection(collection_id=collection_id, product_ids=pair, by=by, at=at)


def list_members(collection_id: int) -> list[int]:
    """Return the products of a collection put together by hand, in its order."""
    mine = CollectionProduct.collection_id == collection_id
    statement = select(Product.id).join(CollectionProduct, CollectionProduct.product_id == Product.id).where(mine)
    order = CollectionProduct.position, *collecting.order_of("")
    return list(db.session.scalars(statement.order_by(*order)))


def add_products(*, collection_id: int, product_ids: Some[int], by: str, at: datetime) -> int:
    """Put products into a collection; return how many were not in it yet."""
    row = _by_hand(collection_id)
    known = list_members(collection_id)
    new = [number for number in dict.fromkeys(product_ids) if number not in set(known)]
    if not new:
        return 0
    _place(collection_id, known)
    values = [
        {"collection_id": collection_id, "product_id": number, "position": place}
        for place, number in enumerate(new, start=len(known))
    ]
    db.session.execute(insert(CollectionProduct), values)
    row.updated_at = at
    db.session.flush()
    changes = dict.fromkeys(_names(new), (None, row.name))
    _note(row.id, "collection.fill", changes, by, at)
    publish(CollectionChanged(tuple(new), at))
    return len(new)


def remove_product(*, collection_id: int, product_id: int, by: str, at: datetime) -> None:
    """Take a product out of a collection; one that is not in it any more stays out."""
    row = _by_hand(collection_id)
    mine = CollectionProduct.collection_id == collection_id, CollectionProduct.product_id == product_id
    if db.session.scalar(select(CollectionProduct.product_id).where(*mine)) is None:
        return
    db.session.execute(delete(CollectionProduct).where(*mine))
    row.updated_at = at
    db.session.flush()
    _note(row.id, "collection.fill", dict.fromkeys(_names([product_id]), (row.name, None)), by, at)
    publish(CollectionChanged((product_id,), at))


def delete_collection(*, collection_id: int, by: str, at: datetime) -> None:
    """Delete a collection; its products stay. Whether a promotion needs it is for the edge to ask."""
    row = get_collection(collection_id)
    name, mine = row.name, CollectionProduct.collection_id == collection_id
    members = tuple(db.session.scalars(select(CollectionProduct.product_id).where(mine)))
    db.session.execute(delete(CollectionProduct).where(mine))
    db.session.delete(row)
    db.session.flush()
    _note(collection_id, "collection.delete", {"name": (name, None)}, by, at)
    publish(CollectionChanged(members, at))


def chinese_name(row: Any) -> str:
    """Return a collection's Chinese name, empty for none."""
    return ((row.translations or {}).get("zh") or {}).get("name") or ""


@dataclass(frozen=True, slots=True)
class _Members:
    state: tuple[object, ...]
    by_product: Mapping[int, frozenset[int]]


_STATE = select(Collection.id, Collection.updated_at).order_by(Collection.id)
_MEMBERS = select(CollectionProduct.product_id, CollectionProduct.collection_id)
_ATTRIBUTES = select(Product.id, Product.attributes).where(Product.id.in_(bindparam("ids", expanding=True)))
_EMPTY = _Members((), {})


def _read_members() -> _Members:
    state = tuple((row.id, row.updated_at) for row in read(_STATE).all())
    last = _last.get()
    if last and last[0].state == state:
        return last[0]
    if not state:
        return _EMPTY
    found: dict[int, set[int]] = {}
    for row in read(_MEMBERS):
        found.setdefault(row.product_id, set()).add(row.collection_id)
    members = _Members(state, {number: frozenset(ids) for number, ids in found.items()})
    last[:] = [members]
    return members


_last: Kept[list[_Members]] = Kept(list, seconds=600)
"""What was read last; while no collection has changed it is not read again."""
_members = Kept(_read_members, seconds=SEEN_AFTER)


def _attributes_of(ids: Sequence[int]) -> Mapping[int, frozenset[str]]:
    store = remembered()
    found = {number: store.get(number, "attributes") for number in ids}
    missing = [number for number, attributes in found.items() if attributes is None]
    if missing:
        rows = {row.id: _attributes(row.attributes) for row in read(_ATTRIBUTES, {"ids": missing})}
        for number in missing:
            found[number] = rows.get(number, frozenset())
            store.put(number, "attributes", found[number])
    return {number: attributes for number, attributes in found.items() if isinstance(attributes, frozenset)}


def _attributes(facts: Mapping[str, object] | None) -> frozenset[str]:
    return frozenset(f"{name}={value}" for name, value in (facts or {}).items())


def _by_hand(collection_id: int) -> Collection:
    row = get_collection(collection_id)
    if row.rules is not None:
        raise RuledCollection
    return row


def _has_members(collection_id: int) -> bool:
    mine = CollectionProduct.collection_id == collection_id
    return db.session.scalar(select(CollectionProduct.product_id).where(mine).limit(1)) is not None


def _place(collection_id: int, product_ids: Sequence[int]) -> None:
    """Store the places of a collection's products, where they are others."""
    mine = CollectionProduct.collection_id == collection_id
    stored = select(CollectionProduct.product_id, CollectionProduct.position).where(mine)
    known = {row.product_id: row.position for row in db.session.execute(stored)}
    for place, number in enumerate(product_ids):
        if known.get(number) != place:
            one = update(CollectionProduct).where(mine, CollectionProduct.product_id == number)
            db.session.execute(one.values(position=place))


def _in_order(ids: Sequence[int], some: Sequence[int]) -> list[str]:
    rows = db.session.execute(select(Product.id, Product.name).where(Product.id.in_(some)))
    names = {row.id: row.name for row in rows}
    return [names[number] for number in ids if number in names]


def _check(name: str, name_zh: str) -> None:
    if not squeeze(name):
        raise Invalid(N_("Give the collection a name."), field="name")
    for field, text in (("name", name), ("name_zh", name_zh)):
        if len(squeeze(text)) > LONGEST_NAME:
            raise Invalid(N_("Use at most %(count)d characters."), field=field, count=LONGEST_NAME)


def _name(row: Collection, name: str, name_zh: str, at: datetime) -> None:
    others = {locale: words for locale, words in (row.translations or {}).items() if locale != "zh"}
    row.name = squeeze(name)
    row.translations = {**others, **({"zh": {"name": squeeze(name_zh)}} if squeeze(name_zh) else {})}
    row.updated_at = at


def _free_slug(name: str) -> str:
    wanted = slugify(name, fallback="collection")
    taken = set(db.session.scalars(select(Collection.slug).where(Collection.slug.startswith(wanted, autoescape=True))))
    return first_free(wanted, taken)


def _names(product_ids: Some[int]) -> Sequence[str]:
    return db.session.scalars(select(Product.name).where(Product.id.in_(product_ids)).order_by(Product.id)).all()


def _note(collection_id: int, action: str, changes: Mapping[str, tuple[object, object]], by: str, at: datetime) -> None:
    audit.record(actor=by, action=action, about=("collection", str(collection_id)), changes=changes, at=at)
    after_commit(_members.forget)
