"""What staff type about entries, slots and campaigns. Times are typed and shown in the shop's zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import g
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Form,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from admin.catalog.gathering import LONGEST, products_by_sku
from admin.content.choices import Choices
from admin.days import to_local, to_utc
from storefront.content.models import Campaign
from storefront.content.plans import GOODS, LANGUAGES, CampaignPlan, EntryPlan, moment_of
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.text import squeeze
from storefront.media.pictures import is_picture

TEXTS = ("title", "text", "label", "alt")
FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"]
SHOWN: Mapping[str, tuple[str, ...]] = {
    "banner": ("title", "text", "label", "link", "picture", "alt"),
    "product_grid": ("title", "text", "link", "source", "skus"),
    "collection": ("title", "text", "link", "source", "skus"),
    "recommendation": ("title", "source"),
    "flash": ("title",),
    "rich_text": ("title", "text"),
    "categories": ("title",),
}
"""What an entry of each kind of slot may say."""
WHEN_AND_WHOM = ("starts_at", "ends_at", "visitor", "tier", "group", "device")
"""What a fallback has none of."""


def _at_most(count: int) -> Any:
    return Length(max=count, message=_("This is too long."))


class EntryForm(Form):
    """One entry: what it says in both languages, what it shows, when, for whom, and how urgently."""

    version = IntegerField(default=0)
    name = StringField(
        _("Name for your colleagues"), [InputRequired(_("Give the entry a name that your colleagues will understand."))]
    )
    priority = IntegerField(_("Priority"), default=0)
    starts_at = DateTimeLocalField(_("Starts"), [Optional()], format=FORMATS)
    ends_at = DateTimeLocalField(_("Ends"), [Optional()], format=FORMATS)
    visitor = SelectField(_("Who sees it"))
    device = SelectField(_("On which devices"))
    tier = SelectField(_("Members of a tier"))
    group = SelectField(_("Members of a group"))
    title_en = StringField(_("Title"), [_at_most(160)])
    title_zh = StringField(_("Title in Chinese"), [_at_most(160)])
    text_en = TextAreaField(_("Text"), [_at_most(2000)])
    text_zh = TextAreaField(_("Text in Chinese"), [_at_most(2000)])
    label_en = StringField(_("Words on the button"), [_at_most(60)])
    label_zh = StringField(_("Words on the button in Chinese"), [_at_most(60)])
    alt_en = StringField(_("What the picture shows"), [_at_most(200)])
    alt_zh = StringField(_("What the picture shows, in Chinese"), [_at_most(200)])
    link = StringField(_("Link"), [_at_most(300)])
    picture = HiddenField()
    source = SelectField(_("Products from"))
    skus = TextAreaField(_("Products by hand"), [_at_most(LONGEST)])

    def __init__(self, *args: Any, kind: str, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.visitor.choices, self.device.choices = choices.visitors, choices.devices
        stored = kwargs.get("data") or {}
        self.source.choices = _with_own(choices.sources(kind), stored.get("source", ""))
        self.tier.choices = _with_own(choices.tiers, stored.get("tier", ""))
        self.group.choices = _with_own(choices.groups, stored.get("group", ""))

    def shows(self, name: str) -> bool:
        """Say whether entries of this kind say or show that."""
        return name in SHOWN[self.kind]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Say in plain words what is wrong with numbers, dates and choices."""
        for field in self:
            if isinstance(field, SelectField) and field.data is None:
                field.data = ""
        valid = bool(super().validate(*args, **kwargs))
        moment = gettext("Enter a day and a time, such as 2026-05-03 09:00.")
        for field, words in (
            (self.priority, gettext("The priority is a whole number.")),
            (self.starts_at, moment),
            (self.ends_at, moment),
            *((field, gettext("Choose one of these.")) for field in self if isinstance(field, SelectField)),
        ):
            if field.errors:
                field.errors = [words]
        return valid

    def read(self) -> EntryPlan:
        """Return what was typed; raises Invalid."""
        by_hand = self._products() if self.kind in GOODS else ()
        return EntryPlan(
            name=self.name.data or "",
            priority=self.priority.data or 0,
            starts_at=to_utc(self.starts_at.data, g.shop.timezone),
            ends_at=to_utc(self.ends_at.data, g.shop.timezone),
            texts={language: dict(self._words(language)) for language in LANGUAGES},
            visitor=self.visitor.data or "",
            tier=self.tier.data or "",
            group=self.group.data or "",
            device=self.device.data or "",
            picture=self._picture(),
            source=(self.source.data or "") if self.shows("source") and not by_hand else "",
            product_ids=by_hand,
        )

    def _words(self, language: str) -> Iterator[tuple[str, str]]:
        for name in TEXTS:
            if self.shows(name):
                yield name, (self[f"{name}_{language}"].data or "").strip()
        if self.shows("link"):
            yield "link", (self.link.data or "").strip()

    def _picture(self) -> str:
        picture = self.picture.data or ""
        return picture if self.shows("picture") and is_picture(picture) else ""

    def _products(self) -> tuple[int, ...]:
        ids, unknown = products_by_sku(self.skus.data or "")
        if unknown:
            listed = ", ".join(unknown[:5])
            raise Invalid(N_("No article has these codes: %(skus)s."), field="skus", skus=listed)
        return tuple(ids)


@dataclass(frozen=True, slots=True)
class Stored:
    """What an entry's form shows: a plan as it is stored, the row's version, and its goods as codes."""

    plan: Mapping[str, Any]
    version: int
    skus: str


def form_of(stored: Stored, kind: str, choices: Choices) -> EntryForm:
    """Return the form that shows an entry as it is stored."""
    plan, content = stored.plan, stored.plan["content"]
    texts = {
        f"{name}_{language}": (content.get(language) or {}).get(name, "") for language in LANGUAGES for name in TEXTS
    }
    audience = {name: plan["audience"].get(name, "") for name in ("visitor", "tier", "group", "device")}
    return EntryForm(
        kind=kind,
        choices=choices,
        data={
            "version": stored.version,
            "name": plan["name"],
            "priority": plan["priority"],
            "starts_at": to_local(moment_of(plan["starts_at"]), g.shop.timezone),
            "ends_at": to_local(moment_of(plan["ends_at"]), g.shop.timezone),
            "link": (content.get("en") or {}).get("link", ""),
            "picture": content.get("picture", ""),
            "source": str(content.get("source") or "").replace("_", "-"),
            "skus": stored.skus,
            **audience,
            **texts,
        },
    )


class CampaignForm(Form):
    """One campaign: its address, its time, and what it is called."""

    version = IntegerField(default=0)
    title_en = StringField(_("Title"), [InputRequired(_("Give the campaign a title.")), _at_most(160)])
    title_zh = StringField(_("Title in Chinese"), [_at_most(160)])
    slug = StringField(_("Address"), [_at_most(64)])
    description_en = TextAreaField(_("Description"), [_at_most(300)])
    description_zh = TextAreaField(_("Description in Chinese"), [_at_most(300)])
    starts_at = DateTimeLocalField(_("Starts"), [Optional()], format=FORMATS)
    ends_at = DateTimeLocalField(_("Ends"), [Optional()], format=FORMATS)
    is_published = BooleanField(_("Shoppers may see it"))

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Say in plain words what is wrong with dates."""
        valid = bool(super().validate(*args, **kwargs))
        for field in (self.starts_at, self.ends_at):
            if field.errors:
                field.errors = [gettext("Enter a day and a time, such as 2026-05-03 09:00.")]
        return valid

    def read(self) -> CampaignPlan:
        """Return what was typed; raises Invalid."""
        texts = {
            language: {name: squeeze(self[f"{name}_{language}"].data or "") for name in ("title", "description")}
            for language in LANGUAGES
        }
        return CampaignPlan(
            slug=(self.slug.data or "").strip().lower(),
            texts=texts,
            starts_at=to_utc(self.starts_at.data, g.shop.timezone),
            ends_at=to_utc(self.ends_at.data, g.shop.timezone),
            is_published=bool(self.is_published.data),
        )


def campaign_form_of(row: Campaign) -> CampaignForm:
    """Return the form that shows a campaign as it is stored."""
    texts = {
        f"{name}_{language}": (row.texts.get(language) or {}).get(name, "")
        for language in LANGUAGES
        for name in ("title", "description")
    }
    return CampaignForm(
        data={
            "version": row.version,
            "slug": row.slug,
            "starts_at": to_local(row.starts_at, g.shop.timezone),
            "ends_at": to_local(row.ends_at, g.shop.timezone),
            "is_published": row.is_published,
            **texts,
        }
    )


def _with_own(options: tuple[tuple[str, str], ...], value: str) -> tuple[tuple[str, str], ...]:
    """Return options with what is stored among them, even if there is no such thing any more: it is shown, and has to
    be changed before anything is saved.
    """
    if not value or value in dict(options):
        return options
    return (*options, (value, gettext("%(name)s (gone)", name=value)))
