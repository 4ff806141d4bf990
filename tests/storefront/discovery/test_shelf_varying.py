"""Shelves vary: each arm is filled as its variation says, and counts like every other."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.analytics.models import RecommendationClickRow, RecommendationRow
from storefront.database.base import db
from storefront.discovery.recommending import holder
from storefront.discovery.shelves import get_anchor
from storefront.discovery.shelves.fillings import BOTH, HIDDEN, OTHERS, OWN, candidates, filled, list_fillings
from storefront.discovery.shelves.shown import Question, Visit
from storefront.discovery.shelves.surfaces import SURFACES, asked_for
from storefront.experiments.assignment import is_held_out
from storefront.experiments.drafting import Team
from storefront.experiments.plans import ExperimentPlan, VariationPlan
from storefront.experiments.preferring import preferences
from storefront.experiments.queries import get_experiment
from storefront.experiments.surfaces import find_surface, list_surfaces
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.kernel.kept import Kept
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.counting import queries_of
from tests.storefront.discovery.test_shelves import names
from tests.storefront.discovery.trade import open_trade, train
from tests.storefront.experiments.making import ARRIVES, arrive, cookie_of, exposures, start


@pytest.fixture
def ids(app: Flask) -> Iterator[dict[str, int]]:
    """A shop that has learnt from its sales."""
    for name in ("recommender", "experiments"):
        app.extensions.pop(name, None)
    with app.app_context():
        shutil.rmtree(holder().directory, ignore_errors=True)
    found = open_trade(app)
    train(app)
    yield found
    for name in ("recommender", "experiments"):
        app.extensions.pop(name, None)


def begin(app: Flask, surface: str, filling: str, **values: Any) -> int:
    """Compare a shelf as it is with another filling, half and half."""
    return start(
        app,
        lambda: ExperimentPlan(
            name="Shelf",
            surface=surface,
            variations=(
                VariationPlan(key="control", name="As it is", weight=50),
                VariationPlan(key="other", name="Otherwise", weight=50, params={"model": filling}),
            ),
            **values,
        ),
    )


def look(app: Flask, path: str, **headers: str) -> tuple[Shopper, Page]:
    """Somebody new opens a page, whose script then asks for a shelf."""
    shopper, _ = arrive(app, "/categories", headers=headers)
    return shopper, shopper.get(path, htmx=True, headers={**ARRIVES, "Sec-Fetch-Site": "same-origin", **headers})


def rows(app: Flask) -> list[Any]:
    with app.app_context():
        return list(db.session.execute(db.select(RecommendationRow.__table__)).all())


def looks(app: Flask, path: str, count: int = 30) -> Counter[tuple[str, ...]]:
    seen = Counter[tuple[str, ...]]()
    for _ in range(count):
        shopper, page = look(app, path)
        again = shopper.get(path, htmx=True, headers={**ARRIVES, "Sec-Fetch-Site": "same-origin"})
        assert names(again) == names(page)
        seen[tuple(names(page))] += 1
    return seen


@pytest.mark.parametrize("key", list(OTHERS))
def test_every_shelf_with_a_record_may_vary_and_each_filling_has_words(
    app: Flask, ids: dict[str, int], key: str
) -> None:
    with app.test_request_context():
        surface = find_surface(f"shelf:{key}")
        assert surface is not None
        options = dict(surface.fields[0].options(f"shelf:{key}"))
        assert {OWN, HIDDEN} <= set(options)
        assert all(options.values())
        assert set(options) == set(list_fillings(key))
        assert {name for name, _, _ in list_surfaces() if name.startswith("shelf:")} == {
            f"shelf:{one}" for one in OTHERS
        }
        question = Question(Visit(None, (ids["Penne"],)), at=now(), coin="somebody", items=(ids["Penne"],))
        for filling in options:
            made = filled(key, filling)
            assert made.key == key
            found = candidates(made, app.extensions["recommender"].current(), question, asked_for(made, question, 12))
            assert len({one.item for one in found.found}) == len(found.found) <= 12


def test_each_arm_gets_its_goods_and_says_why(app: Flask, ids: dict[str, int]) -> None:
    begin(app, "shelf:similar", "bought-together")
    seen = looks(app, f"/shelves/similar?product={ids['Penne']}")
    assert len(seen) == 2
    firsts = {shown[0] for shown in seen}
    assert "Pesto" in firsts
    assert firsts - {"Pesto"} <= {"Rigatoni", "Fusilli", "Pasta"}
    kinds = {(row.experiment, row.variation) for row in rows(app)}
    assert {("shelf", "control"), ("shelf", "other")} <= kinds <= {("shelf", "control"), ("shelf", "other"), ("", "")}
    other = next(
        page
        for _, page in (look(app, f"/shelves/similar?product={ids['Penne']}") for _ in range(40))
        if names(page)[0] == "Pesto"
    )
    assert "Often bought together" in other.said
    assert "Often bought with Penne." in other.said


def test_everybody_who_is_answered_the_shelf_counts_once_in_every_arm(app: Flask, ids: dict[str, int]) -> None:
    begin(app, "shelf:similar", HIDDEN)
    shoppers, pages = zip(*(look(app, f"/shelves/similar?product={ids['Penne']}") for _ in range(40)), strict=True)
    counted = [one for one in shoppers if not is_held_out("holdout", cookie_of(one))]
    found = exposures(app)
    assert {row.unit for row in found} == {cookie_of(one) for one in counted}
    arms = Counter(row.variation_id for row in found)
    assert len(arms) == 2
    hidden = sum(page.text.strip() == "" for page in pages)
    assert 0 < hidden == sum(arms.values()) - sum(row.variation == "control" for row in rows(app))


def test_a_shelf_with_nothing_of_ones_own_counts_for_nobody(app: Flask, ids: dict[str, int]) -> None:
    begin(app, "shelf:buy-again", HIDDEN)
    for _ in range(8):
        look(app, "/shelves/buy-again")
    assert exposures(app) == []


def test_without_a_cookie_and_for_robots_it_is_as_everybody_sees_it(app: Flask, ids: dict[str, int]) -> None:
    begin(app, "shelf:similar", "best-sellers")
    path = f"/shelves/similar?product={ids['Assam']}"
    for headers in ({"Sec-GPC": "1"}, {"User-Agent": "Googlebot/2.1"}):
        shown = {names(look(app, path, **headers)[1])[0] for _ in range(6)}
        assert shown <= {"Darjeeling", "Sencha", "Rooibos"}
    for _ in range(6):
        page = Shopper(app).get(path, htmx=True, headers={**ARRIVES, "Sec-Fetch-Site": "same-origin"})
        assert names(page)[0] in {"Darjeeling", "Sencha", "Rooibos"}
    assert exposures(app) == []
    assert {row.experiment for row in rows(app)} == {""}


def test_a_filling_whose_tables_are_gone_leaves_everybody_what_everybody_sees(app: Flask, ids: dict[str, int]) -> None:
    begin(app, "shelf:similar", "bought-together")
    with app.app_context():
        shutil.rmtree(holder().directory)
    app.extensions.pop("recommender")
    Kept.forget_all()
    path = f"/shelves/similar?product={ids['Penne']}"
    assert len(looks(app, path, 12)) == 1
    assert exposures(app) == []
    with app.test_request_context():
        surface = find_surface("shelf:similar")
        assert surface is not None
        with pytest.raises(Invalid):
            surface.fields[0].check("bought-together", "shelf:similar")
        surface.fields[0].check("best-sellers", "shelf:similar")
        question = Question(Visit(), now(), anchor=get_anchor(ids["Jasmine"], "en"))
        asked = asked_for(SURFACES["similar"], question, 3)
        firsts = [
            candidates(filled("similar", name), None, question, asked).found[0].item for name in ("", "best-sellers")
        ]
    assert firsts == [ids["Basmati"], ids["Pasta"]]


def test_two_rankings_share_a_list_and_a_click_tells_whose_it_was(app: Flask, ids: dict[str, int]) -> None:
    begin(app, "shelf:similar", BOTH + "bought-together")
    path = f"/shelves/similar?product={ids['Penne']}"
    for _ in range(30):
        shopper, page = look(app, path)
        shelf = page.one("[data-request]")
        product = int(str(page.all("[data-product]")[0]["data-product"]))
        shopper.client.post(
            "/shelves/clicks",
            json={"request": shelf["data-request"], "product": product},
            headers={**ARRIVES, "Sec-Fetch-Site": "same-origin"},
        ).close()
    mixed = [row for row in rows(app) if row.variation == "other"]
    assert mixed
    for row in mixed:
        marks = [source[-2:] for _, source in row.items]
        assert {"_1", "_2"} <= set(marks)
        assert abs(marks[:4].count("_1") - marks[:4].count("_2")) <= 1
    assert all(
        not source.endswith(("_1", "_2")) for row in rows(app) if row.variation != "other" for _, source in row.items
    )
    with app.app_context():
        told = set(db.session.scalars(db.select(RecommendationClickRow.source)))
    assert any(source.endswith(("_1", "_2")) for source in told)


def test_best_sellers_that_a_variation_wants_are_not_left_out(app: Flask, ids: dict[str, int]) -> None:
    begin(app, "shelf:home", "best-sellers")
    path = "/shelves/home?unless=best-sellers"
    shown = [tuple(names(look(app, path)[1])) for _ in range(30)]
    assert len(set(shown)) == 2
    assert () in shown
    assert "Best sellers" in next(page.said for page in (look(app, path)[1] for _ in range(40)) if names(page))


def open_from(shopper: Shopper, page: Page, mark: str) -> bool:
    """Open the first product on a shelf whose source has a mark; says whether there was one."""
    item = next((one for one in page.all(".shelf__item") if str(one["data-source"]).endswith(mark)), None)
    if item is None:
        return False
    product = int(str(item.select("[data-product]")[0]["data-product"]))
    told = {"request": page.one("[data-request]")["data-request"], "product": product}
    shopper.client.post("/shelves/clicks", json=told, headers={**ARRIVES, "Sec-Fetch-Site": "same-origin"}).close()
    return True


def test_clicks_on_a_shared_list_say_which_ranking_is_preferred(app: Flask, ids: dict[str, int]) -> None:
    number = begin(app, "shelf:similar", BOTH + "bought-together")
    path = f"/shelves/similar?product={ids['Penne']}"
    with time_machine.travel(now(), tick=True) as clock:
        opened = 0
        for _ in range(200):
            if opened == 30:
                break
            opened += open_from(*look(app, path), "_1" if opened % 10 == 0 else "_2")
        clock.shift(timedelta(days=1))
        with app.app_context():
            found = preferences(get_experiment(number), now())
        browser = at_work(app, Role.ANALYST)
        report = browser.get(f"/admin/experiments/{number}")
        shelves = browser.get("/admin/recommendations/report?list=variations")
        sources = browser.get("/admin/recommendations/report?list=sources")
    assert set(found) == {"other"}
    assert found["other"].winner is Team.SECOND
    assert found["other"].second_share > 0.7
    assert "“Otherwise”: visitors prefer what the variation names to what everybody sees." in report.said
    assert "shelf · other" in shelves.said
    assert "shelf · control" in shelves.said
    assert "Bought together · named by an experiment" in sources.said


def test_an_experiment_without_two_rankings_has_no_preference(app: Flask, ids: dict[str, int]) -> None:
    number = begin(app, "shelf:similar", "bought-together")
    for _ in range(30):
        open_from(*look(app, f"/shelves/similar?product={ids['Penne']}"), "")
    with app.app_context():
        assert preferences(get_experiment(number), now() + timedelta(days=1)) == {}


def test_own_goods_stand_where_another_filling_finds_too_little(app: Flask, ids: dict[str, int]) -> None:
    with app.test_request_context():
        question = Question(Visit(None, (ids["Penne"],)), at=now())
        model = app.extensions["recommender"].current()
        own, other = filled("cart", ""), filled("cart", "buy-again")
        asked = asked_for(own, question, 12)
        assert [one.item for one in other.ask(model, question, asked)] == [
            one.item for one in SURFACES["cart"].ask(model, question, asked)
        ]
        mixed = candidates(filled("cart", BOTH + "buy-again"), model, question, asked)
        assert set(mixed.teams.values()) == {Team.NOBODY}


def test_a_varied_shelf_costs_no_more_queries(app: Flask, ids: dict[str, int]) -> None:
    path = f"/shelves/similar?product={ids['Penne']}"
    shopper, _ = look(app, path)

    def cost() -> int:
        shopper.get(path, htmx=True, headers={**ARRIVES, "Sec-Fetch-Site": "same-origin"})
        with queries_of(app) as asked:
            shopper.get(path, htmx=True, headers={**ARRIVES, "Sec-Fetch-Site": "same-origin"})
        return len([one for one in asked if one.lstrip().upper().startswith("SELECT")])

    usual = cost()
    begin(app, "shelf:similar", "bought-together")
    shopper, _ = look(app, path)
    assert cost() <= usual
