"""What staff type about a price list. Times are typed and shown in the shop's zone."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import g
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Form,
    IntegerField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from admin.days import to_local, to_utc
from storefront.kernel.errors import N_, Invalid
from storefront.pricing.catalogue import WHOLE
from storefront.pricing.models import PriceList
from storefront.pricing.plans import LONGEST_NAME, ListPlan
from storefront.pricing.recording import plan_of

FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"]
Choices = Sequence[tuple[str, str]]


class Boxes(SelectMultipleField):
    """Several of a set, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ListForm(Form):
    """A list: its names, for whom and when, and how much less everything costs."""

    version = IntegerField(default=0)
    name = StringField(
        _("Name of the list"),
        [
            InputRequired(_("Give the list a name; shoppers see it where the price is lower.")),
            Length(max=LONGEST_NAME, message=_("This is too long.")),
        ],
    )
    name_zh = StringField(_("Name in Chinese"), [Length(max=LONGEST_NAME, message=_("This is too long."))])
    tiers = Boxes(_("Tiers of members"))
    groups = Boxes(_("Customer groups"))
    percent = StringField(_("Percent off everything"), [Length(max=20, message=_("This is too long."))])
    starts_at = DateTimeLocalField(_("Starts"), [Optional()], format=FORMATS)
    ends_at = DateTimeLocalField(_("Ends"), [Optional()], format=FORMATS)
    is_active = BooleanField(_("Active: these prices hold"))

    def __init__(self, *args: Any, tiers: Choices = (), groups: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field, choices in ((self.tiers, tiers), (self.groups, groups)):
            known = {value for value, _words in choices}
            kept = field.object_data or ()
            field.choices = [*choices, *((value, value) for value in kept if value not in known)]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Say in plain words what is wrong with dates and choices."""
        valid = bool(super().validate(*args, **kwargs))
        for field, words in (
            (self.starts_at, gettext("Enter a day and a time, such as 2026-05-03 09:00.")),
            (self.ends_at, gettext("Enter a day and a time, such as 2026-05-03 09:00.")),
            (self.tiers, gettext("One of these tiers does not exist any more.")),
            (self.groups, gettext("One of these groups does not exist any more.")),
        ):
            if field.errors:
                field.errors = [words]
        return valid

    def read(self) -> ListPlan:
        """Return what was typed; raises Invalid."""
        return ListPlan(
            name=self.name.data or "",
            name_zh=self.name_zh.data or "",
            tiers=tuple(self.tiers.data or ()),
            groups=tuple(self.groups.data or ()),
            basis_points=read_percent(self.percent.data or ""),
            starts_at=to_utc(self.starts_at.data, g.shop.timezone),
            ends_at=to_utc(self.ends_at.data, g.shop.timezone),
            is_active=bool(self.is_active.data),
        )


def form_of(row: PriceList, *, tiers: Choices, groups: Choices) -> ListForm:
    """Return the form that shows a list as it is stored."""
    plan = plan_of(row)
    data = {
        "version": row.version,
        "name": plan.name,
        "name_zh": plan.name_zh,
        "tiers": list(plan.tiers),
        "groups": list(plan.groups),
        "percent": percent_text(plan.basis_points),
        "starts_at": to_local(plan.starts_at, g.shop.timezone),
        "ends_at": to_local(plan.ends_at, g.shop.timezone),
        "is_active": plan.is_active,
    }
    return ListForm(data=data, tiers=tiers, groups=groups)


def read_percent(text: str) -> int | None:
    """Read "12.5" (percent off) as the share of the price that is left, in 1/10,000; None for nothing."""
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix("%").strip()
    if not plain:
        return None
    try:
        off = Decimal(plain) * 100
    except InvalidOperation:
        off = Decimal("NaN")
    if not off.is_finite() or off != off.to_integral_value():
        raise Invalid(N_("Enter a percentage with at most two decimals, such as 10 or 12.5."), field="percent")
    if not 0 < off < WHOLE:
        raise Invalid(
            N_("A reduction is more than 0 and less than 100 percent. Leave it empty to price goods one by one."),
            field="percent",
        )
    return WHOLE - int(off)


def percent_text(basis_points: int | None) -> str:
    """Return a share of the price as the percentage that is taken off: "12.5"."""
    if basis_points is None:
        return ""
    text = f"{Decimal(WHOLE - basis_points) / 100:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
