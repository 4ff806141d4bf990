"""What came of a search: results opened, put into the cart, and suggestions chosen."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import product
from types import SimpleNamespace

import pytest
import time_machine

from storefront.analytics import views
from storefront.kernel.clock import now
from storefront.web.limits import Limit
from tests.browser import Shopper
from tests.counting import queries_of
from tests.storefront.analytics.reading import (
    additions,
    click,
    clicks,
    search_of,
    searches,
    suggestions,
    tell,
)

HERE = {"Referer": "http://localhost/search?q=TEA"}


def test_a_click_counts_once_with_the_rank_that_was_shown(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    search = search_of(shopper.get("/search?q=tea"))
    for _ in range(2):
        assert click(shopper, search, searched.ids["white"]).status == 204
    tell(shopper, "/search/clicks", search=search, product=searched.ids["black"], rank=-7)
    found = [(row.search_id, row.product_id, row.rank) for row in clicks(searched.app)]
    assert found == [(search, searched.ids["white"], 2), (search, searched.ids["black"], 3)]
    (row,) = searches(searched.app)
    assert (row.clicks, row.ranks) == (2, 5)


def test_a_click_on_a_later_page_counts_for_the_search(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    first, cheap = (search_of(shopper.get(f"/search?q=tea{more}")) for more in ("", "&sort=price"))
    click(shopper, cheap, searched.ids["black"])
    click(shopper, first, searched.ids["black"])
    assert [(row.search_id, row.rank) for row in clicks(searched.app)] == [(first, 1)]
    assert [row.clicks for row in searches(searched.app)] == [1, 0]


def test_without_a_script_the_referrer_tells_and_nothing_counts_twice(searched: SimpleNamespace) -> None:
    shopper, address = Shopper(searched.app), f"/products/{searched.slugs['white']}"
    search = search_of(shopper.get("/search?q=tea"))
    shopper.get(address)
    shopper.get(address, headers={"Referer": "http://elsewhere.example/search?q=tea"})
    shopper.get(address, headers={"Referer": "http://localhost/search?q=cup"})
    shopper.get(address, headers={"Referer": "http://localhost/cart?q=tea"})
    Shopper(searched.app).get(address, headers=HERE)
    assert clicks(searched.app) == []
    click(shopper, search, searched.ids["white"])
    shopper.get(address, headers=HERE)
    shopper.get(f"/products/{searched.slugs['green']}", headers=HERE)
    assert [(row.product_id, row.rank) for row in clicks(searched.app)] == [
        (searched.ids["white"], 2),
        (searched.ids["green"], 1),
    ]


def test_a_kept_product_page_stays_one_that_costs_no_query(searched: SimpleNamespace) -> None:
    address = f"/products/{searched.slugs['white']}"
    Shopper(searched.app).get(address)
    with queries_of(searched.app) as asked:
        Shopper(searched.app).get(address, headers=HERE)
    assert asked == []


def test_a_referrer_that_cannot_be_read_says_nothing(searched: SimpleNamespace) -> None:
    shopper, local = Shopper(searched.app), "http://localhost/search?"
    shopper.get("/search?q=tea")
    for referrer in ("http://[::1", local + "a=b&" * 200, local + "q=%00", "x" * 9_000):
        assert shopper.get(f"/products/{searched.slugs['white']}", headers={"Referer": referrer}).status == 200
    assert clicks(searched.app) == []


def test_a_day_later_a_result_is_not_opened_any_more(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    with time_machine.travel(now(), tick=False) as clock:
        search = search_of(shopper.get("/search?q=tea"))
        clock.shift(timedelta(days=1, seconds=1))
        click(shopper, search, searched.ids["white"])
    assert clicks(searched.app) == []


def test_a_product_or_a_search_that_is_none_is_refused(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    search = search_of(shopper.get("/search?q=tea"))
    for odd in (0, -3, 2**31, 10**400, "1", 1.5, True, None, [1], {"id": 1}):
        assert click(shopper, search, odd).status == 400
    for odd in ("", "x", "a" * 17, "' OR 1=1; -- ab", 7, None, ["a" * 16], "\x00" * 16):
        assert click(shopper, odd, searched.ids["white"]).status == 400
    assert clicks(searched.app) == []


def test_strange_ids_change_nothing_and_are_told_nothing(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    search = search_of(shopper.get("/search?q=green tea"))
    assert click(shopper, "a" * 16, searched.ids["green"]).status == 204
    assert click(shopper, search, searched.ids["white"]).status == 204
    assert click(shopper, search, 2**31 - 1).status == 204
    assert clicks(searched.app) == []


def test_what_is_no_beacon_is_refused(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    odd = (b"", b"not json", b"\xff\xfe\x00", b"[]", b"null", b"12", b"NaN", b"{}", b"[" * 2_000)
    long = (b'{"search": "' + b"a" * 100_000 + b'"}', json.dumps({"search": "a" * 16, "more": "x" * 3_000}).encode())
    kinds = ("text/plain", "application/json", "multipart/form-data; boundary=x", "")
    for path, kind in product(("/search/clicks", "/search/choices"), kinds):
        for body in (*odd, *long):
            answer = shopper.client.post(path, data=body, content_type=kind, headers={"Sec-Fetch-Site": "same-origin"})
            assert answer.status_code == (413 if body in long else 400), (path, kind, body[:20])
    assert suggestions(searched.app) == []


def test_another_site_cannot_tell_us_anything(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    search = search_of(shopper.get("/search?q=tea"))
    facts = {"search": search, "product": searched.ids["white"]}
    assert shopper.post("/search/clicks", json=facts, headers={"Sec-Fetch-Site": "cross-site"}).status == 403
    assert shopper.get("/search/clicks").status == 405
    assert clicks(searched.app) == []


def test_who_tells_too_much_is_asked_to_wait(searched: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "_limit", Limit(3, seconds=60.0))
    shopper = Shopper(searched.app)
    assert [click(shopper, "a" * 16, 1).status for _ in range(5)] == [204, 204, 204, 429, 429]


@pytest.mark.parametrize("by_script", [True, False])
def test_what_is_added_from_the_list_counts_for_its_search(searched: SimpleNamespace, by_script: bool) -> None:
    shopper = Shopper(searched.app)
    search = search_of(shopper.get("/search?q=tea"))
    headers = {"Search-Id": search} if by_script else HERE
    for sku in ("WHITE-1", "CUP-1"):
        shopper.post("/cart/lines", {"sku": sku, "quantity": "3"}, htmx=by_script, headers=headers)
    assert [(row.search_id, row.product_id, row.quantity) for row in additions(searched.app)] == [
        (search, searched.ids["white"], 3)
    ]
    assert [row.adds for row in searches(searched.app)] == [1]


def test_what_is_added_from_its_page_counts_for_the_search_that_led_there(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    with time_machine.travel(now(), tick=False) as clock:
        for query in ("tea", "white tea"):
            click(shopper, search_of(shopper.get(f"/search?q={query}")), searched.ids["white"])
            clock.shift(timedelta(minutes=1))
        clock.shift(timedelta(days=6, hours=23))
        shopper.post("/cart/lines", {"sku": "WHITE-1"})
        shopper.post("/cart/lines", {"sku": "GREEN-1"})
        clock.shift(timedelta(hours=2))
        shopper.post("/cart/lines", {"sku": "WHITE-1"})
    assert [row.search_id for row in additions(searched.app)] == [searches(searched.app)[1].id]


def test_an_addition_that_is_refused_or_nobodys_is_not_recorded(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    search = search_of(shopper.get("/search?q=tea"))
    for form in ({"sku": "WHITE-1", "quantity": "0"}, {"sku": "NONE"}, {"sku": "WHITE-1", "quantity": "10000"}):
        assert shopper.post("/cart/lines", form, headers={"Search-Id": search}).status >= 400
    assert Shopper(searched.app).post("/cart/lines", {"sku": "WHITE-1"}).status == 303
    assert additions(searched.app) == []


def test_a_chosen_suggestion_is_recorded(searched: SimpleNamespace) -> None:
    shopper = Shopper(searched.app)
    shopper.get("/search?q=tea")
    assert tell(shopper, "/search/choices", kind="product", position=2, typed=" Te ").status == 204
    (row,) = suggestions(searched.app)
    assert (row.kind, row.position, row.typed, row.visitor) == ("product", 2, "te", searches(searched.app)[0].visitor)


def test_a_suggestion_that_makes_no_sense_is_refused(searched: SimpleNamespace) -> None:
    good = {"kind": "term", "position": 1, "typed": "x"}
    odd = ({"kind": "virus"}, {"kind": ["term"]}, {"position": 0}, {"position": "1"}, {"position": 1.5}, {"typed": 5})
    odd += ({"typed": "\ud800x"},)
    for facts in odd:
        assert tell(Shopper(searched.app), "/search/choices", **{**good, **facts}).status == 400
    assert tell(Shopper(searched.app), "/search/choices", kind="term", position=1).status == 400
    assert suggestions(searched.app) == []
