"""Types of goods and their facts: reads, writes, and what every process keeps of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.exc import StaleDataError

from storefront.audit import services as audit
from storefront.catalog import types
from storefront.catalog.errors import StaleType, TypeTaken
from storefront.catalog.events import TypeChanged
from storefront.catalog.memory import remembered
from storefront.catalog.models import Product, ProductType, TypeAttribute
from storefront.catalog.states import AttributeKind
from storefront.catalog.types import Attribute
from storefront.database.base import db
from storefront.database.transaction import after_commit
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.events import publish
from storefront.kernel.kept import Kept
from storefront.kernel.text import squeeze

LONGEST_NAME = 120
SEEN_AFTER = 30.0
"""Seconds until a change made by another process is seen."""


@dataclass(frozen=True, slots=True)
class TypePlan:
    """A type as staff write it; each fact with the id of the one that it was, None for a new one."""

    name: str
    name_zh: str
    attributes: tuple[tuple[int | None, Attribute], ...] = ()

    def __post_init__(self) -> None:
        for field in ("name", "name_zh"):
            object.__setattr__(self, field, squeeze(getattr(self, field)))
            if len(getattr(self, field)) > LONGEST_NAME:
                raise Invalid(N_("Use at most %(count)d characters."), field=field, count=LONGEST_NAME)
        if not self.name:
            raise Invalid(N_("A type needs a name."), field="name")
        types.check_attributes([attribute for _number, attribute in self.attributes])

    @classmethod
    def of(cls, row: ProductType) -> TypePlan:
        """Return that of a type that was read with its facts."""
        chinese = (row.translations.get("zh") or {}).get("name") or ""
        return cls(row.name, chinese, tuple((each.id, attribute_of(each)) for each in row.attributes))


def attribute_of(row: TypeAttribute) -> Attribute:
    """Return a fact as a value."""
    return Attribute(
        name=row.name,
        kind=AttributeKind(row.kind),
        name_zh=row.name_zh,
        unit=row.unit,
        choices=tuple((str(en), str(zh)) for en, zh in row.choices),
        is_required=row.is_required,
        is_filter=row.is_filter,
    )


def known_attributes(code: str) -> tuple[Attribute, ...]:
    """Return the facts of a type in order, as this process knows them; none of a type that nobody described."""
    return _types_of_now().get(code, ()) if code else ()


def attributes_now(code: str) -> tuple[Attribute, ...]:
    """Return the facts of a type in order as they are stored now."""
    rows = (
        select(TypeAttribute)
        .join(ProductType, ProductType.id == TypeAttribute.type_id)
        .where(ProductType.code == code)
        .order_by(TypeAttribute.position, TypeAttribute.id)
    )
    return tuple(attribute_of(row) for row in db.session.scalars(rows))


def hidden_names(code: str) -> frozenset[str]:
    """Return which facts of a type are no filters."""
    return frozenset(each.name for each in known_attributes(code) if not each.is_filter)


def facts_in_order(code: str, facts: Mapping[str, str], locale: str) -> dict[str, str]:
    """Return facts in the order of their type; `facts` are in the language of `locale`, or in English."""
    attributes = known_attributes(code)
    if not attributes:
        return dict(facts)
    names = [each.name_in(locale) for each in attributes]
    return types.in_order(facts, names if any(name in facts for name in names) else [one.name for one in attributes])


def get_type(type_id: int) -> ProductType:
    """Return a type with its facts, or NotFound."""
    found = db.session.scalar(_ONE.where(ProductType.id == type_id).execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def add_type(*, plan: TypePlan, by: str, at: datetime) -> ProductType:
    """Make a type; products that name it are of it at once."""
    row = ProductType(code=plan.name, name="", translations={}, attributes=[], updated_at=at)
    _fill(row, plan)
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:
        raise TypeTaken(field="name", name=plan.name) from None
    audit.record(
        actor=by, action="product_type.add", about=("product_type", str(row.id)), changes=_changes(None, plan), at=at
    )
    _tell(row, at)
    return row


def change_type(*, type_id: int, version: int, plan: TypePlan, by: str, at: datetime) -> ProductType:
    """Set a type's name and facts as they were at `version`; else StaleType.

    A type that is called otherwise takes its products along. A fact that is called otherwise keeps what products say of
    it; what a fact that is gone said, products keep as a free one. A fact that somebody removed meanwhile is a new one.
    """
    row = db.session.scalar(_ONE.where(ProductType.id == type_id).with_for_update(of=ProductType))
    if row is None:
        raise NotFound
    before = TypePlan.of(row)
    if row.version != version:
        raise StaleType
    if plan == before:
        return row
    names = {old.name: new.name for old, new in _pairs(before, plan)}
    names_zh = {old.name_in("zh"): new.name_in("zh") for old, new in _pairs(before, plan)}
    _fill(row, plan)
    was, row.code, row.updated_at = row.code, plan.name, at
    try:
        db.session.flush()
    except StaleDataError:
        raise StaleType from None
    except IntegrityError:
        raise TypeTaken(field="name", name=plan.name) from None
    if was != row.code:
        values = {"product_type": row.code, "version": Product.version + 1, "updated_at": at}
        db.session.execute(update(Product).where(Product.product_type == was).values(**values))
    _rename(row.code, names, names_zh, at)
    changes = _changes(before, plan)
    audit.record(actor=by, action="product_type.change", about=("product_type", str(row.id)), changes=changes, at=at)
    _tell(row, at)
    return row


def delete_type(*, type_id: int, by: str, at: datetime) -> None:
    """Forget a type; its products keep what they say, as free facts."""
    row = get_type(type_id)
    plan = TypePlan.of(row)
    _tell(row, at)
    changes: dict[str, tuple[object, object]] = {key: (after, None) for key, (_, after) in _changes(None, plan).items()}
    db.session.delete(row)
    db.session.flush()
    audit.record(actor=by, action="product_type.delete", about=("product_type", str(type_id)), changes=changes, at=at)


_ONE = select(ProductType).options(selectinload(ProductType.attributes))


def _read_types() -> dict[str, tuple[Attribute, ...]]:
    return {row.code: tuple(map(attribute_of, row.attributes)) for row in db.session.scalars(_ONE)}


_types = Kept(_read_types, seconds=SEEN_AFTER)
forget_types = _types.forget


class _Read:
    """As of which state of the products types were read: whoever changes a type touches its products with it."""

    generation: object = None


def _types_of_now() -> dict[str, tuple[Attribute, ...]]:
    generation = remembered().generation
    if _Read.generation is not generation:
        _Read.generation = generation
        forget_types()
    return _types.get()


def _fill(row: ProductType, plan: TypePlan) -> None:
    row.name = plan.name
    row.translations = {"zh": {"name": plan.name_zh}} if plan.name_zh else {}
    there = {each.id: each for each in row.attributes}
    rows = []
    for place, (number, attribute) in enumerate(plan.attributes):
        each = there.get(number or 0) or TypeAttribute()
        each.position, each.name, each.name_zh, each.kind = place, attribute.name, attribute.name_zh, attribute.kind
        each.unit = attribute.unit if attribute.kind == AttributeKind.NUMBER else ""
        each.choices = [list(pair) for pair in attribute.choices] if attribute.kind == AttributeKind.CHOICE else []
        each.is_required, each.is_filter = attribute.is_required, attribute.is_filter
        rows.append(each)
    row.attributes = rows


def _pairs(before: TypePlan, plan: TypePlan) -> list[tuple[Attribute, Attribute]]:
    old = dict(before.attributes)
    return [(old[number], new) for number, new in plan.attributes if number in old]


def _rename(code: str, names: Mapping[str, str], names_zh: Mapping[str, str], at: datetime) -> None:
    if all(old == new for old, new in (*names.items(), *names_zh.items())):
        return
    rows = db.session.execute(
        select(Product.id, Product.attributes, Product.translations).where(Product.product_type == code)
    ).all()
    for row in rows:
        facts = types.renamed(row.attributes or {}, names)
        chinese = (row.translations or {}).get("zh") or {}
        translations = dict(row.translations or {})
        if chinese.get("attributes"):
            told = types.renamed(chinese["attributes"], names_zh)
            translations["zh"] = {**chinese, "attributes": told}
        if facts != row.attributes or translations != row.translations:
            values = {"attributes": facts, "translations": translations, "version": Product.version + 1}
            db.session.execute(update(Product).where(Product.id == row.id).values(**values, updated_at=at))


def _changes(before: TypePlan | None, plan: TypePlan) -> dict[str, tuple[object, object]]:
    was = _told(before) if before else {}
    now = _told(plan)
    return {key: (was.get(key), now.get(key)) for key in dict.fromkeys((*was, *now))}


def _told(plan: TypePlan) -> dict[str, str]:
    facts = {f"fact {place}": _fact(each) for place, (_number, each) in enumerate(plan.attributes, 1)}
    return {"name": plan.name, **({"name_zh": plan.name_zh} if plan.name_zh else {}), **facts}


def _fact(each: Attribute) -> str:
    choices = ", ".join(f"{en} ({zh})" if zh else en for en, zh in each.choices)
    marks = [each.kind.value, each.unit, choices, "required" if each.is_required else "", "filter" * each.is_filter]
    name = f"{each.name} ({each.name_zh})" if each.name_zh else each.name
    return f"{name}: {'; '.join(filter(None, marks))}"


def _tell(row: ProductType, at: datetime) -> None:
    ids = tuple(db.session.scalars(select(Product.id).where(Product.product_type == row.code)))
    if ids:
        db.session.execute(update(Product).where(Product.product_type == row.code).values(updated_at=at))
        publish(TypeChanged(ids, at))
    after_commit(forget_types)


def find_type_id(code: str) -> int | None:
    """Return the number of a type by its code, None if nobody described it."""
    return db.session.scalar(select(ProductType.id).where(ProductType.code == code))
