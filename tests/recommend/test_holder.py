from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

import pytest

from recommend import Asked, Holder, Recommender
from recommend.artifacts import CURRENT, rollback, switch
from tests.recommend.conftest import Publish


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def holder(tmp_path: Path, clock: Clock) -> Holder:
    return Holder(tmp_path, clock=clock)


def version(holder: Holder) -> str | None:
    recommender = holder.current()
    return recommender.version if recommender else None


def test_before_the_first_training_there_is_nothing_and_no_complaint(tmp_path: Path, clock: Clock) -> None:
    for directory in (tmp_path, tmp_path / "not there yet"):
        holder = Holder(directory, clock=clock)
        assert holder.current() is None
        assert holder.artefact() is None
        assert holder.problem is None


def test_a_new_version_is_taken_up_within_a_second(holder: Holder, clock: Clock, publish_one: Publish) -> None:
    old = publish_one(2).version
    assert version(holder) == old
    new = publish_one(1).version
    assert version(holder) == old
    clock.time += 1.0
    assert version(holder) == new


def test_who_has_just_published_need_not_wait(holder: Holder, publish_one: Publish) -> None:
    old = publish_one(2).version
    assert version(holder) == old
    new = publish_one(1).version
    holder.look_again()
    assert version(holder) == new


def test_a_damaged_new_version_changes_nothing(
    holder: Holder, clock: Clock, publish_one: Publish, tmp_path: Path
) -> None:
    old = publish_one(2).version
    assert version(holder) == old
    new = publish_one(1).version
    (tmp_path / new / "home_items.npy").write_bytes(b"")
    clock.time += 1.0
    assert version(holder) == old
    assert holder.problem is not None
    assert "home_items" in holder.problem
    switch(tmp_path, old)
    clock.time += 1.0
    assert version(holder) == old
    assert holder.problem is None


def test_a_process_that_starts_on_a_damaged_version_serves_the_one_before(
    holder: Holder, publish_one: Publish, tmp_path: Path
) -> None:
    old, new = publish_one(2).version, publish_one(1).version
    (tmp_path / new / "manifest.json").write_text("{")
    assert version(holder) == old


@pytest.mark.parametrize("pointer", ["", "gone", "../.."])
def test_a_pointer_that_leads_nowhere_serves_what_there_is(
    holder: Holder, publish_one: Publish, tmp_path: Path, pointer: str
) -> None:
    old = publish_one().version
    (tmp_path / CURRENT).write_text(pointer)
    assert version(holder) == old


def test_when_every_version_is_damaged_there_is_none(holder: Holder, publish_one: Publish, tmp_path: Path) -> None:
    for days in (2, 1):
        (tmp_path / publish_one(days).version / "item_ids.npy").unlink()
    assert holder.current() is None
    assert holder.problem is not None


def test_a_repaired_version_is_tried_again_after_a_minute(
    holder: Holder, clock: Clock, publish_one: Publish, tmp_path: Path
) -> None:
    old = publish_one(2).version
    assert version(holder) == old
    new = publish_one(1).version
    target = tmp_path / new / "popular.npy"
    whole = target.read_bytes()
    target.write_bytes(b"")
    clock.time += 1.0
    assert version(holder) == old
    target.write_bytes(whole)
    clock.time += 1.0
    assert version(holder) == old
    clock.time += 60.0
    assert version(holder) == new


REQUESTS = 10_000
THREADS = 8
SWITCHES = 20


@pytest.mark.long
def test_ten_thousand_requests_over_twenty_switches_never_fail_or_mix_versions(
    publish_one: Publish, tmp_path: Path
) -> None:
    names = [publish_one(days).version for days in (3, 2, 1)]
    holder = Holder(tmp_path, look_every=0.0)
    expected = {}
    for name in names:
        switch(tmp_path, name)
        recommender = holder.current()
        assert recommender is not None
        expected[name] = answers(recommender)
    assert len({str(answer) for answer in expected.values()}) == len(names)
    turns = iter(range(REQUESTS))
    served, wrong = Counter[str](), []

    def shopper() -> None:
        for turn in turns:
            if turn % (REQUESTS // SWITCHES) == 0:
                switch(tmp_path, names[turn * SWITCHES // REQUESTS % len(names)])
            recommender = holder.current()
            if recommender is None or answers(recommender) != expected[recommender.version]:
                wrong.append(turn)
            else:
                served[recommender.version] += 1

    shoppers = [threading.Thread(target=shopper) for _ in range(THREADS)]
    for thread in shoppers:
        thread.start()
    for thread in shoppers:
        thread.join()
    assert wrong == []
    assert served.keys() == set(names)
    assert served.total() == REQUESTS
    assert holder.problem is None


def answers(recommender: Recommender) -> list[object]:
    """What one request reads of one version: several tables, which must all be of that version."""
    asked = Asked(k=3)
    return [one.item for one in recommender.home("u001", asked)] + [
        (one.item, one.score) for one in recommender.cart(["p1"], None, asked)
    ]


def test_an_item_that_was_deleted_after_the_training_is_shown_nowhere(holder: Holder, publish_one: Publish) -> None:
    publish_one()
    recommender = holder.current()
    assert recommender is not None
    gone = recommender.home("u001")[0].item
    asked = Asked(keep=lambda items: set(items) - {gone})
    for shown in (
        recommender.home("u001", asked),
        recommender.buy_again("u001", asked),
        recommender.discover("u001", asked),
        recommender.cart(["p1"], "u001", asked),
        recommender.together("p1", asked),
        recommender.popular(asked),
    ):
        assert shown
        assert gone not in [one.item for one in shown]
    assert recommender.similar(gone, asked)


def test_a_rollback_is_served_within_a_second(
    holder: Holder, clock: Clock, publish_one: Publish, tmp_path: Path
) -> None:
    old, new = publish_one(2).version, publish_one(1).version
    assert version(holder) == new
    rollback(tmp_path)
    clock.time += 1.0
    assert version(holder) == old
