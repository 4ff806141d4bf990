"""The list of what is to be sent, what is printed, and what is said about parcels on the order's page."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.audit.models import AuditEntry
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment import queries
from storefront.fulfilment.rules import Label
from storefront.inventory.models import StockLevel
from storefront.kernel.clock import now
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.storefront.fulfilment.parcels import (
    books_are_in_order,
    buy,
    order_of,
    pack_all,
    send,
    states_of,
    status_of,
)


@pytest.fixture
def clerk(any_app: Flask) -> Shopper:
    return at_work(any_app, Role.OPERATIONS)


def listed(page: Page) -> list[str]:
    return [str(box["value"]) for box in page.all("#to-send input[name=row]")]


def test_what_is_to_be_sent_is_listed_oldest_first_by_warehouse(any_app: Flask, clerk: Shopper) -> None:
    with time_machine.travel(now() - timedelta(days=2)):
        old = buy(any_app)
    split = buy(any_app, units=5, here=3, elsewhere=4)
    buy(any_app, paid=False)
    sent = buy(any_app)
    with any_app.app_context():
        send(sent)
    assert listed(clerk.get("/admin/fulfilment")) == [old, split, split]
    assert listed(clerk.get("/admin/fulfilment?warehouse=NORTH")) == [split]
    assert listed(clerk.get("/admin/fulfilment?sort=-placed"))[-1] == old
    assert listed(clerk.get(f"/admin/fulfilment?q={old.lower()}")) == [old]
    yesterday = (now() - timedelta(days=1)).date().isoformat()
    assert listed(clerk.get(f"/admin/fulfilment?placed_to={yesterday}")) == [old]
    with any_app.app_context():
        pack_all(old)
    assert listed(clerk.get("/admin/fulfilment?stage=packed")) == [old]
    assert listed(clerk.get("/admin/fulfilment?stage=to-pack")) == [split, split]
    assert listed(clerk.get("/admin/fulfilment?stage=nonsense&page=99")) == [old, split, split]


def test_a_pick_list_names_each_thing_once_for_all_orders(any_app: Flask, clerk: Shopper) -> None:
    first, second = buy(any_app, units=2, cups=1), buy(any_app, units=5, here=3, elsewhere=4)
    page = clerk.get(f"/admin/fulfilment/pick-list?order={first}&order={second}&order=NONE")
    assert [heading.get_text() for heading in page.all(".picking h2")] == ["Main warehouse", "North"]
    rows = [[cell.get_text(" ", strip=True) for cell in row.select("td")][3:] for row in page.all(".picking tbody tr")]
    assert sorted(rows) == sorted([["2", f"{first} × 2"], ["1", first], ["3", f"{second} × 3"], ["2", f"{second} × 2"]])
    only = clerk.get(f"/admin/fulfilment/pick-list?order={first}&order={second}&warehouse=NORTH")
    assert len(only.all(".picking tbody tr")) == 1
    with any_app.app_context():
        pack_all(first)
    page = clerk.get(f"/admin/fulfilment/pick-list?order={first}")
    assert "Nothing to fetch" in page.said


def test_who_packs_nothing_is_not_sent_to_the_packing_table(app: Flask) -> None:
    number = buy(app)
    for role, is_offered in ((Role.OPERATIONS, True), (Role.CUSTOMER_SERVICE, False)):
        page = at_work(app, role).get(f"/admin/fulfilment/slips?order={number}")
        assert bool(page.all("a[href='/admin/packing']")) is is_offered


def test_a_slip_is_in_the_language_of_whoever_opens_the_box(any_app: Flask, clerk: Shopper) -> None:
    number = buy(any_app)
    with any_app.app_context(), transaction():
        order_of(number).locale = "zh"
    page = clerk.get(f"/admin/fulfilment/slips?order={number}")
    assert page.words("h1") == "Packing slips"
    assert page.words(".slip h2") == f"装箱单 {number}"
    assert page.one(".slip")["lang"] == "zh-Hans"


def test_a_parcel_is_called_lost_after_a_question(any_app: Flask, clerk: Shopper) -> None:
    number = buy(any_app)
    with any_app.app_context():
        parcel = send(number)
    page = clerk.get(f"/admin/orders/{number}")
    form = page.one(f"details.confirm form[action='/admin/parcels/{parcel.number}/loss']")
    assert "Has the carrier confirmed" in form.get_text()
    assert "marked as lost" in clerk.submit(page, "form[action$=loss]").said


def test_a_slip_shows_what_is_to_be_packed_and_where_it_goes(any_app: Flask, clerk: Shopper) -> None:
    number = buy(any_app, units=5, here=3, elsewhere=4)
    page = clerk.get(f"/admin/fulfilment/slips?order={number}&warehouse=NORTH")
    assert "2 pieces" in page.words(".slip")
    assert "1 Main Street" in page.words(".slip address")
    assert page.one(".barcode svg")["aria-label"] == f"Barcode of {number}"
    assert len(page.all(".barcode rect")) > 30
    assert "5 pieces" in clerk.get(f"/admin/fulfilment/slips?order={number}").words(".slip")
    with any_app.app_context():
        parcel = pack_all(number)
    page = clerk.get(f"/admin/parcels/{parcel.number}/slip")
    assert "3 pieces" in page.words(".slip")
    assert clerk.get("/admin/parcels/NO-NE-1/slip").status == 404


def test_what_became_of_a_parcel_is_said_on_the_orders_page(any_app: Flask, clerk: Shopper) -> None:
    number = buy(any_app)
    with any_app.app_context():
        send(number, Label("ups", "1Z999AA10123456784"))
    page = clerk.get(f"/admin/orders/{number}")
    assert "UPS 1Z999AA10123456784" in page.words("#parcels")
    page = clerk.submit(page, "form[action$=loss]")
    assert "The parcel is marked as lost." in page.said
    page = clerk.submit(page, "form[action$=resending]")
    assert "Its goods are held anew and can be packed again." in page.said
    assert page.all("form[action$=resending]") == []
    with any_app.app_context():
        again = send(number)
        assert (status_of(number), again.number) == ("fulfilled", f"{number}-2")
    page = clerk.submit(clerk.get(f"/admin/orders/{number}"), f"form[action='/admin/parcels/{number}-2/arrival']")
    assert "Delivered" in page.words(".admin-states")
    with any_app.app_context():
        assert (states_of(number), status_of(number)) == (["lost", "delivered"], "delivered")
        told = [entry.action for entry in db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id))]
        told = [action for action in told if action not in {"parcel.pack", "parcel.ship"}]
        assert told[-3:] == ["parcel.loss", "parcel.resending", "parcel.arrival"]
        assert books_are_in_order()


def test_what_came_back_goes_on_sale_when_the_box_is_ticked(any_app: Flask, clerk: Shopper) -> None:
    number = buy(any_app)
    with any_app.app_context():
        send(number)
    clerk.submit(clerk.get(f"/admin/orders/{number}"), "form[action$=return]", restock="1")
    with any_app.app_context():
        assert db.session.scalars(db.select(StockLevel.on_hand)).one() == 10
        assert (states_of(number), books_are_in_order()) == (["returned"], True)


def test_a_label_can_be_mended_and_a_wrong_one_is_refused(any_app: Flask, clerk: Shopper) -> None:
    number = buy(any_app)
    with any_app.app_context():
        send(number, Label("ups", "1Z999AA10123456784"))
    clerk.submit(clerk.get(f"/admin/orders/{number}"), "form[action$=label]", carrier="sf", tracking_number="SF 12345")
    with any_app.app_context():
        parcel = queries.list_parcels(order_of(number).id)[0]
        assert (parcel.carrier, parcel.tracking_number) == ("sf", "SF12345")
    assert clerk.post(f"/admin/parcels/{number}-1/label", {"carrier": "pigeon"}).status == 422
    assert clerk.post(f"/admin/parcels/{number}-1/unpacking").status == 409
    assert clerk.post("/admin/parcels/NO-NE-1/arrival").status == 404


def test_a_carrier_is_added_changed_and_switched_off(any_app: Flask, clerk: Shopper) -> None:
    page = clerk.get("/admin/carriers")
    assert "SF Express" in page.said
    added = {"code": "Pigeon", "name": "Pigeon Post", "url": "https://pigeon.example/{number}", "is_active": "y"}
    assert clerk.post("/admin/carriers", added).status == 303
    assert clerk.post("/admin/carriers", added).status == 422
    page = clerk.get("/admin/carriers/pigeon")
    clerk.submit(page, "form.form", name="Pigeon & Sons")
    assert "Pigeon & Sons" in clerk.get("/admin/carriers").said
    clerk.submit(clerk.get("/admin/carriers/ups"), "form.form", is_active=[])
    number = buy(any_app)
    page = clerk.get(f"/admin/packing?code={number}")
    offered = [str(option["value"]) for option in page.all("#carrier option")]
    assert "pigeon" in offered
    assert "ups" not in offered


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"code": "a b", "name": "X"}, "small letters"),
        ({"code": "x", "name": ""}, "A carrier needs a name"),
        ({"code": "x", "name": "X", "url": "javascript:alert({number})"}, "https://"),
        ({"code": "x", "name": "X", "url": "https://x.example/"}, "{number}"),
        ({"code": "x", "name": "X", "kuaidi100": "no no"}, "kuaidi100"),
    ],
)
def test_a_carrier_that_makes_no_sense_is_refused(app: Flask, values: dict[str, str], said: str) -> None:
    page = at_work(app).post("/admin/carriers", values)
    assert page.status == 422
    assert said in page.said
