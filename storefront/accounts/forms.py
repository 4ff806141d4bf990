"""What people type about themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    EmailField,
    Form,
    HiddenField,
    PasswordField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import AnyOf, InputRequired, Length

from storefront.accounts.countries import countries_by_name, country_choices
from storefront.accounts.errors import InvalidAddress
from storefront.accounts.rules import (
    COUNTRIES,
    LONGEST,
    UNKNOWN_COUNTRY,
    PostalAddress,
    normal_area,
    read_address,
    required_fields,
)
from storefront.mail.states import CONSENT
from storefront.places import china
from storefront.places.pasting import read_pasted
from storefront.places.regions import CHINA, cities_of, city_label, country_of, regions_of
from storefront.web.refusals import show_refusal

Choices = tuple[tuple[str, str], ...]


def _needed() -> Any:
    return InputRequired(_("Please fill this in."))


def _at_most(count: int) -> Any:
    return Length(max=count, message=_("This is too long."))


def _reads_chinese() -> bool:
    return str(get_locale()).startswith("zh")


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
    """Another e-mail, allowed by the password where there is one."""

    email = EmailField(_("New e-mail"), [_needed(), _at_most(254)])
    password = PasswordField(_("Your current password"), [_at_most(400)], id="email-password")


class LetterForm(Form):
    """Where a letter shall go."""

    email = EmailField(_("E-mail"), [_needed(), _at_most(254)])


class PhoneForm(Form):
    """A number that a code shall go to."""

    phone = TelField(_("Mobile phone"), [_needed(), _at_most(40)])
    next = HiddenField(validators=[_at_most(500)])


class OwnPhoneForm(Form):
    """A number to sign in with, allowed by the password where there is one."""

    phone = TelField(_("Mobile phone"), [_needed(), _at_most(40)], id="sign-in-phone")
    password = PasswordField(_("Your current password"), [_at_most(400)], id="phone-password")


class CodeForm(Form):
    """The code of a short message."""

    code = StringField(_("Code from the message"), [_needed(), _at_most(20)])


class OwnerForm(Form):
    """The password of the account that shall be connected."""

    password = PasswordField(_("Password"), [_needed(), _at_most(400)])


class PasswordForm(Form):
    """Another password, confirmed by the present one."""

    current = PasswordField(_("Your current password"), [_needed(), _at_most(400)])
    new = PasswordField(_("New password"), [_needed(), _at_most(400)])


class AddressForm(Form):
    """A postal address; what it must have depends on its country, so `accounts.rules` judges it."""

    country = SelectField(_("Country or region"), [AnyOf(COUNTRIES, _(UNKNOWN_COUNTRY))], validate_choice=False)
    name = StringField(_("Recipient"), [_at_most(LONGEST["name"])])
    phone = TelField(_("Phone"), [_at_most(40)])
    region = StringField(_("State or region"), [_at_most(LONGEST["region"])])
    city = StringField(_("City"), [_at_most(LONGEST["city"])])
    district = StringField(_("District"), [_at_most(LONGEST["district"])])
    street = StringField(_("Street and number"), [_at_most(LONGEST["street"])])
    street2 = StringField(_("Flat, floor, company"), [_at_most(LONGEST["street2"])])
    postcode = StringField(_("Postcode"), [_at_most(LONGEST["postcode"])])
    pasted = TextAreaField(_("Name, phone and address in one piece"))
    fill = HiddenField()
    """Sent by the button that fills the fields from `pasted`."""

    def __init__(self, *args: Any, home: str = "US", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = list(country_choices(str(get_locale()), home))
        if self.is_filling:
            self._fill(home)
        if not self.country.data:
            self.country.data = home
        area = {name: str(self[name].data or "") for name in ("country", "region", "city", "district")}
        for name, value in normal_area(area).items():
            self[name].data = value

    @property
    def is_filling(self) -> bool:
        """Whether the fields are to be filled from what was pasted, and looked at; nothing is kept then."""
        return bool(self.fill.data)

    @property
    def typed(self) -> dict[str, str]:
        """What the fields of the address hold, to be kept for later."""
        return {name: str(value or "") for name, value in self.data.items() if name not in {"pasted", "fill"}}

    def _fill(self, home: str) -> None:
        """Fill the fields from what was pasted; what is not in it is empty, but a name and a phone stay."""
        found = read_pasted(str(self.pasted.data or ""), home=home, countries=countries_by_name())
        if found.is_empty:
            self.pasted.errors = [gettext("We found no address in this. Please fill in the fields.")]
            return
        for name, value in found.as_fields().items():
            if value or name not in {"name", "phone", "country"}:
                self[name].data = value

    @property
    def is_chinese(self) -> bool:
        return bool(self.country.data == CHINA)

    @property
    def rows(self) -> list[list[str]]:
        """The fields after name and phone in the order of the chosen country, two of the small ones side by side."""
        found: list[list[str]] = []
        for name in country_of(str(self.country.data)).order:
            if name != "street" and found and found[-1][0] != "street" and len(found[-1]) == 1:
                found[-1].append(name)
            else:
                found.append([name])
        return found

    @property
    def regions(self) -> Choices:
        """The regions of the chosen country; none where they are not known and are typed."""
        country = str(self.country.data)
        chinese = _reads_chinese()
        found = [(region.key, region.label(chinese=chinese)) for region in regions_of(country)]
        return tuple(found if country == CHINA else sorted(found, key=lambda choice: choice[1]))

    @property
    def cities(self) -> Choices:
        """The cities of the chosen region, where they are known."""
        return self._named(cities_of(str(self.country.data), self.region.data or ""))

    @property
    def districts(self) -> Choices:
        """The districts of the chosen city; one that no list has yet stays, since it may be new."""
        if not self.is_chinese:
            return ()
        known = china.districts_of(self.region.data or "", self.city.data or "")
        typed = self.district.data or ""
        is_new = known and typed and typed not in known and not china.knows_district(typed)
        return self._named((*known, typed) if is_new else known)

    @property
    def awaits_region(self) -> bool:
        """Whether cities can be chosen only once the province is."""
        return self.is_chinese and self.region.data not in china.PROVINCES

    @property
    def awaits_city(self) -> bool:
        """Whether districts can be chosen only once the city is."""
        known = china.cities_of(self.region.data or "")
        return self.awaits_region or bool(self.is_chinese and known and self.city.data not in known)

    def _named(self, names: Sequence[str]) -> Choices:
        chinese = _reads_chinese()
        return tuple((name, city_label(str(self.country.data), name, chinese=chinese)) for name in names)

    def needs(self, field: str) -> bool:
        """Say whether the chosen country's addresses must have `field`."""
        return field in required_fields(self.country.data or "")

    def read(self) -> PostalAddress | None:
        """Return the address, or None with every problem beside its field."""
        if self.is_filling or not self.validate():
            return None
        try:
            return read_address(self.data)
        except InvalidAddress as refusal:
            for field, problem in refusal.problems.items():
                show_refusal(self, problem, default=field)
            return None
