"""Answers from one generation: an immutable text index, and one immutable set of live columns over it.

A `Generation` is opened once and shared by every thread; `Searcher` pairs it with live columns. New prices or stock
make a new `Searcher` over the same generation, so a running search never sees half of a change.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from copy import copy

import numpy as np
from numpy.typing import NDArray

from search import analysis, facets, ranking, standing
from search.documents import LiveColumns, SearchRequest, Sort
from search.facets import Narrowing
from search.index import steering
from search.index.generation import Generation
from search.index.matches import Matches
from search.index.reading import Reader, Reading
from search.parsing import Query, parse
from search.results import Explanation, Health, SearchPage, Suggestion
from search.suggesting import MOST_OF_KIND, distinct
from search.synonyms import NO_SYNONYMS, Synonyms

EXPANDED = 16
_MOST_NARROW = 2**31

Rows = NDArray[np.int64]


class Searcher:
    """One generation with one set of live columns: immutable, so any number of threads may use it at once."""

    def __init__(
        self,
        generation: Generation,
        live: LiveColumns | None = None,
        synonyms: Synonyms = NO_SYNONYMS,
        *,
        fallback: bool = False,
    ) -> None:
        self.generation = generation
        self._reader = Reader(generation, synonyms)
        self._fallback = fallback
        self._lay_under(live)

    def _lay_under(self, live: LiveColumns | None) -> None:
        generation = self.generation
        corpus = generation.corpus
        live = corpus.first_live if live is None else live
        self.shown, self._live = corpus.align(live)
        self._factors = ranking.business_factors(self._live.popularity, self._live.rating, self._live.in_stock)
        self._business = np.prod(list(self._factors.values()), axis=0)
        self._standings = standing.standings(self._live)
        prices = self._live.price_minor
        self._prices = prices.astype(np.int32) if prices.max(initial=0) < _MOST_NARROW else prices

    def refresh(self, live: LiveColumns) -> Searcher:
        """Return a searcher over the same generation with other live columns; this one stays as it is."""
        fresh = copy(self)
        fresh._lay_under(live)
        return fresh

    def teach(self, synonyms: Synonyms) -> Searcher:
        """Return a searcher with other synonyms over the same generation and live columns."""
        taught = copy(self)
        taught._reader = Reader(self.generation, synonyms)
        return taught

    def search(self, request: SearchRequest) -> SearchPage:
        """Answer a request; any text at all has an answer, and a page beyond the end is empty with the right total."""
        generation = self.generation
        reading, found = self._find(request)
        query = reading.query
        pins = self._pinned(request)
        matches = steering.with_pins(found, pins)
        filters = request.filters
        in_use = facets.masks(filters, generation.corpus.facets, self._live)
        narrowed = facets.narrow(matches.docs, in_use)
        columns = generation.corpus.facets
        counted = tuple(columns) if request.count is None else request.count
        counts = self._standing(narrowed)
        rows, scores = self._page(request, reading, matches, narrowed.docs, pins)
        return SearchPage(
            ids=tuple(generation.corpus.ids[rows].tolist()),
            scores=scores,
            total=int(narrowed.docs.size),
            page=request.page,
            size=request.size,
            facets={
                name: facets.choices(columns[name], tally, filters.facets.get(name, ()), request.facet_limit)
                for name, tally in self._tallies(narrowed, counted).items()
            },
            price=None
            if request.count == ()
            else standing.price_range(self._prices.take(narrowed.base("price")), counts["price"]),
            in_stock=counts["in_stock"].in_stock,
            on_promotion=counts["on_promotion"].on_promotion,
            ratings=() if request.count == () else counts["rating"].ratings,
            corrected_query=query.corrected,
            relaxed=matches.relaxed,
            is_whole=not matches.relaxed or found.holds_all(rows[:1], reading.wanted),
            exact=self.find_code(request.text),
            words=query.words,
            generation=generation.name,
        )

    def _standing(self, narrowed: Narrowing) -> dict[str, standing.Standing]:
        """Return what is counted of stock, promotion, rating and price, each without its own filter."""
        plain = standing.standing(self._standings.take(narrowed.docs))
        return {
            name: standing.standing(self._standings.take(narrowed.without[name])) if name in narrowed.without else plain
            for name in ("in_stock", "on_promotion", "rating", "price")
        }

    def _tallies(self, narrowed: Narrowing, names: Sequence[str]) -> dict[str, facets.Tally]:
        """Count the values of these facets, each among what is there without its own filter."""
        corpus = self.generation.corpus
        found = corpus.table.tallies(narrowed.docs, [name for name in names if name not in narrowed.without])
        return {
            name: found[name] if name in found else column.tally(narrowed.base(name))
            for name in names
            if (column := corpus.facets.get(name))
        }

    def labels(self, facet: str) -> Mapping[str, tuple[str, ...]]:
        """Return the names of a facet's values ("brand", "category"); empty for facets whose values are their names."""
        return self.generation.corpus.labels.get(facet, {})

    def find_code(self, text: str) -> int | None:
        """Return the id of the shown document whose SKU or barcode is exactly `text` (spaces and hyphens aside), or
        None.
        """
        rows = self._reader.coded(text)
        rows = rows[self.shown[rows]] if rows.size else rows
        return int(self.generation.corpus.ids[rows[0]]) if rows.size else None

    def suggest(self, typed: str, limit: int = 10) -> tuple[Suggestion, ...]:
        """Complete what is being typed: categories, brands, terms, products, a few of each, the heaviest first.

        When nothing begins with the whole text, its last word alone is completed. Products that do not begin with the
        text, but match its words and the beginning of its last one, fill the places that are left.
        """
        prefix = " ".join(analysis.normalise(typed, 100).split())
        if not prefix:
            return ()
        found = distinct(self.generation.prefixes.complete(prefix, limit, self.shown))
        head, _, last = prefix.rpartition(" ")
        ends = self.generation.vocabulary.expand(last, EXPANDED)
        if not found and head:
            completed = (f"{head} {word}" for word in ends[: MOST_OF_KIND["term"]])
            found = [Suggestion("term", text, text) for text in completed]
        room = min(limit - len(found), MOST_OF_KIND["product"] - sum(one.kind == "product" for one in found))
        known = {one.value for one in found if one.kind == "product"}
        if room > 0:
            more = self._matching(head, ends, room + len(known)) if ends else self._meant(prefix, room + len(known))
            found += [one for one in more if one.value not in known][:room]
        return tuple(found[:limit])

    def _meant(self, typed: str, wanted: int) -> list[Suggestion]:
        """Return the best products for Chinese that is typed, in characters or by its sound."""
        if typed.isascii() and not self.generation.has_sounds:
            return []
        reading = self._reader.read(typed, "", False, typed.isascii())
        if not any(group.share or not group.terms[0][0].isascii() for group in reading.query.groups):
            return []
        matches = self.generation.match(reading.query.groups, self.shown)
        whole = np.flatnonzero(matches.tiers == reading.wanted)
        return self._best(matches.docs[whole], matches.scores[whole], wanted)

    def _matching(self, head: str, ends: Sequence[str], wanted: int) -> list[Suggestion]:
        """Return the best products with all words of `head` and one of `ends`, under their first title."""
        generation = self.generation
        groups = parse(head, generation, correct=False).groups
        whole, scores = generation.finishing(groups, [analysis.stem(word) for word in ends], self.shown)
        return self._best(whole, scores, wanted)

    def _best(self, docs: Rows, scores: ranking.Floats, wanted: int) -> list[Suggestion]:
        """Return the best of these products under their first title."""
        corpus = self.generation.corpus
        scores = scores * self._business.take(docs)
        rows = docs[ranking.best(scores, corpus.ids, min(wanted, docs.size), docs)].tolist()
        return [Suggestion("product", corpus.titles[row][0], str(corpus.ids[row])) for row in rows]

    def explain(self, request: SearchRequest, document: int) -> Explanation | None:
        """Say why a document stands where it does for a request, or None when it does not match or is not shown."""
        generation = self.generation
        reading, matches = self._find(request)
        row = int(generation.corpus.rows_of(np.array([document]))[0])
        place = int(np.searchsorted(matches.docs, row))
        if row < 0 or place >= matches.docs.size or matches.docs[place] != row:
            return None
        named = [one for one in reading.named if row in generation.corpus.facets[one[0]].docs_with(one[1])]
        parts = generation.parts(reading.query.groups, row)
        parts += [(f"brand:{value}", bonus) for facet, value, bonus in named if facet == "brand"]
        parts += [(f"category:{value}", bonus) for facet, value, bonus in named if facet == "category"][:1]
        factors = tuple((name, float(column[row])) for name, column in self._factors.items())
        boost = float(self._boosts(request, np.array([row]))[0])
        score = float(self._scores(reading, matches, np.array([place]))[0]) * boost
        wanted = reading.wanted
        factors = (
            *factors,
            *([("boost", boost)] if boost != 1.0 else []),
            ("coverage", float(ranking.coverage(matches.tiers[place], wanted))),
        )
        return Explanation(document, score, int(matches.tiers[place]), wanted, tuple(parts), factors)

    def health(self) -> Health:
        """Return what an operator wants to know about the index in use."""
        generation = self.generation
        age = max(0.0, time.time() - generation.built_at)
        return Health(generation.name, generation.documents, generation.segments, age, self._fallback)

    def _scoped(self, request: SearchRequest) -> NDArray[np.bool_]:
        shown = self.shown
        for name, values in request.filters.scope.items():
            column = self.generation.corpus.facets.get(name)
            shown = shown & column.mask(values) if column else np.zeros_like(shown)
        return shown

    def _find(self, request: SearchRequest) -> tuple[Reading, Matches]:
        """Read the request and find its documents.

        Among several words a correction is worth saying only where something then has more of them than before; and
        words that together name nothing are tried by their sound.
        """
        shown, read = self._scoped(request), self._reader.read
        reading = read(request.text, request.language, request.correct, False)
        matches = self._match(reading.query, request.text, shown)
        if reading.query.corrected and reading.wanted > 1 and not (matches.tiers == reading.wanted).any():
            plain = read(request.text, request.language, False, False)
            found = self._match(plain.query, request.text, shown)
            if found.tiers.max(initial=0) >= matches.tiers.max(initial=0) > 0:
                reading, matches = plain, found
        lacking = matches.relaxed or not matches.docs.size
        if lacking and self.generation.has_sounds and request.text.isascii() and self._reader.sounds(request.text):
            other = read(request.text, request.language, request.correct, True)
            if other.query.groups != reading.query.groups:
                found = self._match(other.query, request.text, shown)
                if found.docs.size and (not found.relaxed or not matches.docs.size):
                    return other, found
        return reading, matches

    def _match(self, query: Query, text: str, shown: NDArray[np.bool_]) -> Matches:
        if query.groups:
            return self.generation.match(query.groups, shown)
        docs = np.flatnonzero(shown) if not text.strip() else np.empty(0, np.int64)
        level = np.ones(docs.size, np.bool_)
        return Matches(docs, np.zeros(docs.size, np.uint8), level, np.ones(docs.size), relaxed=False)

    def _scores(self, reading: Reading, matches: Matches, places: Rows | slice) -> NDArray[np.float64]:
        """Return the scores of the matches at `places`, all factors included."""
        docs = matches.docs[places]
        scores: ranking.Floats = matches.scores[places]
        for gained in self._bonuses(reading, docs).values():
            scores = scores + gained
        result = np.asarray(scores * self._business.take(docs), np.float64)
        tiers = matches.tiers[places]
        if tiers.size and tiers.min() < max(1, reading.wanted):  # else all of them cover the whole query
            result *= ranking.coverage(tiers, reading.wanted)
        return result

    def _bonuses(self, reading: Reading, docs: Rows) -> dict[str, NDArray[np.float32]]:
        """Return (docs,) what documents gain by each facet that the query names: the most of its categories, the sum
        of its brands.
        """
        gained: dict[str, NDArray[np.float32]] = {}
        for facet, value, points in reading.named:
            more = self.generation.corpus.facets[facet].holders(value, docs) * np.float32(points)
            if facet not in gained:
                gained[facet] = more
            else:
                (np.maximum if facet == "category" else np.add)(gained[facet], more, out=gained[facet])
        return gained

    def _page(
        self,
        request: SearchRequest,
        reading: Reading,
        matches: Matches,
        docs: NDArray[np.int64],
        pins: NDArray[np.int64],
    ) -> tuple[Rows, tuple[float, ...]]:
        corpus = self.generation.corpus
        if request.sort is Sort.RELEVANCE:
            places = slice(None) if docs is matches.docs else np.searchsorted(matches.docs, docs)
            scores = self._scores(reading, matches, places)
            if request.steering.boosts or request.steering.popularity is not None:
                scores *= self._boosts(request, docs)
            keys = scores
            if request.steering.buries or pins.size:
                buries = corpus.rows_of(np.array(request.steering.buries, np.int64))
                keys = steering.place(scores, docs, pins, buries)
        else:
            keys = _SORT_KEYS[request.sort](self._live)[docs].astype(np.float64)
            if reading.query.groups:
                places = slice(None) if docs is matches.docs else np.searchsorted(matches.docs, docs)
                keys = ranking.in_levels(keys, matches.named[places], matches.tiers[places] == reading.wanted)
        first = (request.page - 1) * request.size
        wanted = min(first + request.size, docs.size) if first < docs.size else 0
        order = ranking.best(keys, corpus.ids, wanted, docs)[first:]
        return docs[order], tuple(keys[order].tolist())

    def _pinned(self, request: SearchRequest) -> NDArray[np.int64]:
        """Return the rows of the pinned documents that may be shown, in the merchant's order."""
        if not request.steering.pins or request.sort is not Sort.RELEVANCE:
            return np.empty(0, np.int64)
        rows = self.generation.corpus.rows_of(np.array(tuple(dict.fromkeys(request.steering.pins)), np.int64))
        rows = rows[rows >= 0]
        return rows[self._scoped(request)[rows]]

    def _boosts(self, request: SearchRequest, docs: Rows) -> NDArray[np.float64]:
        wish = request.steering
        factors = steering.boost_factors(wish.boosts, self.generation.corpus.facets, self.shown.size)[docs]
        if wish.popularity is None:
            return factors
        return factors * steering.popularity_factors(self._factors["popularity"][docs], wish.popularity)


_SORT_KEYS: dict[Sort, Callable[[LiveColumns], NDArray[np.int64] | NDArray[np.float64]]] = {
    Sort.PRICE_ASC: lambda live: -live.price_minor,
    Sort.PRICE_DESC: lambda live: live.price_minor,
    Sort.NEWEST: lambda live: live.published_on,
    Sort.SALES: lambda live: live.popularity,
    Sort.RATING: lambda live: live.rating,
}
