"""Pictures over HTTP: every address names content that never changes, so it may be kept for a year."""

from __future__ import annotations

from functools import lru_cache

from flask import Blueprint, Response, abort, current_app, send_from_directory

from storefront.media.photos import file_name
from storefront.media.pictures import KEY, SIZES, generated_svg, read_drawing

blueprint = Blueprint("media", __name__, url_prefix="/media")
YEAR_SECONDS = 365 * 24 * 3600


@blueprint.get("/generated/<key>.svg")
def generated(key: str) -> Response:
    """Draw a picture from what its name says."""
    try:
        svg = _drawn(key)
    except ValueError:
        abort(404)
    return _forever(Response(svg, mimetype="image/svg+xml"))


@blueprint.get("/<key>-<int:size>.webp")
def photo(key: str, size: int) -> Response:
    """Send one size of a photograph."""
    if size not in SIZES or not KEY.fullmatch(key):
        abort(404)
    folder = current_app.config["SHOP"].media_dir
    return _forever(send_from_directory(folder, file_name(key, size), mimetype="image/webp"))


def _forever(response: Response) -> Response:
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # letters read in a browser show them too
    response.cache_control.no_cache = None
    response.cache_control.public = True
    response.cache_control.immutable = True
    response.cache_control.max_age = YEAR_SECONDS
    return response


@lru_cache(maxsize=4096)
def _drawn(key: str) -> bytes:
    drawing = read_drawing(key)
    return generated_svg(drawing.emoji, drawing.hue, drawing.pattern).encode()
