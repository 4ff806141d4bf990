"""Phone numbers that a code can reach. Pure."""

from __future__ import annotations

import phonenumbers
from phonenumbers import PhoneNumberType

from storefront.accounts.rules import BAD_PHONE, normal_phone
from storefront.kernel.errors import N_, Invalid

REACHED = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.PERSONAL_NUMBER})
NO_MOBILE = N_("A code can only be sent to a mobile phone. Please enter a mobile number.")
ELSEWHERE = N_("We cannot send codes to numbers of this country.")


def read_mobile(text: str, *, country: str, served: frozenset[str] = frozenset()) -> str:
    """Return a mobile number in E.164; raises Invalid for what is none, or is not of a country that is `served`.

    `country` (ISO 3166-1) is where a number without a country's code is from; nothing served means everywhere. Numbers
    that cost their caller extra, which is what abusers ask codes for, are no mobile numbers.
    """
    phone = normal_phone(text.strip()[:40], country)
    if phone is None:
        raise Invalid(BAD_PHONE, field="phone")
    number = phonenumbers.parse(phone)
    if phonenumbers.number_type(number) not in REACHED:
        raise Invalid(NO_MOBILE, field="phone")
    if served and phonenumbers.region_code_for_number(number) not in served:
        raise Invalid(ELSEWHERE, field="phone")
    return phone


def is_served(phone: str, served: frozenset[str]) -> bool:
    """Say whether messages go to a number (E.164) at all: a mobile one of a country that is `served`, if any are."""
    try:
        return read_mobile(phone, country="ZZ", served=served) == phone
    except Invalid:
        return False


def masked(phone: str) -> str:
    """Return a number that its owner recognizes and nobody else can use: "+86 ··· 8000"."""
    try:
        code = phonenumbers.parse(phone).country_code
    except phonenumbers.NumberParseException:
        return "···"
    return f"+{code} ··· {phone[-4:]}"
