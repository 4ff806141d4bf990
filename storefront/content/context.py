"""What kept pages are made from in this room, and what of it may vary."""

from __future__ import annotations

from flask import Flask

from storefront.content.queries import home_slots
from storefront.content.varying import SURFACE
from storefront.experiments.surfaces import declare
from storefront.web import kept_pages


def init_app(_app: Flask) -> None:
    """A page is made anew when the front was rearranged; its slots may vary."""
    kept_pages.made_from(slots=home_slots)
    declare(SURFACE)
