"""Every training leaves a record, and an operator chooses among the versions that are kept."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from recommend import ArtefactError
from recommend.artifacts import exclusive, versions
from storefront.audit.models import AuditEntry
from storefront.cart.models import Cart, CartLine
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery import publishing, trainings
from storefront.discovery.errors import NothingToRollBackTo, TrainsAlready, VersionUnusable
from storefront.discovery.jobs import train_nightly, train_soon
from storefront.discovery.models import TrainingRun
from storefront.discovery.recommending import health, holder
from storefront.discovery.shelves import ruling
from storefront.discovery.shelves.rules import Actions
from storefront.discovery.shelves.ruling import RulePlan
from storefront.discovery.training import train_recommender
from storefront.kernel.clock import now
from tests.storefront.discovery.trade import open_trade, train


@pytest.fixture(autouse=True)
def _no_model(app: Flask) -> Iterator[None]:
    app.extensions.pop("recommender", None)
    with app.app_context():
        shutil.rmtree(holder().directory, ignore_errors=True)
    yield
    app.extensions.pop("recommender", None)


def runs(app: Flask) -> list[TrainingRun]:
    with app.app_context():
        return list(db.session.scalars(db.select(TrainingRun).order_by(TrainingRun.id)))


def say(app: Flask, *args: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["recommend", *args])
    return result.exit_code, result.output


def damage(app: Flask, version: str) -> None:
    with app.app_context():
        (holder().directory / version / "popular.npy").write_bytes(b"half-written")


def test_a_published_training_says_what_it_learnt_from_and_what_it_cost(app: Flask) -> None:
    open_trade(app)
    train_nightly()
    (run,) = runs(app)
    assert run.status == trainings.Status.PUBLISHED
    assert run.asked_by == "system"
    assert run.counts["users"] == 6
    assert run.cpu_seconds > 0
    assert run.started_at is not None
    assert run.ended_at is not None
    assert run.started_at <= run.ended_at
    with app.app_context():
        assert health().version == run.version


def test_a_refused_training_says_why(app: Flask) -> None:
    assert say(app, "train", "--quiet")[0] == 1
    (run,) = runs(app)
    assert run.status == trainings.Status.REFUSED
    assert "there are no purchases" in run.reasons[0]
    assert run.version == ""


def test_a_training_that_breaks_says_how_and_the_next_one_runs(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    open_trade(app)

    def full(*_args: object, **_more: object) -> None:
        raise ArtefactError("could not write the trained tables: no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("storefront.discovery.training.train_and_publish", full)
        assert say(app, "train", "--quiet")[0] == 1
    (run,) = runs(app)
    assert run.status == trainings.Status.FAILED
    assert "no space left" in run.error
    assert say(app, "train", "--quiet")[0] == 0


def test_a_second_trainer_leaves_no_record_and_one_that_was_asked_for_says_that_it_had_to_wait(app: Flask) -> None:
    open_trade(app)
    with app.app_context():
        directory = holder().directory
        with transaction():
            number = trainings.ask_for_training(by="staff:1", at=now()).id
    with exclusive(directory):
        train_nightly()
        train_soon(number, "staff:1")
    (run,) = runs(app)
    assert run.id == number
    assert run.status == trainings.Status.FAILED
    assert "another training is at work" in run.error


def test_one_training_at_a_time_and_a_silent_one_does_not_stand_in_the_way(app: Flask) -> None:
    with app.app_context():
        with transaction():
            trainings.ask_for_training(by="staff:1", at=now())
        with pytest.raises(TrainsAlready), transaction():
            trainings.ask_for_training(by="staff:2", at=now())
        with transaction():
            trainings.ask_for_training(by="staff:2", at=now() + trainings.SILENT_AFTER + timedelta(seconds=1))
    assert [run.status for run in runs(app)] == ["failed", "waiting"]
    assert runs(app)[0].error == trainings.SILENCE


def test_what_somebody_asked_for_is_one_record_from_beginning_to_end(app: Flask) -> None:
    open_trade(app)
    with app.app_context(), transaction():
        number = trainings.ask_for_training(by="staff:1", at=now()).id
    train_soon(number, "staff:1")
    (run,) = runs(app)
    assert (run.id, run.status, run.asked_by) == (number, "published", "staff:1")


def test_rolling_back_serves_the_version_before_and_publishing_the_newer_one_again(app: Flask) -> None:
    open_trade(app)
    train(app)
    train(app)
    with app.app_context():
        newer, older = (one.name for one in publishing.list_versions())
        assert health().version == newer
    code, said = say(app, "rollback")
    assert (code, said.strip().splitlines()[-1]) == (0, f"{older} is served from now on.")
    with app.app_context():
        assert health().version == older
        assert [one.is_current for one in publishing.list_versions()] == [False, True]
    assert "no older version" in say(app, "rollback")[1]
    assert say(app, "publish", newer)[0] == 0
    with app.app_context():
        assert health().version == newer
        entries = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [entry.changes["version"] for entry in entries] == [[newer, older], [older, newer]]


def test_only_whole_versions_that_are_kept_are_published(app: Flask) -> None:
    open_trade(app)
    train(app)
    train(app)
    with app.app_context():
        older = versions(holder().directory)[-1]
    damage(app, older)
    code, said = say(app, "publish", older)
    assert code == 1
    assert "cannot be used" in said
    code, said = say(app, "publish", "../../etc")
    assert code == 1
    assert older in said
    with app.app_context():
        with pytest.raises(NothingToRollBackTo), transaction():
            publishing.roll_back(by="system", at=now())
        with pytest.raises(VersionUnusable), transaction():
            publishing.publish_version(version=older, by="system", at=now())
        assert publishing.list_versions()[-1].problem


def test_evaluation_publishes_nothing(app: Flask) -> None:
    assert "too little history" in say(app, "evaluate")[1]
    with app.app_context():
        assert health().version == ""
    assert runs(app) == []


def test_explaining_a_shelf_tells_what_became_of_every_candidate(app: Flask) -> None:
    ids = open_trade(app)
    train(app)
    with app.app_context(), transaction():
        cart = Cart(customer_id=ids["customer1"], codes=[], created_at=now(), updated_at=now())
        db.session.add(cart)
        db.session.flush()
        variant = db.session.scalars(db.select(Variant).where(Variant.product_id == ids["Darjeeling"])).one()
        line = CartLine(cart_id=cart.id, variant_id=variant.id, quantity=1, price_seen_minor=1, added_at=now())
        db.session.add(line)
        db.session.get_one(Product, ids["Pesto"]).is_published = False
        plan = RulePlan("Rice first", "home", Actions(pins=(ids["Basmati"],)))
        ruling.add_rule(plan=plan, by="staff:1", at=now())
    code, said = say(app, "explain", "--customer", str(ids["customer1"]))
    assert code == 0
    lines = said.splitlines()
    assert "Basmati" in lines[1]
    assert "put here by a rule" in lines[1]
    assert any("Darjeeling" in line and "in the cart already" in line for line in lines)
    assert any("sold out, withdrawn or deleted" in line for line in lines)


def test_explaining_asks_for_what_it_needs(app: Flask) -> None:
    ids = open_trade(app)
    assert "Say for whom" in say(app, "explain")[1]
    assert "There is no customer 999" in say(app, "explain", "--customer", "999")[1]
    assert "no such product" in say(app, "explain", "--product", "999")[1]
    assert "Say with --product" in say(app, "explain", "--surface", "similar")[1]
    assert "Say with --category" in say(app, "explain", "--surface", "category")[1]
    assert "no tables" in say(app, "explain", "--product", str(ids["Assam"]))[1]
    assert "the shelf hides" in say(app, "explain", "--surface", "buy-again")[1]


def test_explaining_says_when_a_product_type_has_enough_goods(app: Flask) -> None:
    ids = open_trade(app)
    train(app)
    said = say(app, "explain", "--product", str(ids["Penne"]), "--surface", "bought-together")[1]
    assert "because of Penne" in said
    assert "Pesto" in said


def test_training_needs_no_request(app: Flask) -> None:
    open_trade(app)
    with app.app_context():
        outcome = train_recommender(as_of=now())
        assert outcome.manifest is not None
