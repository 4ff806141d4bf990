"""What a shelf rule does, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.discovery.shelves.ruling import actions_of


def does_words(row: Any) -> Sequence[str]:
    """Return what a rule does, a phrase for each action."""
    try:
        actions = actions_of(row.actions)
    except (KeyError, TypeError, ValueError):
        return [_("cannot be read and is left out")]
    found = []
    if pins := len(actions.pins):
        found.append(ngettext("%(num)s product first", "%(num)s products first", pins))
    if buries := len(actions.buries):
        found.append(ngettext("%(num)s product last", "%(num)s products last", buries))
    if categories := len(actions.category_ids):
        found.append(ngettext("without %(num)s category", "without %(num)s categories", categories))
    for boost in actions.boosts:
        words = {"margin": _("what earns more"), "freshness": _("what is new")}[boost.by]
        found.append(_("%(what)s up to %(places)s places up", what=words, places=boost.places))
    return found
