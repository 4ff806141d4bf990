"""Refusals: what the shop says no to, in words that the reader can act on.

A refusal carries an untranslated message with named facts; the edge translates it once, for the reader.
"""

from __future__ import annotations

from typing import ClassVar


def N_(message: str) -> str:  # noqa: N802
    """Mark a message for translation where no request is at hand."""
    return message


class ShopError(Exception):
    """A rule said no. `status` is the HTTP status that tells the truth about it."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = N_("That is not possible right now.")

    def __init__(self, message: str | None = None, **facts: object) -> None:
        self.text = message or self.message
        self.facts = facts
        super().__init__(self.text % facts if facts else self.text)


class NotFound(ShopError):
    """The thing asked for does not exist, or does not exist for this reader."""

    status = 404
    message = N_("We could not find what you are looking for.")


class Forbidden(ShopError):
    """This person may not do that."""

    status = 403
    message = N_("You do not have permission to do that.")


class Invalid(ShopError):
    """The input itself is wrong; `field` names the input it belongs to."""

    status = 422
    message = N_("Please check what you entered.")

    def __init__(self, message: str | None = None, *, field: str = "", **facts: object) -> None:
        self.field = field
        super().__init__(message, **facts)


class TooMany(ShopError):
    """Too many tries in a short time."""

    status = 429
    message = N_("Too many tries. Please wait a minute and try again.")

    @property
    def seconds(self) -> int:
        """How long to wait: the `minutes` of the message, else one."""
        minutes = self.facts.get("minutes")
        return 60 * (minutes if isinstance(minutes, int) else 1)
