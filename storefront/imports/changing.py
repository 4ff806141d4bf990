"""One row, carried out through the services of the catalogue and the stock room."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from storefront.audit import services as audit
from storefront.catalog import bringing_in
from storefront.catalog import services as catalog
from storefront.catalog.bringing_in import ProductPlan, VariantPlan
from storefront.catalog.events import ProductChanged
from storefront.catalog.models import Product
from storefront.catalog.services import ProductWords, VariantPrice
from storefront.database.base import db
from storefront.imports import facts
from storefront.imports.errors import CameMeanwhile, ChangedMeanwhile, GoneMeanwhile, NotYoursToChange
from storefront.imports.facts import Surroundings
from storefront.imports.fields import ATTRIBUTE, OPTION, STOCK, Part, field_of
from storefront.imports.planning import Current, merged_pairs
from storefront.imports.telling import words_of
from storefront.imports.values import money_of, pairs_of
from storefront.inventory import shelving
from storefront.inventory.shelving import Count
from storefront.kernel.errors import Invalid, NotFound
from storefront.kernel.events import publish

WORDS = ("name", "name_zh", "description", "description_zh", "published")
Changes = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Task:
    """A row that is to be carried out: what changes, old and new, for whom and why."""

    sku: str
    changes: Changes
    rights: Set[Part]
    around: Surroundings
    reason: str
    by: str
    at: datetime


def change_row(task: Task, read: Current | None) -> None:
    """Change what a row changes; refuse it when anything of that is another thing by now.

    `read` is what stood there a moment ago. The product is locked, and read again where it has moved on.
    """
    current = read
    if current is not None and _version(current.product_id) != current.version:
        current = facts.current_of([task.sku], task.around).get(task.sku)
    if current is None:
        raise GoneMeanwhile(sku=task.sku)
    wanted = _still_wanted(task, current)
    _change_product(task, wanted, current)
    _change_prices(task, wanted, current)
    _change_variant(task, wanted, current)
    _count(task, wanted, current)


def make_row(task: Task) -> None:
    """Make a variant, and its product where there is none of that address."""
    if not task.rights >= {Part.PRODUCTS, Part.PRICES}:
        raise NotYoursToChange(what="SKU")
    if facts.current_of([task.sku], task.around):
        raise CameMeanwhile(sku=task.sku)
    said = {key: text for key, (_was, text) in task.changes.items()}
    product_id = facts.known_handles([said["handle"]]).get(said["handle"])
    if product_id is not None and "name" in said:
        raise CameMeanwhile(sku=said["handle"])
    if product_id is None:
        product_id = _make_product(task, said)
    currency = task.around.known.currency
    price = money_of(said["price"], currency)
    if price is None:
        raise Invalid
    variant = bringing_in.add_variant(
        product_id=product_id,
        plan=VariantPlan(
            sku=task.sku,
            price=VariantPrice(price, money_of(said.get("compare_at", ""), currency)),
            name=said.get("variant_name", ""),
            options=_with_singles(said, "options", OPTION),
            barcode=said.get("barcode", ""),
            cost=money_of(said.get("cost", ""), currency),
            minimum=money_of(said.get("minimum", ""), currency),
            weight_grams=int(said.get("weight", "0")),
            is_active=said.get("active", "yes") == "yes",
        ),
        by=task.by,
        at=task.at,
    )
    counted = {key: ("0", text) for key, text in said.items() if key.startswith(STOCK)}
    _count(task, counted, Current(variant.id, product_id, 0, {}))


def _make_product(task: Task, said: Mapping[str, str]) -> int:
    if not {"name", "category"} <= said.keys():
        raise GoneMeanwhile(sku=said["handle"])
    category_id = task.around.category_ids.get(said["category"])
    if category_id is None:
        raise NotFound
    words = ProductWords(
        name=said["name"],
        name_zh=said.get("name_zh", ""),
        description=said.get("description", ""),
        description_zh=said.get("description_zh", ""),
        is_published=said.get("published", "no") == "yes",
    )
    plan = ProductPlan(
        words,
        category_id,
        said["handle"],
        said.get("brand", ""),
        said.get("product_type", ""),
        _with_singles(said, "attributes", ATTRIBUTE),
    )
    return bringing_in.add_product(plan=plan, by=task.by, at=task.at).id


def _still_wanted(task: Task, current: Current) -> dict[str, tuple[str, str]]:
    """Return the changes that are still to be made: each field is as it was, or as it shall be."""
    wanted: dict[str, tuple[str, str]] = {}
    for key, (was, text) in task.changes.items():
        now_ = current.values.get(key, "")
        if now_ == text:
            continue
        if now_ != was:
            raise ChangedMeanwhile(what=words_of(key), now=now_[:80], was=was[:80])
        what = field_of(key)
        if what is None or what.part not in task.rights:
            raise NotYoursToChange(what=words_of(key))
        wanted[key] = (was, text)
    return wanted


def _change_product(task: Task, wanted: Changes, current: Current) -> None:
    actor: dict[str, Any] = {"by": task.by, "at": task.at}
    if said := {key: wanted[key][1] for key in WORDS if key in wanted}:
        product = _product(current)
        before = ProductWords.of(product)
        words = ProductWords(
            name=said.get("name", before.name),
            name_zh=said.get("name_zh", before.name_zh),
            description=said.get("description", before.description),
            description_zh=said.get("description_zh", before.description_zh),
            is_published=said["published"] == "yes" if "published" in said else before.is_published,
            is_returnable=before.is_returnable,
        )
        catalog.change_words(product_id=product.id, version=product.version, words=words, **actor)
    if "category" in wanted:
        category_id = task.around.category_ids.get(wanted["category"][1])
        if category_id is None:
            raise NotFound
        catalog.change_category(product_id=current.product_id, category_id=category_id, **actor)
    changed: dict[str, object] = {key: wanted[key][1] for key in ("brand", "product_type") if key in wanted}
    if (pairs := _pairs(wanted, current, "attributes", ATTRIBUTE)) is not None:
        changed["attributes"] = pairs
    if changed:
        bringing_in.change_product(product_id=current.product_id, facts=changed, **actor)


def _change_prices(task: Task, wanted: Changes, current: Current) -> None:
    if not {"price", "compare_at"} & wanted.keys():
        return
    currency = task.around.known.currency
    after = {key: wanted[key][1] if key in wanted else current.values[key] for key in ("price", "compare_at")}
    price = money_of(after["price"], currency)
    if price is None:
        raise Invalid
    catalog.change_prices(
        product_id=current.product_id,
        version=_version(current.product_id) or 0,
        prices={current.variant_id: VariantPrice(price, money_of(after["compare_at"], currency))},
        by=task.by,
        at=task.at,
    )


def _change_variant(task: Task, wanted: Changes, current: Current) -> None:
    changed: dict[str, object] = {}
    currency = task.around.known.currency
    for key, column in (("cost", "cost_minor"), ("minimum", "minimum_price_minor")):
        if key in wanted:
            amount = money_of(wanted[key][1], currency)
            changed[column] = amount.minor if amount is not None else None
    if "variant_name" in wanted:
        changed["name"] = wanted["variant_name"][1]
    if "barcode" in wanted:
        changed["barcode"] = wanted["barcode"][1] or None
    if "weight" in wanted:
        changed["weight_grams"] = int(wanted["weight"][1])
    if "active" in wanted:
        changed["is_active"] = wanted["active"][1] == "yes"
    if (pairs := _pairs(wanted, current, "options", OPTION)) is not None:
        changed["options"] = pairs
    if changed:
        bringing_in.change_variant(variant_id=current.variant_id, facts=changed, by=task.by, at=task.at)


def _count(task: Task, wanted: Changes, current: Current) -> None:
    """Store what stands on shelves, as counting does."""
    told: dict[str, tuple[object, object]] = {}
    for key, (was, text) in sorted(wanted.items()):
        if not key.startswith(STOCK) or was == text:
            continue
        code = key.removeprefix(STOCK)
        if Part.STOCK not in task.rights:
            raise NotYoursToChange(what=words_of(key))
        count = Count(current.variant_id, task.around.warehouse_ids[code], int(was or 0), int(text))
        shelving.adjust(count=count, reason=task.reason, by=task.by, at=task.at)
        told[f"{task.sku} {task.around.warehouses[code]}"] = (int(was or 0), int(text))
    if told:
        told["reason"] = (None, task.reason)
        about = ("product", str(current.product_id))
        audit.record(actor=task.by, action="stock.count", about=about, changes=told, at=task.at)
        publish(ProductChanged(current.product_id, task.at))


def _pairs(wanted: Changes, current: Current, whole: str, prefix: str) -> dict[str, str] | None:
    """Return attributes or options as they shall be; None when a row does not touch them."""
    singles = {key: text for key, (_was, text) in wanted.items() if key.startswith(prefix)}
    if whole not in wanted and not singles:
        return None
    base = wanted[whole][1] if whole in wanted else current.values[whole]
    return pairs_of(merged_pairs(base, singles, prefix))


def _with_singles(said: Mapping[str, str], whole: str, prefix: str) -> dict[str, str]:
    singles = {key: text for key, text in said.items() if key.startswith(prefix)}
    return pairs_of(merged_pairs(said.get(whole, ""), singles, prefix))


def _product(current: Current) -> Product:
    """Return the product as it is now: a service may have given it another version a moment ago."""
    product = db.session.get(Product, current.product_id, populate_existing=True, with_for_update=True)
    if product is None:
        raise NotFound
    return product


def _version(product_id: int) -> int | None:
    """Lock a product and return its version; None where it is gone."""
    return db.session.scalar(select(Product.version).where(Product.id == product_id).with_for_update())
