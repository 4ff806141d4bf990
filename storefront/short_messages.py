"""Who carries short messages, as the environment says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from storefront.environment import BadConfiguration

SMS_NEEDS: Mapping[str, tuple[str, ...]] = {
    "console": (),
    "tencent": ("SMS_ID", "SMS_SECRET", "SMS_APP", "SMS_SIGN", "SMS_TEMPLATE"),
    "aliyun": ("SMS_ID", "SMS_SECRET", "SMS_SIGN", "SMS_TEMPLATE"),
}
"""Who carries short messages, and the keys that each needs."""
SMS_KINDS = ("code", "paid", "sent", "delivered", "cancelled", "refunded", "return_approved", "return_rejected")
"""What short messages are about; each kind is a template of its own at carriers in China."""


@dataclass(frozen=True, slots=True)
class SmsSetup:
    """Who carries short messages, and the keys to them; `sender` is "" where nobody does."""

    sender: str = ""
    key_id: str = ""
    secret: str = field(default="", repr=False)
    app: str = ""
    sign: str = ""
    templates: Mapping[str, str] = field(default_factory=dict)
    """The carrier's templates, by kind of message and, for one in English, "paid_en"."""
    region: str = ""
    url: str = ""
    countries: frozenset[str] = frozenset()
    """Where numbers may be from; empty: anywhere."""


def read_sms(env: Mapping[str, str], *, production: bool) -> SmsSetup:
    """Read SMS_*: in production nobody carries messages until somebody is named, also not the console."""
    sender = env.get("SMS_SENDER", "") or ("" if production else "console")
    if sender not in {"", "none", *SMS_NEEDS}:
        raise BadConfiguration(f"SMS_SENDER must be one of none, {', '.join(SMS_NEEDS)}, not {sender!r}")
    missing = [key for key in SMS_NEEDS.get(sender, ()) if not env.get(key)]
    if missing:
        raise BadConfiguration(f"SMS_SENDER is {sender}, but {', '.join(missing)} is missing.")
    countries = frozenset(env.get("SMS_COUNTRIES", "").upper().replace(",", " ").split())
    if not all(re.fullmatch("[A-Z]{2}", country) for country in countries):
        raise BadConfiguration("SMS_COUNTRIES must be two-letter country codes, such as CN, HK")
    return SmsSetup(
        sender="" if sender == "none" else sender,
        key_id=env.get("SMS_ID", ""),
        secret=env.get("SMS_SECRET", ""),
        app=env.get("SMS_APP", ""),
        sign=env.get("SMS_SIGN", ""),
        templates=_templates(env),
        region=env.get("SMS_REGION", ""),
        url=env.get("SMS_URL", "").rstrip("/"),
        countries=countries,
    )


def _templates(env: Mapping[str, str]) -> dict[str, str]:
    """Read SMS_TEMPLATE for codes, SMS_TEMPLATE_PAID and so on for news about orders, each with _EN for English."""
    found: dict[str, str] = {}
    for name, value in env.items():
        kind = name.removeprefix("SMS_TEMPLATE").lower().lstrip("_")
        if not name.startswith("SMS_TEMPLATE") or not value.strip():
            continue
        key = f"code_{kind}" if kind == "en" else kind or "code"
        if key.removesuffix("_en") not in SMS_KINDS:
            raise BadConfiguration(f"{name} names no message that the shop sends; there are {', '.join(SMS_KINDS)}.")
        found[key] = value.strip()
    return found
