"""What delivery costs and whom it reaches. Pure: plain values in, plain values out.

Places are written as `places.regions.place` does: "CN", "CN-广东省", "CN-广东省-深圳市", and "*" for everywhere else.
Weights are grams. Which zone a place belongs to is decided by whoever names it most closely, see `zone_for`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from storefront.kernel.money import Money
from storefront.places.regions import place

EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where goods go, as far as delivery depends on it: an ISO 3166 country, a province or state, a city."""

    country: str
    region: str = ""
    city: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The places that it lies in, the closest first, everywhere last."""
        levels = (
            place(self.country, self.region, self.city),
            place(self.country, self.region),
            self.country,
            EVERYWHERE,
        )
        return tuple(dict.fromkeys(levels))

    def is_in(self, places: Iterable[str]) -> bool:
        """Say whether one of these places holds it."""
        return not frozenset(places).isdisjoint(self.names)


@dataclass(frozen=True, slots=True)
class Part:
    """The goods of one freight class within a load, such as what is bulky."""

    freight_class: str
    weight_grams: int
    pieces: int

    def __post_init__(self) -> None:
        if self.weight_grams < 0 or self.pieces < 0:
            raise ValueError("a weight and a number of pieces are not negative")


@dataclass(frozen=True, slots=True)
class Load:
    """What is delivered together: its weight, how many pieces, and what they cost before promotions.

    What nobody has weighed and what weighs nothing count 0 grams: a load of 0 grams pays the first price, no less.
    `parts` are the goods of it that have a freight class; the rest has none.
    """

    weight_grams: int
    pieces: int
    goods: Money
    parts: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        if self.weight_grams < 0 or self.pieces < 0:
            raise ValueError("a weight and a number of pieces are not negative")
        grams, pieces = (sum(getattr(part, name) for part in self.parts) for name in ("weight_grams", "pieces"))
        if grams > self.weight_grams or pieces > self.pieces:
            raise ValueError("parts are not more than the whole")

    def by_class(self, known: Iterable[str]) -> dict[str, Part]:
        """Return the goods by freight class; those of no class, or of none that is `known`, are together under ""."""
        found = {part.freight_class: part for part in self.parts if part.freight_class in set(known)}
        grams = self.weight_grams - sum(part.weight_grams for part in found.values())
        pieces = self.pieces - sum(part.pieces for part in found.values())
        if pieces or not found:
            found[""] = Part("", grams, pieces)
        return found


class Measure(StrEnum):
    """What freight is counted by."""

    WEIGHT = "weight"
    PIECE = "piece"


@dataclass(frozen=True, slots=True)
class FreightTemplate:
    """运费模板: a price that covers the first units, and a price for each further so many units begun.

    Units are grams or pieces. `additional` is 0 where more costs nothing more; a price for further units that does not
    say for how many is refused with ValueError, as is anything negative.
    """

    price: Money
    first: int = 0
    additional: int = 0
    additional_price: Money | None = None
    measure: Measure = Measure.WEIGHT

    def __post_init__(self) -> None:
        prices = [self.price.minor, self.additional_price.minor if self.additional_price else 0]
        if min(self.first, self.additional, *prices) < 0:
            raise ValueError("weights, pieces and prices are not negative")
        if self.additional_price and not self.additional:
            raise ValueError("a price for further units says for how many")

    @property
    def punishes_one_parcel(self) -> bool:
        """Whether two small loads may cost less than one that holds both: the first units cost less than later ones."""
        if not self.additional or self.additional_price is None:
            return False
        return self.price.minor < self.additional_price.minor * -(-self.first // self.additional)

    def steps(self, part: Part, *, covered: int) -> Money:
        """Return the additional price of `part` when `covered` units of it are paid for already."""
        units = part.pieces if self.measure is Measure.PIECE else part.weight_grams
        beyond = units - covered
        if beyond <= 0 or not self.additional or self.additional_price is None:
            return Money.zero(self.price.currency)
        return self.additional_price * -(-beyond // self.additional)


def freight(templates: Mapping[str, FreightTemplate], load: Load) -> Money:
    """Return what carrying `load` costs; `templates` maps freight classes, "" for goods without one of its own.

    freight = price + additional_price * ceil((units - first) / additional), and the price alone up to `first` units.
    Where goods of several classes travel together, the usual rule holds: the first price is the highest of theirs and
    is due once; every other class pays the additional price for all of its units.
    """
    parts = load.by_class(templates)
    leading = max(parts, key=lambda name: (templates[name].price.minor, name == ""))
    due = templates[leading].price
    for name, part in parts.items():
        due += templates[name].steps(part, covered=templates[name].first if name == leading else 0)
    return due


@dataclass(frozen=True, slots=True)
class Surcharge:
    """A price on top for remote places."""

    places: tuple[str, ...]
    price: Money

    def __post_init__(self) -> None:
        if self.price.minor < 0:
            raise ValueError("prices are not negative")


@dataclass(frozen=True, slots=True)
class Tariff:
    """Everything that one method asks: its template, what makes it free, and where and how much it carries at all.

    It is free from goods worth `free_from` or from `free_from_pieces`, whichever is reached first. A surcharge is due
    all the same: free delivery is a promise about the freight. Of several surcharges the closest place's counts, alone.
    """

    template: FreightTemplate
    class_templates: Mapping[str, FreightTemplate] = field(default_factory=dict)
    """Templates of freight classes that are charged in a way of their own."""
    free_from: Money | None = None
    free_from_pieces: int | None = None
    surcharges: tuple[Surcharge, ...] = ()
    excluded: frozenset[str] = frozenset()
    most_grams: int | None = None

    def __post_init__(self) -> None:
        if self.free_from_pieces is not None and self.free_from_pieces < 1:
            raise ValueError("free delivery begins with a piece")
        if self.most_grams is not None and self.most_grams < 1:
            raise ValueError("a method carries something")

    @property
    def templates(self) -> Mapping[str, FreightTemplate]:
        """Every template by freight class, "" for the rest."""
        return {**self.class_templates, "": self.template}

    def is_free(self, load: Load) -> bool:
        """Say whether the freight of `load` is waived."""
        enough = self.free_from is not None and load.goods >= self.free_from
        return enough or (self.free_from_pieces is not None and load.pieces >= self.free_from_pieces)

    def surcharge(self, destination: Destination) -> Money:
        """Return what is added at `destination`: of the places that hold it, the closest one's price."""
        for name in destination.names:
            for each in self.surcharges:
                if name in each.places:
                    return each.price
        return Money.zero(self.template.price.currency)


class Reason(StrEnum):
    """Why nothing can be delivered."""

    NOWHERE = "nowhere"
    """No zone holds the place, or its zone has no method, or it is left out."""
    REGION_NEEDED = "region_needed"
    """It depends on the region, which is not known yet."""
    TOO_HEAVY = "too_heavy"


@dataclass(frozen=True, slots=True)
class Charge:
    """What a method costs for one load: the freight, and a surcharge for a remote place."""

    freight: Money
    surcharge: Money

    @property
    def total(self) -> Money:
        return self.freight + self.surcharge


def charge(tariff: Tariff, destination: Destination, load: Load) -> Charge | Reason:
    """Return what a method costs for `load` to a destination in its zone, or why it does not carry it."""
    if destination.is_in(tariff.excluded):
        return Reason.NOWHERE
    if tariff.most_grams is not None and load.weight_grams > tariff.most_grams:
        return Reason.TOO_HEAVY
    carried = Money.zero(load.goods.currency) if tariff.is_free(load) else freight(tariff.templates, load)
    return Charge(carried, tariff.surcharge(destination))


@dataclass(frozen=True, slots=True)
class Zone:
    """Places that share their methods, but for those left out."""

    id: int
    places: frozenset[str]
    excluded: frozenset[str] = frozenset()


def zone_for(destination: Destination, zones: Iterable[Zone]) -> int | None:
    """Return the id of the zone that a destination belongs to; None where nobody delivers.

    The closest word counts: a zone that names the city goes before one that names the region, that before the country,
    that before everywhere else. A zone that leaves a place out says so just as closely: the place belongs to another
    zone that names it as closely or closer, else to none, not to a wider one. Two zones that name one place cannot be
    stored; where it happened all the same, the older (the lower id) has it.
    """
    every = sorted(zones, key=lambda zone: zone.id)
    for name in destination.names:
        for zone in every:
            if name in zone.places:
                return zone.id
        if any(name in zone.excluded for zone in every):
            return None
    return None


def depends_on_region(country: str, zones: Iterable[Zone]) -> bool:
    """Say whether zones name regions of a country, so that the country alone does not decide."""
    return any(name.startswith(f"{country}-") for zone in zones for name in zone.places)
