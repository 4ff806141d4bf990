"""The declarative base and the database handle that every room's models share."""

from __future__ import annotations

from typing import Any

from flask import has_request_context
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from storefront.database.replica import replica_for


class Base(DeclarativeBase):
    """Declarative base with constraint names that migrations can refer to on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class ShopSession(Session):
    """A session that reads from the replica where the request may, and from the primary everywhere else."""

    def get_bind(self, *given: Any, **named: Any) -> Any:
        """Return the engine for a statement."""
        if has_request_context() and (replica := replica_for(self)) is not None:
            return replica
        return super().get_bind(*given, **named)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "class_": ShopSession})
