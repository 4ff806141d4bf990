"""From the counts of the index to what a reader may choose from: which facets, in which order, under which words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from search import FacetCount, Searcher, SearchPage
from storefront.catalog.attributes import in_order, is_attribute_facet
from storefront.catalog.listing import Bucket, Facet, Option, Place, Places, trimmed
from storefront.catalog.queries import category_tree
from storefront.catalog.tree import Node
from storefront.catalog.wanted import Wanted
from storefront.discovery.wording import wording
from storefront.web.locale import current_locale

MOST_CHOICES = 60
MOST_COMMON = 8
MOST_PLACES = 60
MOST_FACETS = 6
LEAST_COVERAGE = 0.25
FEWEST_CHOICES = 2


def facets_of(searcher: Searcher, answer: SearchPage, wanted: Wanted) -> tuple[Facet, ...]:
    """Return the facets of a page: brands, then the attributes that make sense for what was found."""
    labels = searcher.labels("brand")
    brands = tuple(
        Option(choice.value, labels.get(choice.value, (choice.value,))[0], choice.count, choice.selected)
        for choice in answer.facets.get("brand", ())
    )
    attributes = {key: counts for key, counts in answer.facets.items() if is_attribute_facet(key)}
    shown = useful(attributes, answer.total, wanted.facets)
    return (Facet("brand", trimmed(brands, MOST_COMMON)), *(_facet(key, attributes[key]) for key in shown))


def useful(facets: Mapping[str, Sequence[FacetCount]], total: int, chosen: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the facets worth showing, those in use and then the most useful first.

    A facet is useful as far as it covers what was found and as far as a few of its choices do; one choice is no choice.
    """
    worth = {key: _worth(counts, total) for key, counts in facets.items() if not chosen.get(key)}
    best = sorted((key for key in worth if worth[key]), key=lambda key: (-worth[key], key))
    in_use = sorted(key for key in facets if chosen.get(key))
    return [*in_use, *best][: max(MOST_FACETS, len(in_use))]


def _worth(counts: Sequence[FacetCount], total: int) -> float:
    held = sum(choice.count for choice in counts)
    choices = [choice.count for choice in counts if choice.count]
    coverage = min(1.0, held / total) if total else 0.0
    if len(choices) < FEWEST_CHOICES or min(choices) >= total or coverage < LEAST_COVERAGE:
        return 0.0
    return coverage * sum(choice.count for choice in counts[:MOST_COMMON]) / held


def _facet(key: str, counts: Sequence[FacetCount]) -> Facet:
    known, locale = wording(), current_locale()
    by_value = {
        choice.value: Option(choice.value, known.value(choice.value, locale), choice.count, choice.selected)
        for choice in counts
    }
    ordered = in_order(by_value) or list(by_value)
    return Facet(key, trimmed([by_value[value] for value in ordered], MOST_COMMON), known.name(key, locale))


def places_of(answer: SearchPage, node: Node | None) -> Places:
    """Return the path to `node` and the categories below it (None: the departments) that hold something."""
    tree = category_tree()
    counts = {choice.value: choice.count for choice in answer.facets.get("category", ())}
    below = ((child, counts.get(str(child.id), 0)) for child in (tree.children(node) if node else tree.roots))
    trail = (*tree.trail(node), node) if node else ()
    return Places(
        tuple(Place(one) for one in trail), tuple(Place(one, count) for one, count in below if count)[:MOST_PLACES]
    )


def buckets_of(answer: SearchPage) -> tuple[Bucket, ...]:
    """Return the choices of price, where there are some; both ends are inclusive."""
    buckets = [bucket for bucket in (answer.price.buckets if answer.price else ()) if bucket.count]
    if len(buckets) < FEWEST_CHOICES:
        return ()
    return tuple(
        Bucket(bucket.low or None, None if bucket.high is None else bucket.high - 1, bucket.count) for bucket in buckets
    )
