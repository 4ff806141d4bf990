"""Whoever ordered without an account gets a copy and is forgotten, by a link to the inbox of their orders."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
import time_machine
from flask import Flask

from storefront.accounts.models import Customer, OneTimeLink
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.invoicing import jobs as invoicing_jobs
from storefront.invoicing import queries as invoicing
from storefront.invoicing import services as invoices
from storefront.kernel.clock import now
from storefront.mail.models import OutboxMail
from storefront.orders.models import Order
from storefront.privacy import jobs, services
from storefront.promotions.models import PromotionUse
from storefront.shop import verifying
from storefront.shop.services import change_settings
from tests import factories
from tests.admin.people import Role, at_work
from tests.browser import Page, Shopper
from tests.storefront.accounts.people import link_in
from tests.storefront.orders.drafts import place
from tests.storefront.privacy.people import EMAIL, ada, deliver, everything
from tests.storefront.returns import goods

TRACES = (EMAIL, "Ada Shopper", "212555", "1 Main Street", "10001", "ring twice")


def ordered(app: Flask, email: str = EMAIL, *, arrived: bool = True) -> str:
    """An order of a guest with a promotion, paid and delivered; return its number."""
    with app.app_context():
        with transaction():
            promotion = factories.make_promotion(
                conditions=[], benefits=[{"kind": "percent_off", "basis_points": 1000}], per_customer_limit=1
            )
            promotion_id = promotion.id
        number = goods.buy({"Lamp": (1000, 2)}, deliver=arrived, email=email, off=200, promotion_id=promotion_id)
        with transaction():
            order = goods.order_of(number)
            order.note = "ring twice"
    return number


def ask(app: Flask, email: str = EMAIL) -> Page:
    return Shopper(app).post("/your-data", {"email": email})


def last_letter(app: Flask) -> OutboxMail:
    with app.app_context():
        return db.session.scalars(db.select(OutboxMail).order_by(OutboxMail.id.desc()).limit(1)).one()


def link_for(app: Flask, email: str = EMAIL) -> str:
    assert ask(app, email).status == 303
    return link_in_queue(app)


def link_in_queue(app: Flask) -> str:
    """Return the link of the letter that is about to leave: once it has, the outbox forgets it."""
    folder = app.config["SHOP"].mail_dir
    newest = max(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    letter = last_letter(app)
    letter.text = letter.html = (
        newest.read_text(encoding="utf-8", errors="replace").replace("=\n", "").replace("=3D", "=")
    )
    return link_in(letter)


def discrepancies(app: Flask) -> list[object]:
    with app.app_context():
        return [each for finding in verifying.verify(verifying.list_ledgers()) for each in finding.discrepancies]


def test_a_guest_gets_a_copy_of_their_orders_once(app: Flask) -> None:
    number = ordered(app)
    other = ordered(app, "bob@example.com")
    link = link_for(app)
    guest = Shopper(app)
    page = guest.get(link)
    assert number in page.said
    assert other not in page.said
    answer = guest.client.post(f"{link}/copy")
    assert answer.mimetype == "application/zip"
    copy = ZipFile(BytesIO(answer.data))
    told = " ".join(copy.read(name).decode() for name in copy.namelist())
    assert [trace for trace in TRACES if trace not in told] == []
    assert "bob@example.com" not in told
    [order] = json.loads(copy.read("data/orders.json"))
    assert order["number"] == number
    assert any(row["kind"] == "use" for row in json.loads(copy.read("data/coupons.json")))
    for again in (guest.get(link), guest.post(f"{link}/copy"), guest.post(f"{link}/erasure")):
        assert again.status in {409, 410, 422}
        assert "no longer works" in again.said


def test_a_guest_is_forgotten_and_the_books_stay(any_app: Flask) -> None:
    number = ordered(any_app)
    ordered(any_app, "bob@example.com")
    link = link_for(any_app)
    page = Shopper(any_app).submit(Shopper(any_app).get(link), "form[action$='/erasure']")
    assert "1 order no longer says who placed it." in page.said
    text = everything(any_app)
    assert [trace for trace in (EMAIL, "ring twice") if trace in text] == ["ring twice"], "Bob has a note, too"
    assert "bob@example.com" in text
    assert discrepancies(any_app) == []
    with any_app.app_context():
        order = goods.order_of(number)
        assert (order.email, order.phone, order.note, order.total_minor) == ("", "", "", 2300)
        used = db.session.scalars(db.select(PromotionUse.customer_key).where(PromotionUse.order_number == number)).all()
        assert set(used) == {f"order:{number}"}
        assert not db.session.scalars(db.select(OneTimeLink.id).where(OneTimeLink.used_at.is_(None))).all()
    assert "no longer works" in Shopper(any_app).get(link).said


def test_nobody_learns_who_has_ordered_and_the_inbox_of_who_has_not_hears_so(app: Flask) -> None:
    ordered(app)
    known, unknown = ask(app), ask(app, "stranger@example.com")
    assert (known.status, known.location) == (unknown.status, unknown.location) == (303, "/your-data/sent")
    letter = last_letter(app)
    assert (letter.recipient, letter.template) == ("stranger@example.com", "privacy/mail/no_guest")
    with app.app_context():
        facts = db.session.scalars(db.select(OneTimeLink.facts).order_by(OneTimeLink.id)).all()
        assert facts == [{"email": EMAIL}, {}]


@pytest.mark.parametrize("typed", ["", "nobody", "a@b"])
def test_what_is_no_address_is_said(app: Flask, typed: str) -> None:
    assert ask(app, typed).status == 422


def test_too_many_letters_are_refused(app: Flask) -> None:
    assert [ask(app).status for _ in range(8)][-1] == 429


def test_an_order_under_way_is_named_and_the_link_works_later(app: Flask) -> None:
    number = ordered(app, arrived=False)
    link = link_for(app)
    page = Shopper(app).get(link)
    assert f"Order {number} is still under way" in page.said
    assert not page.all("form[action$='/erasure']")
    assert Shopper(app).post(f"{link}/erasure").status == 409
    deliver(app, number)
    assert "no longer says" in Shopper(app).post(f"{link}/erasure").said


def test_a_link_is_good_for_a_day_and_for_nothing_else(app: Flask) -> None:
    ordered(app)
    link = link_for(app)
    token = link.rpartition("/")[2]
    assert Shopper(app).get(f"/password-reset/{token}").status != 200
    assert Shopper(app).get(f"/confirmations/{token}").status != 200
    with time_machine.travel(now() + timedelta(days=1, minutes=1), tick=False):
        assert "no longer works" in Shopper(app).get(link).said
    assert "no longer works" in Shopper(app).get("/your-data/forged").said


def test_an_account_s_own_letters_and_choices_stay_when_its_owner_s_guest_orders_go(app: Flask) -> None:
    customer_id, number = ada(app)
    ordered(app)
    link = link_for(app)
    assert number not in Shopper(app).get(link).said
    Shopper(app).post(f"{link}/erasure")
    with app.app_context():
        assert db.session.get_one(Customer, customer_id).email == EMAIL
        assert db.session.scalar(db.select(Order.email).where(Order.number == number)) == EMAIL
        assert db.session.scalar(db.select(db.func.count()).where(OutboxMail.recipient == EMAIL)) >= 1


@pytest.mark.parametrize("is_proven", [True, False])
def test_guest_orders_belong_to_an_account_s_copy_and_deletion_once_its_e_mail_is_proven(
    app: Flask, is_proven: bool
) -> None:
    customer_id, number = ada(app)
    guests = ordered(app)
    with app.app_context(), transaction():
        db.session.get_one(Customer, customer_id).email_verified_at = now() if is_proven else None
    with app.app_context():
        person = services.get_person(customer_id)
        assert person.numbers == ({number, guests} if is_proven else {number})
    with app.app_context(), transaction():
        services.ask_deletion(customer_id=customer_id, by=f"customer:{customer_id}", at=now())
    for later in (timedelta(days=7, minutes=1), timedelta(days=7, minutes=20)):
        with time_machine.travel(now() + later, tick=False):
            jobs.sweep_deletions.call_local()
    text = everything(app)
    assert [trace for trace in TRACES if trace in text] == ([] if is_proven else [EMAIL, *TRACES[1:]])
    assert discrepancies(app) == []


def test_an_invoice_keeps_its_buyer_for_the_years_that_the_law_says(app: Flask) -> None:
    number = ordered(app)
    with app.app_context(), transaction():
        change_settings(values={"invoice_keep_years": 2}, at=now())
        order_id = goods.order_of(number).id
        invoices.issue(order_id=order_id, company="ACME", buyer_tax_id="DE999", at=now())
    Shopper(app).post(f"{link_for(app)}/erasure")
    staff = at_work(app, Role.FINANCE)
    page = staff.get(f"/admin/orders/{number}/invoice")
    for words in ("Ada Shopper", "1 Main Street", "ACME", "DE999", "asked to be forgotten"):
        assert words in page.said
    assert number in staff.get(f"/admin/orders/{number}").said
    with time_machine.travel(now().replace(year=now().year + 3, month=1, day=2), tick=False):
        invoicing_jobs.forget_buyers.call_local()
    with app.app_context():
        invoice = invoicing.find_invoice(order_id)
        assert invoice is not None
        assert (invoice.company, invoice.buyer_tax_id) == ("", "")
        assert invoice.amount_minor == 2300
    assert [trace for trace in TRACES if trace in everything(app)] == []
    assert discrepancies(app) == []


def test_with_no_years_to_keep_them_the_buyer_goes_at_once(app: Flask) -> None:
    number = ordered(app)
    with app.app_context(), transaction():
        change_settings(values={"invoice_keep_years": 0}, at=now())
        invoices.issue(order_id=goods.order_of(number).id, company="ACME", buyer_tax_id="DE999", at=now())
    Shopper(app).post(f"{link_for(app)}/erasure")
    assert [trace for trace in (*TRACES, "ACME", "DE999") if trace in everything(app)] == []


def test_an_invoice_is_in_the_language_of_its_order(app: Flask) -> None:
    _id, number, key = place(app, locale="zh")
    with app.app_context(), transaction():
        order = goods.order_of(number)
        order.paid_minor = order.total_minor
        invoices.issue(order_id=order.id, company="", buyer_tax_id="", at=now())
    reader = Shopper(app, language="en")
    reader.get(f"/orders/{number}?key={key}", follow=True)
    page = reader.get(f"/orders/{number}/invoice")
    paper = page.one("article.invoice")
    assert paper["lang"] == "zh-Hans"
    assert "发票" in page.words("article.invoice")
    assert page.one("html")["lang"] == "en"
