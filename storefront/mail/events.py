"""What happens in the outbox."""

from __future__ import annotations

from dataclasses import dataclass

from storefront.kernel.events import Fact


@dataclass(frozen=True, slots=True)
class MailQueued(Fact):
    """A letter was put into the outbox."""

    mail_id: int
