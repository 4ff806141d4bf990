"""The category tree as frozen values: read once, walked often."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from storefront.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Node:
    """A published category. `product_count` counts its whole subtree."""

    id: int
    parent_id: int | None
    slug: str
    path: str
    depth: int
    name: str
    translations: Mapping[str, Any] = field(default_factory=dict)
    picture: str = ""
    product_count: int = 0
    seo_title: str = ""
    seo_description: str = ""

    @property
    def url(self) -> str:
        return f"/categories/{self.slug}"

    def title(self, locale: str) -> str:
        """Return the name in a language, else as it was written."""
        return self._words(locale, "name") or self.name

    def page_title(self, locale: str) -> str:
        """Return what browsers and search engines are told the page is called."""
        return self._words(locale, "seo_title") or self.seo_title or self.title(locale)

    def page_summary(self, locale: str) -> str:
        """Return what search engines are told of the page; empty where nobody has written it."""
        return self._words(locale, "seo_description") or self.seo_description

    def _words(self, locale: str, key: str) -> str:
        words = self.translations.get(locale)
        return (words.get(key) if words else "") or ""

    @property
    def ancestor_ids(self) -> tuple[int, ...]:
        """Ids from the root down to the parent."""
        return tuple(int(part) for part in self.path.strip("/").split("/")[:-1] if part)


class Tree:
    """Published categories that hold at least one product, in the merchant's order.

    `addresses` are slugs of before, with the ids of the categories that they lead to. Trees that say the same are
    equal, so that what was made from one outlives its being read again.
    """

    def __init__(self, nodes: Iterable[Node], addresses: Mapping[str, int] | None = None) -> None:
        self._by_id = {node.id: node for node in nodes}
        known = {slug: self._by_id[number] for slug, number in (addresses or {}).items() if number in self._by_id}
        self._by_slug = {**known, **{node.slug: node for node in self._by_id.values()}}
        self._lines = {node.id: frozenset((*node.ancestor_ids, node.id)) for node in self._by_id.values()}
        self._hash = hash(tuple(self._by_id))
        self._children: dict[int | None, list[Node]] = {}
        for node in self._by_id.values():
            if node.product_count:
                parent = node.parent_id if node.parent_id in self._by_id else None
                self._children.setdefault(parent, []).append(node)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tree) and self._by_slug == other._by_slug and list(self) == list(other)

    def __hash__(self) -> int:
        return self._hash

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Node]:
        return iter(self._by_id.values())

    def get(self, slug: str) -> Node:
        """Return the category that this slug leads to, now or from before; NotFound where that is none."""
        node = self._by_slug.get(slug)
        if node is None:
            raise NotFound
        return node

    def find(self, category_id: int | None) -> Node | None:
        return self._by_id.get(category_id) if category_id is not None else None

    def line(self, category_id: int) -> frozenset[int]:
        """Return a category and all above it; of one that is not in the tree, it alone."""
        return self._lines.get(category_id) or frozenset({category_id})

    def find_slug(self, slug: str) -> Node | None:
        return self._by_slug.get(slug)

    @property
    def roots(self) -> tuple[Node, ...]:
        return tuple(self._children.get(None, ()))

    def children(self, node: Node) -> tuple[Node, ...]:
        return tuple(self._children.get(node.id, ()))

    def trail(self, node: Node) -> tuple[Node, ...]:
        """Return the categories above `node`, the root first."""
        return tuple(found for found in map(self._by_id.get, node.ancestor_ids) if found)


def count_subtrees(own: Mapping[int, int], paths: Mapping[int, str]) -> dict[int, int]:
    """Return how many products each category holds with all below it; `own` counts those directly in one."""
    totals = dict.fromkeys(paths, 0)
    for category_id, count in own.items():
        for part in paths.get(category_id, "").strip("/").split("/"):
            if part and int(part) in totals:
                totals[int(part)] += count
    return totals
