"""Closed sets of documents."""

from __future__ import annotations

from enum import StrEnum


class DocumentKind(StrEnum):
    """What a document says."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    SUPPLEMENT = "supplement"
    """An invoice about what came on top when the order was changed."""
