"""What shoppers see of a flash sale, before it starts, while it goes on, and after it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask, Response

from storefront.catalog.card_lists import cards_by_ids
from storefront.catalog.models import Product
from storefront.content.models import Slot, SlotEntry
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.flash import queries
from storefront.flash.context import _tell_the_time
from storefront.flash.models import FlashItem, FlashSale
from storefront.flash.services import Take, take
from storefront.flash.words import day_words, ends_words, starts_words
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from storefront.shop.services import change_settings
from tests.browser import Shopper
from tests.counting import queries_of
from tests.factories import flash_item, make_flash_session, make_product, variant_of

EIGHT = datetime(2026, 5, 1, 18, 0, tzinfo=UTC)
TEN = EIGHT + timedelta(hours=2)
BEFORE, DURING, AFTER = EIGHT - timedelta(hours=1), EIGHT + timedelta(minutes=5), TEN + timedelta(seconds=3)


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(DURING, tick=True) as traveller:
        yield traveller


@pytest.fixture
def kettle(app: Flask, clock: time_machine.Coordinates) -> str:
    """A kettle at 10.00 that costs 6.00 from eight to ten: five of them, two for each customer."""
    with app.app_context(), transaction():
        product = make_product("Kettle", price=1000, sku="KETTLE")
        item = flash_item(variant_of(product), 600, quota=5, per_customer=2)
        make_flash_session([item], starts_at=EIGHT, ends_at=TEN, name="Tea time")
        return f"/products/{product.slug}"


def buy(app: Flask, pieces: int, customer: str = "customer:9") -> None:
    with app.app_context():
        item = db.session.scalars(db.select(FlashItem)).first()
        assert item is not None
        with transaction():
            take([Take(item.id, pieces, "")], customer_key=customer, order_number=f"O-{pieces}", at=now())


def test_the_page_shows_what_is_on_and_what_is_left(app: Flask, kettle: str, shopper: Shopper) -> None:
    buy(app, 2)
    page = shopper.get("/flash")
    deal = page.one(".deal").get_text(" ", strip=True)
    for words in ("Kettle", "$6.00", "$10.00", "−40%", "40% sold", "Only 3 left", "2 per customer"):
        assert words in deal
    assert page.one("h1").get_text() == "Tea time"
    assert page.one(".countdown")["data-countdown"] == TEN.isoformat(timespec="seconds")
    assert page.one(".countdown time")["datetime"] == TEN.isoformat(timespec="seconds")
    assert "Ends at" in page.one(".countdown").get_text()


def test_what_is_sold_out_says_so_and_cannot_be_added(app: Flask, kettle: str, shopper: Shopper) -> None:
    buy(app, 2)
    with app.app_context(), transaction():
        db.session.scalars(db.select(FlashItem)).one().quota = 2
        queries.forget_soon()
    page = shopper.get("/flash")
    assert "Sold out" in page.one(".deal").get_text()
    assert page.all(".deal form") == []
    assert "All pieces at the flash price" in shopper.get(kettle).one("#flash-box").get_text()
    assert "$10.00" in shopper.get(kettle).one("#price-now .price").get_text()


def test_prices_are_told_before_the_session_starts(
    kettle: str, shopper: Shopper, clock: time_machine.Coordinates
) -> None:
    clock.move_to(BEFORE)
    queries.forget_board()
    page = shopper.get("/flash")
    assert "Starts at" in page.one(".countdown").get_text()
    assert "$6.00" in page.one(".deal").get_text()
    assert page.all(".deal form") == []
    product = shopper.get(kettle)
    assert "$10.00" in product.one("#price-now .price").get_text()
    assert "Flash price: $6.00" in product.one("#flash-box").get_text()


def test_a_kept_page_turns_with_the_session(kettle: str, shopper: Shopper, clock: time_machine.Coordinates) -> None:
    for moment, price, box in (
        (EIGHT - timedelta(seconds=1), "$10.00", True),
        (EIGHT, "$6.00", True),
        (TEN, "$10.00", False),
    ):
        clock.move_to(moment)
        for kept in (queries._board, queries._standing):
            kept.forget()  # a second or two later, as the process counts
        page = shopper.get(kettle)
        assert price in page.one("#price-now .price").get_text()
        assert bool(page.all("#flash-box")) is box


def test_a_kept_page_tells_what_is_sold(app: Flask, kettle: str, shopper: Shopper) -> None:
    assert "5 pieces left" in shopper.get(kettle).one("#flash-box").get_text()
    buy(app, 2)
    assert "3 pieces left" in shopper.get(kettle).one("#flash-box").get_text()


def test_cards_and_search_engines_carry_the_flash_price(app: Flask, kettle: str, shopper: Shopper) -> None:
    with app.app_context():
        number = db.session.scalars(db.select(Product.id)).one()
    with app.test_request_context("/"):
        app.preprocess_request()
        [card] = cards_by_ids([number], "en")
    assert (card.price_minor, card.compare_at_minor) == (600, 1000)
    assert [badge.text for badge in card.badges] == ["Flash sale −40%"]
    assert shopper.get(kettle).one("meta[itemprop=price]")["content"] == "6"


def test_the_link_is_there_only_while_there_is_something_to_see(
    kettle: str, shopper: Shopper, clock: time_machine.Coordinates
) -> None:
    assert shopper.get("/").all("header a[href='/flash']")
    clock.move_to(AFTER)
    queries.forget_board()
    page = shopper.get("/")
    assert page.all("a[href='/flash']") == []
    assert "No flash sale right now" in shopper.get("/flash").text


def test_a_session_called_off_is_gone(app: Flask, kettle: str, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        db.session.scalars(db.select(FlashSale)).one().is_active = False
        queries.forget_soon()
    assert "No flash sale right now" in shopper.get("/flash").text


@pytest.mark.parametrize("usual", [600, 550])
def test_what_costs_no_more_otherwise_is_no_offer(app: Flask, kettle: str, shopper: Shopper, usual: int) -> None:
    assert shopper.get(kettle).all("#flash-box .countdown") != []
    with app.app_context(), transaction():
        product = db.session.scalars(db.select(Product)).one()
        variant_of(product).price_minor = usual
        queries.forget_soon()
    assert shopper.get(kettle).all("#flash-box .countdown") == []
    assert "Flash price" not in shopper.get(kettle).said
    assert shopper.get("/flash").all(".deal") == []
    with app.app_context():
        assert (
            queries.offers_for([variant_of(db.session.scalars(db.select(Product)).one()).id], customer_key="", at=now())
            == {}
        )


def test_tabs_lead_to_the_next_sessions(app: Flask, kettle: str, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        number = make_flash_session(
            [flash_item(variant_of(make_product("Cup")), 300)],
            starts_at=TEN,
            ends_at=TEN + timedelta(hours=1),
        ).id
        queries.forget_soon()
    page = shopper.get("/flash")
    assert [tab["href"] for tab in page.all(".flash-tabs a")][1] == f"/flash?session={number}"
    assert "Cup" in shopper.get(f"/flash?session={number}").one(".deal").get_text()
    part = shopper.get(f"/flash?session={number}", htmx=True)
    assert "Cup" in part.text
    assert "<html" not in part.text
    for nonsense in ("999", "x", "-1", ""):
        assert "Kettle" in shopper.get(f"/flash?session={nonsense}").one(".deal").get_text()


def test_the_front_has_a_strip_while_a_session_is_on(
    app: Flask, kettle: str, shopper: Shopper, clock: time_machine.Coordinates
) -> None:
    with app.app_context(), transaction():
        slot = Slot(key="flash", kind="flash")
        slot.entries = [SlotEntry(name="flash", is_fallback=True, content={}, audience={}, updated_at=now())]
        db.session.add(slot)
    assert "Kettle" in shopper.get("/").one("#flash-strip").get_text()
    clock.move_to(AFTER)
    queries.forget_board()
    assert shopper.get("/").all("#flash-strip") == []


def test_pages_tell_the_shops_time_while_there_is_something_to_count(kettle: str, shopper: Shopper) -> None:
    told = shopper.get("/flash").response.headers["Server-Timing"]
    assert told.startswith("clock;dur=")


def test_goods_that_nobody_may_see_are_left_out(app: Flask, kettle: str, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        db.session.scalars(db.select(Product)).one().is_published = False
    assert "Nothing here any more" in shopper.get("/flash").text


def test_a_currency_without_minor_units(app: Flask, kettle: str, shopper: Shopper) -> None:
    with app.app_context(), transaction():
        change_settings(values={"currency": "JPY"}, at=now())
    deal = shopper.get("/flash").one(".deal").get_text(" ", strip=True)
    assert "¥600" in deal
    assert "¥1,000" in deal


def test_the_day_is_told_where_it_is_not_today(clock: time_machine.Coordinates, app: Flask) -> None:
    zone = "America/New_York"
    with app.test_request_context("/"):
        app.preprocess_request()
        said = [ends_words(DURING + timedelta(days=days), DURING, zone).striptags() for days in (0, 1, 2)]
        assert said == ["Ends at 14:05", "Ends tomorrow at 14:05", "Ends on May 3 at 14:05"]
        late = datetime(2026, 5, 2, 3, 59, tzinfo=UTC)  # still the first of May in New York
        assert starts_words(late, DURING, zone).striptags() == "Starts at 23:59"
        assert day_words(late + timedelta(minutes=1), DURING, zone) == "Tomorrow"


def test_the_clock_is_told_without_asking_a_database_that_may_have_gone(app: Flask) -> None:
    Kept.forget_all()
    with queries_of(app) as asked, app.test_request_context("/"):
        response = _tell_the_time(Response("Hello", mimetype="text/html"))
    assert asked == []
    assert "Server-Timing" not in response.headers
