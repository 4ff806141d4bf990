"""What the index still has to learn, how the merchant steers and judges what it finds, and what shelves are made of."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Float, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import json_list, json_object, moment, pk, refers


class ProductChange(Base):
    """A product whose text or facets changed; written in the transaction of the change, removed once indexed."""

    __tablename__ = "product_change"

    id: Mapped[pk]
    product_id: Mapped[int] = mapped_column(index=True)
    at: Mapped[moment]


class SearchSynonym(Base):
    """Words that mean the same, or that one word should also find; see `search.synonyms`."""

    __tablename__ = "search_synonym"

    id: Mapped[pk]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """A digest of what it says, so that no two rows say the same."""
    words: Mapped[json_list]
    means: Mapped[json_list]
    """What `words` also find; empty for a synonym that holds in every direction."""
    text: Mapped[str] = mapped_column(Text)
    """All words in one line, to be searched."""
    language: Mapped[str] = mapped_column(String(8), default="")
    """Empty: for questions in every language."""
    note: Mapped[str] = mapped_column(String(255), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[moment]

    __mapper_args__ = {"version_id_col": version}


class SearchRule(Base):
    """What the merchant wants done with some searches or categories; see `discovery.rules`."""

    __tablename__ = "search_rule"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR starts_at IS NULL OR starts_at < ends_at", name="ends_after"),
    )

    id: Mapped[pk]
    name: Mapped[str] = mapped_column(String(120))
    priority: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    starts_at: Mapped[moment | None]
    ends_at: Mapped[moment | None]
    conditions: Mapped[json_object]
    actions: Mapped[json_object]
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[moment]

    __mapper_args__ = {"version_id_col": version}


class JudgedQuery(Base):
    """A query whose results people rate."""

    __tablename__ = "judged_query"
    __table_args__ = (UniqueConstraint("query", "language"),)

    id: Mapped[pk]
    query: Mapped[str] = mapped_column(String(200))
    """As it is compared: narrow, lower case, spaces folded."""
    language: Mapped[str] = mapped_column(String(8))
    shown: Mapped[int] = mapped_column(default=20)
    """How many results there were to rate when somebody last did."""
    added_by: Mapped[str] = mapped_column(String(120))
    added_at: Mapped[moment]


class Judgement(Base):
    """How well a product answers a query: 0 not relevant, 1 somewhat, 2 good, 3 perfect."""

    __tablename__ = "judgement"
    __table_args__ = (
        UniqueConstraint("query_id", "product_id"),
        CheckConstraint("rating BETWEEN 0 AND 3", name="rating_on_scale"),
    )

    id: Mapped[pk]
    query_id: Mapped[int] = refers("judged_query.id", on_delete="CASCADE", index=False)
    product_id: Mapped[int] = refers("product.id", on_delete="CASCADE")
    rating: Mapped[int] = mapped_column(SmallInteger)
    rated_by: Mapped[str] = mapped_column(String(120))
    rated_at: Mapped[moment]


class SearchEvaluation(Base):
    """How good the ranking was at one time, by all judgements of that time."""

    __tablename__ = "search_evaluation"

    id: Mapped[pk]
    status: Mapped[str] = mapped_column(String(16))
    """waiting | done | failed"""
    asked_by: Mapped[str] = mapped_column(String(120))
    asked_at: Mapped[moment] = mapped_column(index=True)
    ended_at: Mapped[moment | None]
    generation: Mapped[str] = mapped_column(String(120), default="")
    queries: Mapped[int] = mapped_column(default=0)
    ndcg: Mapped[float] = mapped_column(Float, default=0.0)
    condensed_ndcg: Mapped[float] = mapped_column(Float, default=0.0)
    judged: Mapped[float] = mapped_column(Float, default=0.0)
    empty: Mapped[int] = mapped_column(default=0)
    worst: Mapped[json_list]
    """[{"id": 7, "query": "oat milk", "language": "en", "ndcg": 0.31, "condensed": 0.4}], the worst first."""
    error: Mapped[str] = mapped_column(Text, default="")


class ShelfRule(Base):
    """What the merchant wants done with a recommended shelf, or with all of them; see `shelves.rules`."""

    __tablename__ = "shelf_rule"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR starts_at IS NULL OR starts_at < ends_at", name="ends_after"),
    )

    id: Mapped[pk]
    name: Mapped[str] = mapped_column(String(120))
    shelf: Mapped[str] = mapped_column(String(32))
    """A key of `shelves.surfaces`; empty for every shelf."""
    priority: Mapped[int] = mapped_column(default=100)
    is_active: Mapped[bool] = mapped_column(default=True)
    starts_at: Mapped[moment | None]
    ends_at: Mapped[moment | None]
    actions: Mapped[json_object]
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[moment]

    __mapper_args__ = {"version_id_col": version}


class ShelfDismissal(Base):
    """A product that a customer does not want to be recommended."""

    __tablename__ = "shelf_dismissal"

    customer_id: Mapped[int] = refers("customer.id", on_delete="CASCADE", index=False, primary_key=True)
    product_id: Mapped[int] = refers("product.id", on_delete="CASCADE", primary_key=True)
    at: Mapped[moment]


class TrainingRun(Base):
    """One training of the recommender: from what, with which result, and what was done with it."""

    __tablename__ = "training_run"
    __table_args__ = (
        CheckConstraint("status IN ('waiting', 'running', 'published', 'refused', 'failed')", name="status_known"),
    )

    id: Mapped[pk]
    status: Mapped[str] = mapped_column(String(16))
    """A value of `trainings.Status`."""
    asked_by: Mapped[str] = mapped_column(String(120))
    asked_at: Mapped[moment] = mapped_column(index=True)
    started_at: Mapped[moment | None]
    ended_at: Mapped[moment | None]
    as_of: Mapped[moment | None]
    """Orders before this moment were learnt from."""
    version: Mapped[str] = mapped_column(String(64), default="")
    """Of what was published; empty for what was not."""
    reasons: Mapped[json_list]
    """Why nothing was published, a sentence each."""
    remarks: Mapped[json_list]
    """What else the training had to say, a sentence each."""
    counts: Mapped[json_object]
    """{"lines": 59140, "baskets": 7021, "users": 200, "items": 432}"""
    metrics: Mapped[json_object]
    """{"home": {"model": {"ndcg": 0.41, ...}, "best sellers": {...}, "incumbent": {...}}}"""
    cpu_seconds: Mapped[float] = mapped_column(Float, default=0.0)
    error: Mapped[str] = mapped_column(Text, default="")
