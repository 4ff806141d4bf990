"""Postal addresses: how they are read, what is wrong with them, how they are written in China and elsewhere.

Pure. `read_address` turns what a person typed into a `PostalAddress`, or says everything that is wrong, field by field;
what was stored under older rules can always be read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

import phonenumbers

from storefront.accounts.errors import InvalidAddress
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.text import squeeze
from storefront.places import china
from storefront.places.china import PROVINCES as PROVINCES
from storefront.places.china import normal_province as normal_province
from storefront.places.countries import COUNTRIES as COUNTRIES
from storefront.places.regions import CHINA, country_of, fits_postcode, is_region, normal_region

LONGEST = {"name": 80, "region": 60, "city": 60, "district": 60, "street": 160, "street2": 160, "postcode": 16}

REQUIRED = N_("Please fill this in.")
TOO_LONG = N_("This is too long.")
UNKNOWN_COUNTRY = N_("Please choose a country.")
BAD_POSTCODE = N_("This postcode does not look right. Example: %(example)s")
UNKNOWN_REGION = N_("There is no “%(name)s” in this country. Please choose from the list.")
UNKNOWN_CITY = N_("There is no “%(name)s” in this province. Please choose from the list.")
UNKNOWN_DISTRICT = N_("There is no “%(name)s” in this city. Please choose from the list.")
BAD_PHONE = N_("This phone number does not look right. Add the country code, such as +86, if it is from elsewhere.")


FORGOTTEN = "–"
"""Stands where a name or a street was."""


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where a parcel goes. `region` is the province or state, `district` the 区 or 县; `phone` is E.164 (+8613...)."""

    name: str
    phone: str
    country: str
    region: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    street2: str = ""
    postcode: str = ""

    def __post_init__(self) -> None:
        if self.country not in COUNTRIES:
            raise InvalidAddress({"country": Invalid(UNKNOWN_COUNTRY)})
        missing = [field for field in ("name", "street") if not getattr(self, field)]
        if missing:
            raise InvalidAddress({field: Invalid(REQUIRED) for field in missing})

    @classmethod
    def from_fields(cls, stored: Mapping[str, str]) -> PostalAddress:
        """Build the address from what `as_fields` gave."""
        known = {field.name for field in fields(cls)}
        return cls(**{key: value for key, value in stored.items() if key in known})

    def as_fields(self) -> dict[str, str]:
        """Return plain values for a JSON column or a form."""
        return asdict(self)

    @property
    def is_chinese(self) -> bool:
        return self.country == "CN"

    def lines(self) -> list[str]:
        """Return the address as it is written on a parcel, without name and phone; the largest place first in China."""
        if self.is_chinese:
            area = [self.region, self.city if self.city != self.region else "", self.district]
            join = "" if _has_han(self.region + self.city) else " "
            parts = [join.join(part for part in area if part), self.street, self.street2, self.postcode]
        else:
            town = " ".join(part for part in (self.city, self.region, self.postcode) if part)
            parts = [self.street, self.street2, self.district, town]
        return [part for part in parts if part]


def reduced(stored: Mapping[str, str]) -> dict[str, str]:
    """Return what is left of a stored address once the person is forgotten: the country and the region."""
    kept = {field.name: "" for field in fields(PostalAddress)}
    kept |= {key: stored[key] for key in ("country", "region") if stored.get(key)}
    return kept | {"name": FORGOTTEN, "street": FORGOTTEN}


def read_address(typed: Mapping[str, str | None]) -> PostalAddress:
    """Read an address as typed; raises InvalidAddress whose `problems` holds a refusal for every field that is wrong.

    `typed` has the names of PostalAddress's fields; an unknown or missing one counts as empty.
    """
    values = {field.name: squeeze(str(typed.get(field.name) or "")) for field in fields(PostalAddress)}
    values["country"] = values["country"].upper()
    values["postcode"] = values["postcode"].upper()
    values["phone"] = normal_phone(values["phone"], values["country"]) or values["phone"]
    values |= normal_area(values)
    problems = _problems(values)
    if problems:
        raise InvalidAddress(problems)
    return PostalAddress(**values)


def normal_phone(phone: str, country: str) -> str | None:
    """Return a number in E.164 ("+8613800138000"), or None when no such number exists."""
    try:
        number = phonenumbers.parse(phone, country or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def normal_area(typed: Mapping[str, str]) -> dict[str, str]:
    """Return region, city and district as addresses store them, however they are spelled ("广东" -> "广东省").

    A municipality is its own city. What nobody knows stays as it is typed.
    """
    country, region, city, district = (typed[name] for name in ("country", "region", "city", "district"))
    region = normal_region(country, region)
    if country == CHINA:
        city = region if region in china.MUNICIPALITIES else china.normal_city(region, city)
        district = china.normal_district(region, city, district)
    return {"region": region, "city": city, "district": district}


def required_fields(country: str) -> frozenset[str]:
    """Return the fields that an address in `country` cannot do without."""
    facts = country_of(country)
    needed = {"name", "phone", "country", "street"}
    needed |= {"region"} if facts.needs_region else set()
    needed |= {"city"} if facts.needs_city else set()
    needed |= {"postcode"} if facts.needs_postcode else set()
    needed |= {"district"} if country == CHINA else set()
    return frozenset(needed)


def _problems(values: Mapping[str, str]) -> dict[str, Invalid]:
    problems: dict[str, Invalid] = {}
    country = values["country"]
    needed = required_fields(country)
    if country == CHINA and values["region"] and not china.districts_of(values["region"], values["city"]):
        needed -= {"district"} if values["city"] else {"district", "city"}
    for field, value in values.items():
        if not value and field in needed:
            problems[field] = Invalid(REQUIRED)
        elif len(value) > LONGEST.get(field, 64):
            problems[field] = Invalid(TOO_LONG)
    if country not in COUNTRIES:
        problems["country"] = Invalid(UNKNOWN_COUNTRY)
    if values["phone"] and normal_phone(values["phone"], "") != values["phone"]:
        problems["phone"] = Invalid(BAD_PHONE)
    if values["postcode"] and not fits_postcode(country, values["postcode"]):
        problems["postcode"] = Invalid(BAD_POSTCODE, example=country_of(country).example)
    return _area_problems(values) | problems


def _area_problems(values: Mapping[str, str]) -> dict[str, Invalid]:
    """Return what is wrong with region, city and district; a district that no list has yet may be a new one."""
    country, region, city, district = (values[name] for name in ("country", "region", "city", "district"))
    if region and not is_region(country, region):
        return {"region": Invalid(UNKNOWN_REGION, name=region)}
    if country != CHINA or not region:
        return {}
    cities, districts = china.cities_of(region), china.districts_of(region, city)
    if city and cities and city not in cities:
        return {"city": Invalid(UNKNOWN_CITY, name=city)}
    if district and districts and district not in districts and china.knows_district(district):
        return {"district": Invalid(UNKNOWN_DISTRICT, name=district)}
    return {}


def _has_han(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)
