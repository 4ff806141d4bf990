"""What staff type about a return: rows of what arrived by their own names, and an amount."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Form, StringField
from wtforms.validators import InputRequired, Length

from storefront.kernel.money import Money, TooManyDecimals
from storefront.returns.errors import NotAQuantity
from storefront.returns.services import Reception
from storefront.returns.states import Condition

_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


class AmountForm(Form):
    """What goes back; `money` is what was read. Nothing at all may go back, where points had paid."""

    amount = StringField(_("Amount"), [InputRequired(_("Please enter an amount."))])
    reason = StringField(_("Reason for another amount"), [Length(max=200)])

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
        if self.money.minor < 0:
            self.amount.errors = [gettext("Enter an amount, such as 12.50.")]
        return valid and not self.amount.errors


def read_receptions(args: Mapping[str, str], lines: Sequence[Any]) -> dict[int, Reception]:
    """Read what arrived of each line; refuses with Invalid, which names a field."""
    found = {}
    for line in lines:
        name = f"accepted-{line.order_line_id}"
        typed = args.get(name, "").strip()
        if not _NUMBER.fullmatch(typed):
            raise NotAQuantity(field=name)
        chosen = args.get(f"condition-{line.order_line_id}", "")
        condition = Condition(chosen) if chosen in set(Condition) else Condition.AS_NEW
        found[line.order_line_id] = Reception(condition, int(typed), f"restock-{line.order_line_id}" in args)
    return found


def read_warehouse(args: Mapping[str, str]) -> int | None:
    """Read which warehouse's shelves were chosen."""
    text = args.get("warehouse", "")
    return int(text) if _NUMBER.fullmatch(text) else None
