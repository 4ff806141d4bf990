"""What is chosen to stand beside a product: first on its shelves, told apart in reports, marked where it is skipped."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.audit.models import AuditEntry
from storefront.catalog.models import Product, Variant
from storefront.catalog.related import MOST
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery.shelves import Question, Shelf, fill, get_anchor
from storefront.discovery.shelves.shown import Visit
from storefront.inventory.models import StockLevel
from storefront.kernel.clock import now
from tests.admin.people import at_work
from tests.browser import Shopper
from tests.factories import make_category, make_product


@pytest.fixture
def shop(any_app: Flask) -> Flask:
    with any_app.app_context(), transaction():
        drinks = make_category("Drinks")
        for place, name in enumerate(("Tea", "Milk", "Sugar", "Cocoa", "Coffee", "Juice", "Cup")):
            make_product(name, category=drinks, sku=f"{name.upper()}-1", popularity=100 - place)
    return any_app


def ids(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {row.name: row.id for row in db.session.execute(db.select(Product.name, Product.id))}


def shelf(app: Flask, key: str, *, in_cart: tuple[int, ...] = ()) -> Shelf:
    with app.app_context():
        number = db.session.scalar(db.select(Product.id).where(Product.name == "Tea"))
        return fill(key, Question(Visit(in_cart=in_cart), now(), anchor=get_anchor(number, "en")))


def choose(app: Flask, browser: Shopper, *names: str, kind: str = "with") -> None:
    number = ids(app)
    for name in names:
        page = browser.get(f"/admin/products/{number['Tea']}/related?kind={kind}&q={name}")
        assert browser.submit(page, f"#found-{kind} form", product=str(number[name])).status == 200


def test_what_was_chosen_stands_first_and_is_recorded_as_chosen(shop: Flask) -> None:
    browser = at_work(shop, Role.MERCHANDISER)
    choose(shop, browser, "Cup", "Juice")
    choose(shop, browser, "Coffee", kind="instead")
    found = shelf(shop, "bought-together")
    assert [(one.card.name, one.source) for one in found.items[:2]] == [("Cup", "hand"), ("Juice", "hand")]
    assert found.items[2].source != "hand"
    assert [one.card.name for one in found.items].count("Cup") == 1
    assert shelf(shop, "similar").items[0].card.name == "Coffee"
    with shop.app_context():
        entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "product.related")).all()[1]
    assert entry.changes == {"goes with": [["Cup"], ["Cup", "Juice"]]}


def test_what_cannot_be_bought_or_is_in_the_cart_is_skipped_and_marked(shop: Flask) -> None:
    browser, number = at_work(shop, Role.MERCHANDISER), ids(shop)
    choose(shop, browser, "Cup", "Juice", "Cocoa")
    with shop.app_context(), transaction():
        db.session.get(Product, number["Cup"]).is_published = False
        mine = db.select(Variant.id).where(Variant.product_id == number["Juice"])
        db.session.execute(db.update(StockLevel).where(StockLevel.variant_id.in_(mine)).values(on_hand=0))
    names = [one.card.name for one in shelf(shop, "bought-together").items]
    assert names[0] == "Cocoa"
    assert "Juice" not in names
    assert "Cup" not in names
    page = browser.get(f"/admin/products/{number['Tea']}/related")
    rows = [item.get_text(" ", strip=True) for item in page.all("#with li[data-sorts]")]
    assert "Unpublished: not shown" in rows[0]
    assert "Out of stock: not shown" in rows[1]
    assert "not shown" not in rows[2]
    assert shelf(shop, "bought-together", in_cart=(number["Cocoa"],)).items[0].source != "hand"


def test_products_are_looked_for_as_one_types(shop: Flask) -> None:
    browser, number = at_work(shop, Role.MERCHANDISER), ids(shop)
    to = f"/admin/products/{number['Tea']}/related"
    part = browser.get(f"{to}?kind=instead&q=co", htmx=True)
    assert not part.all("h1")
    found = part.words("#found-instead")
    assert "Cocoa" in found
    assert "Coffee" in found
    assert "No products match" in browser.get(f"{to}?kind=with&q=nothing").words("#found-with")
    assert "Tea" not in browser.get(f"{to}?q=tea").words("#found-with")


def test_the_order_is_dragged_or_moved_by_steps(shop: Flask) -> None:
    browser, number = at_work(shop, Role.MERCHANDISER), ids(shop)
    choose(shop, browser, "Cup", "Juice", "Cocoa")
    to = f"/admin/products/{number['Tea']}/related"
    browser.post(f"{to}/order", {"kind": "with", "product": str(number["Cocoa"]), "step": "up"})
    assert [one.card.name for one in shelf(shop, "bought-together").items[:3]] == ["Cup", "Cocoa", "Juice"]
    order = ",".join(str(number[name]) for name in ("Juice", "Cup", "Cocoa"))
    browser.post(f"{to}/order", {"kind": "with", "order": order})
    assert [one.card.name for one in shelf(shop, "bought-together").items[:3]] == ["Juice", "Cup", "Cocoa"]
    browser.post(f"{to}/removal", {"kind": "with", "product": str(number["Cup"])})
    page = browser.post(f"{to}/order", {"kind": "with", "order": order})
    assert page.status == 409
    assert "Somebody else changed what is chosen" in page.said
    assert browser.post(f"{to}/removal", {"kind": "with", "product": str(number["Cup"])}).status == 303


def test_what_makes_no_sense_is_refused(shop: Flask) -> None:
    browser, number = at_work(shop, Role.MERCHANDISER), ids(shop)
    to = f"/admin/products/{number['Tea']}/related"
    page = browser.post(to, {"kind": "with", "product": str(number["Tea"])})
    assert page.status == 422
    assert "does not stand beside itself" in page.said
    assert browser.post(to, {"kind": "with", "product": "999"}).status == 404
    assert browser.post(to, {"kind": "sideways", "product": str(number["Cup"])}).status == 422
    assert browser.get("/admin/products/999/related").status == 404
    with shop.app_context(), transaction():
        for each in range(MOST):
            make_product(f"Extra {each:02}")
    more = ids(shop)
    for each in range(MOST):
        browser.post(to, {"kind": "with", "product": str(more[f"Extra {each:02}"])})
    page = browser.post(to, {"kind": "with", "product": str(number["Cup"])})
    assert page.status == 422
    assert str(MOST) in page.said
