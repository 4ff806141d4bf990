"""A large category tree is closed: its branches come when they are opened, and stay open while one works."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from admin.catalog.categories import rules
from storefront.accounts.permissions import Role
from storefront.catalog.models import Category
from storefront.catalog.queries import forget_tree
from storefront.database.base import db
from storefront.database.transaction import transaction
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.counting import queries_of
from tests.factories import make_category

URL = "/admin/categories"


@pytest.fixture
def shop(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Drinks with Tea (Green tea in it) and Coffee, and Food; so few are a large tree here."""
    monkeypatch.setattr(rules, "OPEN_UP_TO", 3)
    with app.app_context(), transaction():
        drinks = make_category("Drinks", slug="drinks", position=0)
        tea = make_category("Tea", slug="tea", parent=drinks, position=0)
        make_category("Coffee", slug="coffee", parent=drinks, position=1)
        make_category("Green tea", slug="green-tea", parent=tea)
        make_category("Food", slug="food", position=1)
    forget_tree()
    yield app
    forget_tree()


@pytest.fixture
def clerk(shop: Flask) -> Shopper:
    return at_work(shop, Role.MERCHANDISER)


@pytest.fixture
def number(shop: Flask) -> dict[str, int]:
    """The ids by slug."""
    with shop.app_context():
        return {row.slug: row.id for row in db.session.execute(db.select(Category.slug, Category.id))}


def shown(page: Page) -> list[str]:
    return [link.get_text(strip=True) for link in page.all(".tree__words > a")]


def toggle(page: Page, category_id: int) -> str:
    """Return where the link that opens or closes a branch leads."""
    return str(page.one(f"#toggle-{category_id}")["href"])


def swapped(clerk: Shopper, page: Page, category_id: int) -> Page:
    """Open or close a branch as htmx does, with what its link asks to take along."""
    link, seen = page.one(f"#toggle-{category_id}"), page.one("#tree > [name=seen]")["value"]
    others = page.all(f"#tree [name=open]:not(#branch-{category_id} *)")
    taken = "".join(f"&open={each['value']}" for each in others)
    return clerk.get(f"{link['hx-get']}&seen={seen}{taken}", htmx=True)


def test_branches_are_opened_and_closed_by_links_and_the_others_stay_as_they_are(
    shop: Flask, clerk: Shopper, number: dict[str, int]
) -> None:
    page = clerk.get(URL)
    assert shown(page) == ["Drinks", "Food"]
    assert page.one(f"#toggle-{number['drinks']}")["aria-expanded"] == "false"
    assert page.words(f"#toggle-{number['drinks']}") == "2 categories in it (Drinks)"
    with queries_of(shop) as asked:
        page = clerk.get(toggle(page, number["drinks"]))
    assert len(asked) <= 8
    assert shown(page) == ["Drinks", "Tea", "Coffee", "Food"]
    assert page.one(f"#toggle-{number['drinks']}")["aria-expanded"] == "true"
    page = clerk.get(toggle(page, number["tea"]))
    assert shown(page) == ["Drinks", "Tea", "Green tea", "Coffee", "Food"]
    page = clerk.get(toggle(page, number["drinks"]))
    assert shown(page) == ["Drinks", "Food"]
    assert shown(clerk.get(toggle(page, number["drinks"])))[2] == "Green tea"


def test_htmx_is_given_the_branch_alone_and_the_address_of_the_tree_as_it_is_open(
    clerk: Shopper, number: dict[str, int]
) -> None:
    page = clerk.get(f"{URL}?open={number['tea']}")
    answer = swapped(clerk, page, number["drinks"])
    assert not answer.is_whole
    assert shown(answer) == ["Drinks", "Tea", "Coffee"]
    assert answer.response.headers["HX-Replace-Url"] == f"{URL}?open={number['drinks']}"
    page = clerk.get(answer.response.headers["HX-Replace-Url"])
    answer = swapped(clerk, page, number["drinks"])
    assert shown(answer) == ["Drinks"]
    assert answer.response.headers["HX-Replace-Url"] == f"{URL}?open="


def test_a_branch_of_a_tree_that_was_moved_is_not_put_beside_what_was_before(
    shop: Flask, clerk: Shopper, number: dict[str, int]
) -> None:
    page = clerk.get(f"{URL}?open={number['drinks']}")
    other = at_work(shop, Role.MERCHANDISER, "Bob")
    other.post(f"{URL}/{number['coffee']}/position", {"parent": str(number["food"])})
    answer = swapped(clerk, page, number["tea"])
    assert (answer.status, answer.text) == (204, "")
    now = clerk.get(answer.response.headers["HX-Location"])
    assert "Somebody else changed the category tree meanwhile" in now.said
    assert shown(now) == ["Drinks", "Tea", "Green tea", "Food"]
    other.post(f"{URL}/{number['tea']}/deletion", {"to": str(number["food"])})
    assert swapped(clerk, page, number["tea"]).response.headers["HX-Location"] == f"{URL}?open="


def test_what_was_moved_is_seen_where_it_went_and_what_was_open_stays_open(
    clerk: Shopper, number: dict[str, int]
) -> None:
    page = clerk.get(f"{URL}?open={number['drinks']}")
    page = clerk.submit(page, "#tree", button=f"#in-{number['food']}", step="in")
    assert shown(page) == ["Drinks", "Tea", "Coffee", "Food"]
    page = clerk.get(toggle(page, number["drinks"]))
    page = clerk.submit(page, "#tree", button=f"#seen-{number['drinks']}", published="no")
    assert shown(page) == ["Drinks"]


def test_what_is_dropped_into_a_closed_branch_is_seen_there(clerk: Shopper, number: dict[str, int]) -> None:
    page = clerk.get(f"{URL}?open={number['drinks']}")
    moved = {"seen": page.one("#tree-move [name=seen]")["value"], "open": str(number["drinks"]), "before": ""}
    answer = clerk.post(f"{URL}/{number['food']}/position", {**moved, "parent": str(number["tea"])})
    assert answer.location == f"{URL}?open={number['drinks']}&at={number['food']}#category-{number['food']}"
    assert shown(clerk.get(answer.location)) == ["Drinks", "Tea", "Green tea", "Food", "Coffee"]
    refused = clerk.post(f"{URL}/{number['coffee']}/position", {**moved, "parent": ""})
    assert refused.status == 409
    assert shown(refused) == ["Drinks", "Tea", "Coffee"]


@pytest.mark.parametrize("typed", ["open=abc", "open=", "open=99999", "open=-1&open=１", "at=99999&open=x", "at=tea"])
def test_what_is_no_branch_opens_nothing(clerk: Shopper, typed: str) -> None:
    assert shown(clerk.get(f"{URL}?{typed}")) == ["Drinks", "Food"]


def test_a_category_is_found_by_its_name_or_address_and_seen_in_the_tree(
    clerk: Shopper, number: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = clerk.submit(clerk.get(URL), "main form[role=search]", q="TEA")
    assert [link.get_text() for link in page.all(".tree__found a")] == ["Tea", "Green tea"]
    assert "In Drinks › Tea" in page.words(".tree__found li:last-child")
    page = clerk.get(str(page.all(".tree__found a")[1]["href"]))
    assert shown(page) == ["Drinks", "Tea", "Green tea", "Coffee", "Food"]
    assert "No category is called that" in clerk.get(f"{URL}?q=wine").said
    assert not clerk.get(f"{URL}?q=%20").all("#found-title")
    monkeypatch.setattr("admin.catalog.categories.tree_views.MOST_FOUND", 1)
    assert "1 more. Type more of the name." in clerk.get(f"{URL}?q=tea").said
