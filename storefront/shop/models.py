"""Merchant settings as rows, and what came of the last proof of each ledger."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database.base import Base
from storefront.database.columns import Json, json_list, moment


class Setting(Base):
    """One merchant setting; `rules.ShopSettings` says what there is and what it means."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)
    updated_at: Mapped[moment]


class LedgerCheck(Base):
    """What came of the last proof of a ledger."""

    __tablename__ = "ledger_check"

    ledger: Mapped[str] = mapped_column(String(64), primary_key=True)
    rows: Mapped[int]
    wrong: Mapped[int]
    examples: Mapped[json_list]
    """The first of what does not add up: [key, expected, is]."""
    checked_at: Mapped[moment]
