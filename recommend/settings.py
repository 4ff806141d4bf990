"""The numbers that a training is run with."""

from __future__ import annotations

from dataclasses import asdict, dataclass

ANY_VALUE = frozenset({"seed", "learned"})


@dataclass(frozen=True, slots=True)
class Settings:
    """The numbers of the pipeline; the defaults were chosen on a year of grocery baskets, cut in October.

    `learned` adds the rankers: boosted trees that put habits and carts in order, at about four times the cost.
    """

    seed: int = 42
    learned: bool = True
    habit_half_life: float = 60.0
    factors: int = 64
    regularization: float = 10.0
    iterations: int = 10
    taste_share: float = 0.7
    discover_goods: int = 5000
    discover_ridge: float = 50.0
    cart_half_life: float = 180.0
    cart_damping: float = 0.2
    cart_cosine: float = 0.1
    together_support: int = 3
    popularity_share: float = 0.2
    switch_share: float = 0.5
    horizon_days: int = 28
    home_length: int = 60
    own_length: int = 200
    discover_length: int = 60
    cart_length: int = 40
    together_length: int = 24
    similar_length: int = 30
    popular_length: int = 500
    category_length: int = 60

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if name not in ANY_VALUE and not value > 0:
                raise ValueError(f"{name} must be above zero")
