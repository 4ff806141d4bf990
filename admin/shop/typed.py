"""What is typed about settings, read by the kind of each; what is wrong stands beside its field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext as _

from admin.shop.groups import Field, Group
from storefront.kernel.text import squeeze
from storefront.shop.rules import ShopSettings, WrongSettings
from storefront.web.errors import message_of

LONGEST = 500
_NUMBER = re.compile(r"-?[0-9]{1,9}")


@dataclass(slots=True)
class Typed:
    """The texts of a form, what they mean, and what is wrong with which."""

    shown: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def show(group: Group, settings: object) -> Typed:
    """Return a form that shows what is stored."""
    typed = Typed()
    for each in group.fields:
        value = getattr(settings, each.key)
        typed.shown[each.key] = ("yes" if value else "") if each.is_switch else str(value)
    return typed


def read(group: Group, args: Mapping[str, str]) -> Typed:
    """Read a form."""
    typed = Typed()
    for each in group.fields:
        text = squeeze(args.get(each.key, ""))
        typed.shown[each.key] = text
        _read_one(each, text, typed)
    return typed


def check(typed: Typed, before: ShopSettings) -> None:
    """Note what makes no sense of what was read, beside what could not be read."""
    try:
        replace(before, **typed.values)
    except WrongSettings as refusal:
        typed.errors |= {problem.field: message_of(problem) for problem in refusal.problems}


def _read_one(each: Field, text: str, typed: Typed) -> None:
    if each.is_switch:
        typed.values[each.key] = text == "yes"
    elif each.is_number:
        plain = unicodedata.normalize("NFKC", text).replace(",", "")
        if _NUMBER.fullmatch(plain):
            typed.values[each.key] = int(plain)
        else:
            typed.errors[each.key] = _("Enter a whole number.")
    elif len(text) > LONGEST:
        typed.errors[each.key] = _("This is too long.")
    elif each.options and text not in dict(each.options):
        typed.errors[each.key] = _("Please choose one.")
    else:
        typed.values[each.key] = text
