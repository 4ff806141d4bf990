"""A merchandiser makes a product with variants and pictures, and a shopper buys what was made."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import DESKTOP, PHONE, Visit, Visitor
from tests.journeys.test_accessibility import overflow, problems

pytestmark = pytest.mark.browser

TABLET = (768, 1000)
DROP = """([zone, files]) => {
  const moved = new DataTransfer();
  for (const [name, type, text] of files) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    moved.items.add(new File([bytes], name, { type }));
  }
  for (const kind of ["dragover", "drop"])
    document.querySelector(zone).dispatchEvent(new DragEvent(kind, { dataTransfer: moved, bubbles: true }));
}"""


def picture(color: str) -> bytes:
    kept = BytesIO()
    Image.new("RGB", (640, 480), color).save(kept, "PNG")
    return kept.getvalue()


def files(*colors: str) -> list[dict[str, object]]:
    return [{"name": f"{color}.png", "mimeType": "image/png", "buffer": picture(color)} for color in colors]


def fault(page: Page) -> list[str]:
    """Return what axe finds, and whether the page is wider than the window."""
    return [*problems(page), *(["too wide"] if overflow(page) > 0 else [])]


def keys_to(page: Page, control: Locator) -> None:
    """Walk to a control with Tab alone, from where the focus is."""
    handle = control.element_handle()
    for _ in range(120):
        if handle is not None and handle.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab does not lead there")


def fill(page: Page, typed: dict[str, str], *, by_keyboard: bool) -> None:
    for field, text in typed.items():
        control = page.locator(field)
        if by_keyboard:
            keys_to(page, control)
            page.keyboard.press("Control+A")
            page.keyboard.type(text)
        else:
            control.fill(text)


def go(merchant: Visitor, control: Locator, *, by_keyboard: bool) -> None:
    """Press a button or a link, with the mouse or where Tab leads to it."""
    if not by_keyboard:
        merchant.press(control)
        return
    keys_to(merchant.page, control)
    with merchant.page.expect_navigation():
        merchant.page.keyboard.press("Enter")
    merchant.settle()


@pytest.mark.parametrize(("size", "by_keyboard"), [(DESKTOP, True), (TABLET, False)], ids=["desktop-keys", "tablet"])
def test_a_product_is_made_with_variants_and_pictures(visit: Visit, size: tuple[int, int], by_keyboard: bool) -> None:
    name = f"Linen shirt {size[0]}"
    with visit(size, bypass_csp=True) as merchant:
        merchant.sign_in("merchandiser@example.com", "/admin/sign-in")
        page = merchant.open("/admin/products")
        go(merchant, page.get_by_role("link", name="New product"), by_keyboard=by_keyboard)
        assert fault(page) == []
        page.locator("#category_id").select_option(index=3)
        page.locator("h1").click()
        page.locator("#name").focus()
        fill(page, {"#name": name, "#name_zh": "亚麻衬衫", "#brand": "Loom & Co"}, by_keyboard=by_keyboard)
        go(merchant, page.get_by_role("button", name="Make the draft"), by_keyboard=by_keyboard)
        page.get_by_text("The draft is there").wait_for()
        assert fault(page) == []
        typed = {
            "#name-1": "Size",
            "#values-1": "S, M",
            "#name-2": "Colour",
            "#values-2": "red, blue",
            "#price": "29.9",
        }
        fill(page, {**typed, "#price": "29.9"}, by_keyboard=by_keyboard)
        go(merchant, page.get_by_role("button", name="Look at the variants"), by_keyboard=by_keyboard)
        expect(page.locator("#matrix tbody tr")).to_have_count(4)
        assert fault(page) == []
        unwanted = page.get_by_label("Make M / blue")
        if by_keyboard:
            keys_to(page, unwanted)
            page.keyboard.press("Space")
        else:
            unwanted.uncheck()
        go(merchant, page.get_by_role("button", name="Make the variants"), by_keyboard=by_keyboard)
        page.get_by_text("3 variants were made.").wait_for()
        assert fault(page) == []
        address = page.url.removeprefix(merchant.base).removesuffix("/variants")
        go(merchant, page.get_by_role("link", name="Pictures", exact=True), by_keyboard=by_keyboard)
        page.locator("#pictures").set_input_files(files("red", "blue"))
        go(merchant, page.get_by_role("button", name="Add the pictures"), by_keyboard=by_keyboard)
        page.get_by_text("2 pictures were added.").wait_for()
        go(merchant, page.get_by_role("button", name="Show picture 2 as main picture"), by_keyboard=by_keyboard)
        page.get_by_label("What picture 1 shows (optional)").fill("A blue shirt on a chair")
        go(merchant, page.get_by_role("button", name="Save the words"), by_keyboard=by_keyboard)
        assert fault(page) == []
        for tab in ("facts", "variants", "publication", "appearance"):
            merchant.open(f"{address}/{tab}")
            assert fault(page) == [], tab
        page.locator("#seo_title").fill("Shirt of linen")
        expect(page.locator(".found-preview__title").first).to_contain_text("Shirt of linen")
        expect(page.locator("[data-counts=seo_title]")).to_contain_text("14")
        merchant.press(page.get_by_role("button", name="Save the address and words"))
        merchant.open(f"{address}/publication")
        page.get_by_label("Published: shoppers can find and buy it").check()
        merchant.press(page.get_by_role("button", name="Save the publication"))
        page.get_by_text("Shoppers see it.", exact=True).wait_for()
        link = str(page.get_by_role("link", name="See it in the shop").get_attribute("href"))
        with visit(PHONE, bypass_csp=True) as shopper:
            shown = shopper.open(link)
            assert shown.title().startswith("Shirt of linen")
            expect(shown.get_by_role("img", name="A blue shirt on a chair")).to_be_visible()
            expect(shown.locator(".pill", has_text="blue")).to_have_count(1)
            assert fault(shown) == []


def test_pictures_are_dropped_and_dragged(visit: Visit) -> None:
    with visit(DESKTOP, bypass_csp=True) as merchant:
        merchant.sign_in("merchandiser@example.com", "/admin/sign-in")
        page = merchant.open("/admin/products")
        merchant.press(page.locator("table a[href^='/admin/products/']").first)
        merchant.press(page.get_by_role("link", name="Pictures", exact=True))
        dropped = [[f"{color}.png", "image/png", b64encode(picture(color)).decode()] for color in ("red", "green")]
        dropped.append(["bad.svg", "image/svg+xml", b64encode(b"<svg/>").decode()])
        with page.expect_navigation():
            page.evaluate(DROP, ["[data-drop-zone]", dropped])
        page.get_by_text("bad.svg: This is not a picture").wait_for()
        expect(page.locator(".picture")).to_have_count(2)
        assert fault(page) == []
        first = page.locator(".picture").first.get_attribute("data-sorts")
        grip, below = page.locator("[data-grip]").first, page.locator(".picture").nth(1)
        grip.scroll_into_view_if_needed()
        start, end = grip.bounding_box(), below.bounding_box()
        assert start
        assert end
        page.mouse.move(start["x"] + 8, start["y"] + 8)
        page.mouse.down()
        with page.expect_navigation():
            page.mouse.move(start["x"] + 8, end["y"] + end["height"] * 0.9, steps=10)
            page.mouse.up()
        expect(page.locator(".picture").nth(1)).to_have_attribute("data-sorts", str(first))


def test_a_type_is_described_and_its_facts_are_told(visit: Visit) -> None:
    with visit(TABLET, bypass_csp=True) as merchant:
        merchant.sign_in("merchandiser@example.com", "/admin/sign-in")
        page = merchant.open("/admin/product-types")
        assert fault(page) == []
        page.locator("#name").fill("Lamp")
        merchant.press(page.get_by_role("button", name="Describe the type"))
        page.locator("#name-new1").fill("Height")
        page.locator("[name=kind-new1]").select_option("number")
        page.locator("#unit-new1").fill("cm")
        merchant.press(page.get_by_role("button", name="Save the type"))
        assert fault(page) == []
        page = merchant.open("/admin/products")
        merchant.press(page.locator("table a[href^='/admin/products/']").nth(1))
        merchant.press(page.get_by_role("link", name="Type and facts"))
        page.locator("#product_type").fill("Lamp")
        merchant.press(page.get_by_role("button", name="Save what it is"))
        page.get_by_label("Height (cm)").fill("42")
        merchant.press(page.get_by_role("button", name="Save the facts"))
        link = str(page.get_by_role("link", name="See it in the shop").get_attribute("href"))
        expect(merchant.open(link).locator(".facts").first).to_contain_text("42 cm")
