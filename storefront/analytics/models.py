"""Tables of what shoppers did. Products and orders lie in higher rooms, so they are remembered by number."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.analytics.events import LONGEST_NAME, LONGEST_WORDS
from storefront.database.base import Base
from storefront.database.columns import json_list, minor, moment, pk, refers

ID = String(16)
VISITOR = String(22)
_BY_VISITOR = ("visitor", "product_id", "at")


class SearchRow(Base):
    """A page of answers that was asked for, and what became of the search that it begins."""

    __tablename__ = "behaviour_search"
    __table_args__ = (
        Index("ix_behaviour_search_visitor_at", "visitor", "at"),
        Index(
            "ix_behaviour_search_continues",
            "continues",
            sqlite_where=text("continues IS NOT NULL"),
            postgresql_where=text("continues IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    at: Mapped[moment]
    day: Mapped[date] = mapped_column(index=True)
    """The day of the shop."""
    visitor: Mapped[str | None] = mapped_column(VISITOR)
    continues: Mapped[str | None] = mapped_column(ID)
    """The search of which this is a further page, another order or a filter; None for what counts as a search."""
    follows: Mapped[str | None] = mapped_column(ID)
    """The search for other words that this visitor made just before."""
    text: Mapped[str] = mapped_column(String(LONGEST_WORDS))
    words: Mapped[str] = mapped_column(String(LONGEST_WORDS))
    """The text folded: what searches are grouped by."""
    language: Mapped[str] = mapped_column(String(8))
    total: Mapped[int]
    corrected: Mapped[str] = mapped_column(String(LONGEST_WORDS))
    relaxed: Mapped[bool]
    sort: Mapped[str] = mapped_column(String(LONGEST_NAME))
    page: Mapped[int]
    filters: Mapped[json_list]
    category_id: Mapped[int | None]
    generation: Mapped[str] = mapped_column(String(LONGEST_NAME))
    clicks: Mapped[int] = mapped_column(default=0)
    """How many different products were opened."""
    ranks: Mapped[int] = mapped_column(default=0)
    """The sum of their ranks."""
    adds: Mapped[int] = mapped_column(default=0)
    revenue_minor: Mapped[minor] = mapped_column(default=0)


class ShownRow(Base):
    """Which products one page of answers showed, in their order."""

    __tablename__ = "behaviour_shown"

    search_id: Mapped[str] = mapped_column(ID, primary_key=True)
    first_rank: Mapped[int]
    product_ids: Mapped[json_list]
    day: Mapped[date] = mapped_column(index=True)


class ClickRow(Base):
    """A product that was opened from a search."""

    __tablename__ = "behaviour_click"
    __table_args__ = (UniqueConstraint("search_id", "product_id"), Index("ix_behaviour_click_visitor", *_BY_VISITOR))

    id: Mapped[pk]
    search_id: Mapped[str] = refers("behaviour_search.id", on_delete="CASCADE", index=False)
    product_id: Mapped[int]
    rank: Mapped[int]
    visitor: Mapped[str | None] = mapped_column(VISITOR)
    at: Mapped[moment]


class AdditionRow(Base):
    """A product that was put into the cart because of a search."""

    __tablename__ = "behaviour_addition"
    __table_args__ = (Index("ix_behaviour_addition_visitor", *_BY_VISITOR),)

    id: Mapped[pk]
    search_id: Mapped[str] = refers("behaviour_search.id", on_delete="CASCADE")
    product_id: Mapped[int]
    quantity: Mapped[int]
    visitor: Mapped[str | None] = mapped_column(VISITOR)
    at: Mapped[moment]


class PurchaseRow(Base):
    """What an order holds of a product that a search had led to."""

    __tablename__ = "behaviour_purchase"
    __table_args__ = (UniqueConstraint("order_number", "product_id"),)

    id: Mapped[pk]
    search_id: Mapped[str] = refers("behaviour_search.id", on_delete="CASCADE")
    order_number: Mapped[str] = mapped_column(String(32))
    product_id: Mapped[int]
    quantity: Mapped[int]
    revenue_minor: Mapped[minor]
    is_undone: Mapped[bool] = mapped_column(default=False)
    at: Mapped[moment]


class OrderRow(Base):
    """An order that was placed, whoever searched or not: what came of a visit, for what is counted by visitor."""

    __tablename__ = "behaviour_order"
    __table_args__ = (Index("ix_behaviour_order_visitor_at", "visitor", "at"),)

    id: Mapped[pk]
    order_number: Mapped[str] = mapped_column(String(32), unique=True)
    visitor: Mapped[str | None] = mapped_column(VISITOR)
    at: Mapped[moment]
    day: Mapped[date] = mapped_column(index=True)
    """The day of the shop."""
    revenue_minor: Mapped[minor]
    """The goods after discounts, without delivery."""
    cost_minor: Mapped[minor | None]
    """What its goods and gifts had cost the merchant on that day; None where that of any is not known."""
    quantity: Mapped[int]
    is_undone: Mapped[bool] = mapped_column(default=False)
    """The order was cancelled, and was not opened again."""


class SuggestionRow(Base):
    """A suggestion that was chosen."""

    __tablename__ = "behaviour_suggestion"

    id: Mapped[pk]
    at: Mapped[moment]
    day: Mapped[date] = mapped_column(index=True)
    visitor: Mapped[str | None] = mapped_column(VISITOR)
    kind: Mapped[str] = mapped_column(String(16))
    position: Mapped[int]
    typed: Mapped[str] = mapped_column(String(LONGEST_WORDS))
