"""A product's gallery as a merchandiser fills it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from storefront.accounts.permissions import Role
from storefront.catalog.models import Product, ProductMedia, Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.counting import queries_of
from tests.factories import make_product, make_variant, variant_of

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
MOST_QUERIES = 8
TEXTS = "form[action$='/pictures/texts']"


def picture(color: str = "red", kind: str = "PNG", size: tuple[int, int] = (64, 48)) -> bytes:
    kept = BytesIO()
    Image.new("RGB", size, color).save(kept, kind)
    return kept.getvalue()


@pytest.fixture
def cup(any_app: Flask) -> int:
    with any_app.app_context(), transaction():
        return int(make_product("Blue cup", slug="cup", sku="CUP-1").id)


def upload(browser: Shopper, product_id: int, *files: tuple[str, bytes]) -> Page:
    sent: Any = [(BytesIO(data), name) for name, data in files]
    return browser.post(f"/admin/products/{product_id}/pictures", {"pictures": sent}, follow=True)


def gallery(app: Flask, product_id: int) -> list[int]:
    with app.app_context():
        rows = db.select(ProductMedia.id).where(ProductMedia.product_id == product_id)
        return list(db.session.scalars(rows.order_by(ProductMedia.position)))


def main_picture(app: Flask, product_id: int) -> tuple[str, str]:
    """Return the product's picture, and the first of its gallery."""
    with app.app_context():
        first = db.select(ProductMedia.picture).where(ProductMedia.product_id == product_id)
        return (
            str(db.session.scalar(db.select(Product.picture).where(Product.id == product_id))),
            str(db.session.scalar(first.order_by(ProductMedia.position))),
        )


def test_pictures_come_get_words_and_shoppers_see_them(any_app: Flask, cup: int) -> None:
    browser = at_work(any_app, Role.MERCHANDISER, "Mei")
    page = upload(browser, cup, ("front.png", picture("red")), ("back.jpg", picture("blue", "JPEG")))
    assert (page.status, "2 pictures were added." in page.said) == (200, True)
    first, second = gallery(any_app, cup)
    words = {f"alt-{first}": "A red cup", f"alt_zh-{first}": "红色的杯子", f"alt-{second}": "Its back"}
    page = browser.submit(page, TEXTS, **words)
    assert page.one(f"#alt-{first}")["value"] == "A red cup"
    shown = [each["alt"] for each in Shopper(any_app).get("/products/cup").all(".gallery__strip img")]
    assert shown == ["A red cup", "Its back"]
    chinese = Shopper(any_app, language="zh").get("/products/cup").all(".gallery__strip img")
    assert [each["alt"] for each in chinese] == ["红色的杯子", "Its back"]
    main, first_one = main_picture(any_app, cup)
    assert main == first_one


def test_of_thirty_files_the_good_are_kept_and_the_bad_are_named(app: Flask) -> None:
    with app.app_context(), transaction():
        product_id = make_product("Blue cup").id
    good = [(f"{number}.jpg", picture(f"#{number:02x}0000")) for number in range(28)]  # PNG, whatever the name says
    page = upload(at_work(app), product_id, *good, ("drawing.svg", SVG), ("broken.png", picture()[:60]))
    assert page.status == 422
    assert "28 pictures were added." in page.said
    told = page.words("[role=alert]")
    assert "drawing.svg: This is not a picture we can read" in told
    assert "broken.png: This is not a picture we can read" in told
    assert len(gallery(app, product_id)) == 28


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("huge.png", b"\x89PNG" + bytes(50 * 1024 * 1024), "huge.png: This picture is larger than 10 MB"),
        ("wide.png", picture(size=(20_000, 2_001)), "wide.png: This picture has more than 40 megapixels"),
        ("text.jpg", b"hello", "text.jpg: This is not a picture"),
    ],
)
def test_what_is_no_picture_is_refused_with_the_reason(app: Flask, name: str, data: bytes, words: str) -> None:
    with app.app_context(), transaction():
        product_id = make_product("Blue cup").id
    page = upload(at_work(app), product_id, (name, data))
    assert (page.status, words in page.said) == (422, True)
    assert gallery(app, product_id) == []


def test_nothing_chosen_is_said_and_a_picture_twice_is_kept_once(app: Flask) -> None:
    with app.app_context(), transaction():
        product_id = make_product("Blue cup").id
    browser = at_work(app)
    page = browser.post(f"/admin/products/{product_id}/pictures", {})
    assert (page.status, "Choose one picture or several." in page.said) == (422, True)
    upload(browser, product_id, ("a.png", picture()))
    assert "in the gallery already" in upload(browser, product_id, ("b.png", picture())).said
    assert len(gallery(app, product_id)) == 1


def test_the_order_is_changed_by_buttons_and_by_dragging(any_app: Flask, cup: int) -> None:
    browser = at_work(any_app)
    page = upload(browser, cup, *((f"{color}.png", picture(color)) for color in ("red", "green", "blue")))
    one, two, three = gallery(any_app, cup)
    page = browser.post(f"/admin/products/{cup}/pictures/{two}/position", {"step": "up"}, follow=True)
    assert gallery(any_app, cup) == [two, one, three]
    browser.post(f"/admin/products/{cup}/pictures/{three}/position", {"step": "first"})
    assert gallery(any_app, cup) == [three, two, one]
    browser.submit(page, "#gallery-order", order=f"{one},{three},999999,abc")
    assert gallery(any_app, cup) == [one, three, two]
    main, first = main_picture(any_app, cup)
    assert main == first


def test_a_removed_picture_leaves_its_variant_the_main_one(any_app: Flask, cup: int) -> None:
    browser = at_work(any_app)
    upload(browser, cup, ("red.png", picture("red")), ("blue.png", picture("blue")))
    first, second = gallery(any_app, cup)
    with any_app.app_context():
        variant_id = variant_of(db.session.get(Product, cup)).id
        blue = db.session.get(ProductMedia, second).picture
    url = f"/admin/products/{cup}/variants"
    browser.submit(browser.get(url), "form[action$='/variants']", **{f"picture-{variant_id}": blue})
    shown = Shopper(any_app).get("/products/cup").all(".gallery__strip img")
    assert blue.split(":")[1] in str(shown[0]["src"])
    assert len(shown) == 2
    browser.post(f"/admin/products/{cup}/pictures/{second}/removal", {})
    with any_app.app_context():
        assert db.session.get(Variant, variant_id).picture == ""
    browser.post(f"/admin/products/{cup}/pictures/{first}/removal", {})
    with any_app.app_context():
        assert db.session.get(Product, cup).picture.startswith("generated:")
    assert Shopper(any_app).get("/products/cup").status == 200


def test_the_slower_of_two_keeps_the_words_they_typed(any_app: Flask, cup: int) -> None:
    mei, tom = at_work(any_app, Role.MERCHANDISER, "Mei"), at_work(any_app, Role.MERCHANDISER, "Tom")
    upload(mei, cup, ("red.png", picture("red")), ("blue.png", picture("blue")))
    first, second = gallery(any_app, cup)
    seen = tom.get(f"/admin/products/{cup}/pictures")
    mei.submit(mei.get(f"/admin/products/{cup}/pictures"), TEXTS, **{f"alt-{first}": "Mei wrote this"})
    upload(mei, cup, ("green.png", picture("green")))
    page = tom.submit(seen, TEXTS, **{f"alt-{second}": "Tom wrote this"})
    assert page.status == 409
    assert "Mei wrote this left alone" in page.words(".conflict")
    assert page.one(f"#alt-{first}")["value"] == "Mei wrote this"
    assert page.one(f"#alt-{second}")["value"] == "Tom wrote this"
    assert tom.submit(page, TEXTS).status == 200
    assert tom.get(f"/admin/products/{cup}/pictures").one(f"#alt-{second}")["value"] == "Tom wrote this"


@pytest.mark.parametrize("tab", ["facts", "variants", "pictures", "publication", "appearance"])
def test_a_page_of_a_product_costs_few_queries_however_much_there_is(app: Flask, tab: str) -> None:
    with app.app_context(), transaction():
        product = make_product("Blue cup", product_type="cup")
        for number in range(30):
            make_variant(product, sku=f"CUP-{number}", name=f"{number}")
            db.session.add(ProductMedia(product_id=product.id, position=number, picture=f"generated:1f34e-{number}-1"))
        product_id = product.id
    browser = at_work(app)
    browser.get(f"/admin/products/{product_id}/{tab}")
    with queries_of(app) as asked:
        assert browser.get(f"/admin/products/{product_id}/{tab}").status == 200
    assert len(asked) <= MOST_QUERIES, asked
