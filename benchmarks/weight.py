"""What a first view weighs: the page and everything its markup asks for, compressed as it travels."""

from __future__ import annotations

import re
from dataclasses import dataclass

from benchmarks.server import Server


@dataclass(frozen=True)
class Weight:
    """Kilobytes over the wire, by kind."""

    html: float
    css: float
    js: float
    icons: float
    pictures: float
    picture_count: int

    @property
    def total(self) -> float:
        return self.html + self.css + self.js + self.icons + self.pictures


def weigh(shop: Server, path: str) -> Weight:
    """Fetch a page and its parts as a browser would."""
    page = shop.fetch("GET", path, Accept_Encoding="identity")[1].decode()
    links = {
        "css": re.findall(r'<link[^>]+href="([^"]+\.css)"', page),
        "js": re.findall(r'<script[^>]+src="([^"]+)"', page),
        "icons": list({icon.partition("#")[0] for icon in re.findall(r'<use href="([^"]+)"', page)}),
        "pictures": list(dict.fromkeys(re.findall(r'<img[^>]+src="([^"]+)"', page)))[:24],
    }
    sizes = {kind: sum(_size(shop, url) for url in urls) for kind, urls in links.items()}
    return Weight(html=_size(shop, path), picture_count=len(links["pictures"]), **sizes)


def _size(shop: Server, url: str) -> float:
    return len(shop.fetch("GET", url, Accept_Encoding="br, gzip")[1]) / 1024
