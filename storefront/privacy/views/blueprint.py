"""What the views of this room share."""

from __future__ import annotations

from flask import Blueprint, Response, make_response

from storefront.kernel.clock import now

blueprint = Blueprint("privacy", "storefront.privacy", template_folder="templates")


def as_download(content: bytes) -> Response:
    """Return a copy as a file that no cache keeps."""
    response = make_response(content)
    response.mimetype = "application/zip"
    response.headers["Content-Disposition"] = f'attachment; filename="my-data-{now():%Y-%m-%d}.zip"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
