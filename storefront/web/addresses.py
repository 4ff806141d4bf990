"""Where the reader is, from where they ask, and what an address is to the world."""

from __future__ import annotations

import logging
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from werkzeug.exceptions import MisdirectedRequest
from werkzeug.routing import IntegerConverter
from werkzeug.sansio.utils import host_is_trusted

log = logging.getLogger(__name__)

HIGHEST_ID = 2**31 - 1
MONITORS = frozenset({"discovery.healthz", "operations.metrics"})
"""Who asks how the shop is may know the machine by its number or a name of its own."""
MARKS = frozenset(
    (
        *("gclid", "gclsrc", "gbraid", "wbraid", "dclid", "gad_source", "gad_campaignid", "srsltid", "_ga", "_gl"),
        *("fbclid", "igshid", "msclkid", "ttclid", "twclid", "li_fat_id", "epik", "yclid", "ysclid", "bd_vid"),
        *("mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi"),
    )
)
"""What advertisers, social networks and newsletters add to our addresses to follow their readers, beside `utm_...`."""


class RowId(IntegerConverter):
    """`<int:...>` up to the highest id that a column holds; an address beyond it does not exist."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max": HIGHEST_ID, **options})


def own_path() -> str:
    """Return the path of this request with what of its query the shop itself may have put there: without MARKS.

    A mark is often another one with each click. What counts arrivals reads it from the request.
    """
    query = request.query_string.decode(errors="replace")
    kept = query and "&".join(part for part in query.split("&") if part and not _is_mark(part.partition("=")[0]))
    return f"{request.path}?{kept}" if kept else request.path


def _is_mark(name: str) -> bool:
    return name in MARKS or name.startswith("utm_")


def current_path() -> str:
    """Return this page's path with its query, for forms that come back to it.

    A page that answered a form has no address of its own: then it is that of the page where the form stood.
    """
    if request.method in {"GET", "HEAD"}:
        return own_path()
    try:
        before = urlsplit(request.referrer or "")
    except ValueError:
        return "/"
    return before.path or "/" if before.netloc == request.host else "/"


def public_url(path: str) -> str:
    """Return the address of a path as the outside world knows it."""
    return f"{current_app.config['SHOP'].public_url}{path}"


def network_here() -> str:
    """Return the network that this request comes from, as limits count it; "" where a server does not say.

    An address of IPv4 is one; of IPv6 it is the first half, since whoever has one address there has all that begin so.
    """
    if "X-Forwarded-For" in request.headers and not current_app.config["SHOP"].trusted_proxies:
        _warn_of_proxy()
    return subscriber_of(request.remote_addr or "")


@lru_cache(maxsize=10_000)
def subscriber_of(address: str) -> str:
    """Return the part of an address that belongs to one subscriber of a network."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Network((found, 64), strict=False).network_address)


@lru_cache(maxsize=1)
def _warn_of_proxy() -> None:
    log.warning(
        "A proxy seems to stand in front, but TRUSTED_PROXIES is 0: if so, all shoppers share one address, and what "
        "one of them does too often is refused to all."
    )


def refuse_other_hosts() -> None:
    """In production, refuse a request to a name that is not the shop's: no address of ours is ever made from it."""
    hosts = current_app.config["OWN_HOSTS"]
    if hosts and request.endpoint not in MONITORS and not host_is_trusted(request.host.lower(), hosts):
        raise MisdirectedRequest


def init_app(app: Flask) -> None:
    """Give templates addresses, let every `<int:...>` end where ids do, and answer to the shop's own names alone."""
    config = app.config["SHOP"]
    own = {urlsplit(config.public_url).hostname or "", "localhost", "127.0.0.1", *config.other_hosts}
    app.config["OWN_HOSTS"] = sorted(own) if config.production else []
    app.before_request(refuse_other_hosts)
    app.url_map.converters["int"] = RowId
    app.jinja_env.globals.update(current_path=current_path, public_url=public_url)
