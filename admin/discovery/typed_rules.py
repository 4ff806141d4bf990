"""A rule as it is typed: read into a plan, or into a sentence beside each field that is wrong; and shown again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from admin.content.links import dead_links
from admin.merging import SEEN, Difference, difference
from admin.promotions.cells import Cells
from admin.promotions.typed import Typed
from admin.promotions.values import show_moment
from storefront.discovery.merchandising import HIGHEST_PRIORITY, MOST_PINS, RulePlan
from storefront.discovery.models import SearchRule
from storefront.discovery.rules import Audience, How
from storefront.discovery.stored_rules import actions_of, conditions_of
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.text import is_id
from storefront.web.errors import message_of

FACTORS: Mapping[str, str] = {
    "5": N_("Far up (× 5)"),
    "2": N_("Up (× 2)"),
    "1.25": N_("A little up (× 1.25)"),
    "0.8": N_("A little down (× 0.8)"),
    "0.5": N_("Down (× 0.5)"),
    "0.2": N_("Far down (× 0.2)"),
}
LANGUAGES = ("en", "zh")
IDS = ("category", "narrow-category", "pins", "buries")
LABELS: Mapping[str, str] = {
    "name": N_("Name for your colleagues"),
    "priority": N_("Priority"),
    "is_active": N_("Active"),
    "starts_at": N_("Starts"),
    "ends_at": N_("Ends"),
    "equals": N_("The search is exactly"),
    "contains": N_("The search contains the words"),
    "starts": N_("The search starts with"),
    "category": N_("Categories"),
    "audience": N_("For whom"),
    "group": N_("Groups"),
    "language": N_("Language"),
    "pins": N_("First"),
    "buries": N_("Last"),
    "boost": N_("Up or down"),
    "narrow-category": N_("Only these categories"),
    "narrow-brand": N_("Only these brands"),
    "on_promotion": N_("Only what is on promotion"),
    "in_stock": N_("Only what is in stock"),
    "redirect": N_("Send shoppers to"),
    "banner_text_en": N_("Banner"),
    "banner_text_zh": N_("Banner in Chinese"),
    "banner_label_en": N_("Words of the link"),
    "banner_label_zh": N_("Words of the link in Chinese"),
    "banner_link": N_("Link of the banner"),
}
_NOT_STORED = ("seen-", "preview-", "factor-", "do", "version", "id", "find")


def read_rule(typed: Typed, currency: str, zone: str) -> RulePlan | None:
    """Return what is typed as a plan; None after noting what is wrong."""
    cells = Cells(typed, currency, zone)
    starts_at, ends_at = cells.moment("starts_at"), cells.moment("ends_at")
    priority = cells.count("priority", least=0, most=HIGHEST_PRIORITY)
    actions = _actions(typed)
    if typed.errors:
        return None
    try:
        plan = RulePlan(
            name=typed.get("name"),
            conditions=conditions_of(_conditions(typed)),
            actions=actions_of(actions),
            priority=priority or 0,
            is_active=typed.has("is_active"),
            starts_at=starts_at,
            ends_at=ends_at,
        )
        _check_links(plan)
        return plan
    except Invalid as refusal:
        typed.refuse(refusal.field or "name", message_of(refusal))
    except (KeyError, TypeError, ValueError):
        typed.refuse("name", _("Please check what you entered."))
    return None


def _check_links(plan: RulePlan) -> None:
    """Refuse to send shoppers, or to lead them, to a page that there is not."""
    banner = plan.actions.banner
    links = {"redirect": plan.actions.redirect, "banner_link": banner.link if banner else ""}
    dead = dead_links(link for link in links.values() if link)
    for field, link in links.items():
        if link in dead:
            raise Invalid(N_("There is no page at %(link)s that shoppers can see."), field=field, link=link)


def empty_rule() -> Typed:
    """Return the form of a new rule."""
    typed = Typed()
    typed.values.update({"priority": "100", "is_active": "yes", "audience": Audience.EVERYBODY.value})
    return typed


def show_rule(row: SearchRule, zone: str) -> Typed:
    """Return a stored rule as it would be typed."""
    conditions, actions = row.conditions, row.actions
    banner: Mapping[str, Any] = actions.get("banner") or {}
    texts, labels = banner.get("texts", {}), banner.get("labels", {})
    typed = Typed()
    single = {
        "name": row.name,
        "priority": str(row.priority),
        "is_active": "yes" if row.is_active else "",
        "starts_at": show_moment(row.starts_at, zone),
        "ends_at": show_moment(row.ends_at, zone),
        "audience": conditions.get("audience", Audience.EVERYBODY.value),
        "language": conditions.get("language", ""),
        "on_promotion": "yes" if actions.get("on_promotion") else "",
        "in_stock": "yes" if actions.get("in_stock") else "",
        "redirect": actions.get("redirect", ""),
        "banner_link": banner.get("link", ""),
        **{f"banner_text_{language}": texts.get(language, "") for language in LANGUAGES},
        **{f"banner_label_{language}": labels.get(language, "") for language in LANGUAGES},
    }
    for how in How:
        single[how.value] = "\n".join(text for each, text in conditions.get("phrases", ()) if each == how.value)
    typed.values.update(single)
    for name, found in (
        ("category", conditions.get("category_ids", ())),
        ("group", conditions.get("groups", ())),
        ("pins", actions.get("pins", ())),
        ("buries", actions.get("buries", ())),
        ("narrow-category", actions.get("category_ids", ())),
        ("narrow-brand", actions.get("brands", ())),
        ("boost", [f"{facet}|{value}" for facet, value, _factor in actions.get("boosts", ())]),
    ):
        typed.values.setlist(name, [str(each) for each in found])
    for facet, value, factor in actions.get("boosts", ()):
        typed.values[f"factor-{facet}|{value}"] = f"{factor:g}"
    return typed


def rearrange(typed: Typed, asked: str) -> None:
    """Do what a button of the form asks: "up:pins:7", "down:pins:7", "remove:buries:7", "add:pins:7"."""
    verb, _colon, rest = asked.partition(":")
    name, _colon, value = rest.partition(":")
    if name not in {"pins", "buries", "boost"}:
        return
    values = typed.all(name)
    if verb == "add" and value.isascii() and value.isdecimal() and len(values) < MOST_PINS:
        other = "buries" if name == "pins" else "pins"
        typed.values.setlist(other, [each for each in typed.all(other) if each != value])
        values = list(dict.fromkeys([*values, value]))
    elif verb == "remove":
        values = [each for each in values if each != value]
    elif verb in {"up", "down"} and value in values:
        place = values.index(value)
        values.insert(max(0, place + (-1 if verb == "up" else 1)), values.pop(place))
    typed.values.setlist(name, values)


def seen_values(stored: Typed) -> dict[str, str]:
    """Return what each field shows, under the names of its hidden fields."""
    return {SEEN + name: text for name, text in _flat(stored).items()}


def merge(typed: Typed, stored: Typed, args: Mapping[str, str]) -> list[Difference]:
    """Take over into `typed` what `stored` has where nothing was typed, and return what differs."""
    mine, theirs, found = _flat(typed), _flat(stored), []
    for name in {**theirs, **mine}:
        label = _(LABELS[name]) if name in LABELS else name
        seen = args.get(SEEN + name, "").replace("\r\n", "\n").strip()
        told = difference(label, seen=seen, now=theirs.get(name, ""), typed=mine.get(name, "").replace("\r\n", "\n"))
        if told is not None:
            found.append(told)
            if told.is_theirs:
                typed.values.setlist(name, stored.values.getlist(name))
    return found


def _flat(typed: Typed) -> dict[str, str]:
    return {name: "\n".join(typed.all(name)) for name in typed.values if not name.startswith(_NOT_STORED)}


def _conditions(typed: Typed) -> dict[str, Any]:
    phrases = [(how.value, line.strip()) for how in How for line in typed.get(how.value).splitlines() if line.strip()]
    audience = typed.get("audience") or Audience.EVERYBODY.value
    return {
        "phrases": list(dict.fromkeys(phrases)),
        "category_ids": numbers_of(typed, "category"),
        "audience": audience,
        "groups": typed.all("group") if audience == Audience.GROUPS.value else [],
        "language": typed.get("language") if typed.get("language") in LANGUAGES else "",
    }


def _actions(typed: Typed) -> dict[str, Any]:
    texts = {language: typed.get(f"banner_text_{language}") for language in LANGUAGES}
    labels = {language: typed.get(f"banner_label_{language}") for language in LANGUAGES}
    link = typed.get("banner_link")
    banner = {"texts": _said(texts), "labels": _said(labels), "link": link}
    return {
        "pins": numbers_of(typed, "pins"),
        "buries": numbers_of(typed, "buries"),
        "boosts": _boosts(typed),
        "category_ids": numbers_of(typed, "narrow-category"),
        "brands": typed.all("narrow-brand"),
        "on_promotion": typed.has("on_promotion"),
        "in_stock": typed.has("in_stock"),
        "redirect": typed.get("redirect"),
        "banner": banner if any(banner.values()) else None,
    }


def _boosts(typed: Typed) -> list[tuple[str, str, float]]:
    found = []
    for key in typed.all("boost"):
        facet, bar, value = key.partition("|")
        factor = typed.get(f"factor-{key}") or "2"
        try:
            number = float(factor)
        except ValueError:
            number = 0.0
        if not (bar and facet and value and 0 < number < 100):
            typed.refuse("boost", _("Please check what you entered."))
            continue
        found.append((facet, value, number))
    return found


def numbers_of(typed: Typed, name: str) -> list[int]:
    """Return the ids that a field with several values holds."""
    return [int(text) for text in typed.all(name) if is_id(text)]


def _said(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: text for language, text in texts.items() if text}
