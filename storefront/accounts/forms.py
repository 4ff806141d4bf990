"""What people type about themselves."""

from __future__ import annotations

from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, EmailField, Form, HiddenField, PasswordField, SelectField, StringField, TelField
from wtforms.validators import InputRequired, Length

from storefront.accounts.countries import country_choices
from storefront.accounts.errors import InvalidAddress
from storefront.accounts.rules import LONGEST, PROVINCES, PostalAddress, read_address, required_fields
from storefront.mail.states import CONSENT
from storefront.web.refusals import show_refusal


def _needed() -> Any:
    return InputRequired(_("Please fill this in."))


def _at_most(count: int) -> Any:
    return Length(max=count, message=_("This is too long."))


class SignInForm(Form):
    """E-mail and password, and where to go then."""

    email = EmailField(_("E-mail"), [_needed(), _at_most(254)])
    password = PasswordField(_("Password"), [_needed(), _at_most(400)])
    next = HiddenField(validators=[_at_most(500)])


class RegisterForm(SignInForm):
    """A new account."""

    name = StringField(_("Name"), [_at_most(120)])
    news = BooleanField(_(CONSENT))


class InvitationForm(Form):
    """A new account, where the shop writes to the address first."""

    email = EmailField(_("E-mail"), [_needed(), _at_most(254)])
    name = StringField(_("Name"), [_at_most(120)])
    next = HiddenField(validators=[_at_most(500)])


class NewPasswordForm(Form):
    """The password of an account that a letter invited to."""

    password = PasswordField(_("Password"), [_needed(), _at_most(400)])
    news = BooleanField(_(CONSENT))


class NameForm(Form):
    """How the shop addresses and reaches somebody."""

    name = StringField(_("Name"), [_needed(), _at_most(120)])
    phone = TelField(_("Phone"), [_at_most(40)])


class EmailForm(Form):
    """Another e-mail, confirmed by the password."""

    email = EmailField(_("New e-mail"), [_needed(), _at_most(254)])
    password = PasswordField(_("Your current password"), [_needed(), _at_most(400)], id="email-password")


class PasswordForm(Form):
    """Another password, confirmed by the present one."""

    current = PasswordField(_("Your current password"), [_needed(), _at_most(400)])
    new = PasswordField(_("New password"), [_needed(), _at_most(400)])


class AddressForm(Form):
    """A postal address; what it must have depends on its country, so `accounts.rules` judges it."""

    country = SelectField(_("Country or region"))
    name = StringField(_("Recipient"), [_at_most(LONGEST["name"])])
    phone = TelField(_("Phone"), [_at_most(40)])
    region = StringField(_("State or region"), [_at_most(LONGEST["region"])])
    city = StringField(_("City"), [_at_most(LONGEST["city"])])
    district = StringField(_("District"), [_at_most(LONGEST["district"])])
    street = StringField(_("Street and number"), [_at_most(LONGEST["street"])])
    street2 = StringField(_("Flat, floor, company"), [_at_most(LONGEST["street2"])])
    postcode = StringField(_("Postcode"), [_at_most(LONGEST["postcode"])])

    def __init__(self, *args: Any, home: str = "US", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = list(country_choices(str(get_locale()), home))
        if not self.country.data:
            self.country.data = home
        self.provinces = PROVINCES

    @property
    def is_chinese(self) -> bool:
        return bool(self.country.data == "CN")

    def needs(self, field: str) -> bool:
        """Say whether the chosen country's addresses must have `field`."""
        return field in required_fields(self.country.data or "")

    def read(self) -> PostalAddress | None:
        """Return the address, or None with every problem beside its field."""
        if not self.validate():
            return None
        try:
            return read_address(self.data)
        except InvalidAddress as refusal:
            for field, problem in refusal.problems.items():
                show_refusal(self, problem, default=field)
            return None
