"""Which carriers this shop has: those that everybody begins with, under what the merchant has changed or added."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select

from storefront.audit import services as audit
from storefront.config import Config
from storefront.database.base import db
from storefront.fulfilment.carriers.known import ENGLISH, KNOWN, CarrierFacts
from storefront.fulfilment.carriers.kuaidi100 import Kuaidi100Carrier
from storefront.fulfilment.carriers.manual import ManualCarrier
from storefront.fulfilment.carriers.protocol import Carrier
from storefront.fulfilment.errors import NoSuchCarrier
from storefront.fulfilment.models import CarrierChoice
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.text import fold, squeeze

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
OWN = ManualCarrier("", N_("Our own delivery"))
"""The shop brings it itself."""


def list_facts() -> Sequence[CarrierFacts]:
    """Return every carrier, the merchant's own last, those that are switched off too."""
    stored = {row.code: _facts(row) for row in db.session.scalars(select(CarrierChoice).order_by(CarrierChoice.code))}
    known = [stored.pop(facts.code, facts) for facts in KNOWN]
    return [*known, *stored.values()]


def list_carriers() -> Sequence[CarrierFacts]:
    """Return the carriers that can be chosen."""
    return [facts for facts in list_facts() if facts.is_active]


def find_facts(code: str) -> CarrierFacts | None:
    """Return the carrier with this code, switched off or not."""
    return next((facts for facts in list_facts() if facts.code == code), None)


def carrier_for(code: str) -> Carrier:
    """Return who carries under a code; one that nobody knows any more is only a name."""
    return carriers_for({code})[code]


def carriers_for(codes: set[str]) -> dict[str, Carrier]:
    """Return who carries under each code."""
    facts = {each.code: each for each in list_facts()} if codes - {""} else {}
    found: dict[str, Carrier] = {code: _carrier(facts.get(code) or CarrierFacts(code, code)) for code in codes - {""}}
    return {"": OWN, **found}


def get_chosen(text: str) -> CarrierFacts:
    """Return the carrier that somebody chose, by its code or its name; "" is the shop itself."""
    wanted = fold(text)
    if not wanted:
        return CarrierFacts("", OWN.name)
    for facts in list_carriers():
        if wanted in {facts.code, fold(facts.name), fold(ENGLISH.get(facts.name, facts.name)), facts.kuaidi100}:
            return facts
    raise NoSuchCarrier(field="carrier", carrier=squeeze(text)[:40])


def add_carrier(*, facts: CarrierFacts, by: str, at: datetime) -> CarrierChoice:
    """Add a carrier; its code cannot be changed later."""
    if find_facts(facts.code):
        raise Invalid(N_("There is a carrier with this code already."), field="code")
    return change_carrier(facts=facts, by=by, at=at)


def change_carrier(*, facts: CarrierFacts, by: str, at: datetime) -> CarrierChoice:
    """Change a carrier; what parcels have been given stays theirs."""
    _check(facts)
    before = find_facts(facts.code)
    row = db.session.get(CarrierChoice, facts.code) or CarrierChoice(code=facts.code)
    row.name, row.url, row.kuaidi100 = facts.name, facts.url, facts.kuaidi100
    row.is_active, row.updated_at = facts.is_active, at
    db.session.add(row)
    db.session.flush()
    fields = ("name", "url", "kuaidi100", "is_active")
    changes = {key: (getattr(before, key) if before else None, getattr(facts, key)) for key in fields}
    audit.record(actor=by, action="carrier.change", about=("carrier", facts.code), changes=changes, at=at)
    return row


def _check(facts: CarrierFacts) -> None:
    if not _CODE.fullmatch(facts.code):
        raise Invalid(N_("A code is made of small letters, digits and hyphens, such as sf."), field="code")
    if not 1 <= len(facts.name) <= 120:
        raise Invalid(N_("A carrier needs a name, and not a very long one."), field="name")
    try:
        parts = urlsplit(facts.url.replace("{number}", "1"))
        is_address = parts.scheme in {"https", "http"} and bool(parts.hostname)
    except ValueError:
        is_address = False
    if facts.url and (not is_address or "{number}" not in facts.url or len(facts.url) > 500):
        raise Invalid(
            N_("Enter an address that begins with https:// and has {number} where the tracking number goes."),
            field="url",
        )
    if facts.kuaidi100 and not re.fullmatch(r"[a-z0-9]{2,32}", facts.kuaidi100):
        raise Invalid(
            N_("A code at kuaidi100 is made of small letters and digits, such as shunfeng."), field="kuaidi100"
        )


def _carrier(facts: CarrierFacts) -> Carrier:
    config: Config = current_app.config["SHOP"]
    manual = ManualCarrier(facts.code, facts.name, facts.url)
    if facts.kuaidi100 and config.kuaidi100 is not None:
        return Kuaidi100Carrier(manual, facts.kuaidi100, config.kuaidi100)
    return manual


def _facts(row: CarrierChoice) -> CarrierFacts:
    return CarrierFacts(row.code, row.name, row.url, row.kuaidi100, row.is_active)
