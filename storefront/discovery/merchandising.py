"""Writing the merchant's rules, and reading them for their list and their page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from search.documents import LEAST_BOOST, MOST_BOOST
from storefront.audit import services as audit
from storefront.catalog.queries import category_tree
from storefront.database.base import db
from storefront.database.transaction import after_commit
from storefront.discovery import rules
from storefront.discovery.errors import StaleRule
from storefront.discovery.models import SearchRule
from storefront.discovery.rules import Actions, Asked, Audience, Conditions, Rule
from storefront.discovery.steering import forget_rules
from storefront.discovery.stored_rules import actions_to_data, conditions_to_data, rule_of
from storefront.kernel.clock import now
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.text import is_path_here, squeeze

LONGEST_NAME, LONGEST_PHRASE, LONGEST_TEXT, LONGEST_LINK = 120, 200, 300, 500
MOST_PHRASES, MOST_PINS, MOST_BOOSTS = 100, 50, 20
HIGHEST_PRIORITY = 1000


@dataclass(frozen=True, slots=True)
class RulePlan:
    """What a rule is to be; raises Invalid for what it cannot be."""

    name: str
    conditions: Conditions
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
        if not 0 <= self.priority <= HIGHEST_PRIORITY:
            raise Invalid(
                N_("The priority is a whole number from 0 to %(highest)d."), field="priority", highest=HIGHEST_PRIORITY
            )
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise Invalid(N_("It ends before it starts. Choose a later end, or an earlier start."), field="ends_at")
        _check_conditions(self.conditions)
        _check_actions(self.actions)
        if self.actions.redirect and not (self.conditions.phrases or self.conditions.category_ids):
            raise Invalid(N_("Say for which searches or categories shoppers are sent on."), field="redirect")


def list_rules() -> list[Rule]:
    """Return the rules that are switched on, whatever their dates, by id."""
    rows = db.session.scalars(select(SearchRule).where(SearchRule.is_active).order_by(SearchRule.id))
    return [rule for row in rows if (rule := rule_of(row)) is not None]


def get_rule(rule_id: int) -> SearchRule:
    """Return a rule's row as it is stored now, or NotFound."""
    found = db.session.get(SearchRule, rule_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def draft_of(plan: RulePlan, rule_id: int = 0) -> Rule:
    """Return the rule that a plan would be."""
    return Rule(
        id=rule_id,
        name=plan.name,
        priority=plan.priority,
        conditions=plan.conditions,
        actions=plan.actions,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
    )


def add_rule(*, plan: RulePlan, by: str, at: datetime) -> SearchRule:
    """Make a rule."""
    row = SearchRule(name="", conditions={}, actions={}, updated_at=at)
    _fill(row, plan, at)
    _check_circle(plan, 0)
    db.session.add(row)
    db.session.flush()
    _note(row, "search_rule.add", {key: (None, value) for key, value in _told(row).items() if value}, by, at)
    return row


def change_rule(*, rule_id: int, version: int, plan: RulePlan, by: str, at: datetime) -> SearchRule:
    """Change a rule as it was at `version`."""
    row = db.session.get(SearchRule, rule_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if row.version != version:
        raise StaleRule
    _check_circle(plan, rule_id)
    before = _told(row)
    _fill(row, plan, at)
    after = _told(row)
    try:
        db.session.flush()
    except StaleDataError:
        raise StaleRule from None
    changes = {key: (before.get(key), after.get(key)) for key in {**before, **after}}
    _note(row, "search_rule.change", changes, by, at)
    return row


def delete_rule(*, rule_id: int, by: str, at: datetime) -> str:
    """Delete a rule; return its name."""
    row = get_rule(rule_id)
    changes = {key: (value, None) for key, value in _told(row).items() if value}
    _note(row, "search_rule.delete", changes, by, at)
    db.session.delete(row)
    db.session.flush()
    return row.name


def place_of(path: str) -> Asked | None:
    """Return what a path of this shop asks of the rules; None for a page that they do not steer."""
    parts = urlsplit(path)
    if parts.path == "/search":
        text = parse_qs(parts.query).get("q", [""])[0]
        return Asked(text=text, at=now())
    if parts.path.startswith("/categories/"):
        tree = category_tree()
        node = tree.find_slug(parts.path.removeprefix("/categories/"))
        return Asked(category_ids=tree.line(node.id), at=now()) if node else None
    return None


def _check_conditions(conditions: Conditions) -> None:
    if len(conditions.phrases) > MOST_PHRASES:
        raise Invalid(N_("At most %(count)d searches fit into one rule."), field="equals", count=MOST_PHRASES)
    for phrase in conditions.phrases:
        if len(phrase.text) > LONGEST_PHRASE:
            raise Invalid(N_("Use at most %(count)d characters."), field=phrase.how.value, count=LONGEST_PHRASE)
        if not phrase.words:
            raise Invalid(
                N_("“%(text)s” has no word that could be searched."), field=phrase.how.value, text=phrase.text[:60]
            )
    if conditions.audience is Audience.GROUPS and not conditions.groups:
        raise Invalid(N_("Choose at least one customer group."), field="audience")


def _check_actions(actions: Actions) -> None:
    if actions == Actions():
        raise Invalid(N_("Say what the rule does: it does nothing yet."), field="pins")
    for field, ids in (("pins", actions.pins), ("buries", actions.buries)):
        if len(ids) > MOST_PINS:
            raise Invalid(N_("At most %(count)d products fit here."), field=field, count=MOST_PINS)
    if both := set(actions.pins) & set(actions.buries):
        raise Invalid(N_("A product cannot be first and last at once."), field="buries", products=sorted(both))
    if len(actions.boosts) > MOST_BOOSTS:
        raise Invalid(N_("At most %(count)d rows fit here."), field="boost", count=MOST_BOOSTS)
    if any(not LEAST_BOOST <= boost.factor <= MOST_BOOST for boost in actions.boosts):
        raise Invalid(
            N_("A factor lies between %(least)s and %(most)s."), field="boost", least=LEAST_BOOST, most=MOST_BOOST
        )
    _check_path(actions.redirect, "redirect")
    if actions.banner:
        _check_path(actions.banner.link, "banner_link")
        if not any(text for text in actions.banner.texts.values()):
            raise Invalid(N_("Write what the banner says."), field="banner_text_en")
        for language, text in (*actions.banner.texts.items(), *actions.banner.labels.items()):
            if len(text) > LONGEST_TEXT:
                raise Invalid(
                    N_("Use at most %(count)d characters."), field=f"banner_text_{language}", count=LONGEST_TEXT
                )


def _check_path(path: str, field: str) -> None:
    if path and (not is_path_here(path) or len(path) > LONGEST_LINK):
        raise Invalid(N_("A link leads to a page of this shop and starts with “/”."), field=field)


def _check_circle(plan: RulePlan, rule_id: int) -> None:
    if not plan.actions.redirect:
        return
    others = [rule for rule in list_rules() if rule.id != rule_id]
    if rules.leads_in_a_circle(draft_of(plan, rule_id), others, place_of):
        raise Invalid(N_("That page would send shoppers on again, in a circle. Choose another page."), field="redirect")


def _fill(row: SearchRule, plan: RulePlan, at: datetime) -> None:
    row.name, row.priority, row.is_active = squeeze(plan.name), plan.priority, plan.is_active
    row.starts_at, row.ends_at, row.updated_at = plan.starts_at, plan.ends_at, at
    row.conditions, row.actions = conditions_to_data(plan.conditions), actions_to_data(plan.actions)


def _told(row: SearchRule) -> dict[str, Any]:
    return {
        "name": row.name,
        "priority": row.priority,
        "active": row.is_active,
        "starts_at": row.starts_at.isoformat() if row.starts_at else None,
        "ends_at": row.ends_at.isoformat() if row.ends_at else None,
        **{f"when: {key}": _in_words(value) for key, value in row.conditions.items()},
        **{f"does: {key}": _in_words(value) for key, value in row.actions.items()},
    }


def _in_words(value: Any) -> Any:
    """Return a part of a rule as a reader of the ledger sees it: lists in one line, the parts of a banner likewise."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_in_words(part)}" for key, part in value.items() if part)
    if isinstance(value, list):
        return ", ".join(" ".join(map(str, each)) if isinstance(each, list) else str(each) for each in value)
    return value


def _note(row: SearchRule, action: str, changes: Mapping[str, tuple[object, object]], by: str, at: datetime) -> None:
    audit.record(actor=by, action=action, about=("search_rule", str(row.id)), changes=changes, at=at)
    after_commit(forget_rules)
