"""The category tree as its screen shows it, and what names a category elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from admin.catalog.categories import rules
from admin.catalog.categories.blueprint import URL
from storefront.catalog.arranging import Arrangement, Spot
from storefront.catalog.models import Category, CategoryAddress, Product
from storefront.catalog.tree import count_subtrees
from storefront.database.base import db
from storefront.web.locale import localized

INDENT = "\u2003"
MOST_FOUND = 20


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
    is_open: bool
    children: list[Branch] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tree:
    """All categories, the mark of how they stand, and which of them are open."""

    roots: Sequence[Branch]
    mark: str
    opened: AbstractSet[int]
    parents: Mapping[int, int | None]
    branches: Mapping[int, Branch]
    """By id, in the order in which a reader goes through the tree."""

    def find(self, category_id: int) -> Branch | None:
        """Return the branch of a category."""
        return self.branches.get(category_id)

    def trail(self, branch: Branch) -> list[Branch]:
        """Return what is above a branch, the root first."""
        return [self.branches[number] for number in rules.above(self.parents, branch.id)]

    def named(self, wanted: str) -> list[Branch]:
        """Return the branches that are called so, by name or by address."""
        names = {number: (each.name, each.slug) for number, each in self.branches.items()}
        return [self.branches[number] for number in rules.named(names, wanted)]

    def url(self, *, other: int | None = None) -> str:
        """Return the address of the tree as it is open; with the branch `other` the other way."""
        return address(self.opened ^ {other} if other else self.opened)

    def options(self, *, without: int | None = None) -> tuple[tuple[str, str], ...]:
        """Return all categories as (value, words), indented; but for one with all that is below it."""

        def below(branches: Sequence[Branch]) -> Iterator[tuple[str, str]]:
            for branch in branches:
                if branch.id != without:
                    yield str(branch.id), INDENT * branch.depth + branch.name
                    yield from below(branch.children)

        return tuple(below(self.roots))


def read_tree(at: int | None = None, asked: AbstractSet[int] | None = None) -> Tree:
    """Return the tree with the branches open that were `asked` for, and those above the category `at`."""
    own = select(Product.category_id, func.count().label("own")).group_by(Product.category_id).subquery()
    statement = select(Category.__table__, func.coalesce(own.c.own, 0).label("own"))
    rows = {row.id: row for row in db.session.execute(statement.outerjoin(own, own.c.category_id == Category.id))}
    places = Arrangement(
        Spot(row.id, row.parent_id, row.position, row.path, row.depth, row.name) for row in rows.values()
    )
    totals = count_subtrees({row.id: row.own for row in rows.values()}, {row.id: row.path for row in rows.values()})
    parents = {row.id: row.parent_id for row in rows.values()}
    opened = rules.open_branches(parents, asked, at)
    branches: dict[int, Branch] = {}
    roots: list[Branch] = []
    for number in places.walk():
        row = rows[number]
        family, above = places.children(row.parent_id), branches.get(row.parent_id)
        branches[number] = Branch(
            id=number,
            parent_id=row.parent_id,
            name=localized(row.name, row.translations),
            slug=row.slug,
            picture=row.picture,
            depth=row.depth,
            is_published=row.is_published,
            is_seen=row.is_published and (above is None or above.is_seen),
            own=row.own,
            total=totals[number],
            is_first=number == family[0],
            is_last=number == family[-1],
            is_open=number in opened,
        )
        (above.children if above else roots).append(branches[number])
    return Tree(roots, places.mark, opened, parents, branches)


def address(opened: AbstractSet[int] | None, at: int | None = None) -> str:
    """Return where the tree is shown with these branches open, at the row of a category."""
    asked = [] if opened is None else [f"open={rules.write_open(opened)}"]
    return f"{URL}?{'&'.join([*asked, f'at={at}'])}#category-{at}" if at else "?".join([URL, *asked])


def old_addresses(category_id: int) -> Sequence[Any]:
    """Return the slugs that lead to a category, the latest first."""
    mine = CategoryAddress.category_id == category_id
    return db.session.scalars(
        select(CategoryAddress.slug).where(mine).order_by(CategoryAddress.at.desc(), CategoryAddress.slug)
    ).all()
