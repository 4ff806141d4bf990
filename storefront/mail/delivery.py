"""Ways out of the house: an SMTP server, or a folder of .eml files where none is set up."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from storefront.config import Config, read_mail_url
from storefront.mail.errors import MailNotSent

TIMEOUT_SECONDS = 20
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")


class Delivery(Protocol):
    """A way out for one letter."""

    def send(self, letter: EmailMessage) -> None:
        """Hand the letter over, or raise MailNotSent."""


@dataclass(frozen=True, slots=True)
class FolderDelivery:
    """Writes each letter into a folder, named after its Message-ID, so the same letter twice is one file."""

    folder: Path

    def send(self, letter: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = _file_name(str(letter["Message-ID"]))
        try:
            unfinished = self.folder / f".{name}.part"
            unfinished.write_bytes(letter.as_bytes())
            unfinished.replace(self.folder / f"{name}.eml")
        except OSError as error:
            raise MailNotSent(str(error), permanent=False) from error


@dataclass(frozen=True, slots=True)
class SmtpDelivery:
    """Hands letters to a mail server: `smtp://user:password@host:port?tls=1` (STARTTLS) or `smtps://`."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    start_tls: bool = False
    wrapped: bool = False

    @classmethod
    def from_url(cls, url: str) -> SmtpDelivery:
        """Read MAIL_URL; raises BadConfiguration with what is wrong with it."""
        return cls(*astuple(read_mail_url(url)))

    def send(self, letter: EmailMessage) -> None:
        try:
            with self._server() as server:
                server.send_message(letter)
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError, smtplib.SMTPHeloError) as error:
            raise MailNotSent(str(error), permanent=error.smtp_code >= 500) from error
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise MailNotSent(str(error), permanent=all(code >= 500 for code in codes)) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailNotSent(str(error), permanent=True) from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailNotSent(repr(error), permanent=False) from error

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        context = ssl.create_default_context()
        if self.wrapped:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        with server:
            if self.start_tls:
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
            yield server


def delivery_for(config: Config) -> Delivery:
    """Return the way out that the environment names."""
    return SmtpDelivery.from_url(config.mail_url) if config.mail_url else FolderDelivery(config.mail_dir)


def forget_file(config: Config, message_id: str) -> None:
    """Delete the file that a letter became, where letters become files."""
    (config.mail_dir / f"{_file_name(message_id)}.eml").unlink(missing_ok=True)


def _file_name(message_id: str) -> str:
    return _UNSAFE.sub("-", message_id).strip("-")
