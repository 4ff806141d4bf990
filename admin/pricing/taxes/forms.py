"""What staff type about tax classes and rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, Form, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from storefront.accounts.countries import country_choices
from storefront.accounts.rules import LONGEST
from storefront.kernel.errors import N_, Invalid
from storefront.pricing.taxes.models import TaxClass, TaxRate
from storefront.pricing.taxes.plans import LONGEST_NAME, PARTS, ClassPlan, RatePlan, percent_text, read_rate
from storefront.pricing.taxes.regions import normal_region
from storefront.pricing.taxes.rules import TaxMode
from storefront.pricing.taxes.services import plan_of_class, plan_of_rate
from storefront.web.locale import babel_locale

Choices = Sequence[tuple[str, str]]
MODES: dict[TaxMode, tuple[str, str]] = {
    TaxMode.INCLUSIVE: (
        N_("Prices include tax"),
        N_("What a page shows is what is paid, wherever it goes; usual in China and Europe."),
    ),
    TaxMode.EXCLUSIVE: (
        N_("Tax is added at checkout"),
        N_("Prices are without tax, which depends on where the goods go; usual in the United States."),
    ),
}
PART_WORDS = (N_("The tax of the place"), N_("A second tax beside it"), N_("A third tax beside them"))


def _too_long() -> Any:
    return Length(max=LONGEST_NAME, message=_("This is too long."))


class ModeForm(Form):
    """Whether prices contain tax."""

    mode = RadioField(_("Prices and tax"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mode.choices = [(mode.value, gettext(words)) for mode, (words, _note) in MODES.items()]

    def read(self) -> TaxMode:
        """Return what was chosen; raises Invalid."""
        if self.mode.data not in set(TaxMode):
            raise Invalid(N_("Please choose one of these."), field="mode")
        return TaxMode(self.mode.data)


class ClassForm(Form):
    """A tax class."""

    version = IntegerField(default=0)
    name = StringField(
        _("Name of the class"),
        [InputRequired(_("Give the tax class a name, such as “Standard” or “Food”.")), _too_long()],
    )
    name_zh = StringField(_("Name in Chinese"), [_too_long()])
    is_default = BooleanField(_("For all goods that have no class of their own"))
    is_for_delivery = BooleanField(_("For delivery"))

    def read(self) -> ClassPlan:
        """Return what was typed; raises Invalid."""
        return ClassPlan(
            self.name.data or "",
            self.name_zh.data or "",
            is_default=bool(self.is_default.data),
            is_for_delivery=bool(self.is_for_delivery.data),
        )


class RateForm(Form):
    """A rate of a class at a place, for some time."""

    version = IntegerField(default=0)
    tax_class = SelectField(_("Tax class"), validate_choice=False)
    country = SelectField(_("Country"), validate_choice=False)
    region = StringField(
        _("State, province or region"), [Length(max=LONGEST["region"], message=_("This is too long."))]
    )
    part = SelectField(_("Which tax"), validate_choice=False)
    name = StringField(
        _("Name of the tax"),
        [InputRequired(_("Give the tax its name, as receipts show it: VAT, sales tax.")), _too_long()],
    )
    name_zh = StringField(_("Name in Chinese"), [_too_long()])
    percent = StringField(_("Percent"), [InputRequired(_("Enter a percentage, such as 19 or 8.875."))])
    valid_from = DateField(_("From"), [Optional()])
    valid_to = DateField(_("To"), [Optional()])

    def __init__(self, *args: Any, classes: Choices, home: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tax_class.choices = list(classes)
        self.country.choices = list(country_choices(babel_locale(), home))
        self.part.choices = [(str(part), gettext(words)) for part, words in zip(PARTS, PART_WORDS, strict=True)]
        if not self.country.data:
            self.country.data = home

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Say in plain words what is wrong with a day."""
        valid = bool(super().validate(*args, **kwargs))
        for field in (self.valid_from, self.valid_to):
            if field.errors:
                field.errors = [gettext("Enter a day, such as 2026-05-03.")]
        return valid

    def read(self) -> RatePlan:
        """Return what was typed; raises Invalid."""
        country, part = str(self.country.data or ""), str(self.part.data or "")
        return RatePlan(
            tax_class=str(self.tax_class.data or ""),
            country=country,
            region=normal_region(country, self.region.data or ""),
            name=self.name.data or "",
            millionths=read_rate(self.percent.data or ""),
            name_zh=self.name_zh.data or "",
            part=int(part) if part in {str(known) for known in PARTS} else 0,
            valid_from=self.valid_from.data,
            valid_to=self.valid_to.data,
        )


def class_form_of(row: TaxClass) -> ClassForm:
    """Return the form that shows a class as it is stored."""
    plan = plan_of_class(row)
    return ClassForm(data={**{name: getattr(plan, name) for name in ClassPlan.__slots__}, "version": row.version})


def rate_form_of(row: TaxRate, *, classes: Choices, home: str) -> RateForm:
    """Return the form that shows a rate as it is stored."""
    plan = plan_of_rate(row)
    data = {name: getattr(plan, name) for name in RatePlan.__slots__ if name not in {"millionths", "part"}}
    more = {"percent": percent_text(plan.millionths), "part": str(plan.part), "version": row.version}
    return RateForm(data={**data, **more}, classes=classes, home=home)
