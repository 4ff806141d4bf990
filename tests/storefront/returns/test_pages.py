"""Asking from the order's page, as a shopper sees it; and what is refused, in words."""

from __future__ import annotations

import gc
import warnings
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from PIL import Image
from werkzeug.datastructures import FileStorage

from storefront.catalog.models import Product
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.orders.models import OrderLine
from storefront.returns.models import Return, ReturnPhoto
from tests.browser import Page, Shopper
from tests.storefront.returns.goods import approve, ask, buy, decide, order_of, pay_back, receive, refund


@pytest.fixture
def number(app: Flask) -> str:
    with app.app_context():
        return buy({"Lamp": (1000, 3)}, off=500)


def owner(app: Flask, number: str, language: str = "en") -> Shopper:
    """The guest who placed the order, who came by the link of the letter."""
    shopper = Shopper(app, language=language)
    with app.app_context():
        key = order_of(number).access_token
    assert shopper.get(f"/orders/{number}?key={key}").status == 302
    return shopper


def line_id(app: Flask, number: str) -> int:
    with app.app_context():
        return order_of(number).lines[0].id


def chosen(app: Flask, number: str, **more: Any) -> dict[str, Any]:
    line = line_id(app, number)
    return {"kind": "return", f"quantity-{line}": "1", f"reason-{line}": "too_small", **more}


def picture(name: str = "cup.jpg", *, kind: str = "JPEG", side: int = 64) -> FileStorage:
    data = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", (side, side), "red").save(data, kind, exif=exif)
    data.seek(0)
    return FileStorage(data, filename=name)


def test_a_guest_returns_something_step_by_step(app: Flask, number: str) -> None:
    shopper = owner(app, number)
    page = shopper.get(f"/orders/{number}")
    assert "You can return goods until" in page.said
    form = shopper.get(f"/orders/{number}/returns/new")
    assert "How many" in form.said
    line = line_id(app, number)
    preview = shopper.submit(form, "#choose", **{f"quantity-{line}": "2", f"reason-{line}": "too_small"})
    assert "Request a refund of $16.66" in preview.said
    assert "“Spend more, save” no longer takes off $3.34." in preview.said
    assert "You pay for sending it back." in preview.said
    done = shopper.submit(
        preview, "#offer form", note="Too tight.\nSorry!", photos=[picture(), picture("b.png", kind="PNG")]
    )
    assert "We have your request" in done.said
    assert done.words("h1") == f"Return {number}-R1"
    assert "Too tight." in done.said
    assert len(done.all(".return-photos img")) == 2
    assert f"{number}-R1" in shopper.get(f"/orders/{number}").said
    withdrawn = shopper.submit(done, ".fold form")
    assert "Your request is withdrawn." in withdrawn.said
    assert shopper.post(f"/orders/{number}/returns/{number}-R1/withdrawal").status == 409


def test_after_approval_the_page_says_where_to_and_the_label_has_bars(app: Flask, number: str) -> None:
    with app.app_context():
        decide(return_address="The Shop; 1 Main Street; Springfield")
        approve(ask(number, {order_of(number).lines[0].id: 1}))
    shopper = owner(app, number)
    page = shopper.get(f"/orders/{number}/returns/{number}-R1")
    assert "Please send the items back" in page.said
    assert "1 Main Street" in page.said
    label = shopper.get(f"/orders/{number}/returns/{number}-R1/label")
    assert label.one("svg[role=img]")["aria-label"] == f"Barcode of {number}-R1"
    assert len(label.all("svg[role=img] rect")) == 46


def test_every_state_has_its_page_in_both_languages(app: Flask, number: str) -> None:
    english, chinese = owner(app, number), owner(app, number, "zh-CN")
    url = f"/orders/{number}/returns/{number}-R1"
    with app.app_context():
        found = ask(number, {order_of(number).lines[0].id: 1})
    for step in (None, approve, receive, refund, lambda _: pay_back()):
        with app.app_context():
            if step:
                step(db.session.get_one(Return, found.id))
        assert english.get(url).status == chinese.get(url).status == 200
    assert "We have sent $8.33 back" in english.get(url).said


def test_nobody_elses_order_can_be_returned(app: Flask, number: str) -> None:
    with app.app_context():
        ask(number, {order_of(number).lines[0].id: 1})
    stranger = Shopper(app)
    for path in ("new", f"{number}-R1", f"{number}-R1/label"):
        assert stranger.get(f"/orders/{number}/returns/{path}").status == 404
    assert stranger.post(f"/orders/{number}/returns", chosen(app, number)).status == 404
    assert stranger.post(f"/orders/{number}/returns/{number}-R1/withdrawal").status == 404
    with app.app_context():
        other = buy({"Cup": (300, 1)})
    mine = owner(app, other)
    assert mine.get(f"/orders/{other}/returns/{number}-R1").status == 404
    assert mine.post(f"/orders/{other}/returns", chosen(app, number)).status == 422


@pytest.mark.parametrize(
    ("quantity", "reason", "words"),
    [
        ("0", "too_small", "Choose at least one piece."),
        ("", "too_small", "Choose at least one piece."),
        ("-1", "too_small", "Enter how many pieces as a whole number."),
        ("1.5", "too_small", "Enter how many pieces as a whole number."),
        ("many", "too_small", "Enter how many pieces as a whole number."),
        ("4", "too_small", "Of “Thing"),
        ("1000000000", "too_small", "can be chosen, not 1000000000."),
        ("9" * 40, "too_small", "Enter how many pieces as a whole number."),
        ("1", "", "Please say why, for each product."),
        ("1", "nonsense", "Please say why, for each product."),
        ("1", "missing", "Please say why, for each product."),
    ],
)
def test_bad_rows_are_refused_in_words(app: Flask, number: str, quantity: str, reason: str, words: str) -> None:
    shopper, line = owner(app, number), line_id(app, number)
    rows = {"kind": "return", f"quantity-{line}": quantity, f"reason-{line}": reason}
    for page in (
        shopper.get(f"/orders/{number}/returns/new", query_string=rows),
        shopper.post(f"/orders/{number}/returns", rows),
    ):
        assert page.status == 422
        assert words in page.said
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Return)) == 0


def test_a_line_twice_and_a_foreign_line_are_refused(app: Flask, number: str) -> None:
    shopper, line = owner(app, number), line_id(app, number)
    twice = shopper.post(f"/orders/{number}/returns", chosen(app, number, **{f"quantity-{line}": ["1", "1"]}))
    assert (twice.status, "named twice" in twice.said) == (422, True)
    foreign = {"kind": "return", "quantity-999999": "1", "reason-999999": "too_small"}
    page = shopper.post(f"/orders/{number}/returns", foreign)
    assert (page.status, "This is not a part of this order." in page.said) == (422, True)


def _refused(page: Page, words: str) -> None:
    assert page.status == 422
    assert words in page.said


def test_what_is_no_picture_is_refused_whatever_its_name(app: Flask, number: str) -> None:
    shopper, url = owner(app, number), f"/orders/{number}/returns"
    pdf = FileStorage(BytesIO(b"%PDF-1.7 ..."), filename="lamp.jpg", content_type="image/jpeg")
    _refused(
        shopper.post(url, chosen(app, number, photos=[pdf])),
        "“lamp.jpg” was not taken. This is not a picture we can read.",
    )
    html = FileStorage(BytesIO(b"<script>alert(1)</script>"), filename="x.png", content_type="image/png")
    _refused(
        shopper.post(url, chosen(app, number, photos=[picture(), html])), "“x.png” was not taken. This is not a picture"
    )
    many = [picture(f"{place}.jpg", side=20 + place) for place in range(6)]
    _refused(shopper.post(url, chosen(app, number, photos=many)), "At most 5 photos, please.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the test client leaves the spool of a large form lying
        heavy = FileStorage(BytesIO(b"\xff\xd8" + b"0" * (11 * 1024 * 1024)), filename="heavy.jpg")
        _refused(
            shopper.post(url, chosen(app, number, photos=[heavy])),
            "“heavy.jpg” was not taken. This picture is larger than 10 MB.",
        )
        larger = FileStorage(BytesIO(b"0" * (52 * 1024 * 1024)), filename="huge.jpg")
        assert shopper.post(url, chosen(app, number, photos=[larger])).status == 413
        gc.collect()
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(ReturnPhoto)) == 0


def test_what_photographs_tell_of_their_place_is_left_behind(app: Flask, number: str) -> None:
    shopper = owner(app, number)
    page = shopper.post(f"/orders/{number}/returns", chosen(app, number, photos=[picture()]), follow=True)
    url = str(page.one(".return-photos a")["href"])
    response = shopper.client.get(url)
    kept = Image.open(BytesIO(response.data))
    response.close()
    assert (kept.format, dict(kept.getexif())) == ("WEBP", {})


def test_one_request_at_a_time(app: Flask, number: str) -> None:
    shopper = owner(app, number)
    assert shopper.post(f"/orders/{number}/returns", chosen(app, number)).status == 303
    again = shopper.post(f"/orders/{number}/returns", chosen(app, number))
    assert again.status == 409
    assert f"Request {number}-R1 of this order is under way." in again.said
    assert "is under way" in shopper.get(f"/orders/{number}/returns/new").said


def test_after_the_window_nothing_can_be_asked(app: Flask, number: str) -> None:
    shopper = owner(app, number)
    with time_machine.travel(now() + timedelta(days=31)):
        assert shopper.get(f"/orders/{number}/returns/new").status == 409
        page = shopper.post(f"/orders/{number}/returns", chosen(app, number))
        _refused(page, "could be returned until")
        assert "Return or exchange" not in shopper.get(f"/orders/{number}").said


def test_what_cannot_be_returned_can_be_complained_about(app: Flask, number: str) -> None:
    shopper, line = owner(app, number), line_id(app, number)
    with app.app_context(), transaction():
        db.session.get_one(OrderLine, line).is_returnable = False
    _refused(shopper.post(f"/orders/{number}/returns", chosen(app, number)), "cannot be returned unless")
    claim = {"kind": "claim", f"quantity-{line}": "1", f"reason-{line}": "damaged"}
    assert shopper.post(f"/orders/{number}/returns", claim).status == 303


def test_what_could_be_returned_when_it_was_bought_can_be(app: Flask, number: str) -> None:
    shopper = owner(app, number)
    with app.app_context(), transaction():
        db.session.scalars(db.select(Product)).one().is_returnable = False
    assert shopper.post(f"/orders/{number}/returns", chosen(app, number)).status == 303


def test_nothing_is_offered_before_something_has_arrived(app: Flask) -> None:
    with app.app_context():
        number = buy({"Lamp": (1000, 1)}, deliver=False)
    shopper = owner(app, number)
    assert "Returns and exchanges" not in shopper.get(f"/orders/{number}").said
    assert shopper.get(f"/orders/{number}/returns/new").status == 409
    _refused(shopper.post(f"/orders/{number}/returns", chosen(app, number)), "Of “Thing")
