"""Postal addresses: how they are read, what is wrong with them, how they are written in China and elsewhere.

Pure. `read_address` turns what a person typed into a `PostalAddress`, or says everything that is wrong, field by field;
what was stored under older rules can always be read again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

import phonenumbers

from storefront.accounts.errors import InvalidAddress
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.text import squeeze

COUNTRIES: frozenset[str] = frozenset(phonenumbers.SUPPORTED_REGIONS) - {"AC", "TA", "XK"}
"""ISO 3166-1 alpha-2 codes of the countries that an address may lie in."""

POSTCODES: Mapping[str, tuple[str, str]] = {
    "CN": (r"\d{6}", "100000"),
    "US": (r"\d{5}(-\d{4})?", "10001"),
    "CA": (r"[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d", "K1A 0B1"),
    "GB": (r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", "SW1A 1AA"),
    "JP": (r"\d{3}-?\d{4}", "100-0001"),
    "KR": (r"\d{5}", "03051"),
    "SG": (r"\d{6}", "018956"),
    "AU": (r"\d{4}", "2000"),
    "NZ": (r"\d{4}", "6011"),
    "DE": (r"\d{5}", "10115"),
    "FR": (r"\d{5}", "75001"),
    "IT": (r"\d{5}", "00184"),
    "ES": (r"\d{5}", "28001"),
    "NL": (r"\d{4} ?[A-Z]{2}", "1012 AB"),
    "BE": (r"\d{4}", "1000"),
    "CH": (r"\d{4}", "8001"),
    "AT": (r"\d{4}", "1010"),
    "SE": (r"\d{3} ?\d{2}", "111 22"),
}
"""Pattern and example per country; elsewhere a postcode is free text and may be missing."""

REGION_REQUIRED = frozenset({"CN", "US", "CA", "AU", "JP"})
CITIES_WITHOUT_DISTRICTS = frozenset({"东莞", "中山", "儋州", "嘉峪关"})
PROVINCES = (
    *("北京市", "天津市", "上海市", "重庆市", "河北省", "山西省", "辽宁省", "吉林省", "黑龙江省", "江苏省", "浙江省"),
    *("安徽省", "福建省", "江西省", "山东省", "河南省", "湖北省", "湖南省", "广东省", "海南省", "四川省", "贵州省"),
    *("云南省", "陕西省", "甘肃省", "青海省", "台湾省", "内蒙古自治区", "广西壮族自治区", "西藏自治区"),
    *("宁夏回族自治区", "新疆维吾尔自治区", "香港特别行政区", "澳门特别行政区"),
)
LONGEST = {"name": 80, "region": 60, "city": 60, "district": 60, "street": 160, "street2": 160, "postcode": 16}

REQUIRED = N_("Please fill this in.")
TOO_LONG = N_("This is too long.")
UNKNOWN_COUNTRY = N_("Please choose a country.")
BAD_POSTCODE = N_("This postcode does not look right. Example: %(example)s")
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
    if values["country"] == "CN":
        values["region"] = normal_province(values["region"])
        if not values["city"] and values["region"] in PROVINCES[:4]:
            values["city"] = values["region"]
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


def normal_province(text: str) -> str:
    """Return a Chinese province by its full name ("广东" -> "广东省"); anything else as it is."""
    if len(text) < 2:
        return text
    return next((name for name in PROVINCES if name.startswith(text)), text)


def required_fields(country: str) -> frozenset[str]:
    """Return the fields that an address in `country` cannot do without."""
    needed = {"name", "phone", "country", "city", "street"}
    if country in REGION_REQUIRED:
        needed.add("region")
    if country == "CN":
        needed.add("district")
    elif country in POSTCODES:
        needed.add("postcode")
    return frozenset(needed)


def _problems(values: Mapping[str, str]) -> dict[str, Invalid]:
    problems: dict[str, Invalid] = {}
    country = values["country"]
    needed = required_fields(country)
    if country == "CN" and values["city"].removesuffix("市") in CITIES_WITHOUT_DISTRICTS:
        needed -= {"district"}
    for field, value in values.items():
        if not value and field in needed:
            problems[field] = Invalid(REQUIRED)
        elif len(value) > LONGEST.get(field, 64):
            problems[field] = Invalid(TOO_LONG)
    if country not in COUNTRIES:
        problems["country"] = Invalid(UNKNOWN_COUNTRY)
    if values["phone"] and normal_phone(values["phone"], "") != values["phone"]:
        problems["phone"] = Invalid(BAD_PHONE)
    pattern, example = POSTCODES.get(country, ("", ""))
    if values["postcode"] and pattern and not re.fullmatch(pattern, values["postcode"]):
        problems["postcode"] = Invalid(BAD_POSTCODE, example=example)
    return problems


def _has_han(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)
