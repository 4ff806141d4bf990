"""Tables of what shoppers did. Products and orders lie in higher rooms, so they are remembered by number."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.analytics.events import LONGEST_NAME, LONGEST_WORDS
from storefront.database.base import Base
from storefront.database.columns import json_list, minor, moment, pk, refers

ID = String(16)
VISITOR = String(22)
NAME = String(LONGEST_NAME)
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


class RecommendationRow(Base):
    """A shelf that was answered, and what became of it."""

    __tablename__ = "behaviour_recommendation"
    __table_args__ = (
        Index(
            "ix_behaviour_recommendation_visitor_at",
            *("visitor", "at"),
            sqlite_where=text("visitor IS NOT NULL"),
            postgresql_where=text("visitor IS NOT NULL"),
        ),
        Index(
            "ix_behaviour_recommendation_seen",
            *("day", "shelf", "model_version", "visitor", "clicks"),
            sqlite_where=text("viewed_at IS NOT NULL"),
            postgresql_where=text("viewed_at IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    at: Mapped[moment]
    day: Mapped[date] = mapped_column(index=True)
    """The day of the shop."""
    visitor: Mapped[str | None] = mapped_column(VISITOR)
    """Who was shown it; one that had no number then has the number of whoever opened something on it."""
    shelf: Mapped[str] = mapped_column(NAME)
    context: Mapped[str] = mapped_column(NAME)
    model_version: Mapped[str] = mapped_column(NAME)
    experiment: Mapped[str] = mapped_column(NAME)
    variation: Mapped[str] = mapped_column(NAME)
    items: Mapped[json_list]
    """[product, source] in the order of the shelf; of what chance put there its probability as well."""
    sources: Mapped[str] = mapped_column(Text)
    """How many of which source, as `rules.signature` writes it: what reports group by."""
    shown: Mapped[int]
    """How many goods; 0 for a shelf that had nothing to show and was hidden."""
    viewed_at: Mapped[moment | None]
    """When it had been seen: half of it in view for a second, or something on it was used."""
    clicks: Mapped[int] = mapped_column(default=0)
    """How many different products were opened."""
    ranks: Mapped[int] = mapped_column(default=0)
    """The sum of their ranks."""
    adds: Mapped[int] = mapped_column(default=0)
    purchases: Mapped[int] = mapped_column(default=0)
    """How many products of orders it is credited with."""
    revenue_minor: Mapped[minor] = mapped_column(default=0)


class RecommendationClickRow(Base):
    """A product that was opened from a shelf."""

    __tablename__ = "behaviour_recommendation_click"
    __table_args__ = (
        UniqueConstraint("request_id", "product_id"),
        Index("ix_behaviour_recommendation_click_visitor", *_BY_VISITOR),
    )

    id: Mapped[pk]
    request_id: Mapped[str] = refers("behaviour_recommendation.id", on_delete="CASCADE", index=False)
    product_id: Mapped[int]
    rank: Mapped[int]
    source: Mapped[str] = mapped_column(NAME)
    visitor: Mapped[str | None] = mapped_column(VISITOR)
    at: Mapped[moment]


class RecommendationAdditionRow(Base):
    """A product that was put into the cart because of a shelf."""

    __tablename__ = "behaviour_recommendation_addition"
    __table_args__ = (Index("ix_behaviour_recommendation_addition_visitor", *_BY_VISITOR),)

    id: Mapped[pk]
    request_id: Mapped[str] = refers("behaviour_recommendation.id", on_delete="CASCADE")
    product_id: Mapped[int]
    source: Mapped[str] = mapped_column(NAME)
    quantity: Mapped[int]
    visitor: Mapped[str | None] = mapped_column(VISITOR)
    at: Mapped[moment]


class RecommendationPurchaseRow(Base):
    """What an order holds of a product that a shelf had led to."""

    __tablename__ = "behaviour_recommendation_purchase"
    __table_args__ = (UniqueConstraint("order_number", "product_id"),)

    id: Mapped[pk]
    request_id: Mapped[str] = refers("behaviour_recommendation.id", on_delete="CASCADE")
    order_number: Mapped[str] = mapped_column(String(32))
    product_id: Mapped[int]
    source: Mapped[str] = mapped_column(NAME)
    quantity: Mapped[int]
    revenue_minor: Mapped[minor]
    is_undone: Mapped[bool] = mapped_column(default=False)
    at: Mapped[moment]


class ShelfDayRow(Base):
    """What became of one kind of shelf on a day that was summed up; nobody can be found in it."""

    __tablename__ = "behaviour_shelf_day"
    __table_args__ = (
        UniqueConstraint(
            *("day", "shelf", "model_version", "experiment", "variation"), name="uq_behaviour_shelf_day_kind"
        ),
    )

    id: Mapped[pk]
    day: Mapped[date]
    shelf: Mapped[str] = mapped_column(NAME)
    model_version: Mapped[str] = mapped_column(NAME)
    experiment: Mapped[str] = mapped_column(NAME)
    variation: Mapped[str] = mapped_column(NAME)
    requests: Mapped[int]
    empty: Mapped[int]
    viewed: Mapped[int]
    clicked: Mapped[int]
    clicks: Mapped[int]
    ranks: Mapped[int]
    clickers: Mapped[int]
    """Visitors with a number who opened something."""
    carted: Mapped[int]
    adds: Mapped[int]
    purchases: Mapped[int]
    revenue_minor: Mapped[minor]
    clusters: Mapped[int]
    """Visitors who saw it; then sums over them of what each saw (v) and how often opened something of it (c)."""
    viewed_squared: Mapped[minor]
    clicked_squared: Mapped[minor]
    viewed_clicked: Mapped[minor]


class SourceDayRow(Base):
    """What became of the goods of one source, on one shelf, on a day that was summed up."""

    __tablename__ = "behaviour_source_day"
    __table_args__ = (UniqueConstraint("day", "shelf", "source"),)

    id: Mapped[pk]
    day: Mapped[date]
    shelf: Mapped[str] = mapped_column(NAME)
    source: Mapped[str] = mapped_column(NAME)
    shown: Mapped[int]
    viewed: Mapped[int]
    clicks: Mapped[int]
    ranks: Mapped[int]
    adds: Mapped[int]
    purchases: Mapped[int]
    revenue_minor: Mapped[minor]


class EntryDayRow(Base):
    """How often an entry of a curated page was seen and opened on a day. It holds nobody."""

    __tablename__ = "behaviour_entry_day"
    __table_args__ = (UniqueConstraint("entry_id", "day"),)

    id: Mapped[pk]
    entry_id: Mapped[int]
    day: Mapped[date] = mapped_column(index=True)
    viewed: Mapped[int] = mapped_column(default=0)
    clicks: Mapped[int] = mapped_column(default=0)


class EntryClickRow(Base):
    """Somebody followed a link within an entry of a curated page."""

    __tablename__ = "behaviour_entry_click"
    __table_args__ = (Index("ix_behaviour_entry_click_visitor", "visitor", "at"),)

    id: Mapped[pk]
    entry_id: Mapped[int]
    visitor: Mapped[str | None] = mapped_column(VISITOR)
    at: Mapped[moment]
    until: Mapped[moment]
    """What is ordered from `at` up to then may be credited to the entry."""
    day: Mapped[date] = mapped_column(index=True)
