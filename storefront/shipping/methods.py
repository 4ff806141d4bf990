"""Methods and the templates of freight classes: added, changed, switched off; orders keep what they were sold with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from storefront.audit import services as audit
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.database.transaction import after_commit
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.text import code_key
from storefront.shipping.errors import StaleShipping
from storefront.shipping.models import FreightTemplate as TemplateRow
from storefront.shipping.models import ShippingMethod
from storefront.shipping.queries import forget
from storefront.shipping.reading import schedule_of, tariff_of
from storefront.shipping.rules import FreightTemplate, Tariff
from storefront.shipping.schedule import Schedule
from storefront.shipping.zones import mark_of

LONGEST_NAME = 120
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


@dataclass(frozen=True, slots=True)
class MethodFacts:
    """What staff decide about a method."""

    name: str
    name_zh: str
    position: int
    tariff: Tariff
    schedule: Schedule
    is_active: bool = True

    def __post_init__(self) -> None:
        if not 1 <= len(self.name) <= LONGEST_NAME or len(self.name_zh) > LONGEST_NAME:
            raise Invalid(N_("A delivery method needs a name, and not a very long one."), field="name")


def add_method(*, zone_id: int, code: str, facts: MethodFacts, by: str, at: datetime) -> ShippingMethod:
    """Add a method to a zone; its code is for ever."""
    if not _CODE.fullmatch(code):
        raise Invalid(N_("A code is made of small letters, digits and hyphens, such as cn-express."), field="code")
    row = ShippingMethod(zone_id=zone_id, code=code, **_columns(facts))
    savepoint = db.session.begin_nested()
    try:
        db.session.add(row)
        savepoint.commit()
    except IntegrityError:
        savepoint.rollback()
        raise Invalid(N_("There is a delivery method with this code already."), field="code") from None
    after_commit(forget)
    changes = {key: (None, value) for key, value in told(facts).items()}
    audit.record(actor=by, action="shipping_method.add", about=_about(row), changes=changes, at=at)
    return row


def change_method(*, method_id: int, facts: MethodFacts, seen: str, by: str, at: datetime) -> ShippingMethod:
    """Change a method whose reader saw what `mark_of` gave."""
    row = get_method(method_id, locked=True)
    before = facts_of(row, facts.tariff.template.price.currency)
    if mark_of(told(before)) != seen:
        raise StaleShipping
    for key, value in _columns(facts).items():
        setattr(row, key, value)
    db.session.flush()
    after_commit(forget)
    was, now_ = told(before), told(facts)
    changes = {key: (was[key], now_[key]) for key in was}
    audit.record(actor=by, action="shipping_method.change", about=_about(row), changes=changes, at=at)
    return row


def set_class_template(
    *, method: ShippingMethod, freight_class: str, template: FreightTemplate | None, by: str, at: datetime
) -> None:
    """Charge goods of a freight class by a template of their own, or with None like the rest again."""
    if not _CODE.fullmatch(freight_class):
        raise Invalid(N_("A freight class is one word of small letters, such as bulky."), field="freight_class")
    row = db.session.get(TemplateRow, (method.id, freight_class))
    before = _template_words(row)
    if template is None:
        if row is None:
            raise NotFound
        db.session.delete(row)
    else:
        row = row or TemplateRow(method_id=method.id, freight_class=freight_class)
        for key, value in template_columns(template).items():
            setattr(row, key, value)
        db.session.add(row)
    db.session.flush()
    changes = {freight_class: (before, _template_words(row) if template else None)}
    audit.record(actor=by, action="shipping_method.change", about=_about(method), changes=changes, at=at)


def classify(*, skus: Sequence[str], freight_class: str, by: str, at: datetime) -> int:
    """Put the products of these SKUs into a freight class, "" is none; refuses an unknown SKU; return how many."""
    if freight_class and not _CODE.fullmatch(freight_class):
        raise Invalid(N_("A freight class is one word of small letters, such as bulky."), field="freight_class")
    wanted = list(dict.fromkeys(code_key(sku) for sku in skus))
    rows = db.session.execute(
        select(Variant.sku, Product.id, Product.freight_class)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.sku.in_(wanted))
    ).all()
    missing = [sku for sku in wanted if sku not in {row.sku for row in rows}]
    if missing or not wanted:
        raise Invalid(N_("There is nothing with the SKU “%(sku)s”."), field="skus", sku=(missing or ["–"])[0][:64])
    products = {row.id: row.freight_class for row in rows}
    db.session.execute(update(Product).where(Product.id.in_(products)).values(freight_class=freight_class))
    for product_id, before in products.items():
        changes = {"freight_class": (before, freight_class)}
        audit.record(actor=by, action="product.change", about=("product", str(product_id)), changes=changes, at=at)
    return len(products)


def get_method(method_id: int, *, locked: bool = False) -> ShippingMethod:
    """Return a method, or NotFound."""
    statement = select(ShippingMethod).where(ShippingMethod.id == method_id)
    found = db.session.scalar(statement.with_for_update() if locked else statement)
    if found is None:
        raise NotFound
    return found


def facts_of(row: ShippingMethod, currency: str) -> MethodFacts:
    """Return what was decided about a method, its freight classes apart."""
    chinese = str((row.translations or {}).get("zh", {}).get("name", ""))
    tariff, schedule = tariff_of(row, (), currency), schedule_of(row)
    return MethodFacts(row.name, chinese, row.position, tariff, schedule, row.is_active)


def told(facts: MethodFacts) -> dict[str, object]:
    """Return the facts as the ledger of changes writes them."""
    columns = _columns(facts)
    columns["name_zh"] = facts.name_zh
    columns["excluded"] = ", ".join(sorted(facts.tariff.excluded))
    columns["surcharges"] = "; ".join(
        f"{each.price.minor}: {', '.join(each.places)}" for each in facts.tariff.surcharges
    )
    del columns["translations"]
    return columns


def template_columns(template: FreightTemplate) -> dict[str, object]:
    """Return a freight template as columns."""
    return {
        "measure": template.measure.value,
        "price_minor": template.price.minor,
        "first_units": template.first,
        "additional_units": template.additional,
        "additional_price_minor": template.additional_price.minor if template.additional_price else 0,
    }


def _columns(facts: MethodFacts) -> dict[str, object]:
    tariff, schedule = facts.tariff, asdict(facts.schedule)
    return {
        **{"name": facts.name, "translations": {"zh": {"name": facts.name_zh}} if facts.name_zh else {}},
        **{"position": facts.position, "is_active": facts.is_active},
        **template_columns(tariff.template),
        "free_from_minor": None if tariff.free_from is None else tariff.free_from.minor,
        "free_from_pieces": tariff.free_from_pieces,
        "most_grams": tariff.most_grams,
        "excluded": sorted(tariff.excluded),
        "surcharges": [{"places": list(each.places), "price": each.price.minor} for each in tariff.surcharges],
        **schedule,
        "weekdays": "".join(map(str, sorted(facts.schedule.weekdays))),
    }


def _template_words(row: TemplateRow | None) -> str | None:
    if row is None:
        return None
    names = ("measure", "price_minor", "first_units", "additional_units", "additional_price_minor")
    return ", ".join(f"{name}={getattr(row, name)}" for name in names)


def _about(row: ShippingMethod) -> tuple[str, str]:
    return ("shipping_method", row.code)
