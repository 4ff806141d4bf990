"""`/metrics` tells a monitor what an operator needs, and nobody else anything."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from storefront.config import ROOT, BadConfiguration, Config, read_config
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.jobs.models import DeadLetter
from storefront.jobs.queue import note_run
from storefront.kernel.clock import now
from storefront.operations.figures import read_figures
from storefront.telemetry import sharing
from tests.storefront.orders.drafts import place


@pytest.fixture
def configured(app: Flask) -> Iterator[Flask]:
    """The application, whose configuration a test may replace."""
    config = app.config["SHOP"]
    yield app
    app.config["SHOP"] = config


def replace(app: Flask, **values: object) -> None:
    config: Config = app.config["SHOP"]
    app.config["SHOP"] = dataclasses.replace(config, **values)  # type: ignore[arg-type]


def figures(app: Flask) -> dict[str, float]:
    answer = app.test_client().get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.get_data(as_text=True))
        for sample in family.samples
    }


def test_a_monitor_is_told_what_was_sold_what_waits_and_what_failed(any_app: Flask) -> None:
    before = figures(any_app)
    place(any_app)
    any_app.test_client().get("/")
    any_app.test_client().get("/")
    any_app.test_client().get("/products/nothing")
    job, at = "storefront.mail.jobs.sweep_outbox", now()
    with any_app.app_context():
        note_run(job, started_at=at, error=ValueError("x"), at=at)
        with transaction() as session:
            session.add(DeadLetter(job=job, arguments=[], error="x", at=at))
    after = figures(any_app)

    def more(name: str) -> float:
        return after[name] - before.get(name, 0)

    assert more("shop_orders_placed_total guest") == 1
    assert more("shop_requests_total content.home 200") == 2
    assert more("shop_kept_pages_total found") >= 1
    assert more("shop_request_seconds_count content.home") == 2
    assert more("shop_database_statements_total content.home") > 0
    assert more("shop_refusals_total catalog.product NotFound") == 1
    assert after["shop_dead_letters"] == 1
    assert after[f"shop_periodic_started_timestamp_seconds {job}"] == pytest.approx(at.timestamp(), abs=0.01)
    assert (after[f"shop_periodic_failed {job}"], after["shop_search_index_usable"]) == (1, 0)
    assert after["shop_letters_waiting"] >= 0
    assert all(after[f"shop_part_answers {part}"] == 1 for part in ("database", "jobs", "queue", "search", "model"))


def test_what_was_rolled_back_was_not_sold(app: Flask) -> None:
    before = figures(app).get("shop_orders_placed_total guest", 0)
    with pytest.raises(RuntimeError), app.app_context(), transaction():
        raise RuntimeError
    assert figures(app).get("shop_orders_placed_total guest", 0) == before


def test_figures_still_come_when_the_database_has_none(app: Flask) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("DROP TABLE job_run"))
    found = figures(app)
    assert (found["shop_part_answers jobs"], found["shop_part_answers database"]) == (0, 1)
    assert "shop_dead_letters" not in found


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"])
def test_without_a_token_only_this_machine_itself_is_told(app: Flask, name: str) -> None:
    client = app.test_client()
    assert client.get("/metrics", headers={name: "1.2.3.4"}).status_code == 404
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "10.0.0.1"}).status_code == 404


def test_in_production_nobody_is_told_without_the_token(configured: Flask) -> None:
    client = configured.test_client()
    replace(configured, production=True)
    assert client.get("/metrics").status_code == 404
    replace(configured, metrics_token="a long enough token")
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer another token"}).status_code == 404
    shown = {"Authorization": "Bearer a long enough token", "X-Forwarded-For": "1.2.3.4"}
    assert client.get("/metrics", headers=shown).status_code == 200


def test_a_monitor_reaches_a_machine_by_a_name_that_is_not_the_shops(
    configured: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace(configured, production=True, metrics_token="a long enough token")
    monkeypatch.setitem(configured.config, "OWN_HOSTS", ["shop.example"])
    headers = {"Authorization": "Bearer a long enough token", "Host": "shop-1:8000"}
    client = configured.test_client()
    assert client.get("/metrics", headers=headers).status_code == 200
    assert client.get("/robots.txt", headers=headers).status_code == 421


def test_a_short_token_is_refused() -> None:
    with pytest.raises(BadConfiguration, match="METRICS_TOKEN"):
        read_config({"METRICS_TOKEN": "short"})


def test_the_runbook_tells_of_every_figure_and_of_no_other(app: Flask) -> None:
    told = set(re.findall(r"shop_[a-z_]+[a-z]", (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")))
    with app.test_request_context():
        families = [*sharing.REGISTRY.collect(), *read_figures(now())]
    known = {family.name + ("_total" if family.type == "counter" else "") for family in families}
    assert known - told == set(), "not in the runbook"
    assert {name.removesuffix("_bucket") for name in told} - known == set(), "no such figure"
