"""Where the merchant sends a reader instead of showing a list.

Only the words that were typed lead elsewhere, never those that the shop takes them for: pins and banners of a mended
spelling stand on a page that says how it was understood and how to undo that; another page could not say it. Who
accepts the spelling, by its link, has typed it.
"""

from __future__ import annotations

from storefront.catalog.tree import Node
from storefront.catalog.wanted import Wanted
from storefront.discovery.steering import steer
from storefront.web.fragments import wants_fragment


def find_redirect(wanted: Wanted, node: Node | None = None) -> str:
    """Return the path that a rule sends this reader to; empty for who is asked to stay (`exact=1`), or only turns a
    page or a filter of a list that is open already.
    """
    if wanted.exact or wants_fragment():
        return ""
    return steer(wanted, node).redirect
