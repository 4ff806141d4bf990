"""Templates, findings and places in words."""

from __future__ import annotations

from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.kernel.errors import N_
from storefront.shipping.linting import Finding, Odd
from storefront.shipping.rules import FreightTemplate, Measure, Tariff
from storefront.shipping.schedule import Schedule
from storefront.shipping.words import place_words
from storefront.web.filters import money_text

ACTIONS = {
    "shipping_zone.add": N_("Delivery zone added"),
    "shipping_zone.change": N_("Delivery zone changed"),
    "shipping_method.add": N_("Delivery method added"),
    "shipping_method.change": N_("Delivery method changed"),
}
SHOWN_PLACES = 8


def template_words(template: FreightTemplate) -> str:
    """Say what a template asks: "$4.99 up to 1 kg, then $1.50 for every further 0.5 kg"."""
    price = money_text(template.price)
    by_piece = template.measure is Measure.PIECE
    if not template.additional or not template.additional_price:
        return str(
            _("%(price)s, however many", price=price) if by_piece else _("%(price)s, whatever it weighs", price=price)
        )
    more = money_text(template.additional_price)
    step = units_words(template.additional, template.measure)
    if not template.first:
        return str(_("%(price)s, and %(more)s for every %(step)s", price=price, more=more, step=step))
    if not by_piece:
        first = units_words(template.first, template.measure)
        words = _(
            "%(price)s up to %(first)s, then %(more)s for every further %(step)s",
            price=price,
            first=first,
            more=more,
            step=step,
        )
        return str(words)
    return str(_(", ")).join([_first_pieces(template.first, price), _further_pieces(template.additional, more)])


def _first_pieces(count: int, price: str) -> str:
    if count == 1:
        return str(_("%(price)s for the first piece", price=price))
    return str(
        ngettext("%(price)s for the first %(num)s piece", "%(price)s for the first %(num)s pieces", count, price=price)
    )


def _further_pieces(count: int, more: str) -> str:
    if count == 1:
        return str(_("then %(more)s for each further piece", more=more))
    return str(
        ngettext(
            "then %(more)s for every %(num)s further piece",
            "then %(more)s for every %(num)s further pieces",
            count,
            more=more,
        )
    )


def units_words(units: int, measure: Measure) -> str:
    """Write grams as kilograms, or pieces."""
    if measure is Measure.PIECE:
        return str(ngettext("%(num)s piece", "%(num)s pieces", units))
    return f"{Decimal(units) / 1000:f} kg"


def tariff_notes(tariff: Tariff) -> list[str]:
    """Say what a tariff has beside its template."""
    notes = []
    if tariff.free_from is not None:
        notes.append(_("free from %(price)s", price=money_text(tariff.free_from)))
    if tariff.free_from_pieces is not None:
        count = tariff.free_from_pieces
        notes.append(ngettext("free from %(num)s piece", "free from %(num)s pieces", count))
    for each in tariff.surcharges:
        notes.append(_("%(price)s more to %(places)s", price=money_text(each.price), places=places_words(each.places)))
    if tariff.excluded:
        notes.append(_("not to %(places)s", places=places_words(sorted(tariff.excluded))))
    if tariff.most_grams is not None:
        notes.append(_("at most %(weight)s", weight=units_words(tariff.most_grams, Measure.WEIGHT)))
    for name, template in sorted(tariff.class_templates.items()):
        notes.append(_("%(name)s: %(words)s", name=name, words=template_words(template)))
    return [str(note) for note in notes]


def schedule_words(schedule: Schedule) -> str:
    """Say how long a method takes, in working days."""
    least, most = schedule.lead_days + schedule.min_days, schedule.lead_days + schedule.max_days
    days = str(least) if least == most else f"{least}–{most}"
    return str(ngettext("%(days)s working day", "%(days)s working days", most, days=days))


def places_words(places: list[str] | tuple[str, ...]) -> str:
    """Name places, the first few of many."""
    named = _("; ").join(place_words(place) for place in places[:SHOWN_PLACES])
    rest = len(places) - SHOWN_PLACES
    return str(_("%(places)s and %(num)s more", places=named, num=rest)) if rest > 0 else str(named)


def finding_words(finding: Finding) -> str:
    """Say what is odd and what to do about it."""
    about = finding.about
    if finding.odd is Odd.SHARED_PLACE:
        place = place_words(finding.what)
        return str(_("%(place)s is in two zones; the older, “%(zone)s”, has it.", place=place, zone=about))
    if finding.odd is Odd.NO_METHOD:
        return str(_("The zone “%(zone)s” has no method in use, so nothing is delivered to its places.", zone=about))
    if finding.odd is Odd.TWO_PARCELS_CHEAPER:
        return str(_("With “%(name)s” two small orders cost less than one: raise the first price.", name=about))
    count = int(finding.what)
    return str(
        ngettext(
            "%(num)s variant on sale has no weight; it counts as 0 kg.",
            "%(num)s variants on sale have no weight; they count as 0 kg.",
            count,
        )
    )
