"""When shoppers see a product: the one place that decides, and what the clock does.

`Product.is_published` is what every list, page, cart and index asks: it is true exactly while the product is shown.
What staff want is kept beside it: a product that is wanted while its dates say "not yet" or "no more" is planned
(`is_planned`), and the clock (`jobs`) turns it when its time comes. Who publishes at once takes a later beginning
away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

from storefront.audit import services as audit
from storefront.catalog.editing import get_at, get_now, store
from storefront.catalog.errors import PublicationOver
from storefront.catalog.models import Product
from storefront.catalog.queries import forget_tree
from storefront.catalog.states import Standing
from storefront.database.base import db
from storefront.database.transaction import after_commit
from storefront.kernel.errors import N_, Invalid

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Publication:
    """Whether shoppers are to see a product, and between which moments; None: since ever, for ever."""

    is_wanted: bool
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.starts_at and self.ends_at and self.starts_at >= self.ends_at:
            raise Invalid(N_("The end must be later than the beginning."), field="ends_at")

    def is_shown(self, at: datetime) -> bool:
        """Say whether shoppers see it at a moment."""
        begun = self.starts_at is None or self.starts_at <= at
        return self.is_wanted and begun and (self.ends_at is None or at < self.ends_at)

    def standing(self, at: datetime) -> Standing:
        """Say how it stands at a moment."""
        if not self.is_wanted:
            return Standing.DRAFT
        if self.is_shown(at):
            return Standing.SHOWN
        return Standing.OVER if self.ends_at is not None and self.ends_at <= at else Standing.PLANNED

    @classmethod
    def of(cls, product: Product) -> Publication:
        """Return that of a product."""
        return cls(product.is_published or product.is_planned, product.published_from, product.published_until)


def change_publication(*, product_id: int, version: int, publication: Publication, by: str, at: datetime) -> Product:
    """Set whether and when shoppers see the product as it was at `version`; else StaleProduct."""
    product = get_at(product_id, version)
    before = Publication.of(product)
    if before == publication:
        return product
    decide(product, publication, at)
    store(product, at)
    changes = {
        "is_published": (before.is_wanted, publication.is_wanted),
        "published_from": (_told(before.starts_at), _told(publication.starts_at)),
        "published_until": (_told(before.ends_at), _told(publication.ends_at)),
    }
    audit.record(actor=by, action="product.publication", about=("product", str(product.id)), changes=changes, at=at)
    return product


def switch(product: Product, *, is_published: bool, at: datetime) -> None:
    """Show a product from now on, or no longer, whatever its dates were; refuse one whose time is over."""
    before = Publication.of(product)
    if is_published and before.ends_at is not None and before.ends_at <= at:
        raise PublicationOver
    starts_at = before.starts_at
    if is_published and starts_at is not None and starts_at > at:
        starts_at = None
    decide(product, Publication(is_published, starts_at, before.ends_at), at)


def decide(product: Product, publication: Publication, at: datetime) -> None:
    """Write into the row what a publication means at this moment."""
    was, is_shown = product.is_published, publication.is_shown(at)
    product.is_published = is_shown
    product.is_planned = publication.is_wanted and not is_shown
    product.published_from, product.published_until = publication.starts_at, publication.ends_at
    if is_shown and product.published_at is None:
        product.published_at = at
    if was != is_shown:
        after_commit(forget_tree)


def turn_by_clock(*, product_id: int, at: datetime) -> bool:
    """Show a product whose time has come, or no longer one whose time is over; return whether anything changed."""
    product = get_now(product_id)
    before = product.is_published
    decide(product, Publication.of(product), at)
    if before == product.is_published:
        return False
    store(product, at)
    changes = {"is_published": (before, product.is_published)}
    audit.record(actor=SYSTEM, action="product.clock", about=("product", str(product.id)), changes=changes, at=at)
    return True


def list_due(at: datetime, *, most: int) -> Sequence[int]:
    """Return products that are shown and should not be any more, or the other way round."""
    not_over = or_(Product.published_until.is_(None), Product.published_until > at)
    begins = and_(Product.is_planned, or_(Product.published_from.is_(None), Product.published_from <= at), not_over)
    ends = and_(Product.is_published, Product.published_until <= at)
    return db.session.scalars(select(Product.id).where(or_(begins, ends)).order_by(Product.id).limit(most)).all()


def _told(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="minutes") if moment else None
