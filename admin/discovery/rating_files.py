"""Judgement lists as a table: query, sku, rating and, optionally, language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from admin.discovery.files import Line, LineError, read_lines
from admin.discovery.queries import products_by_sku
from storefront.discovery.judging import LANGUAGES, RATINGS, Rating, plain_query
from storefront.kernel.errors import Invalid
from storefront.kernel.sheets import MARK, sheet_line
from storefront.kernel.text import code_key
from storefront.web.errors import message_of

COLUMNS = ("query", "sku", "rating", "language")


@dataclass(frozen=True, slots=True)
class RatingTable:
    """What a file holds: ratings, and lines that are wrong."""

    new: tuple[Rating, ...]
    errors: tuple[LineError, ...]
    known: int = 0


def read_ratings(content: bytes, language: str) -> RatingTable:
    """Read a file; lines without a language are in `language`. Raises Invalid for one that cannot be read at all."""
    lines = read_lines(content, ("query", "sku", "rating"))
    products = products_by_sku(sorted({code_key(line.get("sku")) for line in lines}))
    first: dict[tuple[str, str, int], int] = {}
    ratings: list[Rating] = []
    errors: list[LineError] = []
    for line in lines:
        try:
            found = _rating(line, language, products)
            seen = first.setdefault((found.query, found.language, found.product_id), line.number)
            if seen != line.number:
                raise Invalid(_("Line %(first)s rates this product for this search already.", first=seen))
            ratings.append(found)
        except Invalid as refusal:
            errors.append(LineError(line.number, message_of(refusal)))
    return RatingTable(tuple(ratings), tuple(errors))


def rating_lines(rows: Iterable[Any]) -> Iterator[str]:
    """Yield the file that `read_ratings` reads."""
    yield MARK + sheet_line(COLUMNS)
    for row in rows:
        if row.sku:
            yield sheet_line((row.query, row.sku, row.rating, row.language))


def _rating(line: Line, language: str, products: dict[str, int]) -> Rating:
    sku, rating = code_key(line.get("sku")), line.get("rating")
    own = line.get("language").lower() or language
    if sku not in products:
        raise Invalid(_("There is no article “%(sku)s”.", sku=line.get("sku")[:64]))
    if rating not in {str(each) for each in RATINGS}:
        raise Invalid(_("“%(text)s” is not a rating: write 0, 1, 2 or 3.", text=rating[:20]))
    if own not in LANGUAGES:
        raise Invalid(_("“%(text)s” is not a language: write en or zh.", text=own[:20]))
    return Rating(plain_query(line.get("query")), own, products[sku], int(rating))
