"""Styles put on each tag of a letter, since many mail programs read no style sheet. Pure."""

from __future__ import annotations

import re

INK, SOFT, LINE, LINK = "#16211d", "#55605a", "#dedcd5", "#14553d"
FONT = "font-family:system-ui,-apple-system,'Segoe UI','PingFang SC','Microsoft YaHei',sans-serif"
STYLES = {
    "body": "margin:0;padding:0;background:#f4f3ef",
    "table": "margin:0 0 16px",
    ".around": "margin:0;background:#f4f3ef",
    ".letter": "margin:0;max-width:600px;background:#ffffff;border-radius:14px",
    ".shop": f"color:{LINK};text-decoration:none",
    "h1": f"margin:0 0 16px;color:{INK};font-size:24px;line-height:1.25;{FONT}",
    "p": f"margin:0 0 16px;color:{INK};font-size:16px;line-height:1.55;{FONT}",
    "li": f"margin:0 0 8px;color:{INK};font-size:16px;line-height:1.55;{FONT}",
    "td": f"color:{INK};font-size:16px;line-height:1.45;vertical-align:top;{FONT}",
    "th": f"color:{INK};font-size:16px;line-height:1.45;vertical-align:top;border-top:1px solid {LINE};{FONT}",
    "a": f"color:{LINK};text-decoration:underline",
    "small": f"color:{SOFT};font-size:13px;line-height:1.5",
    "hr": f"margin:24px 0 16px;border:0;border-top:1px solid {LINE}",
}
_TAGS = "|".join(name for name in STYLES if not name.startswith("."))
_TAG = re.compile(rf"<({_TAGS})(?: class=\"([\w-]+)\")?(?=[\s>])(?![^>]*\sstyle=)", re.IGNORECASE)


def dress(html: str) -> str:
    """Return a letter whose every tag carries the style of its class, else of its name; its own, if it has one."""
    return _TAG.sub(lambda tag: f'{tag[0]} style="{STYLES.get(f".{tag[2]}") or STYLES[tag[1].lower()]}"', html)
