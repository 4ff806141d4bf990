"""One short message, ready to go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from storefront.config import SmsSetup


@dataclass(frozen=True, slots=True)
class Message:
    """`text` is for whoever takes words; carriers in China take the facts, for a template that they have approved."""

    phone: str
    locale: str
    text: str
    facts: Mapping[str, str]

    def template_of(self, setup: SmsSetup) -> str:
        """Return the carrier's template in the reader's language, else the one that there is."""
        return setup.template_en if self.locale == "en" and setup.template_en else setup.template
