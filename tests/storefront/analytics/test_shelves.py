"""Shelves that were shown, seen and used: counted once, and nothing that a browser tells is believed unchecked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event

from storefront.analytics.events import (
    AddedToCart,
    GoodsBought,
    PurchaseRestored,
    PurchaseShrunk,
    PurchaseUndone,
    RecommendationClicked,
    RecommendationsShown,
    RecommendationsViewed,
    ResultClicked,
    ResultsShown,
    SearchMade,
    Sold,
)
from storefront.analytics.recording import record_for
from storefront.analytics.rules import CLICKABLE, CREDITED
from storefront.catalog.models import Product
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery import noting
from storefront.kernel.clock import now
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.storefront.analytics.reading import (
    additions,
    answered,
    click,
    purchases,
    search_of,
    searches,
    shelf_additions,
    shelf_clicks,
    shelf_purchases,
    tell,
)
from tests.storefront.checkout.desk import order

ADA, BOB = "a" * 22, "b" * 22
REQUEST = "r" * 16


def answer_of(page: Page) -> str:
    """Return the public id of the shelf that a page shows."""
    return str(page.one("[data-request]")["data-request"])


def opened(shopper: Shopper, request: object, product: object) -> Page:
    return tell(shopper, "/shelves/clicks", request=request, product=product)


def shown(request: str = REQUEST, *products: int, shelf: str = "home") -> RecommendationsShown:
    return RecommendationsShown(request=request, shelf=shelf, items=tuple((one, "habit") for one in products or (7, 8)))


def test_an_answered_shelf_is_one_row_that_says_what_stood_where_and_why(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    page = shopper.get("/shelves/home", htmx=True)
    assert "Set-Cookie" not in page.response.headers, "a page that is merely read leaves nothing behind"
    (row,) = answered(searched.app)
    assert row.id == answer_of(page)
    assert [[int(str(card["data-product"])), "popular"] for card in page.all(".card")] == row.items
    assert (row.shelf, row.shown, row.sources, row.visitor) == ("home", 4, "popular:4", None)
    assert (row.viewed_at, row.clicks, row.adds, row.revenue_minor) == (None, 0, 0, 0)
    about = searched.ids["white"]
    shopper.get(f"/shelves/similar?product={about}", htmx=True)
    assert answered(searched.app)[1].context == f"product:{about}"


@contextmanager
def statements_of(app: Flask) -> Iterator[list[str]]:
    """Collect the first words of what is asked of the tables of behaviour, reads and writes alike."""
    told: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "behaviour" in statement:
            told.append(statement.split(maxsplit=1)[0])

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_shelf_costs_one_write_to_show_one_to_see_and_three_to_use(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    shopper.get("/shelves/home", htmx=True)
    with statements_of(searched.app) as told:
        request = answer_of(shopper.get("/shelves/home", htmx=True))
    assert told == ["INSERT"]
    with statements_of(searched.app) as told:
        tell(shopper, "/shelves/views", request=request)
    assert told == ["UPDATE"]
    with statements_of(searched.app) as told:
        opened(shopper, request, searched.ids["white"])
    assert told == ["SELECT", "INSERT", "UPDATE"]


def test_a_shelf_with_nothing_on_it_is_hidden_and_counted(any_app: Flask) -> None:
    assert Shopper(any_app).get("/shelves/home", htmx=True).text.strip() == ""
    (row,) = answered(any_app)
    assert (row.shown, row.items, row.viewed_at) == (0, [], None)
    tell(Shopper(any_app), "/shelves/views", request=row.id)
    assert answered(any_app)[0].viewed_at is None


def test_robots_staff_and_what_is_fetched_ahead_are_left_out(searched: SimpleNamespace) -> None:
    for headers in ({"User-Agent": "curl/8.5.0"}, {"User-Agent": "Googlebot/2.1"}, {"Sec-Purpose": "prefetch"}):
        assert Shopper(searched.app).get("/shelves/home", htmx=True, headers=headers).status == 200
    staff = at_work(searched.app)
    staff.get("/shelves/home", htmx=True)
    assert answered(searched.app) == []
    request = answer_of(Shopper(searched.app).get("/shelves/home", htmx=True))
    opened(staff, request, searched.ids["white"])
    tell(staff, "/shelves/views", request=request)
    staff.post("/cart/lines", {"sku": "WHITE-1"}, headers={"Shelf-Id": request})
    assert answered(searched.app)[0].viewed_at is None
    assert shelf_clicks(searched.app) == shelf_additions(searched.app) == []


def test_what_was_not_shown_and_what_only_the_device_knows_is_not_recorded(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    shopper.get("/shelves/home?unless=best-sellers", htmx=True)
    shopper.get("/shelves/home?instead=best-sellers", htmx=True)
    shopper.get(f"/shelves/recently-viewed?products={searched.ids['white']}", htmx=True)
    assert answered(searched.app) == []


def test_a_shelf_that_cannot_be_recorded_is_shown_all_the_same(
    searched: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(**_: object) -> None:
        raise ValueError("a shelf is not that long")

    monkeypatch.setattr(noting, "RecommendationsShown", refuse)
    assert len(Shopper(searched.app).get("/shelves/home", htmx=True).all(".card")) == 4
    assert "cannot be recorded" in caplog.text
    assert answered(searched.app) == []


def test_a_shelf_is_seen_once_by_the_beacon_or_as_a_page_of_its_own(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    with time_machine.travel(now(), tick=False) as clock:
        request = answer_of(shopper.get("/shelves/home", htmx=True))
        clock.shift(timedelta(seconds=5))
        first = now()
        for _ in range(3):
            assert tell(shopper, "/shelves/views", request=request).status == 204
            clock.shift(timedelta(minutes=1))
        page = shopper.get("/shelves/home")
        assert [row.viewed_at for row in answered(searched.app)] == [first, now()]
        clock.shift(CLICKABLE)
        late = answer_of(shopper.get("/shelves/cart", htmx=True))
        clock.shift(CLICKABLE + timedelta(seconds=1))
        tell(shopper, "/shelves/views", request=late)
    assert "visitor=" in page.response.headers["Set-Cookie"], "a shelf that was asked for is followed like a search"
    assert answered(searched.app)[-1].viewed_at is None


def test_a_click_counts_once_with_the_rank_that_was_shown(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    page = shopper.get("/shelves/home", htmx=True)
    request, shown_ids = answer_of(page), [int(str(card["data-product"])) for card in page.all(".card")]
    answer = opened(shopper, request, shown_ids[2])
    assert (answer.status, "visitor=" in answer.response.headers["Set-Cookie"]) == (204, True)
    opened(shopper, request, shown_ids[2])
    tell(shopper, "/shelves/clicks", request=request, product=shown_ids[0], rank=-7, source="forged")
    (row,) = answered(searched.app)
    assert [(one.product_id, one.rank, one.source) for one in shelf_clicks(searched.app)] == [
        (shown_ids[2], 3, "popular"),
        (shown_ids[0], 1, "popular"),
    ]
    assert (row.clicks, row.ranks, row.viewed_at is not None) == (2, 4, True), "what is clicked was seen"
    assert row.visitor == shelf_clicks(searched.app)[0].visitor, "now it is known whose shelf it was"


def test_a_click_on_what_was_not_shown_or_on_a_forged_shelf_is_ignored(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    request = answer_of(shopper.get(f"/shelves/similar?product={searched.ids['white']}", htmx=True))
    search = search_of(shopper.get("/search?q=tea"))
    for forged, product in (
        (request, searched.ids["white"]),
        (request, 2**31 - 1),
        ("a" * 16, searched.ids["green"]),
        (search, searched.ids["green"]),
    ):
        assert opened(shopper, forged, product).status == 204
        assert tell(shopper, "/shelves/views", request=forged if forged != request else "b" * 16).status == 204
    assert shelf_clicks(searched.app) == []
    assert [row.viewed_at for row in answered(searched.app)] == [None]


def test_what_is_no_beacon_is_refused(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    request = answer_of(shopper.get("/shelves/home", htmx=True))
    for odd in (0, -3, 2**31, 10**400, "1", 1.5, True, None, [1], {"id": 1}):
        assert opened(shopper, request, odd).status == 400
    for strange in ("", "x", "a" * 17, "' OR 1=1; -- ab", 7, None, ["a" * 16], "\x00" * 16):
        assert opened(shopper, strange, searched.ids["white"]).status == 400
        assert tell(shopper, "/shelves/views", request=strange).status == 400
    facts = {"request": request, "product": searched.ids["white"]}
    assert shopper.post("/shelves/clicks", json=facts, headers={"Sec-Fetch-Site": "cross-site"}).status == 403
    assert shelf_clicks(searched.app) == []


def test_another_visitor_can_tell_nothing_of_a_shelf(any_app: Flask) -> None:
    with any_app.app_context():
        record_for(ADA, shown())
        for other in (BOB, ""):
            record_for(other, RecommendationsViewed(REQUEST), RecommendationClicked(REQUEST, 7))
            record_for(other, AddedToCart(7, 1, request=REQUEST))
    (row,) = answered(any_app)
    assert (row.viewed_at, row.clicks, row.adds, row.visitor) == (None, 0, 0, ADA)
    with any_app.app_context():
        record_for("", shown("s" * 16))
        record_for(ADA, RecommendationClicked("s" * 16, 7))
        record_for(BOB, RecommendationClicked("s" * 16, 8))
    assert [(row.visitor, row.product_id) for row in shelf_clicks(any_app)] == [(ADA, 7)], "the first to use it has it"


def test_who_asks_not_to_be_followed_is_counted_without_a_number(searched: SimpleNamespace) -> None:
    shopper, silent = Shopper(searched.app), {"Sec-GPC": "1"}
    request = answer_of(shopper.get("/shelves/home", headers=silent))
    facts = {"request": request, "product": searched.ids["white"]}
    answer = shopper.post("/shelves/clicks", json=facts, headers=silent)
    shopper.post("/cart/lines", {"sku": "WHITE-1"}, headers={**silent, "Shelf-Id": request})
    assert "visitor" not in answer.response.headers.get("Set-Cookie", "")
    (row,) = answered(searched.app)
    assert (row.visitor, row.clicks, row.adds) == (None, 1, 1)


def test_a_day_later_a_shelf_is_not_used_any_more(any_app: Flask) -> None:
    with any_app.app_context(), time_machine.travel(now(), tick=False) as clock:
        record_for(ADA, shown())
        clock.shift(CLICKABLE + timedelta(seconds=1))
        record_for(ADA, RecommendationClicked(REQUEST, 7), AddedToCart(7, 1, request=REQUEST))
    assert shelf_clicks(any_app) == shelf_additions(any_app) == []


def test_clocks_that_disagree_lose_nothing(any_app: Flask) -> None:
    """One process is ahead of another: what came of a shelf seems to have come before it."""
    with any_app.app_context(), time_machine.travel(now(), tick=False) as clock:
        record_for(ADA, shown())
        clock.shift(timedelta(seconds=-90))
        record_for(ADA, RecommendationsViewed(REQUEST), RecommendationClicked(REQUEST, 7))
        clock.shift(timedelta(seconds=-90))
        record_for(ADA, AddedToCart(7, 1), GoodsBought("N1", (Sold(7, 1, 100),)))
    (row,) = answered(any_app)
    assert (row.clicks, row.adds, row.purchases, row.revenue_minor) == (1, 1, 1, 100)


def test_a_product_that_was_deleted_since_takes_nothing_with_it(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    request = answer_of(shopper.get("/shelves/home", htmx=True))
    with searched.app.app_context(), transaction():
        db.session.execute(db.update(Product).where(Product.id == searched.ids["white"]).values(is_published=False))
    assert opened(shopper, request, searched.ids["white"]).status == 204
    assert shopper.get(f"/products/{searched.slugs['white']}").status == 404
    assert answered(searched.app)[0].clicks == 1
    with searched.app.app_context():
        record_for(ADA, shown("s" * 16, 2_000_000), RecommendationClicked("s" * 16, 2_000_000))
        record_for(ADA, GoodsBought("N1", (Sold(2_000_000, 1, 100),)))
    assert answered(searched.app)[1].revenue_minor == 100


def test_without_a_script_the_referrer_tells(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    page = f"/shelves/similar?product={searched.ids['white']}"
    shopper.get(page)
    here = {"Referer": f"http://localhost{page}"}
    for where in ("http://elsewhere.example/shelves/similar", "http://localhost/shelves/home", "http://[::1"):
        shopper.get(f"/products/{searched.slugs['green']}", headers={"Referer": where})
    assert shelf_clicks(searched.app) == []
    for _ in range(2):
        shopper.get(f"/products/{searched.slugs['green']}", headers=here)
    shopper.post("/cart/lines", {"sku": "BLACK-1"}, headers=here)
    Shopper(searched.app).get(f"/products/{searched.slugs['green']}", headers=here)
    (row,) = answered(searched.app)
    assert [one.product_id for one in shelf_clicks(searched.app)] == [searched.ids["green"]]
    assert [one.product_id for one in shelf_additions(searched.app)] == [searched.ids["black"]]
    assert (row.clicks, row.adds) == (1, 1)


def test_what_is_bought_from_a_shelf_is_credited_to_it(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    request = answer_of(shopper.get("/shelves/home", htmx=True))
    shopper.post("/cart/lines", {"sku": "WHITE-1", "quantity": "2"}, headers={"Shelf-Id": request}, htmx=True)
    opened(shopper, request, searched.ids["green"])
    shopper.post("/cart/lines", {"sku": "GREEN-1"})
    shopper.post("/cart/lines", {"sku": "CUP-1"})
    assert order(shopper).status == 303
    (row,) = answered(searched.app)
    assert (row.clicks, row.adds, row.purchases, row.revenue_minor) == (1, 2, 2, 1900)
    assert {one.product_id: one.source for one in shelf_purchases(searched.app)} == {
        searched.ids["white"]: "popular",
        searched.ids["green"]: "popular",
    }
    assert purchases(searched.app) == []


@pytest.mark.parametrize("last", ["shelf", "search"])
def test_a_purchase_counts_for_whichever_was_used_last(searched: SimpleNamespace, last: str) -> None:
    shopper, white = Shopper(searched.app), searched.ids["white"]

    def use(what: str) -> None:
        if what == "search":
            click(shopper, search_of(shopper.get("/search?q=tea")), white)
        else:
            opened(shopper, answer_of(shopper.get("/shelves/home", htmx=True)), white)

    with time_machine.travel(now(), tick=False) as clock:
        for what in ("search" if last == "shelf" else "shelf", last):
            use(what)
            clock.shift(timedelta(minutes=5))
        shopper.post("/cart/lines", {"sku": "WHITE-1"})
        assert order(shopper).status == 303
    found = {"search": purchases(searched.app), "shelf": shelf_purchases(searched.app)}
    assert {what: len(rows) for what, rows in found.items()} == {"search": 0, "shelf": 0, last: 1}
    added = {"search": additions(searched.app), "shelf": shelf_additions(searched.app)}
    assert len(added[last]) == sum(map(len, added.values())) == 1
    revenue = {"search": searches(searched.app)[0].revenue_minor, "shelf": answered(searched.app)[0].revenue_minor}
    assert revenue == {"search": 0, "shelf": 0, last: 700}


def test_an_order_told_of_again_after_another_touch_counts_once(any_app: Flask) -> None:
    bought = GoodsBought("N1", (Sold(7, 1, 100),))
    with any_app.app_context(), time_machine.travel(now(), tick=False) as clock:
        record_for(ADA, shown(), RecommendationClicked(REQUEST, 7), bought)
        clock.shift(timedelta(minutes=1))
        search = SearchMade(search="s" * 16, text="tea", language="en", total=1)
        record_for(ADA, search, ResultsShown("s" * 16, (7,)), ResultClicked("s" * 16, 7), bought)
    assert (len(shelf_purchases(any_app)), purchases(any_app)) == (1, [])


def test_a_week_later_it_counts_no_more(any_app: Flask) -> None:
    with any_app.app_context(), time_machine.travel(now(), tick=False) as clock:
        record_for(ADA, shown(), RecommendationClicked(REQUEST, 7), RecommendationClicked(REQUEST, 8))
        clock.shift(CREDITED)
        record_for(ADA, GoodsBought("N1", (Sold(7, 1, 100),)))
        clock.shift(timedelta(seconds=1))
        record_for(ADA, GoodsBought("N2", (Sold(8, 1, 100),)))
    assert [row.order_number for row in shelf_purchases(any_app)] == ["N1"]


def test_a_cancelled_order_takes_its_revenue_back(any_app: Flask) -> None:
    with any_app.app_context():
        record_for(ADA, shown(), RecommendationClicked(REQUEST, 7), GoodsBought("N1", (Sold(7, 2, 100),)))
        for turned, expected in ((PurchaseUndone("N1"), (0, 0)), (PurchaseRestored("N1"), (1, 100))):
            for _ in range(2):
                record_for("", turned)
                (row,) = answered(any_app)
                assert (row.purchases, row.revenue_minor) == expected


def test_goods_that_come_back_take_their_revenue(any_app: Flask) -> None:
    bought = GoodsBought("N1", (Sold(7, 2, 100), Sold(8, 1, 50)))
    with any_app.app_context():
        record_for(ADA, shown(), RecommendationClicked(REQUEST, 7), RecommendationClicked(REQUEST, 8), bought)
        for left, revenue in ((1, 100), (1, 100), (0, 50), (1, 50)):
            record_for("", PurchaseShrunk("N1", (Sold(7, left, 50 * left), Sold(8, 1, 50))))
            (row,) = answered(any_app)
            assert (row.purchases, row.revenue_minor) == (2, revenue)
        record_for("", PurchaseShrunk("never-seen", (Sold(7, 0, 0),)))


def test_values_that_make_no_sense_cannot_exist() -> None:
    for wrong in (
        {"request": "short"},
        {"shelf": ""},
        {"shelf": "Home!"},
        {"items": ((0, "habit"),)},
        {"items": ((7, ""),)},
        {"items": ((7, "two words"),)},
        {"items": tuple((one, "habit") for one in range(1, 102))},
        {"experiment": "x" * 65},
        {"context": "\x00"},
        {"items": ((7, "habit"),), "tried": ((8, 0.01),)},
        {"items": ((7, "explored"),), "tried": ((7, 0.0),)},
    ):
        with pytest.raises(ValueError, match=r"shelf|goods|names"):
            RecommendationsShown(**{"request": REQUEST, "shelf": "home", **wrong})


def test_what_chance_put_on_a_shelf_is_kept_with_its_probability_and_can_be_used(searched: SimpleNamespace) -> None:
    with searched.app.app_context():
        items = ((7, "habit"), (8, "explored"))
        record_for(ADA, RecommendationsShown(request=REQUEST, shelf="home", items=items, tried=((8, 0.004),)))
        record_for(ADA, RecommendationClicked(REQUEST, 8))
    (row,) = answered(searched.app)
    assert row.items == [[7, "habit"], [8, "explored", 0.004]]
    assert row.clicks == 1
