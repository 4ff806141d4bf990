"""What staff type about tiers and points."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DecimalField, Form, HiddenField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Regexp

from storefront.kernel.money import MAX_MINOR, Money, TooManyDecimals
from storefront.kernel.text import squeeze
from storefront.loyalty.models import Tier
from storefront.loyalty.standings import TierDraft

MOST_PERCENT = 1_000
LONGEST_KEY = 32


class TierForm(Form):
    """A tier: what it is called, what it asks for and what it gives."""

    version = StringField(default="")
    key = StringField(
        _("Key"),
        [
            InputRequired(_("Give the tier a short key, such as gold.")),
            Length(max=LONGEST_KEY, message=_("Use at most 32 characters.")),
            Regexp(r"^[a-z][a-z0-9-]*$", message=_("Use small letters, digits and hyphens, such as gold-plus.")),
        ],
    )
    name = StringField(_("Name of the tier"), [DataRequired(_("Give the tier a name; customers read it."))])
    name_zh = StringField(_("Name in Chinese"))
    spend = StringField(
        _("From a spend of"), [InputRequired(_("Say from which spend on it is reached; 0 is everybody."))]
    )
    rate = DecimalField(
        _("Points, in percent of the usual"),
        [
            InputRequired(_("Say how many points its members earn; 100 is the usual.")),
            NumberRange(0, MOST_PERCENT, message=_("Enter 0 to 1000.")),
        ],
        places=None,
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency, self.amount = currency, Money.zero(currency)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Read the amount, and say in plain words what is wrong with numbers."""
        valid = bool(super().validate(*args, **kwargs))
        if not self.spend.errors:
            self.spend.errors = self._read_amount()
        if self.rate.data is None and self.rate.raw_data and self.rate.raw_data[0]:
            self.rate.errors = [gettext("Enter a number, such as 150.")]
        elif not self.rate.errors and self.rate.data * 100 % 1:
            self.rate.errors = [gettext("Use at most two decimals.")]
        for name in (self.name, self.name_zh):
            if len(name.data or "") > 255:
                name.errors = [gettext("This is too long.")]
        return valid and not self.errors

    def read(self) -> TierDraft:
        """Return what was typed; ask after `validate`."""
        return TierDraft(
            key=self.key.data or "",
            name=squeeze(self.name.data or ""),
            name_zh=squeeze(self.name_zh.data or ""),
            spend=self.amount,
            earn_basis_points=int(self.rate.data * 100),
        )

    def _read_amount(self) -> list[str]:
        try:
            self.amount = Money.parse(self.spend.data or "", self.currency)
        except TooManyDecimals:
            return [gettext("This currency has fewer decimals.")]
        except ValueError:
            return [gettext("Enter an amount, such as 500.")]
        if self.amount.minor < 0:
            return [gettext("A spend cannot be less than nothing.")]
        return [] if self.amount.minor < MAX_MINOR else [gettext("This is too much.")]


class AdjustForm(Form):
    """Points to give or take, and why; `seen` is what could be spent when the form was shown."""

    seen = HiddenField()
    points = StringField(_("Points"), [InputRequired(_("Enter how many points to give, or to take with a minus."))])
    reason = StringField(
        _("Reason"),
        [
            InputRequired(_("Please say why: the customer may ask.")),
            Length(max=255, message=_("Use at most 255 characters.")),
        ],
    )


def form_of(tier: Tier, currency: str) -> TierForm:
    """Return a tier's form, filled."""
    return TierForm(
        currency=currency,
        data={
            "version": version_of(tier),
            "key": tier.key,
            "name": tier.name,
            "name_zh": (tier.translations.get("zh") or {}).get("name", ""),
            "spend": f"{Money(tier.spend_minor, currency).decimal:f}",
            "rate": Decimal(tier.earn_basis_points) / 100,
        },
    )


def version_of(tier: Tier) -> str:
    """Return what tells one saving of a tier from the next."""
    return tier.updated_at.isoformat()
