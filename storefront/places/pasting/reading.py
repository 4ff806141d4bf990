"""What is common to all addresses: labels go, a phone is found wherever it stands, and the script decides the rest."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from storefront.places.pasting.chinese import read_chinese
from storefront.places.pasting.parts import Pasted
from storefront.places.pasting.western import read_western
from storefront.places.regions import CHINA

LONGEST = 600
_LABELS = re.compile(
    r"(?:^|(?<=[\s,;|。]))(?:收货人姓名|收货人|收件人|联系人|姓名|名字|联系电话|联系方式|手机号码|手机号|手机|电话号码|电话|"
    r"收货地址|收件地址|详细地址|所在地区|所在地|地区|地址|街道|邮政编码|邮编|name|recipient|phone|tel|telephone|mobile|"
    r"address|ship to|attn)\s*[:：]\s*",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86|0086)?[- ]?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)")
_LANDLINE = re.compile(
    r"(?<![\d-])(?:\+?86[- ]?)?\(?(0\d{2,3})\)?[- ]?(\d{7,8})(?:(?:-|转|ext\.?\s?)(\d{1,5}))?(?![\d-])"
)
_ABROAD = re.compile(r"(?<![\w+])\+\d{1,3}[ .\-()\d]{6,18}\d(?!\d)")
_AMERICAN = re.compile(r"(?<![\w-])(?:1[-. ])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\w-])")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def read_pasted(text: str, *, home: str, countries: Mapping[str, str]) -> Pasted:
    """Take a pasted address apart; fields that are not in it are empty.

    `home` is the country of the shop (ISO 3166), taken where the text names none; `countries` maps names as people
    write them, folded, to codes: {"germany": "DE"}. At most 600 characters are looked at.
    """
    lines = unicodedata.normalize("NFKC", text[:LONGEST]).replace("\r", "\n").replace("\t", " ")
    lines = _EMAIL.sub(" ", _LABELS.sub("\n", _LABELS.sub("\n", lines)))
    phone, rest = _take_phone(lines)
    if _HAN.search(rest):
        found = read_chinese(rest)
        if found.region or (home == CHINA and found.street):
            return found.having(phone=phone, country=CHINA)
    return read_western(rest, home=home, countries=countries).having(phone=phone)


def _take_phone(text: str) -> tuple[str, str]:
    """Return the first phone number and the text without it; a second number is dropped: a parcel has one."""
    found = ""
    for pattern in (_MOBILE, _ABROAD, _LANDLINE, _AMERICAN):
        for match in pattern.finditer(text):
            found = found or _as_dialled(pattern, match)
        text = pattern.sub("\n", text)
    return found, text


def _as_dialled(pattern: re.Pattern[str], match: re.Match[str]) -> str:
    if pattern is _MOBILE:
        return re.sub(r"\D", "", match.group(1))
    if pattern is _LANDLINE:
        number = f"{match.group(1)}-{match.group(2)}"
        return f"{number}-{match.group(3)}" if match.group(3) else number
    return re.sub(r"\s+", " ", match.group().strip())
