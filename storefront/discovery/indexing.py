"""Writing the index: all products, or those that changed. A write makes a new generation; readers follow by
themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from search import MOST_SEGMENTS, Document
from search import IndexProblem as IndexProblem
from storefront.database.base import db
from storefront.discovery.documents import each_document, list_documents
from storefront.discovery.models import ProductChange
from storefront.discovery.searching import desk, search_index

FORGOTTEN_AT_ONCE = 500
Progress = Callable[[Iterable[Document]], Iterable[Document]]


def rebuild(progress: Progress = iter) -> str:
    """Build the index from all published products and make it live; return the generation's name.

    `progress` wraps the stream of documents, for a progress bar. Raises IndexProblem while another process is
    writing.
    """
    name = search_index().rebuild(progress(each_document()))
    desk().holder.reload()
    return name


def index_products(product_ids: Sequence[int]) -> str:
    """Bring these products up to date in the index, or take them out of it; return the generation's name.

    After many small changes the index is rebuilt instead, which joins its segments. Raises IndexProblem when there is
    no index to start from, or while another process is writing.
    """
    if desk().holder.searcher().health().segments >= MOST_SEGMENTS:
        return rebuild()
    name = search_index().revise(lambda: _as_they_are(product_ids))
    desk().holder.reload()
    return name


def _as_they_are(product_ids: Sequence[int]) -> tuple[list[Document], set[int]]:
    """Return the documents of these products, and the ids of those that have none any more, as of this moment."""
    db.session.rollback()  # what this session read before may be older than what another writer has just indexed
    documents = list_documents(product_ids)
    return documents, set(product_ids) - {document.id for document in documents}


def list_changes(most: int) -> list[tuple[int, int]]:
    """Return (change id, product id) of the oldest changes that the index has not taken in."""
    rows = db.session.execute(select(ProductChange.id, ProductChange.product_id).order_by(ProductChange.id).limit(most))
    return [(row.id, row.product_id) for row in rows]


def list_waiting() -> Sequence[int]:
    """Return the ids of all changes that the index has not taken in."""
    return db.session.scalars(select(ProductChange.id)).all()


def count_changes() -> int:
    """Return how many changes wait."""
    return int(db.session.scalar(select(func.count()).select_from(ProductChange)) or 0)


def note_changes(*, product_ids: Iterable[int], at: datetime) -> None:
    """Write down that the text or facets of these products changed, in the caller's transaction."""
    rows = [{"product_id": number, "at": at} for number in dict.fromkeys(product_ids)]
    if rows:
        db.session.execute(insert(ProductChange), rows)


def forget_changes(change_ids: Sequence[int]) -> None:
    """Remove just these changes, which the index has taken in: one with a smaller id may be committed later."""
    for start in range(0, len(change_ids), FORGOTTEN_AT_ONCE):
        some = change_ids[start : start + FORGOTTEN_AT_ONCE]
        db.session.execute(delete(ProductChange).where(ProductChange.id.in_(some)))
