"""Where a browser comes from and what it runs on, told by what it says of itself. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import urlsplit


class Source(StrEnum):
    """Where a browser came from when it first opened the shop that day."""

    DIRECT = "direct"
    """It typed the address, followed a bookmark, or does not say."""
    SEARCH = "search"
    SOCIAL = "social"
    CAMPAIGN = "campaign"
    """The link was marked with `utm_source`, `utm_campaign` or one of PAID_FOR."""
    LINK = "link"
    """Any other site."""


class Device(StrEnum):
    """What a browser runs on."""

    PHONE = "phone"
    TABLET = "tablet"
    DESKTOP = "desktop"


PAID_FOR = (
    *("utm_source", "utm_campaign", "gclid", "gbraid", "wbraid", "dclid", "msclkid", "ttclid", "twclid", "li_fat_id"),
    *("yclid", "bd_vid", "mc_cid", "mkt_tok", "_hsenc"),
)
"""What a merchant's own campaigns, advertisements and newsletters put into a link; `fbclid` and the like are on every
link that somebody shares, and say nothing.
"""
_SEARCH = re.compile(
    r"(^|\.)(google|bing|duckduckgo|yahoo|baidu|sogou|so|yandex|ecosia|qwant|startpage|sm|toutiao)"
    r"\.(com|cn|co|net|org|ru|de|fr|uk|jp|hk)(\.[a-z]{2})?$"
)
_SOCIAL = re.compile(
    r"(^|\.)(facebook|instagram|t|twitter|x|pinterest|reddit|tiktok|youtube|linkedin|weibo|weixin|qq|xiaohongshu"
    r"|douyin|zhihu|bilibili|vk)\.(com|co|cn|net)$"
)
_TABLET = re.compile(r"iPad|Tablet|PlayBook|Silk(?!.*Mobile)|Android(?!.*Mobile)", re.IGNORECASE)
_PHONE = re.compile(r"iPhone|iPod|Mobile|Windows Phone|Opera Mini", re.IGNORECASE)


def source_of(referrer: str, host: str, args: Mapping[str, str]) -> Source:
    """Return where a request comes from, given the page that led to it, our own host, and the address's marks."""
    if any(args.get(mark) for mark in PAID_FOR):
        return Source.CAMPAIGN
    try:
        parts = urlsplit(referrer)
        other = (parts.hostname or "").lower()
    except ValueError:
        return Source.DIRECT
    if parts.scheme not in {"http", "https"} or not other or other == host.partition(":")[0].lower():
        return Source.DIRECT
    if _SEARCH.search(other):
        return Source.SEARCH
    return Source.SOCIAL if _SOCIAL.search(other) else Source.LINK


def device_of(agent: str) -> Device:
    """Return what a browser runs on, by what it calls itself."""
    if _TABLET.search(agent):
        return Device.TABLET
    return Device.PHONE if _PHONE.search(agent) else Device.DESKTOP


def sign_of(address: str, agent: str) -> str:
    """Return what tells browsers apart while they are here; it is stored nowhere."""
    return hashlib.sha256(f"{address}\n{agent}".encode()).hexdigest()
