"""What one person does not decide alone waits for another: refunds, costly promotions, prices below cost."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from storefront.accounts import queries as accounts
from storefront.accounts.permissions import Role
from storefront.approvals import jobs, services
from storefront.approvals.errors import AlreadyDecided, NeedsApproval, NotYours
from storefront.approvals.models import ApprovalRequest
from storefront.approvals.states import RequestState
from storefront.audit.queries import list_entries_about
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.flash import editing
from storefront.flash.models import FlashItem
from storefront.flash.planning import SalePlan
from storefront.kernel.clock import now
from storefront.mail.models import OutboxMail
from storefront.pricing.models import PriceEntry, PriceList
from storefront.promotions.models import Promotion
from storefront.shop import services as shop
from storefront.simulation import jobs as trials
from tests.admin.people import at_work, hire
from tests.browser import Page, Shopper
from tests.counting import queries_of
from tests.factories import make_price_list, make_product, make_promotion
from tests.storefront.checkout.desk import open_shop, order, with_cart
from tests.storefront.payments.books import ask_back, books_agree, refunds, say, the_order
from tests.storefront.simulation.test_runs import ask as try_on_past_orders
from tests.storefront.simulation.test_runs import read, run_of


def decide(app: Flask, **values: object) -> None:
    with app.app_context(), transaction():
        shop.change_settings(values=values, at=now())


def request_of(app: Flask, number: int = 1) -> ApprovalRequest:
    with app.app_context():
        return db.session.get_one(ApprovalRequest, number)


def letters(app: Flask, kind: str) -> list[str]:
    with app.app_context():
        statement = select(OutboxMail.recipient).where(OutboxMail.template == f"approvals/mail/{kind}")
        return list(db.session.scalars(statement.order_by(OutboxMail.id)))


@pytest.fixture
def paid(any_app: Flask) -> Flask:
    """A shop with one order of 25.00 that was paid, where one person sends back no more than 10."""
    open_shop(any_app)
    say(any_app, order(with_cart(any_app)).location.removeprefix("/payments/"), 2500, key="psp-77")
    decide(any_app, refund_approval_above=10)
    return any_app


def give_back(browser: Shopper, app: Flask, amount: str, reason: str = "Broken twice", *, follow: bool = True) -> Page:
    number = the_order(app).number
    page = browser.get(f"/admin/orders/{number}/money")
    form = f"form[action='/admin/orders/{number}/refunds']"
    return browser.submit(page, form, follow=follow, amount=amount, reason=reason)


def test_a_large_refund_waits_for_somebody_else_and_is_carried_out_once(paid: Flask) -> None:
    maker, checker = at_work(paid, Role.FINANCE, "Fay"), at_work(paid, Role.FINANCE, "Finn")
    page = give_back(maker, paid, "20.00")
    assert "Waits for a second person" in page.said
    assert "$20.00" in page.said
    assert refunds(paid) == [], "nothing has left yet"
    assert not page.all("form[action$='/approval']"), "whoever asks does not decide"
    assert maker.post("/admin/approvals/1/approval", {}).status == 403
    assert letters(paid, "asked") == ["finn@example.com"]
    assert checker.get("/admin/").one(".admin-count").get_text(strip=True).startswith("1")
    assert not maker.get("/admin/").all(".admin-count")
    assert "Broken twice" in checker.get("/admin/approvals").said
    done = checker.submit(checker.get("/admin/approvals/1"), "form[action$='/approval']")
    assert "Approved and carried out" in done.said
    assert [(each.amount_minor, each.by) for each in refunds(paid)] == [(2000, "approval:1")]
    assert books_agree(paid)
    assert checker.post("/admin/approvals/1/approval", {}).status == 409
    assert len(refunds(paid)) == 1
    assert letters(paid, "answered") == ["fay@example.com"]
    number = the_order(paid).number
    with paid.app_context():
        told = {entry.action: entry for entry in list_entries_about("order", number)}
    assert told["order.refund"].changes["reason"] == [None, "Broken twice"]
    assert told["approval.approve"].actor == "staff:2"
    assert "Fay + Finn" in at_work(paid).get("/admin/audit").said


def test_what_waits_is_neither_offered_nor_sent_a_second_time(paid: Flask) -> None:
    maker, checker = at_work(paid, Role.FINANCE, "Fay"), at_work(paid, Role.FINANCE, "Finn")
    number = the_order(paid).number
    give_back(maker, paid, "5.00")
    give_back(maker, paid, "12.00")
    page = maker.get(f"/admin/orders/{number}/money")
    assert "Can be refunded $8.00" in page.words(".figures")
    assert "Waits for approval $12.00 To the request" in page.said
    assert "comes on top" in page.said
    assert page.one("form[action$='/refunds'] [name=amount]")["value"] == ""
    assert "At most $8.00" in give_back(maker, paid, "8.01").said
    assert "Waits for a second person" in give_back(maker, paid, "8.00").said
    said = checker.get("/admin/approvals/2").said
    for words in ("Went back before $5.00", "Waits for approval beside this $12.00", "To be sent back $8.00"):
        assert words in said
    for request in (1, 2):
        checker.submit(checker.get(f"/admin/approvals/{request}"), "form[action$='/approval']")
    assert sorted(each.amount_minor for each in refunds(paid)) == [500, 800, 1200]
    assert books_agree(paid)


@pytest.mark.parametrize("kind", ["return_refund", "return_replacement"])
def test_what_a_return_would_send_back_waits_too(paid: Flask, kind: str) -> None:
    number = the_order(paid).number
    about = {"object_kind": "return", "object_key": f"{number}-R1", "payload": {}, "seen": [], "reason": "Torn"}
    asked = {"state": RequestState.WAITING, "asked_by": "staff:9", "asked_at": now()}
    with paid.app_context(), transaction():
        expires_at = now() + timedelta(days=1)
        db.session.add(
            ApprovalRequest(kind=kind, amount_minor=2000, currency="USD", expires_at=expires_at, **about, **asked)
        )
    browser = at_work(paid, Role.FINANCE)
    assert "Can be refunded $5.00" in browser.get(f"/admin/orders/{number}/money").words(".figures")
    assert "At most $5.00" in give_back(browser, paid, "6.00").said


def test_two_halves_are_one_large_refund(paid: Flask) -> None:
    maker = at_work(paid, Role.FINANCE)
    assert "on its way back" in give_back(maker, paid, "9.00").said
    assert "Waits for a second person" in give_back(maker, paid, "1.01").said
    assert [each.amount_minor for each in refunds(paid)] == [900]
    with pytest.raises(NeedsApproval):
        ask_back(paid, 200)


def test_what_is_no_longer_possible_is_refused_clearly(paid: Flask) -> None:
    maker, checker = at_work(paid, Role.FINANCE, "Fay"), at_work(paid, Role.FINANCE, "Finn")
    give_back(maker, paid, "20.00")
    ask_back(paid, 1000, by="system")
    page = checker.submit(checker.get("/admin/approvals/1"), "form[action$='/approval']")
    assert page.status == 409
    assert "no longer possible" in page.said
    assert request_of(paid).state == RequestState.IMPOSSIBLE
    checker.language = "zh"
    assert "此订单最多可退 $15.00" in checker.get("/admin/approvals/1").said.replace("US$", "$")
    assert "At most $15.00 can be paid back for this order." in maker.get("/admin/approvals/1").said
    assert [each.amount_minor for each in refunds(paid)] == [1000], "nothing half done"
    assert letters(paid, "answered") == ["fay@example.com"]
    assert books_agree(paid)


def test_a_rejection_says_why_and_a_request_may_be_taken_back(paid: Flask) -> None:
    maker, checker = at_work(paid, Role.FINANCE, "Fay"), at_work(paid, Role.FINANCE, "Finn")
    give_back(maker, paid, "12.00")
    again = give_back(maker, paid, "13.00")
    assert "Waits for a second person" in again.said
    refused = checker.post("/admin/approvals/1/rejection", {"answer": " "})
    assert refused.status == 422
    checker.submit(checker.get("/admin/approvals/1"), "form[action$='/rejection']", answer="Send a new one")
    assert "Send a new one" in maker.get("/admin/approvals/1").said
    assert maker.post("/admin/approvals/1/withdrawal", {}).status == 409
    maker.submit(maker.get("/admin/approvals/2"), "form[action$='/withdrawal']")
    assert checker.post("/admin/approvals/2/approval", {}).status == 409
    assert refunds(paid) == []


def test_whoever_may_not_decide_does_not_even_see_it(paid: Flask) -> None:
    give_back(at_work(paid, Role.FINANCE), paid, "20.00")
    for role in (Role.OPERATIONS, Role.MERCHANDISER, Role.CUSTOMER_SERVICE, Role.ANALYST):
        other = at_work(paid, role)
        assert other.get("/admin/approvals/1").status == 404
        assert other.post("/admin/approvals/1/approval", {}).status == 404
        assert "Broken twice" not in other.get("/admin/approvals").said
    assert request_of(paid).state == RequestState.WAITING


def test_a_request_lapses_when_nobody_decides(app: Flask) -> None:
    with time_machine.travel("2026-05-04T08:00:00+00:00", tick=False) as clock:
        open_shop(app)
        say(app, order(with_cart(app)).location.removeprefix("/payments/"), 2500, key="psp-77")
        decide(app, refund_approval_above=10, approval_days=2)
        give_back(at_work(app, Role.FINANCE, "Fay"), app, "20.00")
        clock.shift(timedelta(days=2))
        checker = at_work(app, Role.FINANCE, "Finn")
        assert checker.post("/admin/approvals/1/approval", {}).status == 409
        with app.app_context():
            jobs.lapse_old_requests.call_local()
        assert request_of(app).state == RequestState.LAPSED
        assert letters(app, "answered") == ["fay@example.com"]


def test_of_two_who_approve_at_once_one_carries_it_out(paid: Flask) -> None:
    give_back(at_work(paid, Role.FINANCE, "Fay"), paid, "20.00")
    for name in ("Finn", "Fox"):
        hire(paid, Role.FINANCE, name)
    gate, said = threading.Barrier(2), []

    def approve(number: int) -> None:
        with paid.app_context():
            by = accounts.find_staff(number)
            assert by is not None
            gate.wait()
            try:
                with transaction():
                    services.approve(request_id=1, by=by, at=now())
                said.append("done")
            except AlreadyDecided:
                said.append("late")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=approve, args=(number,)) for number in (2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["done", "late"]
    assert [each.amount_minor for each in refunds(paid)] == [2000]


def test_even_the_super_admin_decides_nothing_of_their_own(paid: Flask) -> None:
    boss = at_work(paid)
    give_back(boss, paid, "20.00")
    assert boss.post("/admin/approvals/1/approval", {}).status == 403
    with paid.app_context(), pytest.raises(NotYours):
        by = accounts.find_staff(1)
        assert by is not None
        services._decidable(1, by)


def test_a_costly_promotion_is_started_by_two(app: Flask) -> None:
    decide(app, promotion_approval_above=100)
    with app.app_context(), transaction():
        values = {"conditions": [], "benefits": [{"kind": "amount_off", "amount_minor": 500}], "is_active": False}
        small, large, endless = (
            make_promotion(**values, name=name, budget_minor=budget).id
            for name, budget in (("Small", 10_000), ("Large", 10_001), ("Endless", None))
        )
    maker, checker = at_work(app, Role.MERCHANDISER), at_work(app, Role.FINANCE)
    start = {"confirmed": "yes", "version": "1"}
    assert maker.post(f"/admin/promotions/{small}/activation", start).location == f"/admin/promotions/{small}"
    for number in (large, endless):
        assert maker.post(f"/admin/promotions/{number}/activation", start).status == 409
    question = maker.post(f"/admin/promotions/{large}/activation", start)
    assert "$100.01" in question.said
    assert maker.submit(question, "form.form--narrow").status == 422, "without a reason nothing is asked"
    maker.submit(question, "form.form--narrow", **{"approval-reason": "For the anniversary"})
    with app.app_context():
        assert not db.session.get_one(Promotion, large).is_active
    checker.submit(checker.get("/admin/approvals/1"), "form[action$='/approval']")
    with app.app_context():
        assert db.session.get_one(Promotion, large).is_active
        version = db.session.get_one(Promotion, large).version
    page = maker.get(f"/admin/promotions/{large}")
    form = f"form[action='/admin/promotions/{large}']"
    refused = maker.submit(page, form, name="Larger still", version=str(version))
    assert refused.status == 409
    assert "Pause it" in refused.said


def test_a_trial_on_past_orders_says_what_a_promotion_without_a_budget_costs(app: Flask) -> None:
    from tests.storefront.checkout.desk import buy  # noqa: PLC0415

    open_shop(app)
    buy(app)
    with app.app_context(), transaction():
        ends = now() + timedelta(days=6)
        number = make_promotion(
            conditions=[], benefits=[{"kind": "amount_off", "amount_minor": 1000}], is_active=False, ends_at=ends
        ).id
    with app.app_context():
        draft = read(number)
    run_id = try_on_past_orders(app, draft)
    with app.app_context():
        trials.replay_orders.call_local(run_id)
    assert run_of(app, run_id).figures["cost"] == 1000, "ten in three days, so twenty in the six to come"
    maker, start = at_work(app, Role.MERCHANDISER), {"confirmed": "yes", "version": "1"}
    decide(app, promotion_approval_above=19)
    assert "$20.00" in maker.post(f"/admin/promotions/{number}/activation", start).said
    decide(app, promotion_approval_above=20)
    assert maker.post(f"/admin/promotions/{number}/activation", start).status == 303


@pytest.fixture
def cup(app: Flask) -> int:
    """A product that sells at 12.50 and costs the shop 8.00."""
    decide(app, below_cost_approval=True)
    with app.app_context(), transaction():
        product = make_product("Blue cup", price=1250, stock=10, sku="CUP-1")
        db.session.execute(db.update(Variant).values(cost_minor=800))
        return int(product.id)


def price(app: Flask) -> int:
    with app.app_context():
        return int(db.session.scalar(select(Variant.price_minor)) or 0)


def test_a_price_below_cost_is_set_by_two(app: Flask, cup: int) -> None:
    maker, checker = at_work(app, Role.MERCHANDISER), at_work(app, Role.FINANCE)
    form, cell = f"form[action='/admin/products/{cup}/prices']", f"price-{1}"
    assert maker.submit(maker.get(f"/admin/products/{cup}"), form, **{cell: "8.00"}).status == 200
    assert price(app) == 800
    question = maker.submit(maker.get(f"/admin/products/{cup}"), form, **{cell: "7.99"})
    assert (question.status, price(app)) == (409, 800)
    assert "$7.99" in question.said
    maker.submit(question, "form.form--narrow", **{"approval-reason": "Last pieces"})
    assert price(app) == 800
    checker.submit(checker.get("/admin/approvals/1"), "form[action$='/approval']")
    assert price(app) == 799
    with app.app_context():
        assert list_entries_about("product", str(cup))[0].action == "approval.approve"


def test_prices_that_somebody_changed_meanwhile_are_not_overwritten(app: Flask, cup: int) -> None:
    maker, checker = at_work(app, Role.MERCHANDISER), at_work(app, Role.FINANCE)
    form = f"form[action='/admin/products/{cup}/prices']"
    question = maker.submit(maker.get(f"/admin/products/{cup}"), form, **{"price-1": "7.00"})
    maker.submit(question, "form.form--narrow", **{"approval-reason": "Last pieces"})
    maker.submit(maker.get(f"/admin/products/{cup}"), form, **{"price-1": "11.00"})
    page = checker.submit(checker.get("/admin/approvals/1"), "form[action$='/approval']")
    assert page.status == 409
    assert "It was changed since this was asked for" in page.said
    assert "while you were editing" not in page.said
    assert (price(app), request_of(app).state) == (1100, RequestState.IMPOSSIBLE)


def test_what_a_request_is_about_is_named(app: Flask, cup: int) -> None:
    maker, checker = at_work(app, Role.MERCHANDISER), at_work(app, Role.FINANCE)
    form = f"form[action='/admin/products/{cup}/prices']"
    question = maker.submit(maker.get(f"/admin/products/{cup}"), form, **{"price-1": "7.00"})
    maker.submit(question, "form.form--narrow", **{"approval-reason": "Last pieces"})
    with app.app_context(), transaction():
        product = db.session.get_one(Product, cup)
        product.name, product.translations = "Blue cup", {"zh": {"name": "蓝杯"}}
    assert "Prices below cost Blue cup" in checker.get("/admin/approvals").words("tbody")
    assert checker.get("/admin/approvals/1").words("h1") == "Prices below cost Blue cup"
    checker.language = "zh"
    assert "蓝杯" in checker.get("/admin/approvals").words("tbody")


def test_a_price_below_cost_in_a_list_is_set_by_two(app: Flask, cup: int) -> None:
    with app.app_context(), transaction():
        number = make_price_list("Trade").id
    maker, checker = at_work(app, Role.MERCHANDISER), at_work(app, Role.FINANCE)
    page = maker.get(f"/admin/price-lists/{number}")
    question = maker.submit(page, "form[action$='/lines']", lines="CUP-1,1,7.50")
    assert question.status == 409
    maker.submit(question, "form.form--narrow", **{"approval-reason": "For schools"})
    with app.app_context():
        assert db.session.scalars(select(PriceEntry.price_minor)).all() == []
    checker.submit(checker.get("/admin/approvals/1"), "form[action$='/approval']")
    with app.app_context():
        assert db.session.scalars(select(PriceEntry.price_minor)).all() == [750]


def test_a_list_whose_share_goes_below_cost_is_made_by_two(app: Flask, cup: int) -> None:
    maker, checker = at_work(app, Role.MERCHANDISER), at_work(app, Role.FINANCE)
    form = "form[action='/admin/price-lists']"
    page = maker.submit(maker.get("/admin/price-lists/new"), form, name="Thirty off", percent="30")
    assert "Saved." in page.said, "8.75 is above cost"
    question = maker.submit(maker.get("/admin/price-lists/new"), form, name="Forty off", percent="40")
    assert question.status == 409
    assert "$7.50" in question.said
    maker.submit(question, "form.form--narrow", **{"approval-reason": "Everything must go"})
    assert shares(app) == {"Thirty off": 7000}
    checker.submit(checker.get("/admin/approvals/1"), "form[action$='/approval']")
    assert shares(app) == {"Thirty off": 7000, "Forty off": 6000}
    page = maker.get("/admin/price-lists/2")
    named = maker.submit(page, "form[action='/admin/price-lists/2']", name="Clearance")
    assert "Saved." in named.said, "what was let through once is not asked again"
    question = maker.submit(maker.get("/admin/price-lists/2"), "form[action='/admin/price-lists/2']", percent="50")
    assert question.status == 409


def shares(app: Flask) -> dict[str, int | None]:
    with app.app_context():
        return dict(db.session.execute(select(PriceList.name, PriceList.basis_points).order_by(PriceList.id)).all())


def test_a_flash_price_below_cost_is_set_by_two(app: Flask, cup: int) -> None:
    with app.app_context(), transaction():
        number = editing.add_sale(plan=SalePlan(name="Night"), by="staff:9", at=now()).id
    maker, checker = at_work(app, Role.MERCHANDISER), at_work(app, Role.FINANCE)
    form = f"form[action='/admin/flash/sales/{number}/sessions']"
    times = {"starts_at": "2099-01-01T10:00", "ends_at": "2099-01-01T12:00"}
    page = maker.get(f"/admin/flash/sales/{number}/sessions/new")
    question = maker.submit(page, form, **times, lines="CUP-1,7.50,10")
    assert question.status == 409
    assert "$7.50" in question.said
    maker.submit(question, "form.form--narrow", **{"approval-reason": "To be talked about"})
    with app.app_context():
        assert db.session.scalars(select(FlashItem.price_minor)).all() == []
    checker.submit(checker.get("/admin/approvals/1"), "form[action$='/approval']")
    with app.app_context():
        assert db.session.scalars(select(FlashItem.price_minor)).all() == [750]


def test_without_limits_one_person_decides(app: Flask) -> None:
    open_shop(app)
    say(app, order(with_cart(app)).location.removeprefix("/payments/"), 2500, key="psp-77")
    assert "on its way back" in give_back(at_work(app, Role.FINANCE), app, "25.00").said


def test_what_waits_costs_a_page_no_query_each_time(app: Flask) -> None:
    browser = at_work(app, Role.FINANCE)
    browser.get("/admin/approvals")
    with queries_of(app) as asked:
        browser.get("/admin/own")
    assert not [statement for statement in asked if "approval_request" in statement]
    with queries_of(app) as asked:
        browser.get("/admin/approvals")
    assert len(asked) <= 5, asked
