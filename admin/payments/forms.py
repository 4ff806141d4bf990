"""What staff type about money."""

from __future__ import annotations

import secrets
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Form, HiddenField, StringField
from wtforms.validators import InputRequired, Length

from admin.payments.queries import OrderMoney
from storefront.kernel.money import Money, TooManyDecimals


class AmountForm(Form):
    """An amount in the order's currency; `money` is what was read."""

    amount = StringField(_("Amount"), [InputRequired(_("Please enter an amount."))])

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency, self.money = currency, Money.zero(currency)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Read the amount; more decimals than the currency has are refused, not rounded."""
        valid = bool(super().validate(*args, **kwargs))
        if self.amount.errors:
            return False
        try:
            self.money = Money.parse(str(self.amount.data), self.currency)
        except TooManyDecimals:
            self.amount.errors = [gettext("This currency has fewer decimals.")]
        except ValueError:
            self.amount.errors = [gettext("Enter an amount, such as 12.50.")]
        else:
            if self.money.minor <= 0:
                self.amount.errors = [gettext("Enter more than nothing.")]
        return valid and not self.amount.errors


class RefundForm(AmountForm):
    """Money to be sent back, and why."""

    reason = StringField(
        _("Reason"),
        [InputRequired(_("Please say why; it is kept with the change.")), Length(max=200)],
    )
    token = HiddenField()


def suggested_refund(money: OrderMoney) -> RefundForm:
    """Return a form that suggests what was too much, else all that can go back, and nothing while something waits for
    an approval; its token makes it one refund.
    """
    most = money.overpaid or money.refundable
    amount = "" if money.waiting else str(most.decimal)
    return RefundForm(currency=most.currency, data={"amount": amount, "token": secrets.token_urlsafe(12)})


class TransferForm(AmountForm):
    """Money that stands on the bank statement."""

    amount = StringField(_("Amount that arrived"), [InputRequired(_("Please enter an amount."))], id="transfer-amount")
    bank_reference = StringField(
        _("Reference on the statement"),
        [InputRequired(_("Please enter the reference that the bank statement shows.")), Length(max=60)],
    )
