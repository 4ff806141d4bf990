"""Pure: how a rule stands at a moment, and what it says in a few words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.discovery.rules import How


def standing_of(row: Any, at: datetime) -> str:
    """Return a key of `tables.STANDINGS`."""
    if not row.is_active:
        return "off"
    if row.ends_at is not None and row.ends_at <= at:
        return "ended"
    return "planned" if row.starts_at is not None and at < row.starts_at else "live"


def when_words(row: Any) -> Sequence[str]:
    """Return when a rule holds, a phrase for each condition."""
    conditions = row.conditions
    phrases = conditions.get("phrases", ())
    words = {
        How.EQUALS: _("is “%(text)s”"),
        How.CONTAINS: _("contains “%(text)s”"),
        How.STARTS: _("starts with “%(text)s”"),
    }
    found = [words[How(how)] % {"text": text} for how, text in phrases[:2] if how in set(How)]
    if len(phrases) > 2:
        found.append(ngettext("%(num)s more search", "%(num)s more searches", len(phrases) - 2))
    if count := len(conditions.get("category_ids", ())):
        found.append(ngettext("in %(num)s category", "in %(num)s categories", count))
    return found or [_("always")]


def does_words(row: Any) -> Sequence[str]:
    """Return what a rule does, a phrase for each action."""
    actions = row.actions
    found = []
    if pins := len(actions.get("pins", ())):
        found.append(ngettext("%(num)s product first", "%(num)s products first", pins))
    if buries := len(actions.get("buries", ())):
        found.append(ngettext("%(num)s product last", "%(num)s products last", buries))
    if boosts := len(actions.get("boosts", ())):
        found.append(ngettext("%(num)s group moved", "%(num)s groups moved", boosts))
    if any(actions.get(key) for key in ("category_ids", "brands", "on_promotion", "in_stock")):
        found.append(_("a filter"))
    if actions.get("redirect"):
        found.append(_("sent to %(path)s", path=actions["redirect"]))
    if actions.get("banner"):
        found.append(_("a banner"))
    return found
