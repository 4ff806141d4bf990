"""Zones, methods and freight classes, as operations work with them."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.catalog.models import Product
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.money import Money
from storefront.shipping import queries
from storefront.shipping.models import ShippingMethod, ShippingZone
from storefront.shipping.rules import Destination, Load, Part
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.factories import make_product, make_shipping

ZONE = {"name": "South", "places": "CN-广东\nCN-海南, US-new york", "excluded": "CN-广东-深圳", "is_active": "y"}
METHOD = {
    **{"code": "cn-express", "name": "Express", "name_zh": "快递", "measure": "weight", "price": "8", "first": "1"},
    **{"additional": "0.5", "additional_price": "2.50", "free_from": "99", "free_from_pieces": "", "most": "30"},
    **{"excluded": "", "surcharges": "3.00：CN-海南", "min_days": "1", "max_days": "3", "lead_days": "0"},
    **{"cutoff_hour": "16", "weekdays": ["0", "1", "2", "3", "4"], "position": "1", "is_active": "y"},
}


def price(app: Flask, destination: Destination, grams: int, pieces: int = 1, **more: tuple[Part, ...]) -> int | None:
    with app.app_context():
        offer = queries.quote(destination, Load(grams, pieces, Money(100, "USD"), **more)).cheapest
        return offer.price.minor if offer else None


def open_zone(browser: Shopper, **typed: str) -> int:
    answer = browser.post("/admin/shipping/zones", {**ZONE, **typed})
    assert answer.status == 303
    found = re.search(r"/zones/(\d+)/methods/new", answer.location)
    assert found
    return int(found.group(1))


def add_method(browser: Shopper, zone_id: int, **typed: object) -> Page:
    return browser.post(f"/admin/shipping/zones/{zone_id}/methods", {**METHOD, **typed})


def id_of(app: Flask, code: str = "cn-express") -> int:
    with app.app_context():
        return int(db.session.execute(db.select(ShippingMethod.id).filter_by(code=code)).scalar_one())


def hidden(page: Page, name: str = "version") -> str:
    return str(page.all(f"[name='{name}']")[0]["value"])


def test_a_zone_and_a_method_are_added_and_sell(any_app: Flask) -> None:
    browser = at_work(any_app, Role.OPERATIONS)
    assert "No zone yet" in browser.get("/admin/shipping").said
    assert browser.get("/admin/shipping/zones/new").status == 200
    zone_id = open_zone(browser)
    assert browser.get(f"/admin/shipping/zones/{zone_id}/methods/new").status == 200
    assert add_method(browser, zone_id).status == 303
    assert price(any_app, Destination("CN", "广东省", "广州市"), 1600) == 800 + 2 * 250
    assert price(any_app, Destination("CN", "海南省", "三亚市"), 900) == 800 + 300
    assert price(any_app, Destination("US", "NY"), 900) == 800
    assert price(any_app, Destination("CN", "广东省", "深圳市"), 900) is None
    assert price(any_app, Destination("CN", "四川省", "成都市"), 900) is None
    page = browser.get("/admin/shipping")
    assert "$8.00 up to 1 kg, then $2.50 for every further 0.5 kg" in page.said
    assert "$3.00 more to Hainan, China" in page.said
    assert "1–3 working days" in page.said
    log = at_work(any_app, Role.FINANCE).get("/admin/audit").said
    assert "Delivery zone added" in log
    assert "Delivery method added" in log


def test_places_that_nobody_delivers_to_are_named(app: Flask) -> None:
    browser = at_work(app)
    add_method(browser, open_zone(browser, places="*\nCN-广东", excluded="KP"))
    open_zone(browser, name="Empty", places="CN-四川", excluded="")
    words = browser.get("/admin/shipping").said
    unserved = words.partition("Nobody delivers to")[2]
    assert "Sichuan, China; North Korea" in unserved
    assert "Guangdong" not in unserved
    assert "The zone “Empty” has no method in use" in words


def test_one_place_is_in_one_zone(app: Flask) -> None:
    browser = at_work(app)
    open_zone(browser)
    page = browser.post("/admin/shipping/zones", {**ZONE, "name": "Again", "places": "US\nUS-NY", "excluded": ""})
    assert page.status == 422
    assert "“US-NY” is in the zone “South” already" in page.said
    off = {**ZONE, "name": "Again", "places": "US-NY", "excluded": "", "is_active": ""}
    assert browser.post("/admin/shipping/zones", {k: v for k, v in off.items() if v}).status == 303


def test_zones_that_share_a_place_from_older_days_are_pointed_out(app: Flask) -> None:
    with app.app_context(), transaction():
        make_shipping(500, countries=("US",))
        make_shipping(900, countries=("US",))
    assert "United States is in two zones; the older, “Zone”, has it." in at_work(app).get("/admin/shipping").said


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "needs a name"),
        ({"places": ""}, "Say which places"),
        ({"places": "Narnia"}, "There is no place “Narnia”"),
        ({"places": "CN-火星"}, "There is no place “CN-火星”"),
        ({"places": "US-广东"}, "There is no place “US-广东”"),
        ({"places": "CN-广东-杭州"}, "There is no place “CN-广东-杭州”"),
        ({"excluded": "CN-四川"}, "is not within the places of the zone"),
        ({"excluded": "CN-海南"}, "is not within the places of the zone"),
    ],
)
def test_nonsense_about_a_zone_is_said_and_kept(app: Flask, typed: dict[str, str], words: str) -> None:
    page = at_work(app).post("/admin/shipping/zones", {**ZONE, **typed})
    assert page.status == 422
    assert words in page.said
    assert page.one("#places").get_text().strip() == typed.get("places", ZONE["places"])


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"code": "CN Express!"}, "small letters, digits and hyphens"),
        ({"name": ""}, "needs a name"),
        ({"price": "-1"}, "Enter an amount"),
        ({"price": "cheap"}, "Enter an amount"),
        ({"price": "1.005"}, "fewer decimals"),
        ({"price": "99999999999999999999"}, "Enter an amount"),
        ({"additional": "0"}, "0 cannot be charged"),
        ({"additional": "-1"}, "Enter a weight"),
        ({"first": "0.0001"}, "Enter a weight"),
        ({"first": "NaN"}, "Enter a weight"),
        ({"most": "Infinity"}, "Enter a weight"),
        ({"measure": "piece", "first": "1.5"}, "Enter a whole number"),
        ({"measure": "mood"}, "Not a valid choice"),
        ({"free_from_pieces": "x"}, "Enter a whole number"),
        ({"min_days": "5"}, "at least longer than at most"),
        ({"max_days": "9999"}, "at most 120"),
        ({"cutoff_hour": "24"}, "at most 23"),
        ({"weekdays": []}, "at least one working day"),
        ({"surcharges": "CN-新疆"}, "Write a surcharge as"),
        ({"surcharges": "3: CN-新疆\n4: CN-新疆"}, "is named twice"),
        ({"surcharges": "3: CN-月球"}, "There is no place"),
        ({"excluded": "CN-月球"}, "There is no place"),
    ],
)
def test_nonsense_about_a_method_is_said_and_nothing_is_stored(
    app: Flask, typed: dict[str, object], words: str
) -> None:
    browser = at_work(app)
    page = add_method(browser, open_zone(browser), **typed)
    assert page.status == 422
    assert words in page.said
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(ShippingMethod)) == 0


def test_a_code_is_taken_once(app: Flask) -> None:
    browser = at_work(app)
    zone_id = open_zone(browser)
    assert add_method(browser, zone_id).status == 303
    assert "with this code already" in add_method(browser, zone_id).said


def test_a_method_is_changed_switched_off_and_told_in_the_ledger(any_app: Flask) -> None:
    browser = at_work(any_app, Role.OPERATIONS)
    add_method(browser, open_zone(browser))
    url = f"/admin/shipping/methods/{id_of(any_app)}"
    page = browser.get(url)
    assert page.one("#surcharges").get_text().strip() == "3.00: CN-海南省"
    assert (page.one("#first")["value"], page.one("#additional")["value"]) == ("1", "0.5")
    changed = {**METHOD, "price": "9", "measure": "piece", "first": "2", "additional": "1", "version": hidden(page)}
    assert browser.post(url, changed).status == 303
    assert price(any_app, Destination("CN", "广东省", "广州市"), 99, 3) == 900 + 250
    stale = browser.post(url, {**changed, "price": "10"})
    assert stale.status == 409
    assert "Somebody else has changed this meanwhile" in stale.said
    off = {key: value for key, value in changed.items() if key != "is_active"}
    assert browser.post(url, {**off, "version": hidden(browser.get(url))}).status == 303
    assert price(any_app, Destination("CN", "广东省", "广州市"), 99, 3) is None
    assert "9.00" in browser.get(url).words("section.panel:last-of-type ol.changes")


def test_a_zone_is_changed_and_a_slower_colleague_is_told(app: Flask) -> None:
    browser = at_work(app)
    zone_id = open_zone(browser)
    url = f"/admin/shipping/zones/{zone_id}"
    seen = hidden(browser.get(url))
    assert browser.post(url, {**ZONE, "name": "Far south", "version": seen}).status == 303
    slower = browser.post(url, {**ZONE, "name": "Deep south", "version": seen})
    assert slower.status == 409
    assert browser.get("/admin/shipping/zones/999").status == 404
    with app.app_context():
        assert db.session.get(ShippingZone, zone_id).name == "Far south"  # type: ignore[union-attr]


def test_bulky_goods_have_a_template_of_their_own(app: Flask) -> None:
    with app.app_context(), transaction():
        make_product("Sofa", sku="SOFA")
    browser = at_work(app, Role.OPERATIONS)
    add_method(browser, open_zone(browser))
    method_id = id_of(app)
    sofa = {"measure": "piece", "price": "40", "first": "1", "additional": "1", "additional_price": "15"}
    typed = {f"class-{key}": value for key, value in {**sofa, "freight_class": "bulky"}.items()}
    url = f"/admin/shipping/methods/{method_id}"
    assert browser.post(f"{url}/classes", {**typed, "class-freight_class": "!"}).status == 422
    assert browser.post(f"{url}/classes", typed).status == 303
    assert browser.post("/admin/shipping/classes", {"skus": "sofa", "freight_class": "bulky"}).status == 303
    assert browser.post("/admin/shipping/classes", {"skus": "NOTHING", "freight_class": "bulky"}).status == 422
    assert "bulky 1 1" in browser.get("/admin/shipping/classes").said
    with app.app_context():
        assert db.session.execute(db.select(Product.freight_class)).scalar_one() == "bulky"
    home, mixed = Destination("CN", "广东省", "广州市"), (Part("bulky", 20_000, 1),)
    assert price(app, home, 21_000, 3, parts=mixed) == 4000 + 2 * 250
    assert browser.post(f"{url}/classes/bulky/removal").status == 303
    assert price(app, home, 21_000, 3, parts=mixed) == 800 + 40 * 250
    assert browser.post(f"{url}/classes/bulky/removal").status == 404


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("trial_place=CN-广东-广州&trial_kg=1.6&trial_pieces=2", "To Guangzhou, Guangdong, China: Express $13.00"),
        ("trial_place=CN-海南&trial_kg=1", "Express $11.00"),
        ("trial_place=CN-广东-广州&trial_kg=31", "too heavy for one delivery"),
        ("trial_place=FR", "To France: Nobody delivers there."),
        ("trial_place=CN", "Name the region"),
        ("trial_place=Narnia", "There is no place “Narnia”"),
        ("trial_place=*", "Name one place"),
        ("trial_place=", "Name one place"),
        ("trial_place=US-NY&trial_kg=-1", "Enter a weight"),
        ("trial_place=US-NY&trial_goods=x", "Enter an amount"),
    ],
)
def test_what_a_load_costs_somewhere_is_answered(app: Flask, asked: str, words: str) -> None:
    browser = at_work(app)
    add_method(browser, open_zone(browser))
    page = browser.get(f"/admin/shipping?{asked}")
    assert words in page.words("#trial-answer")
    part = browser.get(f"/admin/shipping?{asked}", htmx=True, headers={"HX-Target": "trial-answer"})
    assert words in part.said


def test_the_price_is_previewed_as_it_is_typed(app: Flask) -> None:
    browser = at_work(app)
    trial = {"trial_place": "CN-海南", "trial_kg": "2", "trial_pieces": "1", "trial_goods": "0"}
    assert (
        "$16.00 including $3.00 for a remote area" in browser.post("/admin/shipping/preview", {**METHOD, **trial}).said
    )
    assert "Too heavy" in browser.post("/admin/shipping/preview", {**METHOD, **trial, "trial_kg": "31"}).said
    assert (
        "does not go there" in browser.post("/admin/shipping/preview", {**METHOD, **trial, "excluded": "CN-海南"}).said
    )
    broken = browser.post("/admin/shipping/preview", {**METHOD, **trial, "price": "x"}, htmx=True)
    assert "Enter an amount" in broken.said
