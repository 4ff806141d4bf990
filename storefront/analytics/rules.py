"""Pure: what counts as the same search, what follows what, and what a referrer says."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from storefront.analytics.events import LONGEST_WORDS
from storefront.kernel.text import fold

SAME_SEARCH = timedelta(minutes=30)
"""Within this time the same words of one visitor are one search."""
REFORMULATED = timedelta(minutes=5)
"""Within this time other words of the same visitor are another try at the same thing."""
CLICKABLE = timedelta(days=1)
"""For how long after a search its results may be opened and counted."""
CREDITED = timedelta(days=7)
"""For how long after a click or an addition a purchase counts for its search."""
SAME_VISIT = timedelta(minutes=30)
"""Within this time a visitor opens an entry of a curated page once, however often they follow its links."""
SETTLED = CLICKABLE + 2 * CREDITED + timedelta(days=1)
"""After this nothing new comes of a shelf: a click on it, an addition after that, and a purchase after that."""
TWO_SIDED_95 = 1.959964
"""The normal deviate beyond which 5 % lie on both sides."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A search that was made before; `root` is the one that counts, this or the one it continues."""

    root: str
    words: str
    at: datetime


def words_of(text: str) -> str:
    """Return what searches are grouped by: narrow letters, no case, single spaces, at most LONGEST_WORDS."""
    return fold(text)[:LONGEST_WORDS]


def place(words: str, at: datetime, earlier: Sequence[Earlier]) -> tuple[str | None, str | None]:
    """Return (the search that this continues, the search that this follows), each None if there is none.

    `earlier` are searches of the same visitor in any order. A search continues the latest one for the same words; else
    it follows the latest one, if that was moments ago.
    """
    known = sorted((one for one in earlier if one.at <= at), key=lambda one: one.at)
    same = [one for one in known if one.words == words and at - one.at <= SAME_SEARCH]
    if same:
        return same[-1].root, None
    if known and known[-1].words != words and at - known[-1].at <= REFORMULATED:
        return None, known[-1].root
    return None, None


def searched_text(referrer: str, host: str) -> str:
    """Return the words of the page of answers that `referrer` is, "" if it is none of this site's."""
    try:
        parts = urlsplit(referrer)
        query = parse_qs(parts.query, max_num_fields=100)
    except ValueError:
        return ""
    if parts.netloc != host or not (parts.path == "/search" or parts.path.startswith("/categories/")):
        return ""
    return words_of(query.get("q", [""])[0])


def shelf_of(referrer: str, host: str) -> str:
    """Return the name of the shelf whose page `referrer` is, "" if it is none of this site's."""
    try:
        parts = urlsplit(referrer)
    except ValueError:
        return ""
    head, _, name = parts.path.partition("/shelves/")
    return name.strip("/").replace("/", ":") if parts.netloc == host and not head else ""


def signature(sources: Iterable[str]) -> str:
    """Return how many goods came from which source, always written the same way: "habit:8 popular:4"."""
    return " ".join(f"{source}:{count}" for source, count in sorted(Counter(sources).items()))


def read_signature(text: str) -> dict[str, int]:
    """Return the counts that `signature` wrote."""
    parts = (part.rpartition(":") for part in text.split())
    return {source: int(count) for source, _, count in parts}


def cost_of(lines: Sequence[tuple[int | None, int]]) -> int | None:
    """Return what goods cost together, of (cost of a piece in minor units or None, pieces); None if any is not known.

    Taking what is not known for nothing would make a margin look better than it is.
    """
    if not lines or any(cost is None for cost, _pieces in lines):
        return None
    return sum((cost or 0) * pieces for cost, pieces in lines)


@dataclass(frozen=True, slots=True)
class Clustered:
    """Sums over visitors, each of whom saw v things and used c of them: how many visitors, then of v, c, vv, cc, vc."""

    clusters: int
    viewed: int
    clicked: int
    viewed_squared: int
    clicked_squared: int
    viewed_clicked: int


def rate_interval(sums: Clustered) -> tuple[float, float] | None:
    """Return the 95 % interval of clicked / viewed, between 0 and 1; None for fewer than two visitors.

    What one visitor sees again and again is not new evidence each time: a test that takes it for that finds differences
    where there are none. The variance is that of a ratio of sums over visitors (delta method: Deng, Knoblich, Lu 2018,
    "Applying the Delta Method in Metric Analytics"), and turns into the number of independent views that would vary as
    much (Korn, Graubard 1998), never more than there were, for which the interval is Wilson's (1927). Where nobody or
    everybody clicked no variance can be measured, and each visitor stands for one view.
    """
    if sums.clusters < 2 or not sums.viewed:
        return None
    rate = sums.clicked / sums.viewed
    spread = sums.clicked_squared - 2 * rate * sums.viewed_clicked + rate * rate * sums.viewed_squared
    variance = spread * sums.clusters / (sums.clusters - 1) / sums.viewed**2
    worth = rate * (1 - rate) / variance if variance > 0 and 0 < rate < 1 else float(sums.clusters)
    return _wilson(rate, min(worth, float(sums.viewed)))


def _wilson(rate: float, count: float) -> tuple[float, float]:
    square = TWO_SIDED_95 * TWO_SIDED_95
    middle = (rate + square / (2 * count)) / (1 + square / count)
    reach = TWO_SIDED_95 * math.sqrt(rate * (1 - rate) / count + square / (4 * count * count)) / (1 + square / count)
    return max(0.0, middle - reach), min(1.0, middle + reach)
