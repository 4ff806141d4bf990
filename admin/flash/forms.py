"""What staff type about activities and sessions. Times are typed and shown in the shop's zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask import g
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, DateTimeLocalField, Form, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from admin.catalog.forms import amount_text
from admin.days import day_of, shifted, to_local, to_utc
from admin.flash.lines import LONGEST_TEXT, Line, LineTrouble, read_lines, split_lines, write_line
from admin.flash.queries import ItemRow, SessionRow, variants_by_sku
from storefront.flash.models import FlashSale
from storefront.flash.planning import SalePlan, SessionPlan
from storefront.kernel.errors import N_, Invalid

FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]
TROUBLES = N_("Some articles need another look.")


class SaleForm(Form):
    """An activity's words."""

    version = IntegerField(default=0)
    name = StringField(
        _("Name of the activity"), [InputRequired(_("Give the activity a name; shoppers read it above its goods."))]
    )
    name_zh = StringField(_("Name in Chinese"))
    is_active = BooleanField(_("Its sessions take place"), default=True)

    def read(self) -> SalePlan:
        """Return what was typed; raises Invalid."""
        return SalePlan(self.name.data or "", self.name_zh.data or "", bool(self.is_active.data))


class SessionForm(Form):
    """A session's times and articles; `troubles` is what is wrong with single lines."""

    version = StringField(default="")
    starts_at = DateTimeLocalField(_("Starts"), [InputRequired()], format=FORMATS)
    ends_at = DateTimeLocalField(_("Ends"), [InputRequired()], format=FORMATS)
    lines = TextAreaField(_("Articles"), [Length(max=LONGEST_TEXT, message=_("This is too long."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.troubles: Sequence[LineTrouble] = ()

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Say in plain words what is wrong with times."""
        valid = bool(super().validate(*args, **kwargs))
        for field in (self.starts_at, self.ends_at):
            if field.errors:
                field.errors = [gettext("Enter a day and a time, such as 2026-05-03 09:00.")]
        return valid

    @property
    def typed(self) -> list[Line]:
        """The lines that say something."""
        return split_lines(self.lines.data or "")

    def read(self) -> SessionPlan:
        """Return what was typed; raises Invalid, and then `troubles` says what is wrong with single lines."""
        typed = self.typed
        variants = variants_by_sku({line.sku for line in typed})
        items, self.troubles = read_lines(typed, variants=variants, currency=g.shop.currency)
        if self.troubles:
            raise Invalid(TROUBLES, field="lines")
        starts_at, ends_at = (to_utc(field.data, g.shop.timezone) for field in (self.starts_at, self.ends_at))
        if starts_at is None or ends_at is None:
            raise Invalid(N_("Enter a day and a time, such as 2026-05-03 09:00."), field="starts_at")
        return SessionPlan(starts_at, ends_at, items)


class CopyForm(Form):
    """The day that a session is copied to."""

    day = DateField(_("Day"), [InputRequired()])

    def read(self, session: SessionRow) -> tuple[datetime, datetime]:
        """Return when the copy starts and ends: at the same time of day; raises Invalid."""
        if not self.validate() or not isinstance(self.day.data, date) or not 2000 <= self.day.data.year < 2200:
            raise Invalid(N_("Choose a day, such as 2026-05-03."), field="day")
        zone = g.shop.timezone
        moved = self.day.data - day_of(session.starts_at, zone)
        return shifted(session.starts_at, moved, zone), shifted(session.ends_at, moved, zone)


def sale_form_of(sale: FlashSale) -> SaleForm:
    """Return the form that shows an activity as it is stored."""
    chinese = ((sale.translations or {}).get("zh") or {}).get("name") or ""
    return SaleForm(data={"version": sale.version, "name": sale.name, "name_zh": chinese, "is_active": sale.is_active})


def session_form_of(session: SessionRow, items: Sequence[ItemRow], version: datetime) -> SessionForm:
    """Return the form that shows a session as it is stored."""
    lines = (
        write_line(item.sku, amount_text(item.price_minor, g.shop.currency), item.quota, item.per_customer)
        for item in items
    )
    return SessionForm(
        data={
            "version": version.isoformat(),
            "starts_at": to_local(session.starts_at, g.shop.timezone),
            "ends_at": to_local(session.ends_at, g.shop.timezone),
            "lines": "\n".join(lines),
        }
    )
