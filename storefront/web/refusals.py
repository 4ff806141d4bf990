"""Refusals of a rule, shown beside the field that they belong to."""

from __future__ import annotations

from typing import Any

from storefront.kernel.errors import ShopError
from storefront.web.errors import message_of


def show_refusal(form: Any, refusal: ShopError, *, default: str = "") -> None:
    """Add a refusal to the WTForms field that it names, else to `default`, else to the form as a whole."""
    name = getattr(refusal, "field", "") or default
    if name in form:
        form[name].errors = [*form[name].errors, message_of(refusal)]
    else:
        form.form_errors.append(message_of(refusal))
