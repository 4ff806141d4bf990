"""Brands in the form of a rule, typed by name: a shop may have thousands, too many for a list to choose from.

A field offers the brands whose names hold what is typed; what it names is taken into the rule when the form is sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from admin.promotions.typed import Typed
from storefront.catalog.models import Brand
from storefront.database.base import db
from storefront.kernel.text import fold, squeeze

MOST_FOUND = 20
MOST_NAMED = 5
LONGEST = 100
TAKEN_AS: Mapping[str, tuple[str, str]] = {
    "find-boost-brand": ("boost", "brand|"),
    "find-narrow-brand": ("narrow-brand", ""),
}
"""By field: the list that a brand is taken into, and what stands before its slug there."""


@dataclass(frozen=True, slots=True)
class FoundBrand:
    """A brand; `typed` is what names it alone: its name, or its slug where another has the same name."""

    slug: str
    name: str
    typed: str


def find_brands(text: str) -> Sequence[FoundBrand]:
    """Return brands whose name holds `text`, those that begin with it first, and the one that has it as its slug."""
    text = squeeze(text)[:LONGEST]
    if not text:
        return ()
    begins = Brand.name.istartswith(text, autoescape=True)
    statement = (
        select(Brand.slug, Brand.name)
        .where(or_(Brand.name.icontains(text, autoescape=True), Brand.slug == text))
        .order_by(Brand.slug != text, func.lower(Brand.name) != text.lower(), ~begins, Brand.name, Brand.slug)
    )
    rows = db.session.execute(statement.limit(MOST_FOUND)).all()
    times = Counter(fold(row.name) for row in rows)
    return [FoundBrand(row.slug, row.name, row.name if times[fold(row.name)] == 1 else row.slug) for row in rows]


def brand_names(slugs: Iterable[str]) -> dict[str, str]:
    """Return names by slug; what is no brand is left out."""
    rows = db.session.execute(select(Brand.slug, Brand.name).where(Brand.slug.in_(list(slugs))))
    return {row.slug: row.name for row in rows}


def take_brands(typed: Typed) -> None:
    """Take the brands that are typed into the rule, or say beside the field why one is not clear."""
    for field, (name, before) in TAKEN_AS.items():
        text = squeeze(typed.get(field))[:LONGEST]
        if not text:
            continue
        found = find_brands(text)
        meant = _meant(text, found)
        if meant is None:
            typed.refuse(field, _objection(text, found))
        else:
            typed.values.setlist(name, [*typed.all(name), f"{before}{meant.slug}"])
            typed.values[field] = ""


def _meant(text: str, found: Sequence[FoundBrand]) -> FoundBrand | None:
    """Return the brand that a text names alone, by its slug or else by its name."""
    by_slug = (one for one in found if one.slug == text)
    by_name = (one for one in found if one.typed == one.name and fold(one.name) == fold(text))
    return next(by_slug, None) or next(by_name, None)


def _objection(text: str, found: Sequence[FoundBrand]) -> str:
    names = ", ".join(one.typed for one in found[:MOST_NAMED])
    if not names:
        return str(_("There is no brand “%(name)s”.", name=text))
    return str(_("“%(name)s” names no brand alone. Perhaps one of these: %(names)s.", name=text, names=names))
