"""What staff type about orders."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, EmailField, Form, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from storefront.accounts.emails import fold_email
from storefront.kernel.errors import Invalid
from storefront.web.refusals import show_refusal


class ChangeForm(Form):
    """What is wanted beside the address and the goods, and why."""

    method = RadioField(_("Delivery"), validate_choice=False)
    at_todays_prices = BooleanField(_("All goods at today's prices"))
    reason = StringField(_("Why"), [Length(max=500, message=_("This is too long."))])
    find = StringField(_("Find goods to add"), [Length(max=100)])
    seen = HiddenField()


class CallForm(Form):
    """What a customer says on the phone beside their address and the goods."""

    email = EmailField(_("E-mail"), [InputRequired(_("Please fill this in.")), Length(max=254)])
    locale = SelectField(_("Language of the letters"))
    as_guest = BooleanField(_("Not for this account, as a guest"))
    find = StringField(_("Find goods to add"), [Length(max=100)])
    code = StringField(_("Coupon code"), [Length(max=64)])
    method = RadioField(_("Delivery"), validate_choice=False)
    payment = RadioField(_("Payment"), validate_choice=False)
    note = TextAreaField(_("Note from the customer"), [Length(max=500, message=_("This is too long."))])
    token = HiddenField()
    seen = HiddenField()

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field; an e-mail address must be one."""
        valid = bool(super().validate(extra_validators))
        if self.email.data and not self.email.errors:
            try:
                self.email.data = fold_email(self.email.data)
            except Invalid as refusal:
                show_refusal(self, refusal)
                valid = False
        return valid
