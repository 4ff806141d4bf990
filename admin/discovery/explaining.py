"""Why a result stands where it stands, in words: what the index explains, and what the rules did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.catalog.queries import category_tree
from storefront.discovery.previewing import Move, Placed
from storefront.discovery.searching import find_searcher, or_else
from storefront.web.locale import current_locale

FACTORS: dict[str, Callable[[], str]] = {
    "popularity": lambda: _("sells well"),
    "rating": lambda: _("well reviewed"),
    "availability": lambda: _("in stock"),
    "coverage": lambda: _("share of the words that match"),
    "boost": lambda: _("moved by your rules"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of an explanation: words and a figure ("+4.2", "× 1.12")."""

    words: str
    figure: str


def score_words(placed: Placed) -> list[Reason]:
    """Return the reasons of a result's place, the strongest first among those that add up."""
    reasons = [Reason(words, "") for words in _by_rule(placed)]
    why = placed.why
    if why is None:
        return reasons or [Reason(_("No word of the search occurs in it."), "")]
    if why.groups and not why.tier:
        return [*reasons, Reason(_("No word of the search occurs in it."), "")]
    if why.groups:
        words = ngettext(
            "matches %(tier)s of %(num)s word", "matches %(tier)s of %(num)s words", why.groups, tier=why.tier
        )
        reasons.append(Reason(words, f"{why.score:.1f}"))
    parts = sorted(why.parts, key=lambda part: -part[1])
    reasons += [Reason(_part_words(name), f"+{points:.1f}") for name, points in parts]
    reasons += [
        Reason(FACTORS[name]() if name in FACTORS else _part_words(name), f"× {factor:.2f}")
        for name, factor in why.factors
        if abs(factor - 1) >= 0.005
    ]
    return reasons


def move_words(placed: Placed) -> str:
    """Return how a result moved, for those who do not see the arrow."""
    if placed.move is Move.UP:
        return str(_("up %(count)s", count=placed.by))
    if placed.move is Move.DOWN:
        return str(_("down %(count)s", count=placed.by))
    return str({Move.NEW: _("new"), Move.GONE: _("gone")}.get(placed.move, ""))


def _by_rule(placed: Placed) -> list[str]:
    found = [_("put first by a rule")] if placed.is_pinned else []
    return [*found, _("put last by a rule")] if placed.is_buried else found


def _part_words(name: str) -> str:
    """Return what a part is: a word of the search, or the category or brand that the search names."""
    facet, colon, value = name.partition(":")
    if not colon:
        return str(_("the word “%(word)s”", word=name))
    if facet == "category" and value.isdecimal():
        node = category_tree().find(int(value))
        return str(_("the search names its category, %(name)s", name=node.title(current_locale()) if node else value))
    return _("the search names its brand, %(name)s", name=_brand(value)) if facet == "brand" else f"{facet}: {value}"


@or_else(lambda slug: slug)
def _brand(slug: str) -> str:
    searcher = find_searcher()
    return searcher.labels("brand").get(slug, (slug,))[0] if searcher else slug
