"""Tracking numbers as a table: tried first, then stored, whatever a spreadsheet makes of it."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.database.base import db
from storefront.fulfilment import queries
from storefront.mail.models import OutboxMail
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.storefront.fulfilment.parcels import books_are_in_order, buy, kinds_of, order_of, pack_all, states_of

URL = "/admin/fulfilment/tracking-import"


@pytest.fixture
def clerk(any_app: Flask) -> Shopper:
    return at_work(any_app, Role.OPERATIONS)


def upload(clerk: Shopper, raw: bytes) -> Page:
    return clerk.post(URL, {"file": (BytesIO(raw), "numbers.csv")}, content_type="multipart/form-data")


def results(page: Page) -> list[str]:
    return [row.select("td")[-1].get_text(" ", strip=True) for row in page.all("section tbody tr")]


def letters() -> int:
    return int(db.session.scalar(db.select(db.func.count()).select_from(OutboxMail)) or 0)


def test_a_mistyped_order_is_named_before_its_tracking_number(any_app: Flask, clerk: Shopper) -> None:
    page = upload(clerk, b"order,carrier,tracking number\nNO-SUCH,sf,!\n")
    assert results(page) == ["“NO-SUCH” is not the number of an order or a parcel."]


def test_a_table_is_tried_and_then_stored(any_app: Flask, clerk: Shopper) -> None:
    whole, packed, split = buy(any_app), buy(any_app), buy(any_app, units=5, here=3, elsewhere=4)
    with any_app.app_context():
        pack_all(packed)
        before = letters()
    table = (
        "order,carrier,tracking number\n"
        f"{whole},UPS,1Z999AA10123456784\n"
        f"{packed}-1,sf,SF 1111 2222\n"
        f"{split},sf,SF33334444\n"
        "NO-SUCH,sf,SF55556666\n"
        f"{whole},ups,1Z999AA10123456784\n"
        f"{packed},pigeon,SF11112222\n"
        f"{packed},sf,\n"
        f"{packed},sf,{'9' * 500}\n"
        f"{packed},sf,SF11119999\n"
    )
    page = upload(clerk, table.encode())
    expected = [
        "Will be packed and sent",
        "Will be sent",
        "This order has several parcels. Use the number of the parcel.",
        "“NO-SUCH” is not the number of an order or a parcel.",
        "Known already",
        "There is no carrier “pigeon”. Choose one from the list.",
        "Enter the tracking number.",
        "A tracking number has 4 to 40 letters, digits and hyphens. Please check it.",
        "Number will be corrected",
    ]
    assert results(page) == expected
    assert "Ready: 4 of 9 rows. Nothing is stored yet." in page.said
    with any_app.app_context():
        assert (states_of(whole), states_of(packed), letters()) == ([], ["packed"], before)
    page = clerk.submit(page, "form:has(button[value=store])", then="store")
    done = {"Will be packed and sent": "Packed and sent", "Will be sent": "Sent"}
    done |= {"Number will be corrected": "Number corrected"}
    assert results(page) == [done.get(words, words) for words in expected]
    assert "4 rows are stored." in page.said
    with any_app.app_context():
        assert (states_of(whole), states_of(packed), states_of(split)) == (["shipped"], ["shipped"], [])
        parcel = queries.list_parcels(order_of(packed).id)[0]
        assert (parcel.carrier, parcel.tracking_number) == ("sf", "SF11119999")
        assert kinds_of(packed) == ["placed", "packed", "sent", "label_corrected"]
        assert letters() == before + 2
        assert books_are_in_order()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_spreadsheets_write_is_read(app: Flask, encoding: str, delimiter: str) -> None:
    clerk, number = at_work(app), buy(app)
    rows = [["运单号", "备注", "订单号", "快递公司"], ["'SF12345678", "易碎", number, "顺丰速运"]]
    raw = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    assert results(upload(clerk, raw)) == ["Will be packed and sent"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"sku,price\nCUP,100\n", "The first row must name three columns"),
        (b"order,carrier,tracking number\n", "The table is empty."),
        (b"", "The table is empty."),
        (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "three columns"),
        (b'order,carrier,tracking\n"unfinished', "one row a line"),
        (b"order,carrier,tracking\n" + b"a,b,c\n" * 1001, "more than 1000 rows"),
    ],
)
def test_another_table_is_refused(app: Flask, raw: bytes, said: str) -> None:
    page = upload(at_work(app), raw)
    assert page.status == 422
    assert said in page.words("[role=alert]") or "not text" in page.words("[role=alert]")


def test_an_unpaid_order_is_told_in_its_row(app: Flask) -> None:
    number = buy(app, paid=False)
    table = f"order,carrier,tracking\n{number},sf,SF12345678\n"
    page = at_work(app).post(URL, {"table": table})
    assert results(page) == ["This order is not paid yet, so nothing of it may leave."]
