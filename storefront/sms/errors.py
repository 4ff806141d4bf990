"""Why a short message did not leave."""

from __future__ import annotations


class SmsNotSent(Exception):
    """The message was not accepted; `permanent` says that another try would not help."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        self.permanent = permanent
        super().__init__(reason)
