"""One short message, ready to go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from storefront.config import SmsSetup
from storefront.sms.errors import SmsNotSent
from storefront.sms.states import PARAMETERS, SmsKind


def find_template(setup: SmsSetup, kind: SmsKind, locale: str) -> str:
    """Return the carrier's template of a kind in the reader's language, else the one that there is, else ""."""
    found = setup.templates.get(kind, "")
    return (setup.templates.get(f"{kind}_en") or found) if locale == "en" else found


@dataclass(frozen=True, slots=True)
class Message:
    """`text` is for whoever takes words; carriers in China take the facts, for a template that they have approved."""

    phone: str
    locale: str
    text: str
    facts: Mapping[str, str]
    kind: SmsKind = SmsKind.CODE

    def template_of(self, setup: SmsSetup) -> str:
        """Return the template to be used; raises SmsNotSent when there is none any more."""
        found = find_template(setup, self.kind, self.locale)
        if not found:
            raise SmsNotSent(f"there is no template for “{self.kind}”", permanent=True)
        return found

    def parameters(self) -> dict[str, str]:
        """Return what the template takes, in its order."""
        return {name: self.facts[name] for name in PARAMETERS[self.kind]}
