"""One page of a product like the other: shown with its head and its changes, saved over what somebody else did."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, request
from flask_babel import gettext as _

from admin.audit.queries import people
from admin.catalog.heads import STANDINGS, TABS, Head, get_head
from admin.merging import SEEN, Difference, merge, seen_values
from storefront.audit.queries import list_entries_about
from storefront.catalog.errors import StaleProduct
from storefront.database.transaction import transaction
from storefront.kernel.errors import Invalid, ShopError
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.refusals import show_refusal

Store = Callable[[Any], object]
"""A form that was filled in well -> what is stored of it."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of a product: `forms` gives its forms by name, filled with what is stored, or with what `args` say."""

    key: str
    template: str
    forms: Mapping[str, Callable[[Head, Mapping[str, Any] | None], Any]]
    context: Callable[[Head], dict[str, Any]] = lambda _head: {}


def head_context(head: Head, entries: Iterable[Any] | None = None) -> dict[str, Any]:
    """Return what the head, the tabs and the list of changes need."""
    found = list_entries_about("product", str(head.id)) if entries is None else list(entries)
    return {"head": head, "tabs": TABS, "standings": STANDINGS, "entries": found, "people": people(found)}


def show(
    tab: Tab,
    product_id: int,
    *,
    typed: Mapping[str, Any] | None = None,
    refusal: ShopError | None = None,
    told: Iterable[Difference] = (),
    status: int = 200,
    **more: Any,
) -> Response:
    """Show the page as the product is now, with forms that were `typed` in place of what is stored."""
    head = get_head(product_id)
    stored = {name: form_of(head, None) for name, form_of in tab.forms.items()}
    return render_page(
        tab.template,
        **head_context(head),
        **tab.context(head),
        **{**stored, **(typed or {})},
        seen={name: seen_values(form) for name, form in stored.items()},
        tab=tab.key,
        refusal=message_of(refusal) if refusal else "",
        told=tuple(told),
        status=status,
        **more,
    )


def save(tab: Tab, name: str, product_id: int, store: Store) -> Response:
    """Store one form of the page as it was sent; refused, it comes back with everything that was typed."""
    form_of = tab.forms[name]
    head = get_head(product_id)
    form = form_of(head, request.form)
    leave_alone(form, form_of(head, None))
    if not form.validate():
        return show(tab, product_id, typed={name: form}, status=422)
    try:
        with transaction():
            store(form)
    except StaleProduct as refusal:
        told = merge(form, form_of(get_head(product_id), None), request.form)
        return show(tab, product_id, typed={name: form}, told=told, refusal=refusal, status=409)
    except Invalid as refusal:
        show_refusal(form, refusal)
        return show(tab, product_id, typed={name: form}, status=422)
    return saved(product_id, tab.key)


def saved(product_id: int, key: str, said: str = "") -> Response:
    """Say that it was saved, and show the page anew."""
    flash(said or _("Saved."), "success")
    return redirect_to(page_url(product_id, key))


def page_url(product_id: int, key: str = "") -> str:
    """Return the address of a page of a product."""
    return f"/admin/products/{product_id}{f'/{key}' if key else ''}"


def leave_alone(form: Any, stored: Any) -> None:
    """Let fields that the sent page did not have show what is stored: something came since it was fetched."""
    for field in stored:
        is_unseen = SEEN + field.name not in request.form and field.name not in request.form
        if is_unseen and field.name in form and field.name != "version":
            form[field.name].data = field.data
