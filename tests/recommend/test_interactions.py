from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommend import Interactions, Items
from recommend.columns import IdMap
from tests.recommend.worlds import TODAY, bought


def lines(history: Interactions) -> list[tuple[object, object, int, float]]:
    people = [history.users.id(int(code)) if code >= 0 else None for code in history.user]
    goods = history.items.ids[history.item].tolist()
    return list(zip(people, goods, history.basket.tolist(), history.quantity.tolist(), strict=True))


def test_lines_of_one_item_in_one_basket_become_one_line() -> None:
    history = Interactions.of(
        user=[1, 1, 1], item=[7, 7, 8], basket=[5, 5, 5], timestamp=[TODAY] * 3, quantity=[2, 3, 1]
    )
    assert lines(history) == [(1, 7, 0, 5.0), (1, 8, 0, 1.0)]


def test_returns_and_mistakes_are_left_out_with_their_ids() -> None:
    history = Interactions.of(
        user=[1, 2, 3], item=[7, 8, 9], basket=[1, 2, 3], timestamp=[TODAY] * 3, quantity=[1, 0, float("nan")]
    )
    assert lines(history) == [(1, 7, 0, 1.0)]
    assert history.items.ids.tolist() == [7]


def test_a_missing_user_is_anonymous_whatever_the_column_is_made_of() -> None:
    for users in ([1, None], np.array([1.0, np.nan])):
        history = Interactions.of(user=users, item=["a", "b"], basket=[1, 2], timestamp=[TODAY] * 2)
        assert sorted(history.user.tolist()) == [-1, 0]
        assert history.users.ids.tolist() == [1]


def test_a_history_without_lines_is_a_history() -> None:
    history = Interactions.none()
    assert len(history) == 0
    assert len(history.between(None, TODAY)) == 0


@pytest.mark.parametrize(
    "columns",
    [
        {"item": [None, 1]},
        {"item": ["a", 1]},
        {"item": [1.5, 2.0]},
        {"item": [1]},
        {"basket": [None, 1]},
        {"timestamp": [datetime(2026, 1, 1), datetime(2026, 1, 1)]},
        {"timestamp": np.array(["NaT", "2026-01-01"], dtype="datetime64[s]")},
        {"quantity": [1.0]},
    ],
)
def test_columns_that_cannot_be_read_are_refused(columns: dict[str, object]) -> None:
    good = {"user": [1, 2], "item": [1, 2], "basket": [1, 2], "timestamp": [TODAY] * 2}
    with pytest.raises(ValueError):  # noqa: PT011 - the message differs by column
        Interactions.of(**(good | columns))  # type: ignore[arg-type]


def test_cutting_leaves_no_trace_of_what_is_outside() -> None:
    history = bought(("ann", 30, ["a", "b"]), ("bob", 2, ["c"]), (None, 1, ["a"]))
    early = history.between(None, TODAY - timedelta(days=10))
    assert early.users.ids.tolist() == ["ann"]
    assert early.items.ids.tolist() == ["a", "b"]
    assert early.baskets == 1


def test_zones_are_brought_to_utc_before_they_are_compared() -> None:
    tokyo = datetime.fromisoformat("2026-03-01T08:59:59+09:00")
    history = Interactions.of(user=[1], item=[1], basket=[1], timestamp=[tokyo])
    assert len(history.between(None, datetime(2026, 3, 1, tzinfo=UTC))) == 1
    assert len(history.between(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))) == 0


@given(st.sets(st.one_of(st.integers(-(2**63), 2**63 - 1))), st.integers(-(2**70), 2**70))
def test_an_id_map_gives_back_what_went_in_and_knows_nothing_else(ids: set[int], other: int) -> None:
    known = IdMap.of(ids)
    assert [known.id(known.code(value)) for value in ids] == list(ids)
    assert (known.code(other) >= 0) == (other in ids)
    assert known.code("x") == known.code(None) == -1


@given(
    st.sets(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=4)),
    st.text(max_size=6),
)
def test_text_ids_are_found_exactly(ids: set[str], other: str) -> None:
    known = IdMap.of(ids)
    assert all(known.id(known.code(value)) == value for value in ids)
    assert other.rstrip("\x00") in ids or known.code(other) == -1


@given(st.permutations(range(6)))
def test_the_order_of_the_input_does_not_matter(order: list[int]) -> None:
    rows = [(1, 5, 1, 3), (1, 6, 1, 3), (2, 5, 2, 3), (None, 5, 3, 9), (2, 5, 2, 4), (1, 7, 4, 1)]
    shuffled = [rows[place] for place in order]
    built = [
        Interactions.of(
            user=[row[0] for row in some],
            item=[row[1] for row in some],
            basket=[row[2] for row in some],
            timestamp=[TODAY - timedelta(days=row[3]) for row in some],
        )
        for some in (rows, shuffled)
    ]
    assert lines(built[0]) == lines(built[1])
    assert built[0].at.tolist() == built[1].at.tolist()


def test_goods_known_only_from_the_history_join_the_catalogue() -> None:
    items = Items.of(item=["b"], product_type=["bread"], price=[2.5]).joined(IdMap.of(["a", "b"]))
    assert items.ids.ids.tolist() == ["a", "b"]
    assert items.product_type.tolist() == [-1, 0]
    assert np.isnan(items.price[0])
    assert items.price[1] == 2.5


def test_an_item_listed_twice_keeps_its_first_row() -> None:
    items = Items.of(item=[3, 3, 1], category=["x", "y", None])
    assert items.ids.ids.tolist() == [1, 3]
    assert items.category.tolist() == [-1, 0]


def test_number_and_text_ids_do_not_mix_between_goods_and_history() -> None:
    with pytest.raises(ValueError, match="text on the other"):
        Items.of(item=["1"]).joined(IdMap.of([1]))
