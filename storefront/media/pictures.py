"""Pictures as one short text in a row: where they are served, in which sizes, and drawings that need no file.

Pure. `generated:<code points>-<hue>-<pattern>` and `photo:<key>:<width>x<height>` are the two forms.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

SIZES = (320, 640, 1280)
"""The longest side, in pixels, of the files kept of a photograph."""

SIDE = 480
"""A drawing's width and height; it is a vector, so this only tells its shape."""

HUES = 360
CODE_POINTS = re.compile(r"[0-9a-f]{2,5}(?:_[0-9a-f]{2,5}){0,3}")
GENERATED = re.compile(rf"(?P<emoji>{CODE_POINTS.pattern})-(?P<hue>\d{{1,3}})-(?P<pattern>\d{{1,2}})")
KEY = re.compile(r"[0-9a-f]{32}")
PHOTO = re.compile(rf"photo:(?P<key>{KEY.pattern}):(?P<width>\d{{1,5}})x(?P<height>\d{{1,5}})")
EMOJI_PRESENTATION = "\N{VARIATION SELECTOR-16}"

PATTERNS = (
    '<circle cx="240" cy="240" r="170"/>',
    '<circle cx="120" cy="130" r="120"/><circle cx="380" cy="370" r="140"/>',
    '<path d="M0 330 480 150V480H0Z"/>',
    '<path d="M0 300c80-70 160-70 240 0s160 70 240 0v180H0Z"/>',
    '<path d="M90 480V240a150 150 0 0 1 300 0v240Z"/>',
    '<g><circle cx="80" cy="80" r="34"/><circle cx="240" cy="80" r="34"/><circle cx="400" cy="80" r="34"/>'
    '<circle cx="80" cy="240" r="34"/><circle cx="400" cy="240" r="34"/><circle cx="80" cy="400" r="34"/>'
    '<circle cx="240" cy="400" r="34"/><circle cx="400" cy="400" r="34"/></g>',
    '<rect x="100" y="100" width="280" height="280" rx="56" transform="rotate(18 240 240)"/>',
    '<circle cx="240" cy="480" r="250"/>',
    '<path d="M-40 140 140-40h110L-40 250ZM-40 400 400-40h110L-40 510ZM130 520 520 130v110L240 520Z"/>',
    '<path d="M0 480 150 210l90 130 80-110 160 250Z"/>',
    '<path fill-rule="evenodd" d="M240 50a190 190 0 1 0 0 380 190 190 0 0 0 0-380Zm0 56a134 134 0 1 1 0 268 134 134 0 0'
    ' 1 0-268Z"/>',
    '<path d="M0 0h220A220 220 0 0 1 0 220ZM480 480H260a220 220 0 0 1 220-220Z"/>',
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a generated picture shows."""

    emoji: str
    hue: int
    pattern: int

    def __post_init__(self) -> None:
        if not self.emoji or not all(_may_be_drawn(character) for character in self.emoji):
            raise ValueError(f"not an emoji: {self.emoji!r}")
        if not 0 <= self.hue < HUES or not 0 <= self.pattern < len(PATTERNS):
            raise ValueError("a hue is below 360 and a pattern is one of the patterns")

    @property
    def key(self) -> str:
        """The name it is served under, which says all there is to draw."""
        points = "_".join(f"{ord(character):x}" for character in self.emoji)
        return f"{points}-{self.hue}-{self.pattern}"


def read_drawing(key: str) -> Drawing:
    """Read a drawing from its key; raises ValueError for anything but the key that `Drawing.key` writes."""
    match = GENERATED.fullmatch(key)
    if match is None:
        raise ValueError(f"not a drawing: {key!r}")
    try:
        emoji = "".join(chr(int(point, 16)) for point in match["emoji"].split("_"))
    except (ValueError, OverflowError):
        raise ValueError(f"not a drawing: {key!r}") from None
    drawing = Drawing(emoji, int(match["hue"]), int(match["pattern"]))
    if drawing.key != key:
        raise ValueError(f"not how a drawing is written: {key!r}")
    return drawing


def generated_picture(emoji: str, hue: int, pattern: int) -> str:
    """Return the text that a row stores for a drawing; a hue or pattern that is too large goes round."""
    plain = emoji.replace(EMOJI_PRESENTATION, "")
    return f"generated:{Drawing(plain, hue % HUES, pattern % len(PATTERNS)).key}"


def generated_svg(emoji: str, hue: int, pattern: int) -> str:
    """Draw `emoji` on a soft ground: SVG text without script, style or anything to fetch."""
    tilt = (hue * 7 + pattern * 5) % 17 - 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" height="{SIDE}">'
        f'<rect width="{SIDE}" height="{SIDE}" fill="hsl({hue},58%,93%)"/>'
        f'<g fill="hsl({(hue + 12) % HUES},62%,86%)">{PATTERNS[pattern]}</g>'
        f'<text x="240" y="250" font-size="208" text-anchor="middle" dominant-baseline="central"'
        f' transform="rotate({tilt} 240 240)"'
        f' font-family="Apple Color Emoji,Segoe UI Emoji,Noto Color Emoji,sans-serif">{emoji}{EMOJI_PRESENTATION}'
        "</text></svg>"
    )


def is_picture(text: str) -> bool:
    """Say whether a text is a picture as rows store it."""
    if PHOTO.fullmatch(text):
        return True
    kind, _, key = text.partition(":")
    try:
        return kind == "generated" and bool(read_drawing(key))
    except ValueError:
        return False


@lru_cache(maxsize=50_000)
def picture_url(picture: str, size: int = 640) -> str:
    """Return the path of a picture with a longest side of at least `size` where there is one; "" for none."""
    kind, _, rest = picture.partition(":")
    if kind == "generated":
        return f"/media/generated/{rest}.svg"
    match = PHOTO.fullmatch(picture)
    return _photo_path(match["key"], _at_least(size)) if match else ""


@lru_cache(maxsize=20_000)
def picture_srcset(picture: str) -> str:
    """Return the `srcset` of a photograph, by real widths; "" for a drawing, which fits every size."""
    match = PHOTO.fullmatch(picture)
    if match is None:
        return ""
    width, height = int(match["width"]), int(match["height"])
    widths = {scaled(width, height, size)[0]: size for size in reversed(SIZES)}
    return ", ".join(f"{_photo_path(match['key'], size)} {wide}w" for wide, size in sorted(widths.items()))


@lru_cache(maxsize=20_000)
def picture_size(picture: str, size: int = 640) -> tuple[int, int]:
    """Return width and height of what `picture_url` serves, so that the page keeps its place."""
    match = PHOTO.fullmatch(picture)
    if match is None:
        return SIDE, SIDE
    return scaled(int(match["width"]), int(match["height"]), _at_least(size))


def scaled(width: int, height: int, longest: int) -> tuple[int, int]:
    """Return the size that fits into `longest` pixels a side; nothing is ever enlarged."""
    largest = max(width, height)
    if largest <= longest:
        return width, height
    return max(1, round(width * longest / largest)), max(1, round(height * longest / largest))


def _may_be_drawn(character: str) -> bool:
    return ord(character) > 0xFF and unicodedata.category(character) in {"So", "Sk", "Cf"}


def _at_least(size: int) -> int:
    return next((each for each in SIZES if each >= size), SIZES[-1])


def _photo_path(key: str, size: int) -> str:
    return f"/media/{key}-{size}.webp"
