"""Writes of pictures."""

from __future__ import annotations

from flask import current_app

from storefront.config import Config
from storefront.media.photos import forget_photo, keep_photo


def store_picture(*, data: bytes) -> str:
    """Keep an uploaded picture in every size; return the text that a row stores for it."""
    config: Config = current_app.config["SHOP"]
    return keep_photo(data, config.media_dir).picture


def forget_picture(*, picture: str) -> None:
    """Delete the files of an uploaded picture that no row stores any more."""
    config: Config = current_app.config["SHOP"]
    forget_photo(picture, config.media_dir)
