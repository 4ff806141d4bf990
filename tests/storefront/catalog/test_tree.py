"""The category tree."""

from __future__ import annotations

import pytest

from storefront.catalog.tree import Node, Tree, count_subtrees
from storefront.kernel.errors import NotFound


def node(number: int, path: str, count: int = 1, **values: object) -> Node:
    parents = path.strip("/").split("/")[:-1]
    parent = int(parents[-1]) if parents else None
    return Node(number, parent, f"c{number}", path, len(parents), f"Category {number}", product_count=count, **values)


TREE = Tree([node(1, "/1/"), node(2, "/2/", 0), node(3, "/1/3/"), node(4, "/1/3/4/"), node(5, "/1/5/", 0)])


def test_empty_categories_are_not_listed_but_can_be_visited() -> None:
    assert [each.id for each in TREE.roots] == [1]
    assert [each.id for each in TREE.children(TREE.get("c1"))] == [3]
    assert TREE.get("c5").product_count == 0


def test_the_trail_leads_from_the_root_to_the_parent() -> None:
    assert [each.id for each in TREE.trail(TREE.get("c4"))] == [1, 3]
    assert TREE.trail(TREE.get("c1")) == ()


def test_an_unknown_slug_is_not_found() -> None:
    with pytest.raises(NotFound):
        TREE.get("nope")
    assert TREE.find(99) is None
    assert TREE.find(None) is None


def test_a_category_whose_parent_is_hidden_stands_at_the_top() -> None:
    assert [each.id for each in Tree([node(9, "/8/9/")]).roots] == [9]


def test_names_fall_back_to_what_was_written() -> None:
    milk = node(1, "/1/", translations={"zh": {"name": "牛奶"}})
    assert (milk.title("zh"), milk.title("en")) == ("牛奶", "Category 1")


def test_counts_add_up_along_the_paths() -> None:
    paths = {1: "/1/", 3: "/1/3/", 4: "/1/3/4/", 2: "/2/"}
    assert count_subtrees({4: 5, 3: 2, 99: 7}, paths) == {1: 7, 3: 7, 4: 5, 2: 0}
