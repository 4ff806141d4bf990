"""Moving in the tree: paths, depths and places stay right, whatever goes where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.catalog.arranging import DEEPEST, Arrangement, Place, Spot, Step
from storefront.catalog.errors import TreeMoved
from storefront.kernel.errors import Invalid, NotFound

TREE = Arrangement(
    [
        Spot(1, None, 0, "/1/", 0),
        Spot(2, None, 1, "/2/", 0),
        Spot(3, 1, 0, "/1/3/", 1),
        Spot(4, 1, 1, "/1/4/", 1),
        Spot(5, 3, 0, "/1/3/5/", 2),
    ]
)


def moved(category_id: int, place: Place, tree: Arrangement = TREE) -> Arrangement:
    return tree.with_spots(tree.moved(category_id, place))


def told(tree: Arrangement) -> list[tuple[int, str, int, int]]:
    return [(one, tree.spot(one).path, tree.spot(one).depth, tree.spot(one).position) for one in tree.walk()]


def test_what_is_below_goes_along() -> None:
    after = moved(3, Place(2))
    assert told(after) == [
        (1, "/1/", 0, 0),
        (4, "/1/4/", 1, 0),
        (2, "/2/", 0, 1),
        (3, "/2/3/", 1, 0),
        (5, "/2/3/5/", 2, 0),
    ]


def test_nothing_goes_below_itself() -> None:
    for place in (Place(1), Place(3), Place(5)):
        with pytest.raises(Invalid, match="below itself"):
            TREE.moved(1, place)


def test_a_category_that_is_not_there_is_not_found_and_a_sibling_that_left_is_told() -> None:
    with pytest.raises(NotFound):
        TREE.moved(9, Place())
    with pytest.raises(NotFound):
        TREE.moved(1, Place(9))
    with pytest.raises(TreeMoved):
        TREE.moved(5, Place(2, before_id=4))


def test_steps_lead_up_down_in_and_out() -> None:
    assert TREE.step(2, Step.UP) == Place(None, 1)
    assert TREE.step(1, Step.DOWN) == Place(None, None)
    assert TREE.step(4, Step.IN) == Place(3)
    assert TREE.step(3, Step.OUT) == Place(None, 2)
    assert TREE.step(1, Step.UP) is None
    assert TREE.step(2, Step.DOWN) is None
    assert TREE.step(1, Step.IN) is None
    assert TREE.step(1, Step.OUT) is None


def test_a_place_that_it_has_already_changes_nothing() -> None:
    assert TREE.moved(3, Place(1, 4)) == {}
    assert TREE.moved(3, Place(1, 3)) == {}
    assert TREE.moved(4, Place(1)) == {}


def test_the_tree_grows_no_deeper_than_readers_follow() -> None:
    spots, path = [], "/"
    for number in range(1, DEEPEST + 2):
        path += f"{number}/"
        spots.append(Spot(number, number - 1 or None, 0, path, number - 1))
    tree = Arrangement([*spots, Spot(90, None, 1, "/90/", 0), Spot(91, 90, 0, "/90/91/", 1)])
    with pytest.raises(Invalid, match="too deep"):
        tree.added(99, DEEPEST + 1)
    with pytest.raises(Invalid, match="too deep"):
        tree.moved(90, Place(DEEPEST))
    assert tree.moved(91, Place(DEEPEST))[91].depth == DEEPEST


def test_marks_tell_arrangements_apart_and_forget_names() -> None:
    renamed = Arrangement([Spot(1, None, 0, "/1/", 0, "A"), Spot(2, None, 1, "/2/", 0, "B")])
    other = Arrangement([Spot(1, None, 0, "/1/", 0, "C"), Spot(2, None, 1, "/2/", 0, "D")])
    assert renamed.mark == other.mark
    assert moved(2, Place(None, 1), renamed).mark != renamed.mark


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 12), st.integers(0, 12)), max_size=30))
def test_after_any_moves_each_path_is_its_parents_and_no_place_is_taken_twice(
    moves: list[tuple[int, int, int]],
) -> None:
    tree = Arrangement(Spot(number, None, 0, f"/{number}/", 0) for number in range(1, 13))
    for category_id, parent, before in moves:
        try:
            tree = moved(category_id, Place(parent or None, before or None), tree)
        except (Invalid, TreeMoved):
            continue
    assert sorted(tree.walk()) == list(range(1, 13))
    for number in tree.walk():
        spot = tree.spot(number)
        above = tree.spot(spot.parent_id) if spot.parent_id else None
        assert spot.path == f"{above.path if above else '/'}{number}/"
        assert spot.depth == (above.depth + 1 if above else 0)
        assert tree.children(spot.parent_id).count(number) == 1
