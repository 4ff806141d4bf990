"""Where entries and their versions stand, and what may happen to them."""

from __future__ import annotations

from enum import StrEnum

from storefront.kernel.states import Transitions


class EntryStatus(StrEnum):
    """Where an entry stands; only an approved one is shown."""

    DRAFT = "draft"
    """Nothing of it was let through yet."""
    APPROVED = "approved"
    PAUSED = "paused"
    ARCHIVED = "archived"


class EntryAction(StrEnum):
    """What may be done to an entry as a whole."""

    APPROVE = "approve"
    PAUSE = "pause"
    RESUME = "resume"
    ARCHIVE = "archive"
    RECALL = "recall"


_S, _A = EntryStatus, EntryAction
ENTRY = Transitions(
    {
        (_S.DRAFT, _A.APPROVE): _S.APPROVED,
        (_S.APPROVED, _A.APPROVE): _S.APPROVED,
        (_S.PAUSED, _A.APPROVE): _S.PAUSED,
        (_S.APPROVED, _A.PAUSE): _S.PAUSED,
        (_S.PAUSED, _A.RESUME): _S.APPROVED,
        (_S.DRAFT, _A.ARCHIVE): _S.ARCHIVED,
        (_S.APPROVED, _A.ARCHIVE): _S.ARCHIVED,
        (_S.PAUSED, _A.ARCHIVE): _S.ARCHIVED,
        (_S.ARCHIVED, _A.RECALL): _S.PAUSED,
    }
)
"""What was archived comes back paused, so that nothing old is shown by one click."""


class Stage(StrEnum):
    """Where one version of an entry stands. At most one of an entry is being worked on, and one is in force."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    """In force: what the entry holds."""
    REPLACED = "replaced"
    DROPPED = "dropped"
    """Given up before it was let through."""


class VersionAction(StrEnum):
    """What may be done to a version that is being worked on."""

    CHANGE = "change"
    SUBMIT = "submit"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    DROP = "drop"


_T, _V = Stage, VersionAction
VERSION = Transitions(
    {
        (_T.DRAFT, _V.CHANGE): _T.DRAFT,
        (_T.IN_REVIEW, _V.CHANGE): _T.DRAFT,
        (_T.DRAFT, _V.SUBMIT): _T.IN_REVIEW,
        (_T.IN_REVIEW, _V.APPROVE): _T.APPROVED,
        (_T.IN_REVIEW, _V.SEND_BACK): _T.DRAFT,
        (_T.DRAFT, _V.DROP): _T.DROPPED,
        (_T.IN_REVIEW, _V.DROP): _T.DROPPED,
    }
)
"""Whoever changes what was sent to be looked at has to send it again."""
OPEN = frozenset({Stage.DRAFT, Stage.IN_REVIEW})
