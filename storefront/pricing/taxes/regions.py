"""Regions as people write them, made one: "NY" and "new york" are one state, 广东 and 广东省 one province."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from storefront.accounts.rules import normal_province
from storefront.kernel.text import fold, squeeze
from storefront.pricing.taxes.rules import Place

_US = (
    "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|"
    "DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|"
    "KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|"
    "MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|"
    "NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|"
    "SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|"
    "WV West Virginia|WI Wisconsin|WY Wyoming|AS American Samoa|GU Guam|MP Northern Mariana Islands|PR Puerto Rico|"
    "VI US Virgin Islands"
)
_CA = (
    "AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NS Nova Scotia|"
    "NT Northwest Territories|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon"
)
_AU = (
    "ACT Australian Capital Territory|NSW New South Wales|NT Northern Territory|QLD Queensland|SA South Australia|"
    "TAS Tasmania|VIC Victoria|WA Western Australia"
)
_ALSO = {"US": {"washington dc": "DC", "washington, d.c.": "DC", "d.c.": "DC"}, "CA": {"québec": "QC"}}


def _spellings(country: str, table: str) -> Mapping[str, str]:
    found = dict(_ALSO.get(country, {}))
    for entry in table.split("|"):
        code, _space, name = entry.partition(" ")
        found[fold(code)] = found[fold(name)] = code
    return found


_KNOWN = MappingProxyType({code: _spellings(code, table) for code, table in (("US", _US), ("CA", _CA), ("AU", _AU))})


def normal_region(country: str, typed: str) -> str:
    """Return a region as rates name it: the code of a state where there are such codes, a province by its full name.

    Elsewhere it is folded text, so that only spaces, width and case do not matter.
    """
    region = squeeze(typed)
    if country == "CN":
        return normal_province(region)
    known = _KNOWN.get(country)
    if known is None:
        return fold(region)
    return known.get(fold(region)) or known.get(fold(region).removesuffix(".")) or fold(region)


def is_region(country: str, region: str) -> bool:
    """Say whether a normal region exists, as far as the regions of its country are known."""
    known = _KNOWN.get(country)
    return known is None or region in known.values()


def place_of(country: str, region: str) -> Place:
    """Return the place of an address as it was typed."""
    code = squeeze(country).upper()
    return Place(code, normal_region(code, region))
