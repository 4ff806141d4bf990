"""Customer groups and collections as staff work on them."""

from __future__ import annotations

from flask import Flask

from storefront.accounts.models import Customer
from storefront.accounts.permissions import Role
from storefront.audit.queries import list_entries_about
from storefront.catalog.collections import Marks, marks_of
from storefront.catalog.models import Collection
from storefront.database.base import db
from storefront.database.transaction import transaction
from tests.admin.people import at_work
from tests.factories import make_customer, make_product, make_promotion

NAME = "form[action$='/name']"
MEMBERS = "form[action$='/members']"
PRODUCTS = "form[action$='/products']:has(textarea)"


def groups_of(app: Flask) -> list[list[str]]:
    with app.app_context():
        return list(db.session.scalars(db.select(Customer.groups).order_by(Customer.email)))


def test_a_group_is_made_filled_renamed_and_emptied(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        ada, bob = make_customer("ada@example.com").id, make_customer("bob@example.com").id
    browser = at_work(any_app, Role.OPERATIONS)
    page = browser.submit(browser.get("/admin/customer-groups"), "main form.panel", name="Schools & clubs")
    assert page.words("h1") == "Schools & clubs"
    page = browser.submit(page, MEMBERS, emails="ADA@example.com, bob@example.com\nada@example.com")
    assert "2 customers" in page.said or "are in the group" in page.said
    assert groups_of(any_app) == [["schools-and-clubs"], ["schools-and-clubs"]]
    page = browser.submit(page, NAME, name="Schools")
    assert page.words("h1") == "Schools"
    page = browser.submit(page, f"form[action$='/{bob}/removal']")
    assert "bob@example.com is no longer in the group." in page.said
    assert groups_of(any_app) == [["schools-and-clubs"], []]
    with any_app.app_context():
        told = [entry.changes for entry in list_entries_about("customer_group", "schools-and-clubs")]
        assert told[0] == {f"#{bob}": ["in", None]}
    assert ada


def test_addresses_that_nobody_has_stay_in_the_field(app: Flask) -> None:
    with app.app_context(), transaction():
        make_customer("ada@example.com")
    browser = at_work(app, Role.OPERATIONS)
    page = browser.submit(browser.get("/admin/customer-groups"), "main form.panel", name="学校")
    page = browser.submit(page, MEMBERS, emails="ada@example.com\nnobody@example.com\nnot-an-address")
    assert page.status == 422
    assert "There is no customer with the e-mail address nobody@example.com." in page.said
    assert page.one("#emails").text.split() == ["nobody@example.com", "not-an-address"]
    assert groups_of(app) == [["group"]]
    assert browser.submit(page, MEMBERS, emails=" ").status == 422
    assert browser.submit(page, NAME, name=" ").status == 422
    assert browser.get("/admin/customer-groups/nothing").status == 404
    assert browser.submit(browser.get("/admin/customer-groups"), "main form.panel", name="").status == 422


def test_a_collection_is_made_filled_by_sku_and_by_search(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        cup = make_product("Blue cup", sku="CUP-1", attributes={"Material": "Clay"}).id
        lamp = make_product("Lamp", sku="LAMP-1").id
    browser = at_work(any_app, Role.MERCHANDISER)
    page = browser.submit(browser.get("/admin/collections"), "main form.panel", name="School", name_zh="开学")
    refused = browser.submit(page, PRODUCTS, skus="cup-1 NOPE")
    assert refused.status == 422
    assert "There is no article “NOPE”." in refused.said
    assert refused.one("#skus").text.strip() == "cup-1 NOPE"
    page = browser.submit(refused, PRODUCTS, skus="cup-1")
    assert "Added 1 product." in page.said
    number = page.one(NAME)["action"].split("/")[3]  # type: ignore[union-attr]
    page = browser.get(f"/admin/collections/{number}?q=lam")
    page = browser.submit(page, "form[action$='/products']:not(:has(textarea))")
    assert "2 products" in page.said
    with any_app.app_context():
        assert marks_of([cup, lamp, 999]) == {
            cup: Marks(frozenset({int(number)}), frozenset({"Material=Clay"})),
            lamp: Marks(frozenset({int(number)})),
            999: Marks(),
        }
    page = browser.submit(page, f"form[action$='/{lamp}/removal']")
    assert "1 product" in page.said
    with any_app.app_context():
        assert marks_of([lamp]) == {lamp: Marks()}


def test_a_collection_that_a_promotion_is_about_stays(any_app: Flask) -> None:
    with any_app.app_context(), transaction():
        db.session.add(
            row := Collection(slug="school", name="School", translations={}, updated_at=make_product().created_at)
        )
        db.session.flush()
        number = row.id
        benefit = {"kind": "percent_off", "basis_points": 1000, "scope": {"collection_ids": [number]}}
        promotion = make_promotion(conditions=[], benefits=[benefit], name="School days")
        promotion_id = promotion.id
    browser = at_work(any_app, Role.MERCHANDISER)
    page = browser.get(f"/admin/collections/{number}")
    refused = browser.submit(page, "form[action$='/deletion']")
    assert refused.status == 409
    assert "School days" in refused.said
    with any_app.app_context(), transaction():
        db.session.execute(db.text("DELETE FROM promotion WHERE id = :id"), {"id": promotion_id})
    done = browser.submit(page, "form[action$='/deletion']")
    assert "The collection is deleted." in done.said
    assert browser.get(f"/admin/collections/{number}").status == 404


def test_a_collection_needs_a_name(app: Flask) -> None:
    browser = at_work(app, Role.MERCHANDISER)
    refused = browser.submit(browser.get("/admin/collections"), "main form.panel", name=" ", name_zh="开学")
    assert refused.status == 422
    assert refused.one("#name_zh")["value"] == "开学"
