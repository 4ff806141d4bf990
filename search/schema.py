"""The fields of the text index, their weights, and the name under which generations of this shape are kept.

Whoosh stores terms and postings; documents reach it already cut into tokens, so there is one analyzer in one place.
Facets, live columns and the lists that answers are made from are numpy arrays beside the Whoosh segment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

import whoosh
from whoosh.fields import FieldType, Schema
from whoosh.formats import Existence

from search import analysis, pinyin
from search.documents import Document

FORMAT = 6

BOOSTS: dict[str, float] = {
    "title": 3.0,
    "brand": 2.0,
    "model": 1.5,
    "category": 1.0,
    "description": 2.0,
    "purpose": 0.3,
    "attributes": 0.4,
    "pinyin": 1.0,
}
FIELDS = tuple(BOOSTS)
NAMING = frozenset({"title", "brand", "model", "category", "pinyin"})
"""Fields that say what a product is; the others say things about it."""


class TokenField(FieldType):  # type: ignore[misc]
    """A field whose value is finished tokens with their counts; a posting's weight is the token's count."""

    def __init__(self) -> None:
        super().__init__(format=Existence(), analyzer=None, scorable=False, stored=False)

    def index(self, value: Mapping[str, int], **kwargs: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield (token, count, count, b"") for each distinct token."""
        for token, count in value.items():
            yield token.encode(), count, float(count), b""


def whoosh_schema() -> Schema:
    """Return the Whoosh schema: one token field per entry of `BOOSTS`, and `code` for exact codes (not scored)."""
    return Schema(**{name: TokenField() for name in FIELDS}, code=TokenField())


def schema_hash() -> str:
    """Return 12 hexadecimal digits that change when the fields, the analyzer or the format on disk change."""
    facts = (FORMAT, FIELDS, analysis.VERSION, whoosh.__version__[:2])
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]


def field_tokens(document: Document) -> dict[str, list[str]]:
    """Return the tokens of each field of `BOOSTS` for a document; the head of a title counts twice."""
    titles = [analysis.split_purpose(text) for text in (document.title, *document.other_titles)]
    descriptions = [analysis.split_purpose(text) for text in analysis.clauses(document.description)]
    brand = document.brand.names if document.brand else ()
    *above, own = document.categories or (None,)
    kinds = sorted({*(own.names if own else ()), document.product_type})
    departments = sorted({name for label in above if label for name in label.names} - set(kinds))
    names = (document.title, *document.other_titles, *brand, *kinds)
    return {
        "title": [token for thing, _ in titles for token in (*analysis.tokens(thing), *analysis.head(thing))],
        "brand": _tokens(brand),
        "model": _tokens((document.model,)) + code_tokens(document),
        "category": _tokens(kinds),
        "description": _tokens(thing for thing, _ in descriptions),
        "purpose": _tokens(purpose for _, purpose in (*titles, *descriptions)),
        "attributes": _tokens((*document.attributes, *departments)),
        "pinyin": [token for text in names for token in pinyin.tokens(text)],
    }


def _tokens(texts: Iterable[str]) -> list[str]:
    return [token for text in texts for token in analysis.tokens(text)]


def code_tokens(document: Document) -> list[str]:
    """Return the squeezed SKUs and barcodes of a document."""
    return [key for key in map(analysis.code_key, document.codes) if key]
