"""Pictures as text, and drawings made of nothing but their key."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from storefront.media.pictures import (
    PATTERNS,
    Drawing,
    generated_picture,
    generated_svg,
    picture_size,
    picture_srcset,
    picture_url,
    read_drawing,
)
from tests.browser import Shopper

KEY = "0123456789abcdef0123456789abcdef"
PHOTO = f"photo:{KEY}:2000x1000"


@pytest.mark.parametrize("pattern", range(len(PATTERNS)))
def test_every_pattern_is_an_svg_that_fetches_nothing(pattern: int) -> None:
    svg = generated_svg("🍎", 210, pattern)
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "🍎" in "".join(root.itertext())
    for forbidden in ("script", "href", "url(", "style=", "onload"):
        assert forbidden not in svg


def test_hue_and_pattern_tell_drawings_of_one_emoji_apart() -> None:
    drawn = {generated_svg("🍎", hue, pattern) for hue in (0, 120, 240) for pattern in range(len(PATTERNS))}
    assert len(drawn) == 3 * len(PATTERNS)


def test_a_key_says_all_there_is_to_draw() -> None:
    assert generated_picture("🌶️", 570, 14) == "generated:1f336-210-2"
    assert read_drawing("1f336-210-2") == Drawing("🌶", 210, 2)


@pytest.mark.parametrize(
    "key",
    [
        *("", "1f34e", "1f34e-360-1", "1f34e-10-99", "1f34e--1-1", "41-10-1", "3c-10-1", "110000-10-1", "d800-1-1"),
        *("1F34E-10-1", "01f34e-10-1", "1f34e-010-1", "1f34e-10-01", "1f34e-10-1-2", "1f34e-١-1", "../x-1-1"),
    ],
)
def test_a_key_that_no_drawing_writes_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=r"emoji|drawing|hue"):
        read_drawing(key)


def test_a_photograph_offers_every_size_by_its_real_width() -> None:
    assert picture_url(PHOTO, 300) == f"/media/{KEY}-320.webp"
    assert picture_url(PHOTO, 5000) == f"/media/{KEY}-1280.webp"
    assert picture_srcset(PHOTO) == (
        f"/media/{KEY}-320.webp 320w, /media/{KEY}-640.webp 640w, /media/{KEY}-1280.webp 1280w"
    )
    assert picture_size(PHOTO, 640) == (640, 320)


def test_a_small_photograph_is_never_enlarged() -> None:
    small = f"photo:{KEY}:400x500"
    assert picture_size(small, 1280) == (400, 500)
    assert picture_srcset(small) == f"/media/{KEY}-320.webp 256w, /media/{KEY}-640.webp 400w"


@pytest.mark.parametrize("picture", ["", "photo:../../etc:1x1", "photo:abc:10x10", "https://elsewhere.example/x.png"])
def test_text_that_is_no_picture_leads_nowhere(picture: str) -> None:
    assert picture_url(picture) == ""
    assert picture_srcset(picture) == ""


def test_a_drawing_is_served_for_ever_without_a_cookie(shopper: Shopper) -> None:
    response = shopper.client.get("/media/generated/1f34e-210-3.svg")
    assert response.status_code == 200
    assert response.mimetype == "image/svg+xml"
    assert response.headers["Cache-Control"] == "public, immutable, max-age=31536000"
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "path",
    [
        *("generated/1f34e-999-3.svg", "generated/3c-1-1.svg", "generated/.svg", f"{KEY}-640.webp", f"{KEY}-641.webp"),
        *("..%2f..%2fetc%2fpasswd-640.webp", "generated/..%2fshop.svg"),
    ],
)
def test_what_is_not_there_is_not_found(shopper: Shopper, path: str) -> None:
    assert shopper.client.get(f"/media/{path}").status_code == 404
