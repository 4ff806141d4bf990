"""What happens in the outbox of short messages."""

from __future__ import annotations

from dataclasses import dataclass

from storefront.kernel.events import Fact


@dataclass(frozen=True, slots=True)
class SmsQueued(Fact):
    """A message was put into the outbox."""

    sms_id: int
