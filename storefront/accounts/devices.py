"""A device by what its browser calls itself, in words that its owner recognizes. Pure."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """Return such as "Chrome, Windows"; "" for what nobody knows."""
    found = (_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent))
    return ", ".join(name for name in found if name)


def network_of(address: str) -> str:
    """Return a network address without its end, "203.0.113.*" or "2001:db8:1:*"; "" for what is none.

    The last part of IPv4 and the last eighty bits of IPv6 are left out: what is left says from where, not from whom.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if isinstance(found, IPv4Address):
        return ".".join(str(found).split(".")[:3]) + ".*"
    return ":".join(f"{int(part, 16):x}" for part in found.exploded.split(":")[:3]) + ":*"


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in names if mark in user_agent), "")
