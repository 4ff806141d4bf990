"""How an experiment may fill a shelf: as it is, with the goods of another shelf, with both by turns, or not at all.

Whatever the filling, what may be shown and the merchant's rules are those of the shelf. Where another filling finds
fewer than FEWEST goods, the shelf's own stand there, so that no arm is empty where another is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from recommend import Asked, Recommendation, Recommender
from storefront.discovery.recommending import recommender
from storefront.discovery.shelves.shown import Question
from storefront.discovery.shelves.surfaces import FEWEST, SURFACES, Surface, best_sellers, best_sellers_near
from storefront.experiments.drafting import Team, draft
from storefront.kernel.errors import N_

OWN, HIDDEN = "own", "hidden"
BOTH = "both:"
"""Before the name of a filling: its goods and the shelf's own, by team draft."""


@dataclass(frozen=True, slots=True)
class Mixed:
    """Candidates, and of two rankings in one list whose each is, by product id."""

    found: list[Recommendation]
    teams: Mapping[int, Team]


def _best_sellers(_model: Recommender, question: Question, asked: Asked) -> list[Recommendation]:
    return best_sellers(question, asked)


def _near(_model: Recommender, question: Question, asked: Asked) -> list[Recommendation]:
    return best_sellers_near(question, asked)


def _lately(model: Recommender, _question: Question, asked: Asked) -> list[Recommendation]:
    return model.popular(asked)


CATALOGUE: Mapping[str, Surface] = {
    "best-sellers": Surface("best-sellers", N_("Best sellers"), _best_sellers, best_sellers),
    "best-sellers-near": Surface(
        "best-sellers-near", N_("More from this category"), _near, best_sellers_near, per_type=None
    ),
}
"""What needs no trained tables."""
LATELY = Surface("popular", N_("Best sellers"), _lately, best_sellers)
BEST_SELLERS = frozenset({*CATALOGUE, LATELY.key})
OTHERS: Mapping[str, tuple[str, ...]] = {
    "home": ("best-sellers", "popular", "buy-again", "discover", "cart"),
    "buy-again": (),
    "discover": ("best-sellers", "popular", "home"),
    "similar": ("best-sellers-near", "best-sellers", "popular", "bought-together"),
    "bought-together": ("best-sellers-near", "best-sellers", "popular", "similar", "cart"),
    "cart": ("best-sellers", "popular", "home", "buy-again", "discover"),
    "after-purchase": ("best-sellers", "popular", "home", "buy-again", "discover"),
    "category": ("best-sellers-near",),
    "empty-search": ("best-sellers", "popular", "buy-again", "discover"),
}
"""By shelf that may vary, with what else it may be filled: what has an answer to what this shelf is asked."""


def list_fillings(key: str) -> list[str]:
    """Return what a shelf may be filled with now; without trained tables it is little."""
    others = [name for name in OTHERS.get(key, ()) if name in CATALOGUE or recommender() is not None]
    return [OWN, *others, HIDDEN, *(BOTH + name for name in others if recommender() is not None)]


def filled(key: str, filling: str) -> Surface:
    """Return a shelf's surface as `filling` has it: "" for its own; what is hidden is filled like that too."""
    own, name = SURFACES[key], filling.removeprefix(BOTH)
    if name in {"", OWN, HIDDEN}:
        return own
    other = {**SURFACES, **CATALOGUE, LATELY.key: LATELY}[name]
    if filling.startswith(BOTH):
        return replace(own, rival=other)

    def ask(model: Recommender, question: Question, asked: Asked) -> list[Recommendation]:
        return _enough(other.ask(model, question, replace(asked, per_type=other.per_type)), own, model, question, asked)

    without = other.without if name in CATALOGUE else own.without
    return replace(own, title=other.title, told_as=other.key, ask=ask, without=without)


def candidates(surface: Surface, model: Recommender | None, question: Question, asked: Asked) -> Mixed:
    """Return what may stand on a shelf, best first."""
    if model is None:
        return Mixed(surface.without(question, asked), {})
    own = surface.ask(model, question, asked)
    if surface.rival is None:
        return Mixed(own, {})
    rival = surface.rival
    found = rival.ask(model, question, replace(asked, per_type=rival.per_type))
    known = {int(one.item): one for one in (*found, *own)}
    sides = [int(one.item) for one in own], [int(one.item) for one in found]
    picks = draft(*sides, asked.k, salt=surface.key, unit=question.coin, request=question.at.isoformat())
    return Mixed([known[pick.item] for pick in picks], {pick.item: pick.team for pick in picks})


def _enough(
    found: list[Recommendation], own: Surface, model: Recommender, question: Question, asked: Asked
) -> list[Recommendation]:
    return found if len(found) >= FEWEST else own.ask(model, question, asked)
