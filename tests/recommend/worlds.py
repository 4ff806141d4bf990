"""Small made-up histories with a known structure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import strategies as st

from recommend import Interactions, Items, Manifest
from recommend.training import Settings

TODAY = datetime(2026, 3, 1, tzinfo=UTC)
QUICK = Settings(
    learned=False, factors=8, iterations=4, home_length=20, cart_length=12, together_length=8, similar_length=8
)
LEARNED = replace(QUICK, learned=True)


def bought(*baskets: tuple[str | None, int, list[str]]) -> Interactions:
    """Build a history from (user, days ago, items) baskets."""
    rows = [
        (user, item, number, TODAY - timedelta(days=ago))
        for number, (user, ago, items) in enumerate(baskets)
        for item in items
    ]
    return Interactions.of(
        user=[row[0] for row in rows],
        item=[row[1] for row in rows],
        basket=[row[2] for row in rows],
        timestamp=[row[3] for row in rows],
    )


def goods(**types: str) -> Items:
    """Build goods from item=type; the category is the first letter of the type."""
    return Items.of(
        item=list(types), product_type=list(types.values()), category=[label[0] for label in types.values()]
    )


def grocery(users: int = 60, weeks: int = 16, seed: int = 3) -> tuple[Interactions, Items]:
    """A shop of 40 items in 8 types where everybody has three habits, and pasta (p0-p4) goes with sauce (s0-s4)."""
    draw = np.random.default_rng(seed)
    names = [f"{label}{number}" for label in "pscmbwto" for number in range(5)]
    habits = {user: draw.choice(names[10:], 3, replace=False).tolist() for user in range(users)}
    baskets: list[tuple[str | None, int, list[str]]] = []
    for user in range(users):
        for week in range(weeks):
            items = [item for item in habits[user] if draw.random() < 0.7]
            if draw.random() < 0.5:
                kind = int(draw.integers(5))
                items += [f"p{kind}", f"s{kind}"]
            items += draw.choice(names, int(draw.integers(0, 3))).tolist()
            if items:
                baskets.append((f"u{user:03}", 1 + 7 * week + int(draw.integers(7)), items))
    return bought(*baskets), goods(**{name: name[0] for name in names})


@st.composite
def histories(draw: st.DrawFn, *, most: int = 40) -> Interactions:
    """Any small history: repeats, ties, anonymous baskets, one user or none."""
    rows = draw(
        st.lists(
            st.tuples(
                st.one_of(st.none(), st.integers(0, 4)), st.integers(0, 7), st.integers(0, 9), st.integers(0, 120)
            ),
            max_size=most,
        )
    )
    return Interactions.of(
        user=[row[0] for row in rows],
        item=[row[1] for row in rows],
        basket=[row[2] for row in rows],
        timestamp=[TODAY - timedelta(days=row[3], hours=1) for row in rows],
    )


def manifest(at: datetime, *, lines: int = 1, window: tuple[str, str] = ("2025-11-01", "2026-03-01")) -> Manifest:
    """Build a birth certificate that tells little."""
    return Manifest("", at.isoformat(), at.isoformat(), window, {"lines": lines}, {}, {}, {})
