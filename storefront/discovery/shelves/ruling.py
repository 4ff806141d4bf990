"""The merchant's rules of shelves: written with an audit, read by every process within two seconds of a change."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm.exc import StaleDataError

from storefront.audit import services as audit
from storefront.database.base import db
from storefront.database.reading import read
from storefront.database.transaction import after_commit
from storefront.discovery.errors import StaleRule
from storefront.discovery.models import ShelfRule
from storefront.discovery.shelves.rules import EVERY_SHELF, Actions, Boost, Lift, Rule, combine, matching
from storefront.discovery.shelves.surfaces import SURFACES
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.kept import Kept
from storefront.kernel.text import squeeze

log = logging.getLogger(__name__)

SEEN_AFTER = 1.5
"""Seconds until a change made by another process is seen."""
LONGEST_NAME = 120
MOST_PINS, MOST_CATEGORIES = 24, 50
HIGHEST_PRIORITY = 1000


@dataclass(frozen=True, slots=True)
class RulePlan:
    """What a rule is to be; raises Invalid for what it cannot be."""

    name: str
    shelf: str
    actions: Actions
    priority: int = 100
    is_active: bool = True
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def __post_init__(self) -> None:
        if not squeeze(self.name):
            raise Invalid(N_("Give the rule a name that your colleagues will understand."), field="name")
        if len(self.name) > LONGEST_NAME:
            raise Invalid(N_("Use at most %(count)d characters."), field="name", count=LONGEST_NAME)
        if self.shelf != EVERY_SHELF and self.shelf not in SURFACES:
            raise Invalid(N_("Choose a shelf from the list."), field="shelf")
        if not 0 <= self.priority <= HIGHEST_PRIORITY:
            raise Invalid(
                N_("The priority is a whole number from 0 to %(highest)d."), field="priority", highest=HIGHEST_PRIORITY
            )
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise Invalid(N_("It ends before it starts. Choose a later end, or an earlier start."), field="ends_at")
        _check_actions(self.actions)


def draft_of(plan: RulePlan, rule_id: int = 0) -> Rule:
    """Return the rule that a plan would be."""
    return Rule(rule_id, plan.name, plan.shelf, plan.actions, plan.priority, plan.starts_at, plan.ends_at)


def get_rule(rule_id: int) -> ShelfRule:
    """Return a rule's row as it is stored now, or NotFound."""
    found = db.session.get(ShelfRule, rule_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def add_rule(*, plan: RulePlan, by: str, at: datetime) -> ShelfRule:
    """Make a rule."""
    row = ShelfRule(name="", shelf="", actions={}, updated_at=at)
    _fill(row, plan, at)
    db.session.add(row)
    db.session.flush()
    _note(row, "shelf_rule.add", {key: (None, value) for key, value in _told(row).items() if value}, by, at)
    return row


def change_rule(*, rule_id: int, version: int, plan: RulePlan, by: str, at: datetime) -> ShelfRule:
    """Change a rule as it was at `version`."""
    row = db.session.get(ShelfRule, rule_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if row.version != version:
        raise StaleRule
    before = _told(row)
    _fill(row, plan, at)
    after = _told(row)
    try:
        db.session.flush()
    except StaleDataError:
        raise StaleRule from None
    _note(row, "shelf_rule.change", {key: (before.get(key), after.get(key)) for key in {**before, **after}}, by, at)
    return row


def delete_rule(*, rule_id: int, by: str, at: datetime) -> str:
    """Delete a rule; return its name."""
    row = get_rule(rule_id)
    _note(row, "shelf_rule.delete", {key: (value, None) for key, value in _told(row).items() if value}, by, at)
    db.session.delete(row)
    db.session.flush()
    return row.name


def list_rules() -> tuple[Rule, ...]:
    """Return the rules that are switched on, whatever their dates, as the database has them."""
    return tuple(rule for row in read(_ROWS).all() if (rule := rule_of(row)) is not None)


def rule_book() -> tuple[Rule, ...]:
    """Return the rules that are switched on, as this process knows them."""
    return _book.get()


def kept_away(shelf: str, at: datetime) -> tuple[frozenset[int], frozenset[int]]:
    """Return the categories that stay away from a shelf at this moment, and the products that stand last on it."""
    actions = combine(matching(rule_book(), shelf, at))
    return frozenset(actions.category_ids), frozenset(actions.buries)


def forget_rules() -> None:
    """Drop what this process keeps of the rules: one was written to."""
    _book.forget()


def actions_to_data(actions: Actions) -> dict[str, Any]:
    """Return actions as JSON, empty ones left out."""
    data: dict[str, Any] = {
        "pins": list(actions.pins),
        "buries": list(actions.buries),
        "category_ids": list(actions.category_ids),
        "boosts": [[boost.by.value, boost.places] for boost in actions.boosts],
    }
    return {key: value for key, value in data.items() if value}


def actions_of(data: Mapping[str, Any]) -> Actions:
    """Return actions from JSON. Raises ValueError, TypeError or KeyError for what is none."""
    return Actions(
        pins=tuple(int(number) for number in data.get("pins", ())),
        buries=tuple(int(number) for number in data.get("buries", ())),
        category_ids=tuple(int(number) for number in data.get("category_ids", ())),
        boosts=tuple(Boost(Lift(by), int(places)) for by, places in data.get("boosts", ())),
    )


def rule_of(row: ShelfRule | Any) -> Rule | None:
    """Return the rule of a row; None for one that cannot be read."""
    try:
        return Rule(row.id, row.name, row.shelf, actions_of(row.actions), row.priority, row.starts_at, row.ends_at)
    except (KeyError, TypeError, ValueError):
        log.warning("The shelf rule %s cannot be read and is left out", row.id)
        return None


def _check_actions(actions: Actions) -> None:
    if actions == Actions():
        raise Invalid(N_("Say what the rule does: it does nothing yet."), field="pins")
    for field, ids, most in (
        ("pins", actions.pins, MOST_PINS),
        ("buries", actions.buries, MOST_PINS),
        ("category", actions.category_ids, MOST_CATEGORIES),
    ):
        if len(ids) > most:
            raise Invalid(N_("At most %(count)d fit here."), field=field, count=most)
    if both := set(actions.pins) & set(actions.buries):
        raise Invalid(N_("A product cannot be first and last at once."), field="buries", products=sorted(both))


def _fill(row: ShelfRule, plan: RulePlan, at: datetime) -> None:
    row.name, row.shelf, row.priority, row.is_active = squeeze(plan.name), plan.shelf, plan.priority, plan.is_active
    row.starts_at, row.ends_at, row.updated_at = plan.starts_at, plan.ends_at, at
    row.actions = actions_to_data(plan.actions)


def _told(row: ShelfRule) -> dict[str, Any]:
    return {
        "name": row.name,
        "shelf": row.shelf or "every shelf",
        "priority": row.priority,
        "active": row.is_active,
        "starts_at": row.starts_at.isoformat() if row.starts_at else None,
        "ends_at": row.ends_at.isoformat() if row.ends_at else None,
        **{f"does: {key}": _in_words(value) for key, value in row.actions.items()},
    }


def _in_words(value: list[Any]) -> str:
    return ", ".join(" ".join(map(str, each)) if isinstance(each, list) else str(each) for each in value)


def _note(row: ShelfRule, action: str, changes: Mapping[str, tuple[object, object]], by: str, at: datetime) -> None:
    audit.record(actor=by, action=action, about=("shelf_rule", str(row.id)), changes=changes, at=at)
    after_commit(forget_rules)


_VERSION = select(
    func.count(ShelfRule.id), func.max(ShelfRule.id), func.sum(ShelfRule.version), func.max(ShelfRule.updated_at)
)
_ROWS = select(ShelfRule.__table__).where(ShelfRule.is_active).order_by(ShelfRule.id)


def _read_book() -> tuple[Rule, ...]:
    version = tuple(read(_VERSION).one())
    last = _last.get()
    if last and last[0][0] == version:
        return last[0][1]
    book = list_rules() if version[0] else ()
    last[:] = [(version, book)]
    return book


_last: Kept[list[tuple[tuple[Any, ...], tuple[Rule, ...]]]] = Kept(list, seconds=3600)
"""What was read last; while no rule has changed it is not read again."""
_book = Kept(_read_book, seconds=SEEN_AFTER)
