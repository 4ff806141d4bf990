"""What is typed at checkout beside the address."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, EmailField, Form, HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from storefront.accounts.emails import fold_email
from storefront.kernel.errors import Invalid
from storefront.web.refusals import show_refusal


class CheckoutForm(Form):
    """How to reach the shopper, how to deliver, how to pay; and what the page showed."""

    email = EmailField(
        _("E-mail"),
        [
            InputRequired(_("Please fill this in, so that we can confirm your order.")),
            Length(max=254, message=_("This is too long.")),
        ],
    )
    shipping_method = RadioField(_("Delivery"), validate_choice=False)
    payment_provider = RadioField(_("Payment"), validate_choice=False)
    note = TextAreaField(_("Note for us"), [Length(max=500, message=_("Please keep it under 500 characters."))])
    keep_address = BooleanField(_("Keep this address for next time"))
    token = HiddenField()
    quote = HiddenField()
    seen = HiddenField()

    def let_email_be_empty(self) -> None:
        """For who is reached by phone: a customer without an e-mail has proven a number."""
        self.email.validators = [Optional(), *self.email.validators[1:]]
        self.email.flags.required = False

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field; an e-mail address must be one. Which methods deliver there is checked when placing."""
        valid = super().validate(extra_validators)
        if self.email.data and not self.email.errors:
            try:
                self.email.data = fold_email(self.email.data)
            except Invalid as refusal:
                show_refusal(self, refusal)
                valid = False
        if not self.shipping_method.data:
            self.shipping_method.errors = [_("Please choose how we deliver.")]
            valid = False
        if self.payment_provider.data not in dict(self.payment_provider.choices or ()):
            self.payment_provider.errors = [_("Please choose a way to pay.")]
            valid = False
        return bool(valid)
