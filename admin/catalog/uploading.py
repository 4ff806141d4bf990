"""Many pictures in one form: what is good is kept, what is not is named with the reason."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from storefront.kernel.errors import Invalid
from storefront.media.photos import LARGEST_BYTES
from storefront.media.services import store_picture
from storefront.web.errors import message_of

MOST_FILES = 40
LARGEST_UPLOAD = 256 * 1024 * 1024
LONGEST_FILE_NAME = 80


def keep_pictures(files: Iterable[FileStorage]) -> tuple[list[str], list[str]]:
    """Return the pictures that were kept, as rows store them, and a sentence about each file that was not."""
    kept: list[str] = []
    refused: list[str] = []
    named = [file for file in files if file.filename]
    if not named:
        return [], [gettext("Choose one picture or several.")]
    for file in named[:MOST_FILES]:
        try:
            kept.append(store_picture(data=file.stream.read(LARGEST_BYTES + 1)))
        except Invalid as refusal:
            name = (file.filename or "")[:LONGEST_FILE_NAME]
            refused.append(gettext("%(name)s: %(why)s", name=name, why=message_of(refusal)))
    if len(named) > MOST_FILES:
        refused.append(
            gettext("Only the first %(most)s files were read. Send the others in a second go.", most=MOST_FILES)
        )
    return kept, refused
