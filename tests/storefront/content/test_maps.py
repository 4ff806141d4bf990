"""What search engines read."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from storefront.catalog import sitemaps
from storefront.database.transaction import transaction
from tests.browser import Shopper
from tests.factories import make_category, make_product

HERE = "http://127.0.0.1:8000"


def locations(client: FlaskClient, path: str) -> list[str]:
    xml = client.get(path).get_data(as_text=True)
    return [str(node.text).removeprefix(HERE) for node in ElementTree.fromstring(xml).iter() if "}loc" in node.tag]


def test_the_maps_lead_to_every_product_and_category(
    app: Flask, shopper: Shopper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps, "SITEMAP_SIZE", 2)
    with app.app_context(), transaction():
        dairy = make_category("Dairy", slug="dairy")
        make_category("Empty", slug="empty")
        slugs = [make_product(f"Milk {number}", category=dairy).slug for number in range(3)]
        make_product("Hidden", category=dairy, is_published=False)
    client = app.test_client()
    maps = locations(client, "/sitemap.xml")
    assert len(maps) == 3
    paths = [path for each in maps for path in locations(client, each)]
    assert paths == ["/", "/categories", "/categories/dairy", *(f"/products/{slug}" for slug in slugs)]
    assert all(shopper.get(path).status == 200 for path in paths)


@pytest.mark.parametrize("number", ["0", "2", "999999999999"])
def test_a_map_that_is_not_there_is_not_found(shopper: Shopper, number: str) -> None:
    assert shopper.get(f"/sitemaps/products-{number}.xml").status == 404


def test_robots_are_kept_from_what_is_personal(shopper: Shopper) -> None:
    text = shopper.get("/robots.txt").text
    assert "Disallow: /checkout\n" in text
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in text
