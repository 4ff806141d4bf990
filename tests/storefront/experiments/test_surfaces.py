"""The places that vary today: the home page (elsewhere), the order of search results, and banners of the cart."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from storefront.database.transaction import transaction
from storefront.discovery import indexing
from storefront.discovery.searching import forget_desk
from storefront.experiments import surfaces
from storefront.experiments.checks import check_start, failed
from storefront.experiments.models import Experiment, ExperimentVariation
from storefront.experiments.plans import ExperimentPlan, VariationPlan
from storefront.experiments.surfaces import Field, Kind, Surface, check_params, find_surface
from storefront.kernel.errors import Invalid
from storefront.shop.services import change_settings
from tests import factories as make
from tests.browser import Page
from tests.storefront.experiments.making import ARRIVES, arrive, exposures, start


@pytest.fixture
def teas(app: Flask) -> Iterator[Flask]:
    """A shop with two teas whose words fit alike; one is bought much more. Its index goes with it."""
    forget_index(app)
    app.extensions.pop("experiments", None)
    with app.app_context():
        with transaction():
            category = make.make_category("Drinks", slug="drinks")
            make.make_shipping(500)
            make.make_product("Green tea", category=category, price=300, sku="G-1", popularity=0)
            make.make_product(
                "Green tea with mint",
                category=category,
                price=300,
                sku="M-1",
                popularity=9000,
            )
        indexing.rebuild()
    yield app
    forget_index(app)


def forget_index(app: Flask) -> None:
    shutil.rmtree(app.config["SHOP"].index_dir, ignore_errors=True)
    with app.app_context():
        forget_desk()


def ranking(app: Flask, **values: object) -> int:
    return start(
        app,
        lambda: ExperimentPlan(
            **{
                "name": "Popularity",
                "surface": "search:ranking",
                "primary_metric": "click_through",
                "variations": (
                    VariationPlan(key="control", name="As it is", weight=50),
                    VariationPlan(key="less", name="Less", weight=50, params={"popularity": 0}),
                ),
                **values,
            }
        ),
    )


def first(page: Page) -> str:
    return str(page.all("#listing article")[0]["data-sku"])


def test_the_order_of_search_varies_and_only_where_words_were_searched(teas: Flask) -> None:
    ranking(teas)
    seen = Counter[str]()
    for _ in range(40):
        shopper, page = arrive(teas, "/search?q=green+tea")
        seen[first(page)] += 1
        assert first(shopper.get("/search?q=green+tea", headers=ARRIVES)) == first(page)
    assert len(seen) == 2
    rows = len(exposures(teas))
    assert rows >= 30
    arrive(teas, "/search?q=green+tea&sort=price")
    arrive(teas, "/search?q=qqzzqq")
    arrive(teas, "/search")
    assert len(exposures(teas)) == rows


def test_words_searched_within_a_category_count_as_well(teas: Flask) -> None:
    ranking(teas)
    for _ in range(12):
        arrive(teas, "/categories/drinks")
        arrive(teas, "/categories/drinks?q=green+tea&sort=price")
    assert exposures(teas) == []
    for _ in range(12):
        arrive(teas, "/categories/drinks?q=green+tea")
    assert 6 <= len(exposures(teas)) <= 12


def test_search_without_an_index_has_no_order_to_vary(teas: Flask) -> None:
    ranking(teas)
    forget_index(teas)
    for _ in range(5):
        assert arrive(teas, "/search?q=green+tea")[1].status == 200
    assert exposures(teas) == []


def test_a_declared_place_asks_for_what_it_needs_and_nothing_else(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surfaces, "_declared", {})
    models = [("als", "Factors"), ("popular", "Popular")]
    surfaces.declare(
        Surface(
            name="shelf:",
            label="Shelves",
            places=lambda: [("home", "For you")],
            fields=(Field(key="model", label="Model", kind=Kind.CHOICE, options=lambda _surface: models),),
        )
    )
    assert find_surface("shelf:home") is not None
    assert find_surface("shelf:nowhere") is None
    check_params("shelf:home", {"model": "als"}, is_control=False)
    for params in ({}, {"model": "gone"}, {"model": "als", "more": 1}):
        with pytest.raises(Invalid):
            check_params("shelf:home", params, is_control=False)
    models.pop(0)
    with pytest.raises(Invalid):
        check_params("shelf:home", {"model": "als"}, is_control=False)


@pytest.mark.parametrize("typed", ["", "x", "1e5", "nan", "-0.1", "1.1", "0,5,5"])
def test_numbers_that_the_place_does_not_take_are_refused(typed: str) -> None:
    field = Field(key="popularity", label="Popularity", kind=Kind.NUMBER)
    with pytest.raises(Invalid):
        field.read(typed, "search:ranking")


def test_numbers_are_read_as_people_type_them() -> None:
    field = Field(key="popularity", label="Popularity", kind=Kind.NUMBER)
    assert [field.read(typed, "") for typed in ("0", "1", "0.5", "0,25")] == [0, 1, 0.5, 0.25]
    with pytest.raises(Invalid):
        Field(key="most", label="", kind=Kind.WHOLE, most=5).read("1.5", "")


def test_the_cart_shows_as_many_banners_as_the_variation_says(app: Flask) -> None:
    app.extensions.pop("experiments", None)
    with app.app_context(), transaction():
        make.make_shipping(500)
        make.make_product("Tea", price=1000, sku="TEA", stock=50)
        benefit = {"kind": "spend_ladder", "rungs": [{"spend_minor": 5000, "off_minor": 500}]}
        make.make_promotion(conditions=[], benefits=[benefit])
    start(
        app,
        lambda: ExperimentPlan(
            name="Banners",
            surface="promotion:banner",
            variations=(
                VariationPlan(key="control", name="As it is", weight=50),
                VariationPlan(key="none", name="None", weight=50, params={"most": 0}),
            ),
        ),
    )
    shown, rows = Counter[int](), exposures(app)
    for _ in range(20):
        shopper, _ = arrive(app, "/cart")
        assert exposures(app) == rows  # an empty cart has no savings within reach
        shopper.post("/cart/lines", {"sku": "TEA", "quantity": "4"}, headers=ARRIVES)
        rows, page = exposures(app), shopper.get("/cart", headers=ARRIVES)
        shown[len(page.all(".next-saving"))] += 1
        rows = exposures(app)
    assert set(shown) == {0, 1}
    assert len(rows) >= 14


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ([("As it  IS", 0.3)], "the same name"),
        ([("Less", 0), ("less", 0.3)], "the same name"),
        ([("More", 0.12)], "what everybody sees now"),
        ([("Less", 0.3), ("Other", 0.3)], "does the same as another"),
    ],
)
def test_variations_differ_in_name_and_in_what_they_do(
    app: Flask, others: list[tuple[str, float]], message: str
) -> None:
    each = 100 // (len(others) + 1)
    variations = [
        VariationPlan(key="control", name="As it is", weight=100 - each * len(others)),
        *(
            VariationPlan(key=f"v-{number}", name=name, weight=each, params={"popularity": gain})
            for number, (name, gain) in enumerate(others)
        ),
    ]
    with app.app_context(), pytest.raises(Invalid, match=message) as refused:
        ExperimentPlan(name="P", surface="search:ranking", primary_metric="conversion", variations=tuple(variations))
    assert refused.value.field == "variations"


def test_a_draft_that_has_become_the_usual_is_held_up(app: Flask) -> None:
    variations = [
        ExperimentVariation(key="control", name="As it is", weight=50, params={}, position=0),
        ExperimentVariation(key="same", name="Three", weight=50, params={"most": 3}, position=1),
    ]
    draft = Experiment(
        surface="promotion:banner",
        variations=variations,
        namespace="n",
        share=100,
        primary_metric="conversion",
        days=14,
    )
    at = datetime(2026, 5, 1, tzinfo=UTC)
    with app.app_context():
        found = {check.words: check.is_ok for check in check_start(draft, [], at)}
        assert found["Every variation differs from the control and from the others."]
        with transaction():
            change_settings(values={"show_near_misses": 3}, at=at)
        assert [check for check in failed(check_start(draft, [], at)) if "everybody sees" in check.words]
