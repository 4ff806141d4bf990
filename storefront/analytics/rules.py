"""Pure: what counts as the same search, what follows what, and what a referrer says."""

from __future__ import annotations

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
