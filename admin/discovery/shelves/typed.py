"""A rule of a shelf as it is typed: read into a plan, or into a sentence beside each field that is wrong; and shown."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from admin.discovery.typed_rules import numbers_of
from admin.merging import SEEN, Difference, difference
from admin.promotions.cells import Cells
from admin.promotions.typed import Typed
from admin.promotions.values import show_moment
from storefront.discovery.models import ShelfRule
from storefront.discovery.shelves.rules import Actions, Boost, Lift
from storefront.discovery.shelves.ruling import HIGHEST_PRIORITY, RulePlan
from storefront.kernel.errors import N_, Invalid
from storefront.web.errors import message_of

PLACES: Mapping[str, str] = {
    "": N_("Not at all"),
    "2": N_("By up to 2 places"),
    "4": N_("By up to 4 places"),
    "8": N_("By up to 8 places"),
    "12": N_("By up to 12 places"),
}
LABELS: Mapping[str, str] = {
    "name": N_("Name for your colleagues"),
    "shelf": N_("Shelf"),
    "priority": N_("Priority"),
    "is_active": N_("Active"),
    "starts_at": N_("Starts"),
    "ends_at": N_("Ends"),
    "pins": N_("First"),
    "buries": N_("Last"),
    "category": N_("Never from these categories"),
    Lift.MARGIN.value: N_("Move up what earns more"),
    Lift.FRESHNESS.value: N_("Move up what is new"),
}
_NOT_STORED = ("seen-", "preview-", "do", "version", "id", "find")


def read_rule(typed: Typed, currency: str, zone: str) -> RulePlan | None:
    """Return what is typed as a plan; None after noting what is wrong."""
    cells = Cells(typed, currency, zone)
    starts_at, ends_at = cells.moment("starts_at"), cells.moment("ends_at")
    priority = cells.count("priority", least=0, most=HIGHEST_PRIORITY)
    boosts = tuple(boost for lift in Lift if (boost := _boost(typed, lift)) is not None)
    if typed.errors:
        return None
    try:
        return RulePlan(
            name=typed.get("name"),
            shelf=typed.get("shelf"),
            actions=Actions(
                tuple(numbers_of(typed, "pins")),
                tuple(numbers_of(typed, "buries")),
                tuple(numbers_of(typed, "category")),
                boosts,
            ),
            priority=priority or 0,
            is_active=typed.has("is_active"),
            starts_at=starts_at,
            ends_at=ends_at,
        )
    except Invalid as refusal:
        typed.refuse(refusal.field or "name", message_of(refusal))
    return None


def empty_rule() -> Typed:
    """Return the form of a new rule."""
    typed = Typed()
    typed.values.update({"priority": "100", "is_active": "yes", "shelf": "home"})
    return typed


def show_rule(row: ShelfRule, zone: str) -> Typed:
    """Return a stored rule as it would be typed."""
    typed = Typed()
    typed.values.update(
        {
            "name": row.name,
            "shelf": row.shelf,
            "priority": str(row.priority),
            "is_active": "yes" if row.is_active else "",
            "starts_at": show_moment(row.starts_at, zone),
            "ends_at": show_moment(row.ends_at, zone),
            **{lift.value: "" for lift in Lift},
            **{str(by): str(places) for by, places in row.actions.get("boosts", ())},
        }
    )
    for name, key in (("pins", "pins"), ("buries", "buries"), ("category", "category_ids")):
        typed.values.setlist(name, [str(each) for each in row.actions.get(key, ())])
    return typed


def seen_values(stored: Typed) -> dict[str, str]:
    """Return what each field shows, under the names of its hidden fields."""
    return {SEEN + name: text for name, text in _flat(stored).items()}


def merge(typed: Typed, stored: Typed, args: Mapping[str, str]) -> list[Difference]:
    """Take over into `typed` what `stored` has where nothing was typed, and return what differs."""
    mine, theirs, found = _flat(typed), _flat(stored), []
    for name in {**theirs, **mine}:
        seen = args.get(SEEN + name, "").replace("\r\n", "\n").strip()
        label = _(LABELS[name]) if name in LABELS else name
        told = difference(label, seen=seen, now=theirs.get(name, ""), typed=mine.get(name, "").replace("\r\n", "\n"))
        if told is not None:
            found.append(told)
            if told.is_theirs:
                typed.values.setlist(name, stored.values.getlist(name))
    return found


def _boost(typed: Typed, lift: Lift) -> Boost | None:
    text = typed.get(lift.value)
    if text not in PLACES:
        typed.refuse(lift.value, _("Please choose from the list."))
    return Boost(lift, int(text)) if text and text in PLACES else None


def _flat(typed: Typed) -> dict[str, str]:
    return {name: "\n".join(typed.all(name)) for name in typed.values if not name.startswith(_NOT_STORED)}
