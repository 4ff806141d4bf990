"""What a load would cost at a place: by what is stored, or by a method as it is being typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from admin.shipping.typed import read_count, read_grams, read_money
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.money import Money
from storefront.kernel.text import squeeze
from storefront.places.regions import parts
from storefront.shipping.rules import EVERYWHERE, Destination, Load, Part
from storefront.shipping.zones import read_places


@dataclass(frozen=True, slots=True)
class Trial:
    """A question: this load to this place."""

    destination: Destination
    load: Load


NAMES = ("trial_place", "trial_kg", "trial_pieces", "trial_goods", "trial_class")
USUAL = {"trial_place": "", "trial_kg": "3", "trial_pieces": "2", "trial_goods": "0", "trial_class": ""}


def trial_values(args: Mapping[str, str], country: str) -> dict[str, str]:
    """Return what the fields of the question show."""
    return {name: args.get(name, country if name == "trial_place" else USUAL[name])[:80] for name in NAMES}


def read_trial(values: Mapping[str, str], currency: str) -> Trial:
    """Read the question; raises Invalid."""
    places = read_places(values["trial_place"], field="trial_place")
    if len(places) != 1 or places[0] == EVERYWHERE:
        raise Invalid(N_("Name one place, such as CN-广东-深圳 or US-NY."), field="trial_place")
    grams = read_grams(values["trial_kg"], field="trial_kg")
    pieces = read_count(values["trial_pieces"], field="trial_pieces")
    goods: Money = read_money(values["trial_goods"] or "0", field="trial_goods", currency=currency)
    freight_class = squeeze(values["trial_class"])
    part = (Part(freight_class, grams, pieces),) if freight_class else ()
    return Trial(Destination(*parts(places[0])), Load(grams, pieces, goods, part))
