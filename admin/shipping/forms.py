"""What staff type about zones, methods and freight classes."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Form, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from admin.shipping.typed import read_count, read_grams, read_money, read_surcharges, read_units, units_text
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.money import Money
from storefront.kernel.text import squeeze
from storefront.shipping import methods, zones
from storefront.shipping.methods import MethodFacts
from storefront.shipping.models import ShippingMethod, ShippingZone
from storefront.shipping.rules import FreightTemplate, Measure, Tariff
from storefront.shipping.schedule import Schedule
from storefront.shipping.zones import ZoneFacts, read_places

TOO_LONG = _("This is too long.")
DAYS = (
    *(("0", _("Monday")), ("1", _("Tuesday")), ("2", _("Wednesday")), ("3", _("Thursday"))),
    *(("4", _("Friday")), ("5", _("Saturday")), ("6", _("Sunday"))),
)
MEASURES = ((Measure.WEIGHT.value, _("Weight, in kg")), (Measure.PIECE.value, _("Pieces")))
MOST_DAYS = 120


class ZoneForm(Form):
    """One zone."""

    version = HiddenField()
    name = StringField(
        _("Name of the zone"), [InputRequired(_("A zone needs a name.")), Length(max=zones.LONGEST_NAME)]
    )
    places = TextAreaField(_("Delivers to"), [Length(max=20_000, message=TOO_LONG)])
    excluded = TextAreaField(_("But not to"), [Length(max=20_000, message=TOO_LONG)])
    is_active = BooleanField(_("In use"), default=True)

    def read(self) -> ZoneFacts:
        """Return what was typed; raises Invalid."""
        return ZoneFacts(
            name=squeeze(self.name.data or ""),
            places=read_places(self.places.data or "", field="places"),
            excluded=read_places(self.excluded.data or "", field="excluded"),
            is_active=bool(self.is_active.data),
        )


class TemplateForm(Form):
    """A freight template: by weight in kilograms, or by piece."""

    measure = SelectField(_("Charged by"))
    price = StringField(_("First price"), [InputRequired(_("Say what it costs; 0 is free."))])
    first = StringField(_("covers the first (kg or pieces)"), default="0")
    additional_price = StringField(_("Additional price"), default="0")
    additional = StringField(_("for each further (kg or pieces)"), default="0")

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.measure.choices = list(MEASURES)
        self.measure.data = self.measure.data or Measure.WEIGHT.value

    def template(self) -> FreightTemplate:
        """Return the template; raises Invalid."""
        measure = Measure(self.measure.data)
        more = self.money("additional_price")
        additional = read_units(self.additional.data or "", measure, field="additional")
        if more and not additional:
            raise Invalid(
                N_("Say for how many kilograms or pieces the additional price is; 0 cannot be charged."),
                field="additional",
            )
        first = read_units(self.first.data or "", measure, field="first")
        return FreightTemplate(self.money("price"), first, additional, more, measure)

    def money(self, name: str) -> Money:
        """Return the amount in a field; raises Invalid."""
        return read_money(self[name].data or "", field=name, currency=self.currency)


class MethodForm(TemplateForm):
    """One method."""

    version = HiddenField()
    name = StringField(
        _("Name of the method"),
        [InputRequired(_("A delivery method needs a name.")), Length(max=methods.LONGEST_NAME, message=TOO_LONG)],
    )
    name_zh = StringField(_("Name in Chinese"), [Length(max=methods.LONGEST_NAME, message=TOO_LONG)])
    position = StringField(_("Position"), default="0")
    free_from = StringField(_("Free from goods worth"))
    free_from_pieces = StringField(_("Free from so many pieces"))
    most = StringField(_("Heaviest load, in kg"))
    excluded = TextAreaField(_("Not to these places of the zone"), [Length(max=20_000, message=TOO_LONG)])
    surcharges = TextAreaField(_("Surcharges for remote places"), [Length(max=20_000, message=TOO_LONG)])
    min_days = StringField(_("Travels at least (working days)"), default="1")
    max_days = StringField(_("at most (working days)"), default="3")
    lead_days = StringField(_("Working days in the warehouse"), default="0")
    cutoff_hour = StringField(_("Ordered before this hour it goes the same day"))
    weekdays = SelectMultipleField(_("Working days"), default=list("012345"))
    is_active = BooleanField(_("Offered to shoppers"), default=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.weekdays.choices = list(DAYS)

    def read(self) -> MethodFacts:
        """Return what was typed; raises Invalid."""
        free = self.free_from.data and self.free_from.data.strip()
        tariff = Tariff(
            template=self.template(),
            free_from=self.money("free_from") if free else None,
            free_from_pieces=self.count("free_from_pieces") or None,
            surcharges=read_surcharges(self.surcharges.data or "", currency=self.currency),
            excluded=frozenset(read_places(self.excluded.data or "", field="excluded")),
            most_grams=read_grams(self.most.data or "", field="most") or None,
        )
        return MethodFacts(
            name=squeeze(self.name.data or ""),
            name_zh=squeeze(self.name_zh.data or ""),
            position=self.count("position"),
            tariff=tariff,
            schedule=self._schedule(),
            is_active=bool(self.is_active.data),
        )

    def count(self, name: str, most: int = 10_000) -> int:
        """Return the whole number in a field; raises Invalid."""
        return read_count(self[name].data or "", field=name, most=most)

    def _schedule(self) -> Schedule:
        least, most, lead = (self.count(name, MOST_DAYS) for name in ("min_days", "max_days", "lead_days"))
        if least > most:
            raise Invalid(N_("It cannot take at least longer than at most."), field="max_days")
        if not self.weekdays.data:
            raise Invalid(N_("Choose at least one working day."), field="weekdays")
        typed = (self.cutoff_hour.data or "").strip()
        cutoff = self.count("cutoff_hour", 23) if typed else None
        return Schedule(least, most, lead, cutoff, frozenset(int(day) for day in self.weekdays.data))


class NewMethodForm(MethodForm):
    """A method that is not there yet; its code is for ever."""

    code = StringField(_("Code"), [InputRequired(_("A delivery method needs a code."))])


class ClassForm(TemplateForm):
    """What goods of a freight class pay with a method."""

    freight_class = StringField(_("Freight class"), [InputRequired(_("Name the freight class."))])

    def __init__(self, *args: Any, currency: str) -> None:
        super().__init__(*args, currency=currency, prefix="class-")


class GoodsForm(Form):
    """Goods that get a freight class."""

    freight_class = StringField(_("Freight class"))
    skus = TextAreaField(_("SKUs"), [InputRequired(_("Enter at least one SKU.")), Length(max=20_000, message=TOO_LONG)])


def zone_form(row: ShippingZone) -> ZoneForm:
    """Return the form that shows a zone as it is stored."""
    facts = zones.facts_of(row)
    values = {"name": facts.name, "places": "\n".join(facts.places), "excluded": "\n".join(facts.excluded)}
    version = zones.mark_of(zones.told(facts))
    return ZoneForm(data={**values, "version": version, "is_active": facts.is_active})


def method_form(row: ShippingMethod, currency: str) -> MethodForm:
    """Return the form that shows a method as it is stored."""
    facts = methods.facts_of(row, currency)
    tariff, schedule = facts.tariff, facts.schedule
    template, free = tariff.template, tariff.free_from
    lines = [f"{each.price.decimal}: {', '.join(each.places)}" for each in tariff.surcharges]
    values = {
        "version": zones.mark_of(methods.told(facts)),
        **{"name": facts.name, "name_zh": facts.name_zh, "position": str(facts.position)},
        **template_values(template),
        "free_from": "" if free is None else str(free.decimal),
        "free_from_pieces": str(tariff.free_from_pieces or ""),
        "most": units_text(tariff.most_grams, Measure.WEIGHT) if tariff.most_grams else "",
        "excluded": "\n".join(sorted(tariff.excluded)),
        "surcharges": "\n".join(lines),
        **{name: str(getattr(schedule, name)) for name in ("min_days", "max_days", "lead_days")},
        "cutoff_hour": "" if schedule.cutoff_hour is None else str(schedule.cutoff_hour),
        "weekdays": [str(day) for day in sorted(schedule.weekdays)],
        "is_active": facts.is_active,
    }
    return MethodForm(data=values, currency=currency)


def template_values(template: FreightTemplate) -> dict[str, str]:
    """Return a template as values of TemplateForm."""
    more = template.additional_price
    return {
        "measure": template.measure.value,
        "price": str(template.price.decimal),
        "first": units_text(template.first, template.measure),
        "additional": units_text(template.additional, template.measure),
        "additional_price": str(more.decimal) if more else "0",
    }
