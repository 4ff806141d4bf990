"""Notes that staff write on an order for one another."""

from __future__ import annotations

from flask import Flask

from storefront.accounts.permissions import Role
from storefront.audit import queries as audit
from storefront.database.transaction import transaction
from tests.admin.orders.test_orders import numbers
from tests.admin.orders_made import make_order
from tests.admin.people import at_work


def test_a_note_is_written_pinned_found_in_the_list_and_taken_away(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        number, other = make_order(), make_order(note="Please ring twice").number
        number = number.number
    browser = at_work(any_app, Role.CUSTOMER_SERVICE, name="Grace")
    url = f"/admin/orders/{number}"
    assert browser.post(f"{url}/notes", {"text": "Called on Monday.\nWants blue, not green."}).status == 303
    browser.post(f"{url}/notes", {"text": "Later note"})
    page = browser.get(url)
    assert page.words(".order-notes li:first-child .pre-line").startswith("Later note")
    assert "Grace" in page.words(".order-notes")
    first = page.all(".order-notes form[action$='/pin']")[1]["action"]
    browser.post(first, {"pinned": "yes"})
    assert browser.get(url).words(".order-notes li:first-child .pre-line").startswith("Called on Monday")
    assert numbers(browser, "/admin/orders?q=not%20green") == [number]
    assert numbers(browser, "/admin/orders?q=ring%20twice") == [other]
    assert "Please ring twice" in browser.get(f"/admin/orders/{other}").words("#notes")
    browser.post(first.replace("/pin", "/removal"), {})
    assert "Monday" not in browser.get(url).words("#notes")
    with any_app.app_context():
        entries = [entry.action for entry in audit.list_entries_about("order", number)]
    assert sorted(entries) == ["order.note", "order.note", "order.note_edit", "order.note_edit"]


def test_an_empty_or_endless_note_is_refused_with_what_was_typed(app: Flask) -> None:
    with app.app_context(), transaction():
        number = make_order().number
    browser = at_work(app, Role.CUSTOMER_SERVICE)
    assert browser.post(f"/admin/orders/{number}/notes", {"text": " "}).status == 422
    page = browser.post(f"/admin/orders/{number}/notes", {"text": "long " * 500})
    assert page.status == 422
    assert "at most 2000" in page.said
    assert page.one("#note-text").get_text().startswith("long long")
    assert browser.post(f"/admin/orders/{number}/notes/99/pin", {"pinned": "yes"}).status == 404


def test_who_only_looks_at_orders_reads_notes_and_writes_none(app: Flask) -> None:
    with app.app_context(), transaction():
        number = make_order().number
    at_work(app, Role.OPERATIONS).post(f"/admin/orders/{number}/notes", {"text": "Fragile"})
    browser = at_work(app, Role.FINANCE)
    page = browser.get(f"/admin/orders/{number}")
    assert "Fragile" in page.words("#notes")
    assert not page.all("#notes form")
    assert browser.post(f"/admin/orders/{number}/notes", {"text": "I too"}).status == 403
