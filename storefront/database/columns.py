"""Column types and shorthands that every room's tables share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, ForeignKey, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: naive values are refused on the way in, and every value comes out aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")

pk = Annotated[int, mapped_column(primary_key=True)]
minor = Annotated[int, mapped_column(BigInteger)]
"""An amount in minor units of the shop's currency."""
name = Annotated[str, mapped_column(String(255))]
moment = Annotated[datetime, mapped_column(UtcDateTime)]
json_object = Annotated[dict[str, Any], mapped_column(Json, default=dict)]
json_list = Annotated[list[Any], mapped_column(Json, default=list)]


def refers(target: str, *, on_delete: str = "RESTRICT", index: bool = True, **options: Any) -> Any:
    """Return a foreign key column to `table.column`."""
    return mapped_column(ForeignKey(target, ondelete=on_delete), index=index, **options)
