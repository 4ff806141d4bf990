"""What staff type about a coupon, a batch of codes and a gift. Times are typed and shown in the shop's zone."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    EmailField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional

from admin.coupons.tables import WAYS
from admin.days import to_local, to_utc
from storefront.promotions.coupons import BatchPlan, TemplatePlan
from storefront.promotions.models import CouponTemplate
from storefront.promotions.states import CouponWay

FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"]
NUMBERS = ("claim_limit", "per_customer_claims", "valid_days")
TIMES = ("claim_starts_at", "claim_ends_at", "valid_until")


class CouponForm(Form):
    """How a promotion's coupons come to people."""

    version = IntegerField(default=0)
    promotion_id = SelectField(_("Promotion"), coerce=int, validate_choice=False)
    way = RadioField(_("How it comes to people"), default=CouponWay.CLAIM.value)
    claim_limit = IntegerField(_("How many there are"), [Optional()])
    per_customer_claims = IntegerField(_("For each customer"), [Optional()], default=1)
    claim_starts_at = DateTimeLocalField(_("Claims start"), [Optional()], format=FORMATS)
    claim_ends_at = DateTimeLocalField(_("Claims end"), [Optional()], format=FORMATS)
    valid_days = IntegerField(_("Days that it holds"), [Optional()])
    valid_until = DateTimeLocalField(_("Holds until"), [Optional()], format=FORMATS)
    is_active = BooleanField(_("Give it out"), default=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.way.choices = [(value, gettext(words)) for value, words in WAYS.items()]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Say in plain words what is wrong with numbers, dates and choices."""
        valid = bool(super().validate(*args, **kwargs))
        for name in NUMBERS:
            if self[name].errors:
                self[name].errors = [gettext("Enter a whole number.")]
        for name in TIMES:
            if self[name].errors:
                self[name].errors = [gettext("Enter a day and a time, such as 2026-05-03 09:00.")]
        if self.way.errors:
            self.way.errors = [gettext("Please choose how it comes to people.")]
        if not self.promotion_id.data:
            self.promotion_id.errors = [gettext("Please choose a promotion.")]
            valid = False
        return valid

    def read(self) -> TemplatePlan:
        """Return what was typed; raises Invalid."""
        return TemplatePlan(
            promotion_id=self.promotion_id.data,
            way=CouponWay(self.way.data),
            claim_limit=self.claim_limit.data,
            per_customer_claims=1 if self.per_customer_claims.data is None else self.per_customer_claims.data,
            valid_days=self.valid_days.data,
            is_active=bool(self.is_active.data),
            **{name: to_utc(self[name].data, g.shop.timezone) for name in TIMES},
        )


class BatchForm(Form):
    """So many codes to make."""

    name = StringField(_("Name of the batch"), [InputRequired(_("Please give the batch a name.")), Length(max=255)])
    size = IntegerField(_("How many codes"), [InputRequired(_("Enter a whole number."))])
    prefix = StringField(_("Each begins with"))

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Say in plain words what is wrong with the number."""
        valid = bool(super().validate(*args, **kwargs))
        if self.size.errors:
            self.size.errors = [gettext("Enter a whole number.")]
        return valid

    def read(self) -> BatchPlan:
        """Return what was typed; raises Invalid."""
        return BatchPlan.of(name=self.name.data or "", size=self.size.data or 0, prefix=self.prefix.data or "")


class GiftForm(Form):
    """Whom to give one."""

    email = EmailField(
        _("E-mail of the customer"), [InputRequired(_("Please enter an e-mail address.")), Length(max=254)]
    )


def form_of(template: CouponTemplate) -> CouponForm:
    """Return the form that shows a template as it is stored."""
    data = {name: getattr(template, name) for name in ("version", "promotion_id", "way", "is_active", *NUMBERS)}
    return CouponForm(data={**data, **{name: to_local(getattr(template, name), g.shop.timezone) for name in TIMES}})
