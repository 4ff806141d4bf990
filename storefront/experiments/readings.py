"""Pure: what has come in so far, as sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from storefront.experiments.statistics.moments import Moments

NOBODY = Moments()


@dataclass(frozen=True, slots=True)
class Readings:
    """The figures of whole days, of visitors who were seen in one arm only, each from first exposure on.

    * `moments[arm][metric key]`: what `metrics.Metric` describes.
    * `exposed[arm]`: how many visitors, for the sample ratio.
    * `visitors_by_day`: visitors of all arms together at the end of each whole day since the start, cumulated. As many
      entries as whole days have passed: every one of them counts as a look.
    * `crossed`: visitors seen in several arms. They are in no other figure here.
    * `since_exposure[day][arm]`: the deciding metric on the day-th day (0 is the first) after a visitor's exposure
      alone, of visitors who have had that whole day.
    * `is_stopped`: somebody ended it before its time.
    """

    moments: Mapping[str, Mapping[str, Moments]]
    exposed: Mapping[str, int]
    visitors_by_day: tuple[int, ...]
    crossed: int = 0
    since_exposure: Mapping[int, Mapping[str, Moments]] = field(default_factory=dict)
    is_stopped: bool = False

    def __post_init__(self) -> None:
        if self.crossed < 0 or any(count < 0 for count in self.exposed.values()):
            raise ValueError("a number of visitors is not negative")
        if list(self.visitors_by_day) != sorted(self.visitors_by_day) or min(self.visitors_by_day, default=0) < 0:
            raise ValueError("visitors who came do not go again")

    @property
    def days(self) -> int:
        return len(self.visitors_by_day)

    def of(self, arm: str, metric: str) -> Moments:
        """Return the sums of an arm, those of nobody where there are none."""
        return self.moments.get(arm, {}).get(metric, NOBODY)
