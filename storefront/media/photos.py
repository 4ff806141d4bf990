"""Photographs: judged by content, turned upright, written anew as WebP in every size.

Knows Pillow and the disk, but no database and no request.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from storefront.media.errors import NotAPicture, PictureTooHeavy, TooManyPixels
from storefront.media.pictures import SIZES, scaled

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST_BYTES = 10 * 1024 * 1024
LARGEST_PIXELS = 40_000_000
SMALLEST_SIDE = 16
QUALITY = 80
EFFORT = 2
"""Of 6; the next step takes twice as long for a thirtieth of the bytes."""
KEY_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Photo:
    """An upright photograph of `width` x `height` pixels whose files are named after `key`."""

    key: str
    width: int
    height: int

    @property
    def picture(self) -> str:
        """The text that a row stores."""
        return f"photo:{self.key}:{self.width}x{self.height}"


def file_name(key: str, size: int) -> str:
    """Return the name of the file that holds one size of a photograph."""
    return f"{key}-{size}.webp"


def keep_photo(data: bytes, folder: Path) -> Photo:
    """Write every size of an uploaded picture into `folder`; what is there already is not written again.

    Raises PictureTooHeavy, TooManyPixels or NotAPicture.
    """
    if len(data) > LARGEST_BYTES:
        raise PictureTooHeavy(field="picture", limit=LARGEST_BYTES // 1024 // 1024)
    key = hashlib.sha256(data).hexdigest()[:KEY_LENGTH]
    image = _decode(data)
    photo = Photo(key, image.width, image.height)
    folder.mkdir(parents=True, exist_ok=True)
    for size in SIZES:
        target = folder / file_name(key, size)
        if not target.exists():
            _write(target, image, scaled(image.width, image.height, size))
    return photo


def _decode(data: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > LARGEST_PIXELS:
                raise TooManyPixels(field="picture", limit=LARGEST_PIXELS // 1_000_000)
            if min(opened.size) < SMALLEST_SIDE or getattr(opened, "n_frames", 1) > 1:
                raise NotAPicture(field="picture")
            opened.load()
            upright = ImageOps.exif_transpose(opened)
            transparent = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
            return upright.convert("RGBA" if transparent else "RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels(field="picture", limit=LARGEST_PIXELS // 1_000_000) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise NotAPicture(field="picture") from None


def _write(target: Path, image: Image.Image, size: tuple[int, int]) -> None:
    smaller = image if image.size == size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    handle, draft = tempfile.mkstemp(dir=target.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            smaller.save(file, "WEBP", quality=QUALITY, method=EFFORT, exif=b"", icc_profile=None)
        Path(draft).chmod(0o644)
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def forget_photo(picture: str, folder: Path) -> None:
    """Delete every size of a photograph that rows stored as `picture`; nothing happens for what is none, or gone."""
    kind, _, rest = picture.partition(":")
    key = rest.partition(":")[0]
    if kind == "photo" and len(key) == KEY_LENGTH and key.isalnum():
        for size in SIZES:
            (folder / file_name(key, size)).unlink(missing_ok=True)
