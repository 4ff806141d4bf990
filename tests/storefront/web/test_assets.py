"""Front-end files: found by name, kept for a year, sent compressed; every icon drawn is one that was built."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.datastructures import Headers

from storefront.config import ROOT
from storefront.web import assets
from tests.browser import Shopper

ICON = re.compile(r"""icon\("([a-z0-9-]+)"|#([a-z0-9-]+)"></use>|"([a-z0-9-]+)" if [^}]* else "([a-z0-9-]+)"\)""")


def path_of(app: Flask, name: str) -> str:
    with app.app_context():
        return assets.asset(name)


def fetch(app: Flask, path: str, accepts: str = "") -> tuple[int, Headers]:
    with app.test_client().get(path, headers={"Accept-Encoding": accepts}) as answer:
        return answer.status_code, answer.headers


def test_a_built_file_is_kept_for_a_year_under_its_own_hash(app: Flask) -> None:
    path = path_of(app, "shop.css")
    assert re.fullmatch(r"/static/dist/shop-[0-9a-f]{10}\.css", path)
    status, headers = fetch(app, path)
    assert status == 200
    assert headers["Content-Type"].startswith("text/css")
    assert "immutable" in headers["Cache-Control"]
    assert "max-age=31536000" in headers["Cache-Control"]
    assert "Accept-Encoding" in headers["Vary"]


@pytest.mark.parametrize(("accepts", "encoding"), [("br, gzip", "br"), ("gzip", "gzip"), ("br;q=0", None), ("", None)])
def test_it_goes_out_as_the_browser_can_read_it(app: Flask, accepts: str, encoding: str | None) -> None:
    _, headers = fetch(app, path_of(app, "shop.js"), accepts)
    assert headers.get("Content-Encoding") == encoding
    assert headers["Content-Type"].startswith("text/javascript")


@pytest.mark.parametrize("name", ["nope.css", "../build.mjs", "%2e%2e/build.mjs", "../../app.py"])
def test_nothing_else_is_served(shopper: Shopper, name: str) -> None:
    assert shopper.get(f"/static/dist/{name}").status == 404


def test_what_was_not_built_says_how_to_build_it(app: Flask, tmp_path: Path) -> None:
    with pytest.raises(assets.AssetsNotBuilt, match="make assets"):
        assets.read_manifest(tmp_path, 0)
    with app.app_context(), pytest.raises(assets.AssetsNotBuilt, match=r"nope\.css"):
        assets.asset("nope.css")


def test_first_view_is_within_its_budget() -> None:
    files = json.loads((assets.DIST / "manifest.json").read_text())
    size = {name: (assets.DIST / f"{file}.br").stat().st_size for name, file in files.items()}
    assert size["shop.js"] <= 25 * 1024
    assert size["shop.css"] <= 20 * 1024


def test_every_icon_in_a_template_is_in_the_sprite_and_the_other_way_round() -> None:
    templates = [*ROOT.glob("storefront/**/*.html"), *ROOT.glob("admin/**/*.html")]
    words = "\n".join(path.read_text(encoding="utf-8") for path in templates)
    python = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("admin/**/*.py"))
    built = set(json.loads((ROOT / "storefront/static/icons/icons.json").read_text()))
    named = {name for match in ICON.findall(words) for name in match if name}
    assert named <= built
    unused = {name for name in built if f'"{name}"' not in words + python and f"#{name}" not in words}
    assert unused == set()
