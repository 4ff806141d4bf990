"""Collections as a facet of the index, so that a rule can move a whole collection up or down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from search import Document
from storefront.catalog.models import CollectionProduct
from storefront.database.base import db

FACET = "collection"


def with_collections(documents: Sequence[Document]) -> list[Document]:
    """Return the documents, each with the ids of the collections that its product is in."""
    ids = [document.id for document in documents]
    found: dict[int, list[str]] = defaultdict(list)
    statement = select(CollectionProduct.product_id, CollectionProduct.collection_id)
    for row in db.session.execute(statement.where(CollectionProduct.product_id.in_(ids))):
        found[row.product_id].append(str(row.collection_id))
    return [
        replace(document, facets={**document.facets, FACET: tuple(sorted(found[document.id]))})
        if document.id in found
        else document
        for document in documents
    ]
