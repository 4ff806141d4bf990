"""Rules as JSON of their rows, and back. What an older shop stored and nobody understands any more is left out."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from search import Boost
from storefront.discovery.models import SearchRule
from storefront.discovery.rules import Actions, Audience, Banner, Conditions, How, Narrowing, Phrase, Rule

log = logging.getLogger(__name__)


def conditions_to_data(conditions: Conditions) -> dict[str, Any]:
    """Return conditions as JSON, empty ones left out."""
    data: dict[str, Any] = {
        "phrases": [[phrase.how.value, phrase.text] for phrase in conditions.phrases],
        "category_ids": sorted(conditions.category_ids),
        "groups": sorted(conditions.groups),
        "language": conditions.language,
    }
    return {"audience": conditions.audience.value, **{key: value for key, value in data.items() if value}}


def actions_to_data(actions: Actions) -> dict[str, Any]:
    """Return actions as JSON, empty ones left out."""
    narrowing, banner = actions.narrowing, actions.banner
    data: dict[str, Any] = {
        "pins": list(actions.pins),
        "buries": list(actions.buries),
        "boosts": [[boost.facet, boost.value, boost.factor] for boost in actions.boosts],
        "category_ids": list(narrowing.category_ids),
        "brands": list(narrowing.brands),
        "on_promotion": narrowing.on_promotion,
        "in_stock": narrowing.in_stock,
        "redirect": actions.redirect,
        "banner": {"texts": dict(banner.texts), "labels": dict(banner.labels), "link": banner.link} if banner else None,
    }
    return {key: value for key, value in data.items() if value}


def rule_of(row: SearchRule | Any) -> Rule | None:
    """Return the rule of a row; None for one that cannot be read."""
    try:
        return Rule(
            id=row.id,
            name=row.name,
            priority=row.priority,
            conditions=conditions_of(row.conditions),
            actions=actions_of(row.actions),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
        )
    except (KeyError, TypeError, ValueError):
        log.warning("The search rule %s cannot be read and is left out", row.id)
        return None


def conditions_of(data: Mapping[str, Any]) -> Conditions:
    """Return conditions from JSON. Raises ValueError, TypeError or KeyError for what is none."""
    return Conditions(
        phrases=tuple(Phrase(How(how), str(text)) for how, text in data.get("phrases", ())),
        category_ids=frozenset(int(number) for number in data.get("category_ids", ())),
        audience=Audience(data.get("audience", Audience.EVERYBODY)),
        groups=frozenset(str(key) for key in data.get("groups", ())),
        language=str(data.get("language", "")),
    )


def actions_of(data: Mapping[str, Any]) -> Actions:
    """Return actions from JSON. Raises ValueError, TypeError or KeyError for what is none."""
    banner = data.get("banner")
    return Actions(
        pins=tuple(int(number) for number in data.get("pins", ())),
        buries=tuple(int(number) for number in data.get("buries", ())),
        boosts=tuple(Boost(str(facet), str(value), float(factor)) for facet, value, factor in data.get("boosts", ())),
        narrowing=Narrowing(
            category_ids=tuple(int(number) for number in data.get("category_ids", ())),
            brands=tuple(str(slug) for slug in data.get("brands", ())),
            on_promotion=bool(data.get("on_promotion")),
            in_stock=bool(data.get("in_stock")),
        ),
        redirect=str(data.get("redirect", "")),
        banner=Banner(texts=banner["texts"], labels=banner.get("labels", {}), link=str(banner.get("link", "")))
        if banner
        else None,
    )
