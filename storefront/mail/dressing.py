"""Styles put on each tag of a letter, since many mail programs read no style sheet. Pure."""

from __future__ import annotations

import re

INK, SOFT, LINE, LINK = "#16211d", "#55605a", "#dedcd5", "#14553d"
FONT = "font-family:system-ui,-apple-system,'Segoe UI','PingFang SC','Microsoft YaHei',sans-serif"
STYLES = {
    "h1": f"margin:0 0 16px;color:{INK};font-size:24px;line-height:1.25;{FONT}",
    "p": f"margin:0 0 16px;color:{INK};font-size:16px;line-height:1.55;{FONT}",
    "li": f"margin:0 0 8px;color:{INK};font-size:16px;line-height:1.55;{FONT}",
    "td": f"color:{INK};font-size:16px;line-height:1.45;vertical-align:top;{FONT}",
    "th": f"color:{INK};font-size:16px;line-height:1.45;vertical-align:top;border-top:1px solid {LINE};{FONT}",
    "a": f"color:{LINK};text-decoration:underline",
    "small": f"color:{SOFT};font-size:13px;line-height:1.5",
    "hr": f"margin:24px 0 16px;border:0;border-top:1px solid {LINE}",
}
_TAG = re.compile(rf"<({'|'.join(STYLES)})(?=[\s>])(?![^>]*\sstyle=)", re.IGNORECASE)


def dress(html: str) -> str:
    """Return a letter whose every tag carries its style; one that has a style of its own keeps it."""
    return _TAG.sub(lambda tag: f'{tag[0]} style="{STYLES[tag[1].lower()]}"', html)
