"""What staff type about an entry of the home page. Times are typed and shown in the shop's zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import g
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DateTimeLocalField, Form, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from admin.content.words import STATUSES
from storefront.content.models import SlotEntry
from storefront.content.services import EntryPlan, EntryStatus

LANGUAGES = ("en", "zh")
TEXTS = ("title", "text", "label", "link")
FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"]


def _at_most(count: int) -> Any:
    return Length(max=count, message=_("This is too long."))


class EntryForm(Form):
    """One entry: what it says in both languages, when, how urgently, and where it stands."""

    version = IntegerField(default=0)
    name = StringField(
        _("Name for your colleagues"), [InputRequired(_("Give the entry a name that your colleagues will understand."))]
    )
    status = SelectField(_("State"))
    priority = IntegerField(_("Priority"), default=0)
    starts_at = DateTimeLocalField(_("Starts"), [Optional()], format=FORMATS)
    ends_at = DateTimeLocalField(_("Ends"), [Optional()], format=FORMATS)
    title_en = StringField(_("Title"), [_at_most(160)])
    title_zh = StringField(_("Title in Chinese"), [_at_most(160)])
    text_en = TextAreaField(_("Text"), [_at_most(2000)])
    text_zh = TextAreaField(_("Text in Chinese"), [_at_most(2000)])
    label_en = StringField(_("Words on the button"), [_at_most(60)])
    label_zh = StringField(_("Words on the button in Chinese"), [_at_most(60)])
    link = StringField(_("Link"), [_at_most(300)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.status.choices = [(value, gettext(words)) for value, words in STATUSES.items()]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Say in plain words what is wrong with numbers, dates and choices."""
        valid = bool(super().validate(*args, **kwargs))
        for field, words in (
            (self.priority, gettext("The priority is a whole number.")),
            (self.starts_at, gettext("Enter a day and a time, such as 2026-05-03 09:00.")),
            (self.ends_at, gettext("Enter a day and a time, such as 2026-05-03 09:00.")),
            (self.status, gettext("Choose one of the states.")),
        ):
            if field.errors:
                field.errors = [words]
        return valid

    def read(self) -> EntryPlan:
        """Return what was typed; raises Invalid."""
        texts = {
            language: {
                **{name: (self[f"{name}_{language}"].data or "").strip() for name in TEXTS if name != "link"},
                "link": (self.link.data or "").strip(),
            }
            for language in LANGUAGES
        }
        return EntryPlan(
            name=self.name.data or "",
            status=EntryStatus(self.status.data),
            priority=self.priority.data or 0,
            starts_at=_to_utc(self.starts_at.data),
            ends_at=_to_utc(self.ends_at.data),
            texts=texts,
        )


def form_of(entry: SlotEntry) -> EntryForm:
    """Return the form that shows an entry as it is stored."""
    texts = {
        f"{name}_{language}": (entry.content.get(language) or {}).get(name, "")
        for language in LANGUAGES
        for name in TEXTS
        if name != "link"
    }
    return EntryForm(
        data={
            "version": entry.version,
            "name": entry.name,
            "status": entry.status,
            "priority": entry.priority,
            "starts_at": _to_local(entry.starts_at),
            "ends_at": _to_local(entry.ends_at),
            "link": (entry.content.get("en") or {}).get("link", ""),
            **texts,
        }
    )


def _to_utc(local: datetime | None) -> datetime | None:
    if local is None:
        return None
    return local.replace(tzinfo=ZoneInfo(g.shop.timezone)).astimezone(UTC)


def _to_local(moment: datetime | None) -> datetime | None:
    return moment.astimezone(ZoneInfo(g.shop.timezone)).replace(tzinfo=None) if moment else None
