"""Two people at one promotion: what the other stored meanwhile beside what was typed, row by row."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from admin.merging import SEEN, Difference, difference
from admin.promotions.patterns import field_label
from admin.promotions.typed import Typed
from storefront.kernel.errors import N_

LABELS: Mapping[str, str] = {
    "name": N_("Name for shoppers"),
    "name_zh": N_("Name in Chinese"),
    "class": N_("Falls on"),
    "scope": N_("Which goods"),
    "conditions": N_("Conditions"),
    "audience": N_("For whom"),
    "tier": N_("Tiers"),
    "group": N_("Groups"),
    "orders": N_("Past orders"),
    "most_orders": N_("Past orders"),
    "starts_at": N_("Starts"),
    "ends_at": N_("Ends"),
    "usage_limit": N_("Uses in all"),
    "per_customer_limit": N_("Uses per customer"),
    "budget": N_("Budget"),
    "requires_code": N_("Needs a code"),
    "codes": N_("Public codes"),
    "beside": N_("Beside others"),
    "with": N_("Beside others"),
    "priority": N_("Priority"),
}


def seen_values(stored: Typed) -> dict[str, str]:
    """Return what each field shows, under the names of its hidden fields."""
    return {SEEN + name: text for name, text in stored.flat().items()}


def merge(typed: Typed, stored: Typed, args: Mapping[str, str]) -> list[Difference]:
    """Take over into `typed` what `stored` has where nothing was typed, and return what differs."""
    mine, theirs = typed.flat(), stored.flat()
    found = []
    for name in {**theirs, **mine}:
        seen = args.get(SEEN + name, "").replace("\r\n", "\n").strip()
        told = difference(
            label_of(name, stored.get("kind")),
            seen=seen,
            now=theirs.get(name, ""),
            typed=mine.get(name, "").replace("\r\n", "\n"),
        )
        if told is not None:
            found.append(told)
            if told.is_theirs:
                typed.values.setlist(name, stored.values.getlist(name))
    return found


def label_of(name: str, kind: str = "") -> str:
    """Return what a field is called: "conditions-0-amount" are the conditions, row 1; benefits differ by `kind`."""
    head, _dash, rest = name.partition("-")
    parts = rest.split("-")
    if head == "benefit":
        words = field_label(parts[-1], kind) or field_label(parts[0], kind)
        row = next((int(part) + 1 for part in parts if part.isdecimal()), None)
    else:
        words = LABELS.get(head, name)
        row = next((int(part) + 1 for part in parts if part.isdecimal()), None)
    text = _(words) if words else name
    return _("%(field)s, row %(number)s", field=text, number=row) if row else text
