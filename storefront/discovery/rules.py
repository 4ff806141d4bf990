"""Which of the merchant's rules hold for a search or a category page, and what they come to together.

A rule holds when all of its conditions do: one of its phrases fits what was searched, the page lies in one of its
categories, the reader is one of its audience, the moment in its time. Rules combine by priority, the highest first,
the newest first among equals: pins and buries are joined, a pin beats a bury, factors multiply within bounds, the first
redirect and the first banner stand, and of two filters on one facet the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from search import Boost
from search.analysis import normalise, pieces, stem
from search.documents import LEAST_BOOST, LONGEST_QUERY, MOST_BOOST

Words = tuple[str, ...]
MOST_HOPS = 20


class How(StrEnum):
    """How a phrase is compared with what was searched."""

    EQUALS = "equals"
    CONTAINS = "contains"
    STARTS = "starts"


class Audience(StrEnum):
    """Whom a rule is for."""

    EVERYBODY = "everybody"
    GUESTS = "guests"
    SIGNED_IN = "signed_in"
    GROUPS = "groups"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of a query. CONTAINS: each of them occurs, in any order; a run of Chinese occurs as a whole."""

    how: How
    text: str

    @property
    def words(self) -> Words:
        return words_of(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """When a rule holds; what is empty asks nothing. Of phrases and categories, any one is enough."""

    phrases: tuple[Phrase, ...] = ()
    category_ids: frozenset[int] = frozenset()
    audience: Audience = Audience.EVERYBODY
    groups: frozenset[str] = frozenset()
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """A filter that the merchant adds: of the values of one facet any is enough."""

    category_ids: tuple[int, ...] = ()
    brands: tuple[str, ...] = ()
    on_promotion: bool = False
    in_stock: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """Words, and the language that they are in; both are empty for none."""

    words: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """A few words above the results, by language; `link` is a path of this shop, or empty."""

    texts: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)
    link: str = ""

    def text(self, language: str, instead: str = "en") -> Said:
        """Return what it says in a language, else in that of the shop (`instead`), else in any."""
        return _in_language(self.texts, language, instead)

    def label(self, language: str, instead: str = "en") -> Said:
        """Return the words of its link, as `text` does."""
        return _in_language(self.labels, language, instead)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """What a rule does. Pins and buries are product ids, pins in their order; `redirect` is a path of this shop."""

    pins: tuple[int, ...] = ()
    buries: tuple[int, ...] = ()
    boosts: tuple[Boost, ...] = ()
    narrowing: Narrowing = Narrowing()
    redirect: str = ""
    banner: Banner | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule, in force from `starts_at` up to but not including `ends_at`."""

    id: int
    name: str = ""
    priority: int = 0
    conditions: Conditions = Conditions()
    actions: Actions = Actions()
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def is_live(self, at: datetime) -> bool:
        """Whether `at` lies in its time."""
        return (self.starts_at is None or self.starts_at <= at) and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What rules are asked about: a search, a category page, or both.

    `category_ids` holds the category and all above it; `at` is aware.
    """

    at: datetime
    text: str = ""
    category_ids: frozenset[int] = frozenset()
    language: str = ""
    is_signed_in: bool = False
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What rules come to together; `rule_ids` are those that held, in the order in which they were joined."""

    rule_ids: tuple[int, ...] = ()
    pins: tuple[int, ...] = ()
    buries: tuple[int, ...] = ()
    boosts: tuple[Boost, ...] = ()
    narrowing: Narrowing = Narrowing()
    redirect: str = ""
    banner: Banner | None = None


NOTHING = Outcome()


class Book:
    """All rules, laid out so that a page looks at those few that can hold for it.

    Parameters
    ----------
    rules : the rules, in any order.
    """

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: (rule.priority, rule.id), reverse=True))
        self.asks_who = any(rule.conditions.audience is not Audience.EVERYBODY for rule in self.rules)
        self._equal: dict[Words, list[int]] = defaultdict(list)
        self._starts: dict[Words, list[int]] = defaultdict(list)
        self._contains: dict[str, list[tuple[int, frozenset[str], Words]]] = defaultdict(list)
        self._in_category: dict[int, list[int]] = defaultdict(list)
        self._everywhere: list[int] = []
        for place, rule in enumerate(self.rules):
            self._enter(place, rule)

    def matching(self, asked: Asked) -> tuple[Rule, ...]:
        """Return the rules that hold, the highest priority first."""
        if not self.rules:
            return ()
        places = {*self._everywhere, *self._by_words(words_of(asked.text))}
        for number in asked.category_ids:
            places.update(self._in_category.get(number, ()))
        found = (self.rules[place] for place in sorted(places))
        return tuple(rule for rule in found if _admits(rule, asked))

    def outcome(self, asked: Asked) -> Outcome:
        """Return what the rules that hold come to together."""
        return combine(self.matching(asked))

    def _enter(self, place: int, rule: Rule) -> None:
        conditions = rule.conditions
        if not conditions.phrases:
            for number in conditions.category_ids:
                self._in_category[number].append(place)
            if not conditions.category_ids:
                self._everywhere.append(place)
        for phrase in conditions.phrases:
            words = phrase.words
            if words and phrase.how is How.CONTAINS:
                plain = frozenset(word for word in words if word.isascii())
                runs = tuple(word for word in words if not word.isascii())
                self._contains[runs[0][0] if runs else max(plain, key=len)].append((place, plain, runs))
            elif words:
                (self._equal if phrase.how is How.EQUALS else self._starts)[words].append(place)

    def _by_words(self, words: Words) -> Iterable[int]:
        if not words:
            return
        yield from self._equal.get(words, ())
        for beginning in _beginnings(words):
            yield from self._starts.get(beginning, ())
        plain = frozenset(words)
        for anchor in {each for word in words for each in ((word,) if word.isascii() else word)}:
            for place, needed, runs in self._contains.get(anchor, ()):
                if needed <= plain and all(any(run in word for word in words) for run in runs):
                    yield place


def combine(rules: Sequence[Rule]) -> Outcome:
    """Return what rules come to together; they come with the highest priority first."""
    if not rules:
        return NOTHING
    actions = [rule.actions for rule in rules]
    pins = tuple(dict.fromkeys(number for each in actions for number in each.pins))
    buries = dict.fromkeys(number for each in actions for number in each.buries)
    narrowings = [each.narrowing for each in actions]
    return Outcome(
        rule_ids=tuple(rule.id for rule in rules),
        pins=pins,
        buries=tuple(number for number in buries if number not in pins),
        boosts=multiply(boost for each in actions for boost in each.boosts),
        narrowing=Narrowing(
            category_ids=next((each.category_ids for each in narrowings if each.category_ids), ()),
            brands=next((each.brands for each in narrowings if each.brands), ()),
            on_promotion=any(each.on_promotion for each in narrowings),
            in_stock=any(each.in_stock for each in narrowings),
        ),
        redirect=next((each.redirect for each in actions if each.redirect), ""),
        banner=next((each.banner for each in actions if each.banner), None),
    )


def multiply(boosts: Iterable[Boost]) -> tuple[Boost, ...]:
    """Return one boost for each value of a facet: the product of its factors, clipped to the bounds of a boost."""
    factors: dict[tuple[str, str], float] = {}
    for boost in boosts:
        key = boost.facet, boost.value
        factors[key] = min(max(factors.get(key, 1.0) * boost.factor, LEAST_BOOST), MOST_BOOST)
    return tuple(Boost(facet, value, factor) for (facet, value), factor in factors.items())


def leads_in_a_circle(rule: Rule, others: Iterable[Rule], place_of: Callable[[str], Asked | None]) -> bool:
    """Say whether somebody whom `rule` sends on would be sent back to where it, or another rule, sent them from.

    Audience and dates are left aside: who follows a circle only on Mondays is lost all the same.

    Parameters
    ----------
    place_of : tells what is asked at a path, None for a page that rules do not steer.
    """
    book = Book(_timeless(each) for each in (rule, *others) if each.actions.redirect)
    path, seen = rule.actions.redirect, set[str]()
    while path and len(seen) < MOST_HOPS:
        if path in seen:
            return True
        seen.add(path)
        asked = place_of(path)
        path = book.outcome(asked).redirect if asked else ""
    return bool(path)


@lru_cache(maxsize=4096)
def words_of(text: str) -> Words:
    """Return the words of a text as they are compared: normalised, English stemmed, each run of Chinese one word."""
    found = []
    for piece in pieces(normalise(text, LONGEST_QUERY)):
        found.append(stem(piece.text) if piece.kind == "word" else piece.text)
    return tuple(found)


def _beginnings(words: Words) -> Iterable[Words]:
    """Yield what a text begins with: its first words, the last of them whole, or part of a run of Chinese."""
    for count, word in enumerate(words, start=1):
        yield words[:count]
        if not word.isascii():
            for length in range(1, len(word)):
                yield (*words[: count - 1], word[:length])


def _admits(rule: Rule, asked: Asked) -> bool:
    conditions = rule.conditions
    if not rule.is_live(asked.at):
        return False
    if conditions.language and conditions.language != asked.language:
        return False
    if conditions.phrases and conditions.category_ids and not conditions.category_ids & asked.category_ids:
        return False
    if conditions.audience is Audience.GROUPS:
        return asked.is_signed_in and bool(conditions.groups & asked.groups)
    return (
        conditions.audience is Audience.EVERYBODY or (conditions.audience is Audience.SIGNED_IN) is asked.is_signed_in
    )


def _timeless(rule: Rule) -> Rule:
    conditions = Conditions(phrases=rule.conditions.phrases, category_ids=rule.conditions.category_ids)
    return Rule(id=rule.id, priority=rule.priority, conditions=conditions, actions=rule.actions)


def _in_language(texts: Mapping[str, str], language: str, instead: str) -> Said:
    known = (each for each in (language, instead, *texts) if texts.get(each))
    return next((Said(texts[each], each) for each in known), Said())
