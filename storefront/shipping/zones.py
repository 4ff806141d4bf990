"""Zones: opened and changed, never deleted while methods are in them, since orders name those."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select

from storefront.audit import services as audit
from storefront.database.base import db
from storefront.database.transaction import after_commit
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.text import squeeze
from storefront.places.regions import SEPARATOR, parts, place
from storefront.shipping.destinations import read_destination
from storefront.shipping.errors import StaleShipping
from storefront.shipping.models import ShippingZone
from storefront.shipping.queries import forget
from storefront.shipping.rules import EVERYWHERE, Destination

LONGEST_NAME = 120
MOST_PLACES = 500


@dataclass(frozen=True, slots=True)
class ZoneFacts:
    """What staff decide about a zone."""

    name: str
    places: tuple[str, ...]
    excluded: tuple[str, ...] = ()
    is_active: bool = True

    def __post_init__(self) -> None:
        if not 1 <= len(self.name) <= LONGEST_NAME:
            raise Invalid(N_("A zone needs a name, and not a very long one."), field="name")
        if not self.places:
            raise Invalid(N_("Say which places are in the zone; * is everywhere else."), field="places")
        if len(self.places) > MOST_PLACES or len(self.excluded) > MOST_PLACES:
            raise Invalid(N_("That are too many places."), field="places")
        for left_out in self.excluded:
            if left_out in self.places or not Destination(*parts(left_out)).is_in(self.places):
                raise Invalid(N_("“%(place)s” is not within the places of the zone."), field="excluded", place=left_out)


def read_places(text: str, *, field: str) -> tuple[str, ...]:
    """Read places as typed, one a line or between commas: "CN", "CN-广东", "CN-广东-深圳", "US-New York", "*"."""
    found: dict[str, None] = {}
    for typed in re.split(r"[\n,，、;；]", text):
        part = squeeze(typed.replace("－", SEPARATOR).replace("＊", EVERYWHERE))
        if not part:
            continue
        if part == EVERYWHERE:
            found[EVERYWHERE] = None
            continue
        country, region, city = (*(half.strip() for half in part.split(SEPARATOR, 2)), "", "")[:3]
        try:
            read = read_destination(country, region, city)
        except Invalid:
            read = None
        if read is None or (region and not read.region) or (city and not read.city):
            raise Invalid(
                N_("There is no place “%(place)s”. Write a country such as CN, a region such as CN-广东省, or a city."),
                field=field,
                place=part[:80],
            )
        found[place(read.country, read.region, read.city if city else "")] = None
    return tuple(found)


def open_zone(*, facts: ZoneFacts, by: str, at: datetime) -> ShippingZone:
    """Add a zone; a place that another zone names already is refused."""
    _refuse_overlap(facts, but=0)
    row = ShippingZone(**_columns(facts))
    db.session.add(row)
    db.session.flush()
    after_commit(forget)
    changes = {key: (None, value) for key, value in told(facts).items()}
    audit.record(actor=by, action="shipping_zone.add", about=("shipping_zone", str(row.id)), changes=changes, at=at)
    return row


def change_zone(*, zone_id: int, facts: ZoneFacts, seen: str, by: str, at: datetime) -> ShippingZone:
    """Change a zone whose reader saw what `mark_of` gave."""
    _refuse_overlap(facts, but=zone_id)
    row = get_zone(zone_id)
    before = facts_of(row)
    if mark_of(told(before)) != seen:
        raise StaleShipping
    for key, value in _columns(facts).items():
        setattr(row, key, value)
    db.session.flush()
    after_commit(forget)
    was, now_ = told(before), told(facts)
    changes = {key: (was[key], now_[key]) for key in was}
    audit.record(actor=by, action="shipping_zone.change", about=("shipping_zone", str(zone_id)), changes=changes, at=at)
    return row


def get_zone(zone_id: int) -> ShippingZone:
    """Return a zone, or NotFound."""
    found = db.session.get(ShippingZone, zone_id)
    if found is None:
        raise NotFound
    return found


def facts_of(row: ShippingZone) -> ZoneFacts:
    """Return what was decided about a zone."""
    return ZoneFacts(row.name, tuple(map(str, row.places)), tuple(map(str, row.excluded)), row.is_active)


def mark_of(facts: object) -> str:
    """Return a short mark that changes with what `told` gives, for a form to carry."""
    return sha256(repr(facts).encode()).hexdigest()[:16]


def told(facts: ZoneFacts) -> Mapping[str, object]:
    """Return the facts as the ledger of changes writes them."""
    return {**asdict(facts), "places": ", ".join(facts.places), "excluded": ", ".join(facts.excluded)}


def _refuse_overlap(facts: ZoneFacts, *, but: int) -> None:
    """Refuse a place that another open zone names; every zone is locked, so that two people cannot both take it."""
    for other in db.session.scalars(select(ShippingZone).order_by(ShippingZone.id).with_for_update()):
        shared = [name for name in facts.places if name in other.places]
        if shared and facts.is_active and other.is_active and other.id != but:
            raise Invalid(
                N_("“%(place)s” is in the zone “%(zone)s” already. A place belongs to one zone."),
                field="places",
                place=shared[0],
                zone=other.name,
            )


def _columns(facts: ZoneFacts) -> dict[str, object]:
    return {**asdict(facts), "places": list(facts.places), "excluded": list(facts.excluded)}
