"""The one way into the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from storefront.audit.models import AuditEntry
from storefront.database.base import db

Change = tuple[object, object]
"""Before and after, as JSON values."""


def record(
    *, actor: str, action: str, about: tuple[str, str], changes: Mapping[str, Change], at: datetime
) -> AuditEntry | None:
    """Write down what a member of staff changed; `about` is the object's kind and key ("product", "blue-cup").

    Fields that did not change are left out; nothing changed writes nothing, unless `changes` was empty to begin with
    (an action without fields, such as a sign-in).
    """
    real = {field: [before, after] for field, (before, after) in changes.items() if before != after}
    if changes and not real:
        return None
    kind, key = about
    entry = AuditEntry(at=at, actor=actor, action=action, object_kind=kind, object_key=key, changes=real)
    db.session.add(entry)
    db.session.flush()
    return entry
