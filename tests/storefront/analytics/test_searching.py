"""A search is written down once, after its answer, for browsers that may be counted."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine

from storefront.analytics.events import SearchMade
from storefront.catalog.models import Product
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.shop.services import change_settings
from tests import factories as make
from tests.admin.people import at_work
from tests.browser import Shopper
from tests.counting import queries_of
from tests.storefront.analytics.reading import clicks, search_of, searches, shown


def test_a_search_is_recorded_with_what_was_shown(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app, language="zh")
    page = shopper.get("/search?q=%20Green%20 TEA&in_stock=1&sort=price")
    (row,) = searches(searched.app)
    assert search_of(page) == row.id
    assert (row.text, row.words, row.language, row.total) == ("Green TEA", "green tea", "zh", 1)
    assert (row.sort, row.page, row.filters, row.corrected, row.relaxed) == ("price", 1, [["in_stock", "1"]], "", False)
    assert (row.continues, row.follows, row.category_id, row.clicks) == (None, None, None, 0)
    assert [(line.search_id, line.first_rank, line.product_ids) for line in shown(searched.app)] == [
        (row.id, 1, [searched.ids["green"]])
    ]


def test_ranks_go_on_from_page_to_page(searched: SimpleNamespace) -> None:
    with searched.app.app_context(), transaction():
        change_settings(values={"page_size": 2}, at=now())
    shopper = Shopper(searched.app)
    first, second = (search_of(shopper.get(f"/search?q=tea&page={number}")) for number in (1, 2))
    ranks = {line.search_id: (line.first_rank, len(line.product_ids)) for line in shown(searched.app)}
    assert ranks == {first: (1, 2), second: (3, 1)}


def test_a_list_that_shows_several_pages_counts_its_ranks_from_the_first(searched: SimpleNamespace) -> None:
    with searched.app.app_context(), transaction():
        change_settings(values={"page_size": 2}, at=now())
    shopper = Shopper(searched.app)
    both = search_of(shopper.get("/search?q=tea&from=1&page=2"))
    (line,) = shown(searched.app)
    assert (line.search_id, line.first_rank, len(line.product_ids)) == (both, 1, 3)
    assert searches(searched.app)[0].filters == []


def test_a_list_without_words_is_no_search_and_sets_no_cookie(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    for url in (
        "/",
        "/search",
        "/search?q=%20",
        "/categories",
        "/categories/drinks",
        f"/products/{searched.slugs['green']}",
    ):
        page = shopper.get(url)
        assert "Set-Cookie" not in page.response.headers
        assert 'data-search="' not in page.text
    assert searches(searched.app) == []


def test_the_first_search_gives_a_number_that_says_nothing_and_the_next_ones_keep_it(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    (cookie,) = shopper.get("/search?q=tea").response.headers.getlist("Set-Cookie")
    assert cookie.startswith("visitor=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Set-Cookie" not in shopper.get("/search?q=cup").response.headers
    one, two = searches(searched.app)
    assert one.visitor == two.visitor == cookie.split("=")[1].split(";")[0]
    assert len(one.visitor) == 22


def test_a_number_that_we_did_not_give_is_replaced(searched: SimpleNamespace) -> None:
    odd = ("short", "a" * 22 + "b", "'; DROP TABLE x; --abc", "ä" * 22)
    for stale in odd:
        Shopper(searched.app).get("/search?q=tea", headers={"Cookie": f"visitor={stale}"})
    found = {row.visitor for row in searches(searched.app)}
    assert len(found) == len(odd)
    assert not found & set(odd)


@pytest.mark.parametrize("header", ["Sec-GPC", "DNT"])
def test_who_asks_not_to_be_followed_has_no_number_and_is_counted(searched: SimpleNamespace, header: str) -> None:
    shopper = Shopper(searched.app)
    page = shopper.get("/search?q=tea", headers={header: "1"})
    assert "Set-Cookie" not in page.response.headers
    shopper.get("/search?q=cup")
    (gone,) = shopper.get("/search?q=tea", headers={header: "1"}).response.headers.getlist("Set-Cookie")
    assert gone.startswith("visitor=;")
    assert [row.visitor is None for row in searches(searched.app)] == [True, False, True]


def test_robots_and_what_is_fetched_ahead_are_left_out(searched: SimpleNamespace) -> None:
    for headers in (
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "curl/8.5.0"},
        {"User-Agent": ""},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
    ):
        page = Shopper(searched.app).get("/search?q=tea", headers=headers)
        assert (page.status, search_of(page)) == (200, "")
        assert "Set-Cookie" not in page.response.headers
    assert searches(searched.app) == []


def test_staff_are_left_out(searched: SimpleNamespace) -> None:
    assert search_of(at_work(searched.app).get("/search?q=tea")) == ""
    assert searches(searched.app) == []


def test_looking_further_at_a_search_is_no_other_search(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    with time_machine.travel(now(), tick=False) as clock:
        for url in ("q=Tea", "q=tea", "q=tea&sort=price", "q=TEA&in_stock=1", "q=tea&page=2"):
            shopper.get(f"/search?{url}")
            clock.shift(timedelta(minutes=20))
        first, *others = searches(searched.app)
        assert first.continues is None
        assert {row.continues for row in others} == {first.id}
        clock.shift(timedelta(minutes=11))
        shopper.get("/search?q=tea")
        assert searches(searched.app)[-1].continues is None
    Shopper(searched.app).get("/search?q=tea")
    assert [row.continues for row in searches(searched.app)].count(None) == 3


def test_other_words_soon_after_follow_the_search(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    with time_machine.travel(now(), tick=False) as clock:
        for query, minutes in (("te", 1), ("tea", 1), ("tea&sort=price", 6), ("cup", 1), ("tea", 0)):
            shopper.get(f"/search?q={query}")
            clock.shift(timedelta(minutes=minutes))
    te, tea, _sorted, cup, again = searches(searched.app)
    assert (tea.follows, cup.follows, again.continues) == (te.id, None, tea.id)


def test_a_browser_without_a_number_goes_on_by_the_page_that_it_left(searched: SimpleNamespace) -> None:
    private, shopper = {"DNT": "1"}, Shopper(searched.app)
    first = search_of(shopper.get("/search?q=tea", headers=private))
    shopper.get("/search?q=tea&sort=price", htmx=True, headers={**private, "Search-Id": first})
    shopper.get("/search?q=cup", headers={**private, "Search-Id": first})
    shopper.get("/search?q=cup", headers={**private, "Search-Id": "no such search!!"})
    assert [row.continues for row in searches(searched.app)] == [None, first, None, None]


def test_a_code_that_leads_straight_to_its_product_is_a_search_that_was_clicked(searched: SimpleNamespace) -> None:
    assert Shopper(searched.app).get("/search?q=GREEN-1").status == 302
    (row,) = searches(searched.app)
    assert (row.words, row.total, row.clicks, row.ranks) == ("green-1", 1, 1, 1)
    assert clicks(searched.app)[0].product_id == searched.ids["green"]


def test_words_within_a_category_are_recorded_for_each_reader(searched: SimpleNamespace) -> None:
    first, second = (search_of(Shopper(searched.app).get("/categories/drinks?q=tea")) for _ in range(2))
    assert first != second
    assert [row.category_id for row in searches(searched.app)] == [searched.category_id] * 2


def test_an_answer_waits_for_nothing_that_is_recorded(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    shopper.get("/search?q=tea")
    with queries_of(searched.app) as asked:
        response = shopper.client.get("/search?q=tea", headers={"Sec-Fetch-Site": "same-origin"})
        response.get_data()
    assert [statement for statement in asked if "behaviour" in statement] == []
    assert len(searches(searched.app)) == 1
    response.close()
    assert len(searches(searched.app)) == 2


def test_any_words_can_be_recorded(searched: SimpleNamespace) -> None:
    odd = ("x" * 5_000, "🫖" * 300, "%", "' OR 1=1 --", "ＴＥＡ", "茶" * 250, "\u202eaet", "ß" * 200, "ﷺ" * 150)
    for text in odd:
        assert Shopper(searched.app).get("/search", query_string={"q": text}).status == 200
    rows = searches(searched.app)
    assert len(rows) == len(odd)
    assert all(0 < len(row.words) <= 200 for row in rows)


def test_a_code_of_one_of_several_variants_is_recorded(searched: SimpleNamespace) -> None:
    with searched.app.app_context(), transaction():
        product = db.session.get(Product, searched.ids["green"])
        assert product is not None
        make.make_variant(product, price=900, sku="GREEN-2", options={"Size": "20 ct"})
    page = Shopper(searched.app).get("/search?q=green-2")
    assert page.response.headers["Location"].endswith("?sku=GREEN-2")
    (row,) = searches(searched.app)
    assert (row.text, row.total, row.clicks) == ("green-2", 1, 1)


def test_a_correction_that_grew_too_long_is_cut(searched: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match="correction"):
        SearchMade(search="a" * 16, text="x", language="en", total=0, corrected="y" * 201)
