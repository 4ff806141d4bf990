"""Front-end files by their logical name: `asset("shop.css")` is the hashed file that the last build wrote.

A hashed file never changes, so browsers keep it for a year; it goes out as the build compressed it, brotli or gzip.
"""

from __future__ import annotations

import json
import mimetypes
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request, send_from_directory
from markupsafe import Markup

DIST = Path(__file__).resolve().parent.parent / "static" / "dist"
URL = "/static/dist/"
YEAR_SECONDS = 365 * 24 * 3600
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
SPRITE = "icons.svg"
_application = current_app._get_current_object  # type: ignore[attr-defined]
"""`current_app` itself, past its proxy: a page asks for dozens of files."""


class AssetsNotBuilt(RuntimeError):
    """The front end was not built, or a template names a file that the build does not write."""


@lru_cache(maxsize=2)
def read_manifest(folder: Path, changed_at: float) -> dict[str, str]:
    """Return logical name -> URL path; `changed_at` only tells builds apart."""
    try:
        files = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise AssetsNotBuilt("The front end is not built: run `make assets`, or `npm ci && npm run build`.") from None
    return {name: URL + file for name, file in files.items()}


def asset(name: str) -> str:
    """Return the URL path of a built file."""
    try:
        return _files()[name]
    except KeyError:
        raise AssetsNotBuilt(f"The front-end build writes no {name!r}: run `make assets` again.") from None


def icon_html(name: str) -> Markup:
    """Return a drawing of the sprite."""
    return _icon(name, asset(SPRITE))


@lru_cache(maxsize=1_000)
def _icon(name: str, sprite: str) -> Markup:
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>').format(sprite, name)


def _files() -> dict[str, str]:
    if not _application().debug:
        return read_manifest(DIST, 0)
    manifest = DIST / "manifest.json"
    return read_manifest(DIST, manifest.stat().st_mtime if manifest.exists() else 0)


def serve_asset(name: str) -> Response:
    """Answer with a built file, compressed ahead where the browser can read it."""
    file, encoding = name, None
    for candidate, suffix in ENCODINGS:
        if request.accept_encodings[candidate] > 0 and (DIST / (name + suffix)).is_file():
            file, encoding = name + suffix, candidate
            break
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response = send_from_directory(DIST, file, mimetype=kind, max_age=YEAR_SECONDS)
    response.cache_control.public = True
    response.cache_control.immutable = True
    response.vary.add("Accept-Encoding")
    if encoding:
        response.content_encoding = encoding
    return response


def init_app(app: Flask) -> None:
    """Give templates `asset` and `icon_html`, and serve what the build wrote."""
    app.jinja_env.globals.update(asset=asset, icon_html=icon_html)
    app.add_url_rule(f"{URL}<path:name>", "asset", serve_asset, methods=["GET"])
