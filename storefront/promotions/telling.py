"""A promotion's row as words for the ledger of changes: what it was called, gave and asked, field by field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.promotions.naming import names_for
from storefront.promotions.reading import find_promotion
from storefront.promotions.rules import Limits
from storefront.promotions.summary import Bounds, summary_of
from storefront.shop.queries import get_settings
from storefront.web.locale import LOCALES, speaking

Said = str | Mapping[str, str]
"""What a field says: to every reader the same, or by language."""


def told_of(row: Any, codes: Sequence[tuple[str, int | None]]) -> Mapping[str, Said]:
    """Return what a row says by field, in every language; a row that nobody can read has its name only."""
    settings = get_settings()
    told: dict[str, Said] = {
        N_("Name for shoppers"): row.name,
        N_("Name in Chinese"): (row.translations or {}).get("zh", {}).get("name", ""),
    }
    promotion = find_promotion(row, settings.currency)
    if promotion is None:
        return told
    budget = None if row.budget_minor is None else Money(row.budget_minor, settings.currency)
    bounds = Bounds(row.usage_limit, row.per_customer_limit, budget)
    said: dict[str, dict[str, str]] = defaultdict(dict)
    for locale in LOCALES:
        with speaking(locale):
            names = names_for([promotion])
            for each in summary_of(replace(promotion, limits=Limits()), names, bounds):
                said[each.about][locale] = each.words
            said[N_("Falls on")][locale] = {
                "item": _("each item"),
                "order": _("the order as a whole"),
                "shipping": _("delivery"),
            }[promotion.falls_on.value]
    told |= said
    told[N_("Priority")] = str(row.priority) if row.priority else ""
    told[N_("Public codes")] = ", ".join(code if limit is None else f"{code} × {limit}" for code, limit in codes)
    return told
