"""The category tree as its screen shows it, and what names a category elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from storefront.catalog.arranging import Arrangement, Spot
from storefront.catalog.models import Category, CategoryAddress, Product
from storefront.catalog.tree import count_subtrees
from storefront.database.base import db
from storefront.web.locale import localized

INDENT = "\u2003"
OPEN_UP_TO = 60
"""A tree of so many categories stands open; of a larger one only the top does."""


@dataclass(slots=True)
class Branch:
    """A category with what is below it; `own` and `total` count products, published or not."""

    id: int
    parent_id: int | None
    name: str
    slug: str
    picture: str
    depth: int
    is_published: bool
    is_seen: bool
    """Whether it and everything above it is published."""
    own: int
    total: int
    is_first: bool
    is_last: bool
    is_open: bool = True
    children: list[Branch] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tree:
    """All categories, the mark of how they stand, and how many there are."""

    roots: Sequence[Branch]
    mark: str
    count: int

    def walk(self) -> Iterator[Branch]:
        """Yield every branch as a reader goes through the tree."""

        def below(branches: Sequence[Branch]) -> Iterator[Branch]:
            for branch in branches:
                yield branch
                yield from below(branch.children)

        return below(self.roots)

    def find(self, category_id: int) -> Branch | None:
        """Return the branch of a category."""
        return next((branch for branch in self.walk() if branch.id == category_id), None)

    def options(self, *, without: int | None = None) -> tuple[tuple[str, str], ...]:
        """Return all categories as (value, words), indented; but for one with all that is below it."""

        def below(branches: Sequence[Branch]) -> Iterator[tuple[str, str]]:
            for branch in branches:
                if branch.id != without:
                    yield str(branch.id), INDENT * branch.depth + branch.name
                    yield from below(branch.children)

        return tuple(below(self.roots))


def read_tree(at: int = 0) -> Tree:
    """Return the tree, open where the category `at` is."""
    own = select(Product.category_id, func.count().label("own")).group_by(Product.category_id).subquery()
    statement = select(Category.__table__, func.coalesce(own.c.own, 0).label("own"))
    rows = {row.id: row for row in db.session.execute(statement.outerjoin(own, own.c.category_id == Category.id))}
    places = Arrangement(
        Spot(row.id, row.parent_id, row.position, row.path, row.depth, row.name) for row in rows.values()
    )
    totals = count_subtrees({row.id: row.own for row in rows.values()}, {row.id: row.path for row in rows.values()})
    shown = frozenset(rows[at].path.strip("/").split("/")) if at in rows else frozenset()

    def grow(parent: int | None, is_seen: bool) -> list[Branch]:
        family = places.children(parent)
        return [
            Branch(
                id=number,
                parent_id=parent,
                name=localized(rows[number].name, rows[number].translations),
                slug=rows[number].slug,
                picture=rows[number].picture,
                depth=rows[number].depth,
                is_published=rows[number].is_published,
                is_seen=is_seen and rows[number].is_published,
                own=rows[number].own,
                total=totals[number],
                is_first=number == family[0],
                is_last=number == family[-1],
                is_open=len(rows) <= OPEN_UP_TO or str(number) in shown,
                children=grow(number, is_seen and rows[number].is_published),
            )
            for number in family
        ]

    return Tree(grow(None, True), places.mark, len(rows))


def old_addresses(category_id: int) -> Sequence[Any]:
    """Return the slugs that lead to a category, the latest first."""
    mine = CategoryAddress.category_id == category_id
    return db.session.scalars(
        select(CategoryAddress.slug).where(mine).order_by(CategoryAddress.at.desc(), CategoryAddress.slug)
    ).all()
