"""The ledger in the reader's words: fields by their names, and values as words, names, money and the shop's time.

What is stored stays as it was written; this is how it is read. Values that say something by themselves are kept.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from admin.access import staff_here
from admin.audit.labels import AUDIENCE, FIELDS, KINDS_TOLD, LISTED, OTHER_FIELDS, VALUES
from admin.audit.values import actor_in, is_decimal, is_price
from admin.experiments.planned import surfaces
from admin.experiments.words import METRICS
from storefront.accounts.models import Customer
from storefront.accounts.permissions import Permission
from storefront.approvals import refused
from storefront.catalog.models import Category, Product
from storefront.database.base import db
from storefront.discovery.rules import How
from storefront.kernel.money import Money
from storefront.shop.queries import get_settings
from storefront.web.filters import moment_text, money_text
from storefront.web.locale import LOCALES, current_locale, term
from storefront.web.naming import names_by_id

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d|Z)")
_BANNER = re.compile(r"(?:^|(?<=; ))(?:(?:texts|labels|link): )?(?:(?:en|zh): )?")
_NUMBER = re.compile(r"\d+")
LONGEST = 200
"""Of a longer text the beginning is shown."""
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
    changes: Mapping[str, Sequence[str | None]]


def in_words(entries: Iterable[Any], people: Mapping[str, str]) -> list[Worded]:
    """Return entries of the ledger as they are read, with the names of `people` by actor; what else they name by number
    is looked up once for all of them.
    """
    entries = list(entries)
    names = _names(entries)
    return [_worded(entry, names, people) for entry in entries]


def said(value: object) -> object:
    """Return what is said in several languages as the reader's language says it, and anything else as it is."""
    if isinstance(value, dict) and value and value.keys() <= LOCALES.keys():
        return value.get(current_locale()) or next(iter(value.values()))
    return value


def _worded(entry: Any, names: Names, people: Mapping[str, str]) -> Worded:
    told: dict[str, Sequence[str | None]] = {}
    for field, values in entry.changes.items():
        before_and_after = [_value(entry, field, said(value), names, people) for value in values]
        told[_label(entry.object_kind, field)] = before_and_after
    if "pictures" in entry.changes:
        told[_label(entry.object_kind, "pictures")] = _pictures(*entry.changes["pictures"])
    return Worded(entry.id, entry.at, entry.actor, entry.action, entry.object_kind, entry.object_key, told)


def _label(kind: str, field: str) -> str:
    known = FIELDS if kind in KINDS_TOLD else OTHER_FIELDS
    if field in known:
        return str(_(known[field]))
    of, space, last = field.rpartition(" ")
    if kind in KINDS_TOLD and of == "variation":
        return str(_("Variation %(key)s", key=last))
    return f"{of} {_(known[last])}" if space and last in known and kind in KINDS_TOLD else term(field)


def _value(entry: Any, field: str, value: object, names: Names, people: Mapping[str, str]) -> str | None:
    """Return a value in words; None for nothing."""
    what = (entry.object_kind, field)
    if value is None or value == "":
        return None
    if what in LISTED:
        return _named(value, names[LISTED[what]])
    if actor := actor_in(field, value):
        return people.get(actor, str(value))
    if isinstance(value, str):
        return _shortened(_of_text(entry, field, value))
    if isinstance(value, (dict, list)):
        return _of_several(what, value)
    return _of_number(entry.action, field, value)


def _of_number(action: str, field: str, value: object) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return money_text(value) if isinstance(value, int) and is_price(action, field) else str(value)


def _of_several(what: tuple[str, str], value: Mapping[str, Any] | Sequence[Any]) -> str:
    if isinstance(value, Mapping):
        return _of_dict(what[1], value)
    return _flash_item(*value) if what[0] == "flash_session" else ", ".join(map(str, value))


def _of_text(entry: Any, field: str, text: str) -> str:
    what, first, space, rest = (entry.object_kind, field), *text.partition(" ")
    words, read = VALUES.get(what, {}), _TEXTS.get(what) or _TEXTS.get((entry.action, field))
    if _MOMENT.fullmatch(text):
        return moment_text(datetime.fromisoformat(text))
    if text in words or first in words:
        return str(_(words[text])) if text in words else f"{_(words[first])}{space}{rest}"
    if read is not None:
        return read(text)
    return _amount(text) if is_decimal(entry.action, field) else text


def _amount(decimal: str) -> str:
    try:
        return money_text(Money.parse(decimal, get_settings().currency))
    except ValueError:
        return decimal


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"


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


def _pictures(before: str | None, after: str | None) -> Sequence[str | None]:
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


def _customers(ids: set[int]) -> dict[int, str]:
    if not staff_here().may(Permission.CUSTOMERS_VIEW):
        return {}
    found = select(Customer.id, Customer.name, Customer.email).where(Customer.id.in_(ids))
    return {row.id: row.name or row.email for row in db.session.execute(found)}


_READERS: Mapping[str, Callable[[set[int]], dict[int, str]]] = {
    "product": partial(names_by_id, Product),
    "category": partial(names_by_id, Category),
    "customer": _customers,
}
_TEXTS: Mapping[tuple[str, str], Callable[[str], str]] = {
    ("approval.refuse", "answer"): refused.words_of,
    ("experiment", "surface"): lambda text: surfaces().get(text, text),
    ("experiment", "guardrails"): lambda text: "; ".join(_metric(each) for each in text.split("; ")),
    ("search_rule", "does: banner"): lambda text: _BANNER.sub("", text),
    ("search_rule", "when: phrases"): lambda text: ", ".join(_phrase(each) for each in text.split(", ")),
}
"""How texts are read that hold several things, by the kind of their object, or by the act, and by the field."""
