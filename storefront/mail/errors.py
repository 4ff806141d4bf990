"""Why a letter did not leave."""

from __future__ import annotations

from storefront.kernel.errors import N_, ShopError, TooMany


class MailNotSent(Exception):
    """The letter was not accepted; `permanent` says that another try would not help."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        self.permanent = permanent
        super().__init__(reason)


class LetterGone(ShopError):
    """Its words are no longer kept, or open a door."""

    message = N_("This letter cannot be sent again: its words are no longer kept.")


class SentTooOften(TooMany):
    """Somebody presses the button again and again."""

    message = N_("%(most)s letters about this went again within the last hour. Please wait a while.")
