"""How much popularity lifts can be asked for by a request: for an experiment on the order of results."""

from __future__ import annotations

import numpy as np
import pytest

from search import Steering
from search.documents import MOST_POPULARITY
from search.index.steering import popularity_factors
from search.ranking import POPULARITY_GAIN, business_factors


def test_another_gain_gives_the_factors_that_it_would_have_given() -> None:
    popularity = np.array([0.0, 3.0, 900.0])
    usual = business_factors(popularity, np.zeros(3), np.ones(3, np.bool_))["popularity"]
    assert np.allclose(usual * popularity_factors(usual, POPULARITY_GAIN), usual)
    for gain in (0.0, 0.5, MOST_POPULARITY):
        lifted = usual * popularity_factors(usual, gain)
        assert lifted[0] == pytest.approx(1.0)
        assert lifted[2] == pytest.approx(1 + gain)
        assert list(lifted) == sorted(lifted)


@pytest.mark.parametrize("gain", [-0.1, 1.1, float("nan")])
def test_a_gain_out_of_bounds_is_refused(gain: float) -> None:
    with pytest.raises(ValueError, match="popularity"):
        Steering(popularity=gain)
