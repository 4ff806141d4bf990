"""Writing the index: all products, or those that changed. A write makes a new generation; readers follow by
themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from search import MOST_SEGMENTS, Document
from storefront.database.base import db
from storefront.discovery.documents import each_document, list_documents
from storefront.discovery.models import ProductChange
from storefront.discovery.searching import desk, search_index

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
    documents = list_documents(product_ids)
    gone = set(product_ids) - {document.id for document in documents}
    name = search_index().apply(documents, gone)
    desk().holder.reload()
    return name


def list_changes(most: int) -> list[tuple[int, int]]:
    """Return (change id, product id) of the oldest changes that the index has not taken in."""
    rows = db.session.execute(select(ProductChange.id, ProductChange.product_id).order_by(ProductChange.id).limit(most))
    return [(row.id, row.product_id) for row in rows]


def newest_change() -> int:
    """Return the id of the newest change, 0 when there is none."""
    return int(db.session.scalar(select(func.max(ProductChange.id))) or 0)


def count_changes() -> int:
    """Return how many changes wait."""
    return int(db.session.scalar(select(func.count()).select_from(ProductChange)) or 0)


def note_changes(*, product_ids: Iterable[int], at: datetime) -> None:
    """Write down that the text or facets of these products changed, in the caller's transaction."""
    rows = [{"product_id": number, "at": at} for number in dict.fromkeys(product_ids)]
    if rows:
        db.session.execute(insert(ProductChange), rows)


def forget_changes(*, up_to: int) -> None:
    """Remove the changes that the index has taken in."""
    db.session.execute(delete(ProductChange).where(ProductChange.id <= up_to))
