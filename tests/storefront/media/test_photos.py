"""Uploads: judged by content, written anew."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from storefront.media import photos, services
from storefront.media.errors import NotAPicture, PictureTooHeavy, TooManyPixels
from storefront.media.pictures import picture_url
from tests.browser import Shopper

ORIENTATION = 0x0112
ARTIST = 0x013B


def picture(size: tuple[int, int] = (900, 600), *, kind: str = "JPEG", mode: str = "RGB", **options: object) -> bytes:
    buffer = BytesIO()
    Image.new(mode, size, "tomato").save(buffer, kind, **options)  # type: ignore[arg-type]
    return buffer.getvalue()


def test_a_photograph_is_kept_in_three_sizes_of_webp(tmp_path: Path) -> None:
    photo = photos.keep_photo(picture(), tmp_path)
    sizes = {}
    for file in tmp_path.iterdir():
        with Image.open(file) as image:
            assert image.format == "WEBP"
            sizes[file.name.rpartition("-")[2]] = image.size
    assert sizes == {"320.webp": (320, 213), "640.webp": (640, 427), "1280.webp": (900, 600)}
    assert photo.picture == f"photo:{photo.key}:900x600"


def test_it_is_turned_upright_and_forgets_who_took_it(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ORIENTATION], exif[ARTIST] = 6, "Somebody"
    photo = photos.keep_photo(picture(exif=exif), tmp_path)
    assert (photo.width, photo.height) == (600, 900)
    with Image.open(tmp_path / photos.file_name(photo.key, 1280)) as image:
        assert image.size == (600, 900)
        assert not image.getexif()
    assert b"Somebody" not in (tmp_path / photos.file_name(photo.key, 1280)).read_bytes()


def test_the_same_bytes_are_one_photograph(tmp_path: Path) -> None:
    first = photos.keep_photo(picture(), tmp_path)
    changed_at = {file: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    assert photos.keep_photo(picture(), tmp_path) == first
    assert {file: file.stat().st_mtime_ns for file in tmp_path.iterdir()} == changed_at


def test_transparency_is_kept(tmp_path: Path) -> None:
    photo = photos.keep_photo(picture(kind="PNG", mode="RGBA"), tmp_path)
    with Image.open(tmp_path / photos.file_name(photo.key, 320)) as image:
        assert image.mode in {"RGB", "RGBA"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 50,
        picture(kind="GIF", mode="P"),
        picture(kind="BMP"),
        picture()[:400],
        picture((8, 8)),
    ],
    ids=["nothing", "a stub", "svg", "half a png", "gif", "bmp", "cut off", "a speck"],
)
def test_what_is_no_picture_is_refused_and_leaves_nothing_behind(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(NotAPicture):
        photos.keep_photo(data, tmp_path)
    assert not list(tmp_path.iterdir())


def test_too_many_bytes_are_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "LARGEST_BYTES", 100)
    with pytest.raises(PictureTooHeavy):
        photos.keep_photo(picture(), tmp_path)


@pytest.mark.parametrize("side", [7_000, 10_000, 14_000])
def test_too_many_pixels_are_refused_before_they_are_decoded(side: int, tmp_path: Path) -> None:
    with pytest.raises(TooManyPixels):
        photos.keep_photo(picture((side, side), kind="PNG", mode="1"), tmp_path)


def test_a_kept_photograph_is_served_for_ever(app: Flask, shopper: Shopper) -> None:
    with app.app_context():
        stored = services.store_picture(data=picture())
    with shopper.client.get(picture_url(stored, 640)) as response:
        assert response.status_code == 200
        assert response.mimetype == "image/webp"
        assert "immutable" in response.headers["Cache-Control"]
        assert response.data[8:12] == b"WEBP"
    with shopper.client.get(picture_url(stored, 640), headers={"Range": "bytes=0-9"}) as part:
        assert part.status_code == 206
        assert len(part.data) == 10
