"""The whole chain in small: every figure is that of the shoppers' diaries, and a chain that is broken is found out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from flask import Flask

from storefront.app import create_app
from storefront.database.base import db
from storefront.discovery import shelf_views
from storefront.experiments import here
from storefront.experiments.results import Block, Decision
from storefront.jobs import queue
from storefront.kernel.clock import now
from storefront.orders.models import Order
from storefront.rehearsal import proving
from storefront.rehearsal.browsing import Stumbled
from storefront.rehearsal.concluding import Proof, findings, is_proven, sentence
from storefront.rehearsal.proving import BETTER, SCENES
from storefront.rehearsal.walking import Step

pytestmark = pytest.mark.long
MAKE = partial(create_app, testing=True)


def watch(_name: str) -> Callable[[Sequence[Step]], Sequence[Step]]:
    return lambda steps: steps


@pytest.fixture(scope="module")
def proofs() -> list[Proof]:
    return proving.rehearse(MAKE, count=40, seed=3, watch=watch)


def test_the_shop_says_what_the_diaries_say(proofs: list[Proof]) -> None:
    for proof, scene in zip(proofs, SCENES, strict=True):
        assert proof.scene is scene
        assert [line for line in proof.lines if not line.agrees] == []
        assert (proof.wrong_shelves, proof.strays) == (0, 0)
        assert proof.verdict.block is Block.TOO_FEW
        assert sum(line.shop for line in proof.lines if line.name == "visitors") > 25
        assert sum(line.shop for line in proof.lines if line.name == "revenue") > 0
    assert proofs[0].true_lift == 0
    assert proofs[1].true_lift > 0.4
    assert is_proven(proofs)
    assert "too few shoppers" in sentence(proofs)


def test_a_rehearsal_leaves_nothing_behind(app: Flask, proofs: list[Proof]) -> None:
    assert queue.bound() is app
    assert abs((now() - datetime.now(UTC)).total_seconds()) < 60
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Order)) == 0


def test_counting_one_arm_alone_is_found_out(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a shop would that notes only who sees something new."""
    expose = here.expose

    def only_treated(surface: str) -> None:
        found = here.variation(surface)
        if found is not None and found.key != "control":
            expose(surface)

    monkeypatch.setattr(here, "expose", only_treated)
    proof = proving.rehearse(MAKE, count=24, seed=4, watch=watch, scenes=(BETTER,))[0]
    wrong = {(line.arm, line.name) for line in proof.lines if not line.agrees}
    assert ("control", "visitors") in wrong
    assert all(arm == "control" for arm, _ in wrong)
    assert proof.strays < 0
    assert not is_proven([proof])
    assert queue.bound() is app


def test_a_shelf_that_is_not_its_arms_is_found_out(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf_views, "filling_here", lambda _key: "")
    proof = proving.rehearse(MAKE, count=24, seed=5, watch=watch, scenes=(BETTER,))[0]
    assert proof.wrong_shelves > 0
    assert "disagrees" in sentence([proof])


def test_each_thing_that_may_be_wrong_speaks_against_the_chain(proofs: list[Proof]) -> None:
    good = proofs[1]
    first = good.lines[0]
    ratio = good.verdict.sample_ratio
    for bad in (
        replace(good, lines=(replace(first, shop=first.shop + 1), *good.lines[1:])),
        replace(good, wrong_shelves=1),
        replace(good, strays=-1),
        replace(good, verdict=replace(good.verdict, crossed_share=0.01)),
        replace(good, verdict=replace(good.verdict, sample_ratio=replace(ratio, is_off=True))),
        replace(good, verdict=replace(good.verdict, block=None, decision=Decision.LOSE)),
        replace(good, shoppers=400, verdict=replace(good.verdict, block=None, decision=Decision.NO_DIFFERENCE)),
    ):
        assert sum(not finding.is_ok for finding in findings(bad)) >= 1
        assert not is_proven([proofs[0], bad])
        assert sentence([bad]).startswith("The chain disagrees")


def test_the_command_tells_it_as_a_table_and_as_json(
    app: Flask, proofs: list[Proof], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proving, "rehearse", lambda *_args, **_values: proofs)
    told = app.test_cli_runner().invoke(args=["experiments", "simulate", "--shoppers", "40", "--quiet"])
    assert told.exit_code == 0, told.output
    assert "figures are those of the diaries" in told.output
    found = json.loads(app.test_cli_runner().invoke(args=["experiments", "simulate", "--json"]).output)
    assert found["is_proven"] is True
    assert [one["experiment"] for one in found["proofs"]] == ["A/A", "A/B"]
    broken = [replace(proofs[0], strays=2), proofs[1]]
    monkeypatch.setattr(proving, "rehearse", lambda *_args, **_values: broken)
    failed = app.test_cli_runner().invoke(args=["experiments", "simulate", "--quiet"])
    assert failed.exit_code == 1
    assert "WRONG 2 visitors" in failed.output


def test_a_shopper_who_cannot_go_on_is_told_of(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_args: object, **_values: object) -> None:
        raise Stumbled("POST /checkout was answered with 500")

    monkeypatch.setattr(proving, "rehearse", stumble)
    told = app.test_cli_runner().invoke(args=["experiments", "simulate"])
    assert told.exit_code == 1
    assert "A shopper could not go on: POST /checkout was answered with 500." in told.output
