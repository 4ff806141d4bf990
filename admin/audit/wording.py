"""The ledger in the reader's words: fields by their names, and values as words, names, money and the shop's time.

What is stored stays as it was written; this is how it is read. Values that say something by themselves are kept.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from admin.access import staff_here
from admin.audit.labels import AUDIENCE, FIELDS, KINDS_TOLD, LISTED, VALUES
from admin.audit.values import is_price
from admin.experiments.planned import surfaces
from admin.experiments.words import METRICS
from storefront.accounts.models import Customer
from storefront.accounts.permissions import Permission
from storefront.catalog.models import Category, Product
from storefront.database.base import db
from storefront.discovery.rules import How
from storefront.web.filters import moment_text, money_text
from storefront.web.locale import LOCALES, current_locale, localized

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d|Z)")
_NUMBER = re.compile(r"\d+")
Names = Mapping[str, Mapping[int, str]]
"""What things are called, by their kind and number."""


@dataclass(frozen=True, slots=True)
class Worded:
    """A change as it is read: like its entry, with fields and values in words."""

    id: int
    at: datetime
    actor: str
    action: str
    object_kind: str
    object_key: str
    changes: Mapping[str, Sequence[object]]


def in_words(entries: Iterable[Any]) -> list[Worded]:
    """Return entries of the ledger as they are read; what they name by number is looked up once for all of them."""
    entries = list(entries)
    names = _names(entries)
    return [_worded(entry, names) for entry in entries]


def said(value: object) -> object:
    """Return what is said in several languages as the reader's language says it, and anything else as it is."""
    if isinstance(value, dict) and value and value.keys() <= LOCALES.keys():
        return value.get(current_locale()) or next(iter(value.values()))
    return value


def _worded(entry: Any, names: Names) -> Worded:
    told: dict[str, Any] = dict(entry.changes)
    if entry.object_kind in KINDS_TOLD:
        told = {
            _label(field): [_value(entry, field, said(value), names) for value in values]
            for field, values in entry.changes.items()
        }
    if "pictures" in entry.changes:
        told[_label("pictures")] = _pictures(*entry.changes["pictures"])
    return Worded(entry.id, entry.at, entry.actor, entry.action, entry.object_kind, entry.object_key, told)


def _label(field: str) -> str:
    if field in FIELDS:
        return str(_(FIELDS[field]))
    of, space, last = field.rpartition(" ")
    if of == "variation":
        return str(_("Variation %(key)s", key=last))
    return f"{of} {_(FIELDS[last])}" if space and last in FIELDS else field


def _value(entry: Any, field: str, value: object, names: Names) -> object:
    """Return a value in words; a whole number stays one where its field keeps its name, by which money is known."""
    what = (entry.object_kind, field)
    if value is None or value == "":
        return None
    if what in LISTED:
        return _named(value, names[LISTED[what]])
    if isinstance(value, str):
        return _of_text(what, value)
    if isinstance(value, dict):
        return _of_dict(field, value)
    if isinstance(value, list):
        return _flash_item(*value) if what[0] == "flash_session" else ", ".join(map(str, value))
    return _of_number(entry.action, field, value)


def _of_number(action: str, field: str, value: object) -> object:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, int) and _label(field) != field and is_price(action, field):
        return money_text(value)
    return value


def _of_text(what: tuple[str, str], text: str) -> str:
    if _MOMENT.fullmatch(text):
        return moment_text(datetime.fromisoformat(text))
    if what in VALUES:
        return str(_(VALUES[what][text])) if text in VALUES[what] else text
    if what == ("experiment", "surface"):
        return surfaces().get(text, text)
    if what == ("experiment", "guardrails"):
        return "; ".join(_metric(each) for each in text.split("; "))
    return ", ".join(_phrase(each) for each in text.split(", ")) if what[1] == "when: phrases" else text


def _of_dict(field: str, value: Mapping[str, Any]) -> str:
    known = AUDIENCE if field == "audience" else {}
    told = [(known.get(key, {}).get(str(each)), each) for key, each in value.items() if each]
    return " · ".join(str(_(words)) if words else str(each) for words, each in told)


def _flash_item(price_minor: int, quota: int, per_customer: int | None) -> str:
    said = [money_text(price_minor), ngettext("%(num)s piece", "%(num)s pieces", quota)]
    return " · ".join([*said, _("%(count)s per customer", count=per_customer)] if per_customer else said)


def _metric(text: str) -> str:
    key, space, margin = text.partition(" ")
    return f"{_(METRICS[key])}{space}{margin}" if key in METRICS else text


def _phrase(text: str) -> str:
    how, space, phrase = text.partition(" ")
    words = {
        How.EQUALS.value: _("is “%(text)s”", text=phrase),
        How.CONTAINS.value: _("contains “%(text)s”", text=phrase),
        How.STARTS.value: _("starts with “%(text)s”", text=phrase),
    }
    return str(words.get(how, text)) if space else text


def _pictures(before: str | None, after: str | None) -> tuple[object, object]:
    """Return how many pictures there were and are; their names say nothing to anybody."""
    was, now_ = ([name for name in (names or "").split(", ") if name] for names in (before, after))
    told = [ngettext("%(num)s picture", "%(num)s pictures", len(names)) if names else None for names in (was, now_)]
    if was and len(was) == len(now_):
        told[1] = _("in another order") if sorted(was) == sorted(now_) else _("%(pictures)s, others", pictures=told[1])
    return told[0], told[1]


def _named(value: object, known: Mapping[int, str]) -> str:
    return ", ".join(known.get(number, f"#{number}") for number in _numbers(value))


def _numbers(value: object) -> Sequence[int]:
    return [int(number) for number in _NUMBER.findall(str(value))]


def _names(entries: Iterable[Any]) -> Names:
    wanted: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        for field, values in entry.changes.items():
            if kind := LISTED.get((entry.object_kind, field)):
                wanted[kind] |= {number for value in values if value is not None for number in _numbers(value)}
    return defaultdict(dict, {kind: _READERS[kind](numbers) for kind, numbers in wanted.items() if numbers})


def _products(ids: set[int]) -> dict[int, str]:
    found = select(Product.id, Product.name, Product.translations).where(Product.id.in_(ids))
    return {row.id: localized(row.name, row.translations) for row in db.session.execute(found)}


def _categories(ids: set[int]) -> dict[int, str]:
    found = select(Category.id, Category.name, Category.translations).where(Category.id.in_(ids))
    return {row.id: localized(row.name, row.translations) for row in db.session.execute(found)}


def _customers(ids: set[int]) -> dict[int, str]:
    if not staff_here().may(Permission.CUSTOMERS_VIEW):
        return {}
    found = select(Customer.id, Customer.name, Customer.email).where(Customer.id.in_(ids))
    return {row.id: row.name or row.email for row in db.session.execute(found)}


_READERS = {"product": _products, "category": _categories, "customer": _customers}
