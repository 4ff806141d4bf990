from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from recommend import Recommendation, Source
from recommend.blending import Candidates, select
from recommend.columns import Id
from recommend.habits import home_lists, own_lists
from recommend.models import Factors

IDS = np.array([f"i{number:02}" for number in range(30)])
TYPES = np.array([number % 7 - 1 for number in range(30)], np.int32)


def stage(source: Source, *codes: int) -> Candidates:
    return Candidates(source, np.array(codes, np.int32), np.linspace(1, 0.1, len(codes), dtype=np.float32))


def names(found: Sequence[Recommendation]) -> list[Id]:
    return [recommendation.item for recommendation in found]


@given(
    st.lists(st.lists(st.integers(0, 29), max_size=25), max_size=4),
    st.integers(0, 12),
    st.sets(st.integers(0, 29)),
    st.sets(st.integers(0, 29)),
    st.sampled_from([None, 1, 2]),
)
def test_a_selection_is_what_a_plain_walk_would_take(
    stages: list[list[int]], k: int, excluded: set[int], allowed: set[int], per_type: int | None
) -> None:
    found = select(
        [stage(Source.POPULAR, *codes) for codes in stages],
        k=k,
        ids=IDS,
        types=TYPES,
        exclude={f"i{code:02}" for code in excluded},
        keep=lambda asked: {name for name in asked if int(str(name)[1:]) in allowed},
        per_type=per_type,
    )
    taken: list[int] = []
    over: list[int] = []
    for code in dict.fromkeys(code for codes in stages for code in codes):
        if code in excluded or code not in allowed:
            continue
        same = sum(TYPES[other] == TYPES[code] for other in taken)
        (over if per_type is not None and TYPES[code] >= 0 and same >= per_type else taken).append(code)
    expected = taken[:k] if len(taken) >= k else (taken + over)[:k]
    assert names(found) == [f"i{code:02}" for code in expected]


def test_one_call_judges_many_candidates() -> None:
    asked: list[int] = []

    def keep(candidates: Sequence[Id]) -> set[Id]:
        asked.append(len(candidates))
        return set(candidates[10:])

    found = select([stage(Source.POPULAR, *range(30))], k=5, ids=IDS, types=TYPES, keep=keep, per_type=None)
    assert names(found) == ["i10", "i11", "i12", "i13", "i14"]
    assert asked == [30]


def test_a_later_stage_fills_what_an_earlier_one_leaves_open() -> None:
    found = select([stage(Source.CART, 3), stage(Source.POPULAR, 3, 4)], k=3, ids=IDS, types=TYPES)
    assert [(one.item, one.source) for one in found] == [("i03", Source.CART), ("i04", Source.POPULAR)]


def test_home_blends_habits_with_taste_and_names_the_nearest_habit() -> None:
    personal = csr_matrix(np.array([[3.0, 0.0, 1.0, 0.0]]))
    taste = Factors(np.array([[1.0, 0.2]], np.float32), np.array([[1, 0], [2, 0.1], [0, 1], [0.1, 3]], np.float32))
    lists, because = home_lists(personal, taste, k=4, taste_share=0.5)
    expected = np.array([3.0, 0, 1.0, 0]) + 0.5 * (taste.users @ taste.items.T)[0]
    assert lists.items[0].tolist() == np.argsort(-expected).tolist()
    assert sorted(lists.scores[0].tolist()) == pytest.approx(sorted(expected))
    assert dict(zip(lists.items[0].tolist(), because[0].tolist(), strict=True)) == {0: -1, 1: 0, 2: -1, 3: 2}


def test_own_lists_keep_the_strongest_habits_in_order() -> None:
    starts, items, scores = own_lists(csr_matrix(np.array([[0.0, 2.0, 5.0], [0, 0, 0], [1.0, 0, 1.0]])), longest=2)
    assert starts.tolist() == [0, 2, 2, 4]
    assert items.tolist() == [2, 1, 0, 2]
    assert scores.tolist() == [5.0, 2.0, 1.0, 1.0]
