"""The list, the calendar, a cart "as if" and the report of promotions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
import time_machine
from flask import Flask

from admin.days import day_of, start_of
from admin.months import Month, bar_of
from admin.promotions.calendar import clashes
from admin.promotions.report import Period, days_of
from admin.promotions.standing import Standing, standing_of, stands
from admin.promotions.values import read_moment, read_percent, show_percent
from storefront.accounts.permissions import Role
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from storefront.kernel.money import Money
from storefront.orders.models import OrderLine
from storefront.promotions import services
from storefront.promotions.models import Promotion, PromotionUse
from storefront.promotions.rules import promotion_from_data
from storefront.shop.services import change_settings
from tests.admin.orders_made import make_order
from tests.admin.people import at_work
from tests.browser import Page
from tests.factories import make_category, make_code, make_customer, make_product, make_promotion, variant_of

AT = datetime(2026, 12, 15, 12, tzinfo=UTC)
HALF = {"kind": "percent_off", "basis_points": 5000}
LADDER = {"kind": "spend_ladder", "rungs": [{"spend_minor": 5000, "off_minor": 500}]}


def offer(name: str, benefit: dict[str, Any] | None = None, **values: Any) -> Promotion:
    values = {"promotion_class": "item", "activated_at": AT, **values}
    row: Promotion = make_promotion(conditions=[], benefits=[benefit or HALF], name=name, **values)
    return row


def names(page: Page) -> list[str]:
    return [cell.get_text() for cell in page.all("#promotions tbody strong")]


@pytest.fixture
def offers(any_app: Flask) -> Flask:
    with any_app.app_context(), transaction():
        snacks, drinks = make_category("Snacks"), make_category("Drinks")
        make_product("Crisps", category=snacks, sku="CRISPS", price=1000)
        make_product("Juice", category=drinks, sku="JUICE", price=3000)
        offer("Snacks week", {**HALF, "scope": {"category_ids": [snacks.id]}}, starts_at=AT - timedelta(days=2))
        offer("Draft", is_active=False, activated_at=None)
        offer("Paused", is_active=False)
        offer("Ended", ends_at=AT - timedelta(days=1))
        offer("Later", LADDER, promotion_class="order", starts_at=AT + timedelta(days=3), exclusive=True)
        offer("Used up", usage_limit=2, used_count=2)
        offer("Spent", budget_minor=100, spent_minor=100)
        offer("Put away", is_active=False, archived_at=AT)
        coded = offer("With code", LADDER, promotion_class="order", requires_code=True, combines_with=["item"])
        make_code(coded, "SAVE10")
    return any_app


@time_machine.travel(AT, tick=False)
def test_the_list_tells_how_each_stands_and_can_be_narrowed(offers: Flask) -> None:
    browser = at_work(offers, Role.MERCHANDISER)
    expected = {
        **{"draft": ["Draft"], "paused": ["Paused"], "ended": ["Ended"], "scheduled": ["Later"]},
        **{"used_up": ["Spent", "Used up"], "archived": ["Put away"], "running": ["Snacks week", "With code"]},
    }
    for state, wanted in expected.items():
        assert names(browser.get(f"/admin/promotions?state={state}&sort=name")) == wanted, state
    assert len(names(browser.get("/admin/promotions"))) == 8
    assert names(browser.get("/admin/promotions?q=save+10")) == ["With code"]
    assert names(browser.get("/admin/promotions?q=SNACKS")) == ["Snacks week"]
    assert set(names(browser.get("/admin/promotions?kind=spend_ladder"))) == {"Later", "With code"}
    assert names(browser.get("/admin/promotions?code=yes")) == ["With code"]
    juice = names(browser.get("/admin/promotions?category=2"))
    assert "Snacks week" not in juice
    assert "Later" in juice
    page = browser.get("/admin/promotions?state=used_up", htmx=True)
    assert page.all("html") == []
    assert "2 / 2" in page.said
    assert "No promotions match" in browser.get("/admin/promotions?q=zzz").said


@time_machine.travel(AT, tick=False)
def test_a_standing_is_the_same_for_a_row_and_in_a_query(offers: Flask) -> None:
    with offers.app_context():
        rows = db.session.execute(db.select(Promotion.__table__)).all()
        for standing in Standing:
            found = set(db.session.scalars(db.select(Promotion.id).where(stands(standing, AT))))
            assert found == {row.id for row in rows if standing_of(row, AT) is standing}, standing


@time_machine.travel(AT, tick=False)
def test_the_calendar_shows_what_runs_when_and_what_gets_in_the_way(offers: Flask) -> None:
    browser = at_work(offers, Role.ANALYST)
    page = browser.get("/admin/promotions/calendar?month=2026-12")
    assert len(page.all(".month thead th")) == 32
    rows = {row.th.get_text(): row for row in page.all(".month tbody tr") if row.th}
    assert "Put away" not in rows
    later = rows["Later"]
    assert [len(later.select(".month__free")), later.select_one(".month__taken")["colspan"]] == [17, "14"]
    assert "Later and Snacks week" in page.words(".rivals") or "Snacks week and Later" in page.words(".rivals")
    assert "only alone" in page.words(".rivals")
    drafts = browser.get("/admin/promotions/calendar?month=2026-12&live=yes")
    assert "Draft" not in drafts.words(".month")
    one = browser.get("/admin/promotions/calendar?month=2026-11&kind=spend_ladder")
    assert "Later" not in one.said
    assert browser.get("/admin/promotions/calendar?month=never").status == 200
    assert browser.get("/admin/promotions/calendar?month=1999-01").status == 200


def test_bars_lie_within_the_month_in_the_shops_days() -> None:
    month = Month.read("2026-02", date(2026, 1, 1), "America/New_York")
    assert (month.key, len(month.days), month.before, month.after) == ("2026-02", 28, "2026-01", "2026-03")
    bar = bar_of(month, datetime(2026, 2, 3, 3, tzinfo=UTC), datetime(2026, 2, 5, 5, tzinfo=UTC))
    assert (bar.lead, bar.length, bar.rest, bar.began_before, bar.goes_on) == (1, 3, 24, False, False)
    bar = bar_of(month, None, None)
    assert (bar.lead, bar.length, bar.rest, bar.began_before, bar.goes_on) == (0, 28, 0, True, True)


def test_what_meets_neither_in_time_nor_in_goods_is_in_nobodys_way() -> None:
    def value(id_: int, **values: Any) -> Any:
        data = {"id": id_, "name": "x", "currency": "USD", "falls_on": "order", "benefit": LADDER, **values}
        return promotion_from_data(data)

    first = value(1, ends_at=AT.isoformat())
    tea, cup, both = np.array([True, False]), np.array([False, True]), np.array([True, True])
    assert clashes([(first, tea), (value(2, starts_at=AT.isoformat()), tea)]) == []
    assert clashes([(first, tea), (value(3), cup)]) == []
    assert [clash.is_exclusive for clash in clashes([(first, tea), (value(4), both)])] == [False]
    assert [clash.is_exclusive for clash in clashes([(first, tea), (value(5, exclusive=True), tea)])] == [True]


@time_machine.travel(AT, tick=False)
def test_a_cart_is_priced_with_a_draft_and_without_it(offers: Flask) -> None:
    browser = at_work(offers, Role.CUSTOMER_SERVICE)
    page = browser.get("/admin/promotions/preview", query_string={"goods": "crisps 2\nJUICE ×３", "promotion": "2"})
    assert page.status == 200
    assert "$100.00" in page.words("#without .sums__total")
    assert "Snacks week" in page.words("#without .sums")
    assert "$55.00" in page.words("#with .sums__total")
    assert "Draft" in page.words("#with .sums")
    later = browser.get(
        "/admin/promotions/preview", query_string={"goods": "JUICE 3", "at": "2026-12-20T12:00", "codes": "save10"}
    )
    assert "Later" in later.words("#without .sums")
    assert page.all("#without .fold table tbody tr")
    coded = browser.get("/admin/promotions/preview", query_string={"goods": "JUICE 3", "promotion": "9"})
    assert "$85.00" in coded.words("#with .sums__total")


@time_machine.travel(AT, tick=False)
def test_a_cart_is_seen_through_somebody_elses_eyes_or_taken_from_an_order(offers: Flask) -> None:
    with offers.app_context(), transaction():
        make_customer("mei@example.com", order_count=4)
        audience = {"kind": "audience", "most_orders": 0, "members_only": True}
        make_promotion(conditions=[audience], benefits=[LADDER], name="First order")
        order = make_order()
        db.session.execute(db.update(OrderLine).values(sku="JUICE", quantity=2))
        number = order.number
    browser = at_work(offers)
    url = "/admin/promotions/preview"
    guest = browser.get(url, query_string={"order": number})
    assert "for other customers" in guest.words("#without")
    new = browser.get(url, query_string={"goods": "JUICE 2", "who": "traits"})
    assert "First order" in new.words("#without .sums")
    mei = browser.get(url, query_string={"goods": "JUICE 2", "who": "email", "email": "Mei@example.com"})
    assert "for other customers" in mei.words("#without")


@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        ({"goods": "NOPE 1"}, "goods", "no SKU NOPE"),
        ({"goods": "JUICE 0"}, "goods", "not a SKU and a number"),
        ({"goods": "JUICE many"}, "goods", "not a SKU and a number"),
        ({"order": "GONE-1"}, "order", "no order"),
        ({"goods": "JUICE", "at": "later"}, "at", "day and a time"),
        ({"goods": "JUICE", "delivery": "-1"}, "delivery", "above zero"),
        ({"goods": "JUICE", "who": "email", "email": "nobody@example.com"}, "email", "no customer"),
    ],
)
def test_a_cart_that_makes_no_sense_is_said_beside_its_field(
    offers: Flask, asked: dict[str, str], field: str, words: str
) -> None:
    page = at_work(offers).get("/admin/promotions/preview", query_string=asked)
    assert page.status == 422
    assert words in page.words(f"#{field}-error")


@time_machine.travel(AT, tick=False)
def test_the_report_adds_up_uses_orders_and_the_days_before(offers: Flask) -> None:
    with offers.app_context(), transaction():
        crisps = db.session.scalars(db.select(Promotion).where(Promotion.name == "Snacks week")).one()
        variant = variant_of(db.session.get_one(make_product().__class__, 1))
        variant.cost_minor = 300
        for days, total, with_it in ((1, 4000, True), (0, 2000, True), (0, 9000, True), (3, 1000, False)):
            order = make_order(total, discount=500 if with_it else 0, placed_at=AT - timedelta(days=days))
            for line in order.lines:
                line.variant_id, line.quantity = variant.id, 1
            if with_it:
                use = services.Use(crisps.id, "", Money(500, "USD"))
                services.take_uses(
                    uses=[use], customer_key="email:a@example.com", order_number=order.number, at=order.placed_at
                )
        services.give_back_uses(order_number=order.number, at=AT)
        last = db.session.scalars(db.select(OrderLine.order_id).order_by(OrderLine.id.desc())).first()
        assert last
    with offers.app_context(), transaction():
        cancelled = db.session.execute(db.text('SELECT number FROM "order" WHERE total_minor = 9000')).scalar_one()
        services.give_back_uses(order_number=cancelled, at=now())
        db.session.execute(db.text("UPDATE \"order\" SET status = 'cancelled' WHERE total_minor = 9000"))
    browser = at_work(offers, Role.FINANCE)
    page = browser.get("/admin/promotions/1/report")
    said = page.words(".figures")
    assert "Uses 2" in said
    assert "Discount given $10.00" in said
    assert "Orders with it 2" in said
    assert "Revenue of these orders $60.00" in said
    assert "Average order $30.00" in said
    assert "Margin of their goods $54.00" in said
    assert "not proof" in page.words(".uplift")
    assert "Orders 1 2 +100%" in page.words(".uplift")
    sheet = browser.get("/admin/promotions/1/report.csv")
    assert sheet.response.mimetype == "text/csv"
    assert sheet.text.splitlines()[-2:] == ["2026-12-14,1,5.00", "2026-12-15,1,5.00"]
    assert "has not started" in browser.get("/admin/promotions/5/report").said


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Shanghai"])
def test_a_year_by_days_adds_up_like_one_use_after_the_other(any_app: Flask, zone: str) -> None:
    lottery = Random(7)
    period = Period(date(2026, 1, 1), date(2026, 12, 31))
    start, hours = start_of(period.first, zone), 365 * 24
    with any_app.app_context():
        with transaction():
            change_settings(values={"timezone": zone}, at=now())
            mine, other = offer("Mine").id, offer("Other").id
            moments = [start + timedelta(hours=lottery.randrange(-50, hours + 50)) for _ in range(300)]
            moments += [
                start_of(day, zone) - timedelta(microseconds=late) for day in period.days[::9] for late in (0, 1)
            ]
            uses = [
                PromotionUse(
                    promotion_id=lottery.choice([mine, mine, other]),
                    customer_key="email:a@example.com",
                    order_number=str(number),
                    uses=lottery.choice([1, 1, -1]),
                    amount_minor=lottery.randrange(-500, 900),
                    at=at,
                )
                for number, at in enumerate(moments)
            ]
            told = [(use.promotion_id, day_of(use.at, zone), use.uses, use.amount_minor) for use in uses]
            db.session.add_all(uses)
        Kept.forget_all()
        days = days_of(mine, period)
        alone = days_of(mine, Period(date(2026, 3, 8), date(2026, 3, 8)))
    wanted = {day: [0, 0] for day in period.days}
    for promotion_id, day, count, amount in told:
        if promotion_id == mine and day in wanted:
            wanted[day][0] += count
            wanted[day][1] += amount
    assert [(each.day, [each.uses, each.discount.minor]) for each in days] == list(wanted.items())
    assert [[each.uses, each.discount.minor] for each in alone] == [wanted[date(2026, 3, 8)]]


def test_percentages_are_read_and_shown_as_people_say_them() -> None:
    assert [read_percent(text) for text in ("12.5%", "8折", "8.5折", "85折", "9.5 折", "100")] == [
        *(1250, 2000, 1500, 1500, 500),
        10000,
    ]
    assert [show_percent(points) for points in (1250, 2000, 10000, 505, None)] == ["12.5", "20", "100", "5.05", ""]
    for text in ("", "0", "0.001", "101", "-5", "10折", "1e1", "half"):
        with pytest.raises(ValueError, match="percentage"):
            read_percent(text)


def test_a_moment_is_one_of_the_shops_zone() -> None:
    assert read_moment("2026-12-01T00:00", "Asia/Shanghai") == datetime(2026, 11, 30, 16, tzinfo=UTC)
    for text in ("tomorrow", "1812-01-01T00:00", "2026-13-01"):
        with pytest.raises(ValueError, match="moment"):
            read_moment(text, "UTC")
