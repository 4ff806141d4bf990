"""Refusals of rows, in the language of whoever reads them."""

from __future__ import annotations

from flask_babel import gettext

from storefront.imports.fields import ATTRIBUTE, OPTION, STOCK, field_of
from storefront.kernel.errors import ShopError
from storefront.web.errors import message_of


def sentence_of(refusal: ShopError) -> str:
    """Return the sentence of a refusal; a field that it names is named in the reader's language."""
    if isinstance(name := refusal.facts.get("what"), str):
        refusal.facts["what"] = gettext(name)
    return message_of(refusal)


def words_of(key: str) -> str:
    """Return what a field is called."""
    what = field_of(key)
    if what is None:
        return ""
    for prefix in (STOCK, ATTRIBUTE, OPTION):
        if key.startswith(prefix):
            return f"{gettext(what.words)}: {key.removeprefix(prefix)}"
    return str(gettext(what.words))


def shown(key: str, text: str) -> str:
    """Return a value as it is read: yes and no are words."""
    what = field_of(key)
    if what is not None and what.kind == "yes" and text:
        return str(gettext("yes") if text == "yes" else gettext("no"))
    return text
