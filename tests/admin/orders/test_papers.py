"""Packing slips and invoices as PDF: what is written in them, read back out of the file."""

from __future__ import annotations

import re
from io import BytesIO

from flask import Flask
from pypdf import PdfReader

from storefront.accounts.permissions import Role
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.invoicing import services
from storefront.kernel.clock import now
from storefront.orders.models import Order, OrderLine
from storefront.shop.services import change_settings
from tests.admin.orders_made import make_order
from tests.admin.people import at_work
from tests.storefront.amending.service import adds_up, change, the_order
from tests.storefront.checkout.desk import CHINESE, open_shop, order, with_cart


def pages_of(app: Flask, url: str) -> list[str]:
    """The text of each page of a PDF."""
    answer = at_work(app, Role.CUSTOMER_SERVICE).client.get(url)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    reader = PdfReader(BytesIO(answer.data))
    assert all(round(float(page.mediabox.width)) == 595 for page in reader.pages)
    return [page.extract_text() for page in reader.pages]


def amounts(text: str) -> list[int]:
    """Every amount in dollars, in cents."""
    return [int(sign + whole + cents) for sign, whole, cents in re.findall(r"(-?)\$([0-9]+)\.([0-9]{2})", text)]


def test_the_receipt_of_an_order_adds_up_to_its_total(app: Flask) -> None:
    open_shop(app)
    order(with_cart(app), payment_provider="cod")
    found = the_order(app)
    (page,) = pages_of(app, f"/admin/orders/invoices.pdf?row={found.number}")
    assert f"Receipt for order {found.number}" in page
    assert "Ada Shopper" in page
    each, of_line, goods, delivery, total = amounts(page)
    assert (each * 2, goods + delivery) == (of_line, total)
    assert total == found.total_minor
    assert "Page 1 of 1" in page


def test_an_invoice_says_what_it_said_when_it_was_issued(app: Flask) -> None:
    open_shop(app)
    with app.app_context(), transaction():
        change_settings(values={"seller_name": "Lamp House Ltd", "seller_tax_id": "TAX-7"}, at=now())
    order(with_cart(app), payment_provider="cod")
    with app.app_context(), transaction():
        found = db.session.scalars(db.select(Order)).one()
        found.paid_minor, found.paid_at, found.payment_status = 2500, now(), "paid"
        number = services.issue(order_id=found.id, company="Ada & Co", buyer_tax_id="", at=now()).number
    (page,) = pages_of(app, f"/admin/orders/invoices.pdf?row={the_order(app).number}")
    assert f"Invoice {number}" in page
    assert all(words in page for words in ("Lamp House Ltd", "TAX-7", "Ada & Co"))


def test_chinese_stands_in_the_file_and_can_be_read_out_of_it(app: Flask) -> None:
    open_shop(app)
    shopper = with_cart(app, language="zh")
    placed = order(shopper, payment_provider="cod", note="请放在门口", postcode="", **CHINESE)
    assert placed.status == 303, placed.said
    found = the_order(app)
    (page,) = pages_of(app, f"/admin/orders/slips.pdf?row={found.number}")
    assert "王小明" in page
    assert "科技园路" in page
    assert "请放在门口" in page


def test_a_long_order_breaks_over_pages_each_with_its_heading_and_number(app: Flask) -> None:
    with app.app_context(), transaction():
        found = make_order(8000)
        found.goods_minor, found.total_minor = 8000, 8000
        db.session.flush()
        found.lines[0].quantity, found.lines[0].unit_price_minor = 1, 100
        for place in range(1, 80):
            line = OrderLine(order_id=found.id, position=place, sku=f"SKU-{place}", name=f"Thing number {place}")
            line.quantity, line.unit_price_minor = 1, 100
            db.session.add(line)
        long, short = found.number, make_order(700).number
    pages = pages_of(app, f"/admin/orders/invoices.pdf?row={long}&row={short}")
    assert len(pages) >= 3
    of_long, of_short = pages[:-1], pages[-1]
    assert all("Quantity" in page for page in pages)
    assert [f"Page {place} of {len(of_long)}" in page for place, page in enumerate(of_long, 1)] == [True] * len(of_long)
    assert "Page 1 of 1" in of_short
    together = amounts("\n".join(of_long))
    assert together[-1] == 8000
    assert sum(together[1:160:2]) == 8000
    assert amounts(of_short)[-1] == 700


def test_no_order_chosen_is_said(app: Flask) -> None:
    browser = at_work(app, Role.CUSTOMER_SERVICE)
    assert browser.get("/admin/orders/slips.pdf").status == 422
    assert browser.get("/admin/orders/invoices.pdf?row=NONE-SUCH").status == 422


def test_books_with_an_invoice_follow_changes_up_and_down(app: Flask) -> None:
    open_shop(app)
    shopper = with_cart(app)
    from_sandbox = order(shopper, payment_provider="sandbox").location
    shopper.post(from_sandbox, {"amount": "2500", "currency": "USD", "decision": "approve"})
    with app.app_context(), transaction():
        services.issue(order_id=db.session.scalars(db.select(Order.id)).one(), company="", buyer_tax_id="", at=now())
    change(app, {"LAMP": 1})
    change(app, {"LAMP": 3})
    number = the_order(app).number
    again = shopper.post(f"/orders/{number}/payments", {"payment_provider": "sandbox"}).location
    shopper.post(again, {"amount": "2000", "currency": "USD", "decision": "approve"})
    assert the_order(app).payment_status == "paid"
    assert adds_up(app)
    shown = shopper.get(f"/orders/{number}/invoice")
    assert "Credit note" in shown.said
    assert "Supplementary invoice" in shown.said
    assert "25.00" in shown.words(".invoice .sums__total")
