"""The fields of the text index, their weights, and the name under which generations of this shape are kept.

Whoosh stores terms and postings; documents reach it already cut into tokens, so there is one analyzer in one place.
Facets and live columns are numpy arrays beside the Whoosh segment.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence

import whoosh
from whoosh.fields import FieldType, Schema
from whoosh.formats import Existence

from search import analysis
from search.documents import Document

FORMAT = 2

BOOSTS: dict[str, float] = {
    "title": 3.0,
    "brand": 2.0,
    "model": 2.0,
    "category": 1.0,
    "description": 1.0,
    "attributes": 0.5,
}
FIELDS = tuple(BOOSTS)


class TokenField(FieldType):  # type: ignore[misc]
    """A field whose value is a sequence of finished tokens; a posting's weight is the token's count."""

    def __init__(self) -> None:
        super().__init__(format=Existence(), analyzer=None, scorable=False, stored=False)

    def index(self, value: Sequence[str], **kwargs: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield (token, count, count, b"") for each distinct token."""
        for token, count in Counter(value).items():
            yield token.encode(), count, float(count), b""


def whoosh_schema() -> Schema:
    """Return the Whoosh schema: one token field per entry of `BOOSTS`, and `code` for exact codes (not scored)."""
    return Schema(**{name: TokenField() for name in FIELDS}, code=TokenField())


def schema_hash() -> str:
    """Return 12 hexadecimal digits that change when the fields, the analyzer or the format on disk change."""
    facts = (FORMAT, FIELDS, analysis.VERSION, whoosh.__version__[:2])
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]


def field_tokens(document: Document) -> dict[str, list[str]]:
    """Return the tokens of each field of `BOOSTS` for a document."""
    title = [token for text in (document.title, *document.other_titles) for token in analysis.tokens(text)]
    brand = [token for name in (document.brand.names if document.brand else ()) for token in analysis.tokens(name)]
    category_names = {name for label in document.categories for name in label.names} | {document.product_type}
    category = [token for name in sorted(category_names) for token in analysis.tokens(name)]
    model = analysis.tokens(document.model) + code_tokens(document)
    return {
        "title": title,
        "brand": brand,
        "model": model,
        "category": category,
        "description": analysis.tokens(document.description),
        "attributes": [token for text in document.attributes for token in analysis.tokens(text)],
    }


def code_tokens(document: Document) -> list[str]:
    """Return the squeezed SKUs and barcodes of a document."""
    return [key for key in map(analysis.code_key, document.codes) if key]
