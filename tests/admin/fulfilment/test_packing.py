"""The packing table: one field, a scanner, and Enter; and everything that can be wrong with a scan."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment import queries
from storefront.inventory.models import StockLevel
from storefront.kernel.clock import now
from storefront.orders import services as orders
from storefront.orders.states import CancelReason, PaymentStatus
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.storefront.fulfilment.parcels import (
    books_are_in_order,
    buy,
    kinds_of,
    order_of,
    pack_all,
    states_of,
    status_of,
)


@pytest.fixture
def packer(app: Flask) -> Shopper:
    return at_work(app, Role.OPERATIONS)


def scan(packer: Shopper, code: str, habit: str = "") -> Page:
    return packer.get(f"/admin/packing?code={code}{habit}")


def send(packer: Shopper, page: Page, scanned: str = "", **values: str) -> Page:
    return packer.submit(page, "form[method=post][action='/admin/packing']", scanned=scanned, then="send", **values)


def test_two_scans_send_an_order_and_wait_for_the_next(app: Flask, packer: Shopper) -> None:
    number = buy(app)
    waiting = packer.get("/admin/packing")
    assert len(waiting.all("form[action='/admin/packing'] input:not([type=hidden])")) == 1
    page = packer.submit(waiting, "form[action='/admin/packing']", code=number.lower().replace("-", ""))
    assert page.one("#scan").has_attr("autofocus")
    page = send(packer, page, " sf1234 5678 ", carrier="sf")
    assert f"Parcel {number}-1 is on its way." in page.said
    assert page.one("#scan")["name"] == "code"
    assert [field["value"] for field in page.all("input[type=hidden][name=carrier]")] == ["sf"]
    with app.app_context():
        parcel = queries.list_parcels(order_of(number).id)[0]
        assert (parcel.state, parcel.carrier, parcel.tracking_number) == ("shipped", "sf", "SF12345678")
        assert parcel.packed_by.startswith("staff:")
        assert books_are_in_order()


def test_what_goes_into_a_parcel_can_be_less(app: Flask, packer: Shopper) -> None:
    number = buy(app)
    with app.app_context():
        line_id = order_of(number).lines[0].id
    page = send(packer, scan(packer, number), **{f"units-{line_id}": "1"})
    assert f"Parcel {number}-1 is on its way." in page.said
    assert page.one(f"#units-{line_id}")["value"] == "2", "the rest stays on the table"
    send(packer, page)
    with app.app_context():
        assert (states_of(number), status_of(number)) == (["shipped", "shipped"], "fulfilled")
        assert books_are_in_order()


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ("9", 422, "only 3 are left to pack here, not 9"),
        ("0", 422, "Put at least one piece into the parcel"),
        ("-1", 422, "Enter a whole number"),
        ("x", 422, "Enter a whole number"),
    ],
)
def test_a_wrong_quantity_is_refused(app: Flask, packer: Shopper, typed: str, status: int, said: str) -> None:
    number = buy(app)
    with app.app_context():
        line_id = order_of(number).lines[0].id
    page = send(packer, scan(packer, number), **{f"units-{line_id}": typed})
    assert page.status == status
    assert said in page.words("[role=alert]")
    with app.app_context():
        assert states_of(number) == []


def test_an_order_can_be_packed_now_and_sent_later(app: Flask, packer: Shopper) -> None:
    number = buy(app)
    page = packer.submit(scan(packer, number), "form[method=post][action='/admin/packing']", then="pack")
    assert f"Packing slip {number}-1" in page.said
    assert page.one(".barcode figcaption").get_text() == number
    for code in (number, f"{number}-1"):
        page = scan(packer, code)
        assert f"Parcel {number}-1" in page.said
        assert page.all("input[name^=units]") == []
    send(packer, page, "1Z999AA10123456784", carrier="ups")
    with app.app_context():
        assert (states_of(number), kinds_of(number)) == (["shipped"], ["placed", "packed", "sent"])


def test_goods_in_two_warehouses_are_packed_one_after_the_other(app: Flask, packer: Shopper) -> None:
    number = buy(app, units=5, here=3, elsewhere=4)
    page = scan(packer, number, "&warehouse=NORTH")
    assert "2 pieces · North" in page.words(".packing__head")
    assert page.one("a[href*='warehouse=MAIN']").get_text() == "Main warehouse"
    page = send(packer, page)
    assert "3 pieces · Main warehouse" in page.words(".packing__head")
    send(packer, page)
    with app.app_context():
        assert (states_of(number), books_are_in_order()) == (["shipped", "shipped"], True)


@pytest.mark.parametrize("code", ["NO-SUCH", "%00", "<script>", "x" * 500, "订单"])
def test_a_code_that_nobody_knows_is_told(app: Flask, packer: Shopper, code: str) -> None:
    page = packer.get("/admin/packing", query_string={"code": code})
    assert page.status in {400, 404}
    if page.status == 404:
        assert "is not the number of an order or a parcel" in page.words("[role=alert]")
        assert page.one("#scan").has_attr("autofocus")


def test_an_order_that_must_not_leave_says_why(app: Flask, packer: Shopper) -> None:
    unpaid = buy(app, paid=False)
    page = scan(packer, unpaid)
    assert (page.status, page.words("[role=alert]")) == (
        409,
        "This order is not paid yet, so nothing of it may leave.",
    )
    refunded = buy(app)
    with app.app_context(), transaction():
        order_of(refunded).payment_status = PaymentStatus.REFUNDED
    page = scan(packer, refunded)
    assert (page.status, page.words("[role=alert]")) == (
        409,
        "The money of this order has gone back, so nothing of it may leave.",
    )
    number = buy(app)
    laid = scan(packer, number)
    with app.app_context(), transaction():
        orders.cancel_order(order=order_of(number), by="guest", at=now(), reason=CancelReason.CHANGED_MIND)
    page = send(packer, laid)
    assert (page.status, page.words("[role=alert]")) == (
        409,
        "This order was cancelled. Put its goods back on the shelf.",
    )
    assert page.one("#scan")["name"] == "code", "the next one can be scanned at once"


def test_who_was_faster_is_named(app: Flask, packer: Shopper) -> None:
    number = buy(app)
    laid = scan(packer, number)
    second = at_work(app, Role.OPERATIONS, "Grace Second")
    send(second, scan(second, number))
    page = send(packer, laid)
    assert page.status == 409
    assert "everything is on its way" in page.words("[role=alert]")
    with app.app_context():
        assert db.session.scalars(db.select(StockLevel.on_hand)).one() == 7
    other = buy(app, units=5, here=3, elsewhere=4)
    laid = scan(packer, other, "&warehouse=MAIN")
    packer.submit(scan(second, other, "&warehouse=MAIN"), "form[method=post][action='/admin/packing']", then="pack")
    with app.app_context():
        assert states_of(other) == ["packed"]


@pytest.mark.parametrize(
    ("scanned", "carrier", "said"),
    [
        ("A", "sf", "A tracking number has 4 to 40"),
        ("X" * 500, "sf", "A tracking number has 4 to 40"),
        ("运单号", "sf", "A tracking number has 4 to 40"),
        ("", "sf", "Scan the carrier's label"),
        ("SF12345678", "pigeon", "There is no carrier “pigeon”"),
    ],
)
def test_a_label_that_cannot_be_is_refused_and_nothing_is_packed(
    app: Flask, packer: Shopper, scanned: str, carrier: str, said: str
) -> None:
    number = buy(app)
    page = send(packer, scan(packer, number), scanned, carrier=carrier)
    assert page.status == 422
    assert said in page.words("[role=alert]")
    with app.app_context():
        assert (states_of(number), kinds_of(number)) == ([], ["placed"])


def test_an_order_scanned_where_a_label_is_wanted_is_no_tracking_number(app: Flask, packer: Shopper) -> None:
    number, other = buy(app), buy(app)
    page = send(packer, scan(packer, number), other, carrier="sf")
    assert (page.status, "Scan the carrier's label." in page.words("[role=alert]")) == (422, True)


def test_a_label_that_a_parcel_to_somebody_else_has_is_refused(app: Flask, packer: Shopper) -> None:
    first, beside, other = buy(app), buy(app), buy(app)
    with app.app_context(), transaction():
        order = order_of(other)
        order.shipping_address = {**order.shipping_address, "street": "9 Other Road"}
        db.session.merge(order)
    send(packer, scan(packer, first), "SF12345678", carrier="sf")
    assert "is on its way" in send(packer, scan(packer, beside), "SF12345678", carrier="sf").said, "one address"
    page = send(packer, scan(packer, other), "SF12345678", carrier="sf")
    assert page.status == 422
    assert f"Parcel {first}-1, to another address, has the tracking number SF12345678." in page.words("[role=alert]")
    with app.app_context():
        assert states_of(other) == []
    assert "is on its way" in send(packer, scan(packer, other), "SF12345678", carrier="ups").said


def test_customer_service_sees_parcels_and_changes_nothing(app: Flask) -> None:
    number = buy(app)
    with app.app_context():
        pack_all(number)
    desk = at_work(app, Role.CUSTOMER_SERVICE)
    page = desk.get(f"/admin/orders/{number}")
    assert f"{number}-1" in page.words("#parcels")
    assert page.all("#parcels form, #parcels a[href*=packing]") == []
    assert len(page.all("#parcels a[href$=slip]")) == 1
    page = at_work(app, Role.FINANCE).get(f"/admin/orders/{number}")
    assert f"{number}-1" in page.words("#parcels")
    assert page.all("#parcels a[href$=slip]") == [], "finance may not see slips"
    assert desk.get("/admin/packing").status == 403
    assert desk.post(f"/admin/parcels/{number}-1/unpacking").status == 403
