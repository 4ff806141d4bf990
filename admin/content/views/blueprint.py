"""The room's blueprint, and the words that its templates need."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import gettext

from storefront.content.models import Slot
from storefront.content.plans import NAMES
from storefront.content.titles import title_of
from storefront.web.locale import current_locale

blueprint = Blueprint("content", "admin.content", template_folder="templates")
URL = "/admin/home-slots"


def slot_name(slot: Slot) -> str:
    """Return what a slot is called: by its colleagues' name, else by the words for its key."""
    return slot.name or gettext(NAMES.get(slot.key, slot.key))


def page_url(page: str) -> str:
    """Return the address of a page's slots."""
    return URL if page == "home" else f"{URL}?page={page}"


blueprint.add_app_template_filter(slot_name, "slot_name")
blueprint.add_app_template_filter(page_url, "slots_url")
blueprint.add_app_template_filter(title_of, "page_title")
blueprint.add_app_template_global(current_locale, "locale_now")
