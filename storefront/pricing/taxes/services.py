"""Writes of taxes: each checks that nobody else was faster, and leaves a trace. Orders keep what they were taxed."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from storefront.audit import services as audit
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.database.transaction import after_commit
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.text import first_free, fold, slugify, squeeze
from storefront.pricing.taxes.errors import AddedMeanwhile, ClassInUse, StaleTax
from storefront.pricing.taxes.models import TaxClass, TaxRate
from storefront.pricing.taxes.plans import ClassPlan, RatePlan, percent_text
from storefront.pricing.taxes.queries import forget_taxes
from storefront.pricing.taxes.rules import TaxMode
from storefront.shop.queries import get_settings
from storefront.shop.services import change_settings

Row = TypeVar("Row", TaxClass, TaxRate)
Told = dict[str, object]


def choose_mode(*, mode: TaxMode, by: str, at: datetime) -> None:
    """Let prices contain tax, or let it be added to them."""
    before = get_settings().tax_mode
    if before == mode:
        return
    change_settings(values={"tax_mode": mode.value}, at=at)
    changes: dict[str, tuple[object, object]] = {"tax_mode": (before, mode.value)}
    audit.record(actor=by, action="tax.mode", about=("tax", "mode"), changes=changes, at=at)


def add_class(*, plan: ClassPlan, by: str, at: datetime) -> TaxClass:
    """Make a tax class; the first one is the default and that of delivery, whatever the plan says."""
    _lock_classes()
    is_first = not db.session.scalar(select(func.count()).select_from(TaxClass))
    row = TaxClass(code=_free_code(plan.name), translations={}, is_default=False, is_for_delivery=False)
    _fill_class(row, plan, at)
    db.session.add(row)
    try:
        db.session.flush()
        _point(row, is_default=plan.is_default or is_first, is_for_delivery=plan.is_for_delivery or is_first)
    except IntegrityError:
        raise AddedMeanwhile from None
    changes = {key: (None, value) for key, value in _told_class(row).items()}
    audit.record(actor=by, action="tax_class.add", about=("tax_class", row.code), changes=changes, at=at)
    after_commit(forget_taxes)
    return row


def change_class(*, class_id: int, version: int, plan: ClassPlan, by: str, at: datetime) -> TaxClass:
    """Change the class as it was at `version`; else StaleTax. What it was chosen for it keeps until another one is."""
    _lock_classes()
    row = _get_at(TaxClass, class_id, version)
    before = _told_class(row)
    _fill_class(row, plan, at)
    _point(
        row,
        is_default=row.is_default or plan.is_default,
        is_for_delivery=row.is_for_delivery or plan.is_for_delivery,
    )
    _store()
    _note(("tax_class", row.code), before, _told_class(row), by, at)
    return row


def remove_class(*, class_id: int, version: int, by: str, at: datetime) -> None:
    """Delete a class that nothing needs; refuses with ClassInUse."""
    _lock_classes()
    row = _get_at(TaxClass, class_id, version)
    _refuse_needed(row)
    changes = {key: (value, None) for key, value in _told_class(row).items()}
    db.session.delete(row)
    _store()
    audit.record(actor=by, action="tax_class.remove", about=("tax_class", row.code), changes=changes, at=at)


def add_rate(*, plan: RatePlan, by: str, at: datetime) -> TaxRate:
    """Make a rate; refuses one that overlaps another of the same class, place and part."""
    row = TaxRate(tax_class_id=_lock_class(plan.tax_class).id)
    _check_overlap(plan, row.tax_class_id)
    _fill_rate(row, plan, at)
    db.session.add(row)
    db.session.flush()
    changes = {key: (None, value) for key, value in _told_rate(plan).items() if value not in (None, "")}
    audit.record(actor=by, action="tax_rate.add", about=("tax_rate", str(row.id)), changes=changes, at=at)
    after_commit(forget_taxes)
    return row


def change_rate(*, rate_id: int, version: int, plan: RatePlan, by: str, at: datetime) -> TaxRate:
    """Change the rate as it was at `version`; else StaleTax. Orders placed before keep the old one."""
    tax_class = _lock_class(plan.tax_class)
    row = _get_at(TaxRate, rate_id, version)
    before = _told_rate(plan_of_rate(row))
    _check_overlap(plan, tax_class.id, but=rate_id)
    row.tax_class_id = tax_class.id
    _fill_rate(row, plan, at)
    _store()
    _note(("tax_rate", str(row.id)), before, _told_rate(plan), by, at)
    return row


def remove_rate(*, rate_id: int, version: int, by: str, at: datetime) -> None:
    """Delete a rate; orders keep what they were taxed."""
    row = _get_at(TaxRate, rate_id, version)
    changes = {key: (value, None) for key, value in _told_rate(plan_of_rate(row)).items() if value not in (None, "")}
    db.session.delete(row)
    _store()
    audit.record(actor=by, action="tax_rate.remove", about=("tax_rate", str(rate_id)), changes=changes, at=at)


def plan_of_class(row: TaxClass) -> ClassPlan:
    """Return a class's row as a plan."""
    return ClassPlan(row.name, _chinese(row), row.is_default, row.is_for_delivery)


def plan_of_rate(row: TaxRate) -> RatePlan:
    """Return a rate's row as a plan."""
    code = db.session.scalar(select(TaxClass.code).where(TaxClass.id == row.tax_class_id)) or ""
    return RatePlan(
        tax_class=code,
        country=row.country,
        region=row.region,
        name=row.name,
        millionths=row.millionths,
        name_zh=_chinese(row),
        part=row.part,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def _get_at(table: type[Row], row_id: int, version: int) -> Row:
    statement = select(table).where(table.id == row_id).with_for_update()
    row = db.session.scalar(statement.execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    if row.version != version:
        raise StaleTax
    return row


def _lock_classes() -> None:
    """Let one person at a time decide which class is which."""
    db.session.execute(select(TaxClass.id).order_by(TaxClass.id).with_for_update())


def _lock_class(code: str) -> TaxClass:
    """Keep others from adding to the same class what would overlap."""
    row = db.session.scalar(select(TaxClass).where(TaxClass.code == code).with_for_update())
    if row is None:
        raise Invalid(N_("Please choose a tax class."), field="tax_class")
    return row


def _point(row: TaxClass, *, is_default: bool, is_for_delivery: bool) -> None:
    """Let the class be the default, or that of delivery, in place of the one that was."""
    for column, wanted in (("is_default", is_default), ("is_for_delivery", is_for_delivery)):
        if not wanted or getattr(row, column):
            continue
        flag = getattr(TaxClass, column)
        for other in db.session.scalars(select(TaxClass).where(flag, TaxClass.id != row.id)):
            setattr(other, column, False)
        db.session.flush()
        setattr(row, column, True)
        db.session.flush()


def _refuse_needed(row: TaxClass) -> None:
    if row.is_default:
        raise ClassInUse(N_("This is the class of everything that has no other. Make another one the default first."))
    if row.is_for_delivery:
        raise ClassInUse(N_("Delivery is taxed by this class. Choose another one for it first."))
    goods = (
        select(func.count(Product.id.distinct()))
        .outerjoin(Variant, Variant.product_id == Product.id)
        .where(or_(Product.tax_class == row.code, Variant.tax_class == row.code))
    )
    if count := int(db.session.scalar(goods) or 0):
        raise ClassInUse(N_("%(count)d products are in this class. Move them to another one first."), count=count)
    rates = select(func.count()).select_from(TaxRate).where(TaxRate.tax_class_id == row.id)
    if db.session.scalar(rates):
        raise ClassInUse(N_("There are rates for this class. Delete them first."))


def _check_overlap(plan: RatePlan, class_id: int, *, but: int = 0) -> None:
    """Refuse a rate on days on which one of the same part, or of the same name, holds already."""
    statement = select(TaxRate).where(
        TaxRate.tax_class_id == class_id,
        TaxRate.country == plan.country,
        TaxRate.region == plan.region,
        TaxRate.id != but,
    )
    for other in db.session.scalars(statement.order_by(TaxRate.id)):
        theirs = plan_of_rate(other)
        is_twin = theirs.part == plan.part or fold(theirs.name) == fold(plan.name)
        if is_twin and theirs.dated.overlaps(plan.dated):
            raise Invalid(
                N_(
                    "“%(name)s” (%(percent)s%%) already holds for this class and place on some of these days. End it "
                    "before this one begins, or add this one as a further tax with a name of its own."
                ),
                field="valid_from",
                name=theirs.name,
                percent=percent_text(theirs.millionths),
            )


def _store() -> None:
    try:
        db.session.flush()
    except StaleDataError:
        raise StaleTax from None
    after_commit(forget_taxes)


def _note(about: tuple[str, str], before: Told, after: Told, by: str, at: datetime) -> None:
    changes = {field: (before[field], after[field]) for field in after if before[field] != after[field]}
    if changes:
        audit.record(actor=by, action=f"{about[0]}.change", about=about, changes=changes, at=at)


def _fill_class(row: TaxClass, plan: ClassPlan, at: datetime) -> None:
    row.name, row.updated_at = squeeze(plan.name), at
    row.translations = _with_chinese(row.translations, plan.name_zh)


def _fill_rate(row: TaxRate, plan: RatePlan, at: datetime) -> None:
    row.country, row.region, row.part = plan.country, plan.region, plan.part
    row.name, row.millionths = squeeze(plan.name), plan.millionths
    row.translations = _with_chinese(row.translations, plan.name_zh)
    row.valid_from, row.valid_to, row.updated_at = plan.valid_from, plan.valid_to, at


def _told_class(row: TaxClass) -> Told:
    return {
        "name": row.name,
        "name_zh": _chinese(row),
        "is_default": row.is_default,
        "is_for_delivery": row.is_for_delivery,
    }


def _told_rate(plan: RatePlan) -> Told:
    return {
        "tax_class": plan.tax_class,
        "country": plan.country,
        "region": plan.region,
        "part": plan.part,
        "name": squeeze(plan.name),
        "name_zh": squeeze(plan.name_zh),
        "percent": percent_text(plan.millionths),
        "valid_from": plan.valid_from.isoformat() if plan.valid_from else None,
        "valid_to": plan.valid_to.isoformat() if plan.valid_to else None,
    }


def _chinese(row: TaxClass | TaxRate) -> str:
    return str(((row.translations or {}).get("zh") or {}).get("name") or "")


def _with_chinese(translations: dict[str, object] | None, name_zh: str) -> dict[str, object]:
    others = {locale: words for locale, words in (translations or {}).items() if locale != "zh"}
    return {**others, **({"zh": {"name": squeeze(name_zh)}} if squeeze(name_zh) else {})}


def _free_code(name: str) -> str:
    wanted = slugify(name, fallback="class", longest=24)
    taken = set(db.session.scalars(select(TaxClass.code).where(TaxClass.code.startswith(wanted, autoescape=True))))
    return first_free(wanted, taken)
