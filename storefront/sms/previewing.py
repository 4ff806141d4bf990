"""Every short message that the shop can send, in both languages, and whether it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app

from storefront.shop.queries import get_settings
from storefront.sms.message import find_template
from storefront.sms.services import can_send
from storefront.sms.states import PARAMETERS, SmsKind
from storefront.sms.words import SAMPLE_AMOUNT_MINOR, SAMPLES, text_of
from storefront.web.filters import format_minor
from storefront.web.locale import LOCALES


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A kind of message with samples of what it tells; mappings are by language."""

    kind: SmsKind
    parameters: tuple[str, ...]
    texts: Mapping[str, str]
    templates: Mapping[str, str]
    leaves: Mapping[str, bool]

    def is_sent(self, locale: str) -> bool:
        """Say whether the message leaves in a language."""
        return self.leaves[locale]

    @property
    def variable(self) -> str:
        """What names its template in the environment."""
        return "SMS_TEMPLATE" if self.kind is SmsKind.CODE else f"SMS_TEMPLATE_{self.kind.upper()}"


def samples(locale: str) -> dict[str, str]:
    """Return a sample of everything that messages tell."""
    return {**SAMPLES, "amount": format_minor(SAMPLE_AMOUNT_MINOR, get_settings().currency, locale)}


def list_messages() -> list[ShownMessage]:
    """Return every kind of message."""
    setup = current_app.config["SHOP"].sms
    return [
        ShownMessage(
            kind,
            PARAMETERS[kind],
            {locale: text_of(kind, samples(locale), locale=locale) for locale in LOCALES},
            {locale: find_template(setup, kind, locale) for locale in LOCALES},
            {locale: can_send(kind, locale=locale) for locale in LOCALES},
        )
        for kind in SmsKind
    ]
