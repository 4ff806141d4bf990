"""What the index still has to learn."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import moment, pk


class ProductChange(Base):
    """A product whose text or facets changed; written in the transaction of the change, removed once indexed."""

    __tablename__ = "product_change"

    id: Mapped[pk]
    product_id: Mapped[int] = mapped_column(index=True)
    at: Mapped[moment]
