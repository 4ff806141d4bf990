"""For developing: messages appear in the log and as files."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from pathlib import Path

from storefront.kernel.clock import now
from storefront.sms.errors import SmsNotSent
from storefront.sms.message import Message

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ConsoleSender:
    """Writes each message to the log, and into a folder by phone and time."""

    folder: Path

    def send(self, message: Message) -> None:
        name = f"{message.phone.strip('+')}-{now():%Y%m%dT%H%M%S%f}-{secrets.token_hex(2)}.txt"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(message.text + "\n", encoding="utf-8")
        except OSError as error:
            raise SmsNotSent(str(error), permanent=False) from error
        log.info("SMS to %s: %s", message.phone, message.text)
