"""Who is shown what: by a number in a cookie, the same on every page, and never at the price of a query."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine

from storefront.accounts.permissions import Role
from storefront.content.models import SlotEntry
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.experiments import services
from storefront.experiments.assignment import is_held_out
from storefront.experiments.models import ExperimentDevice
from storefront.kernel import kept
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.counting import queries_of
from tests.storefront.experiments.making import (
    ARRIVES,
    BY,
    arrive,
    cookie_of,
    exposures,
    hero_plan,
    start,
)


def hero(page: Page) -> str:
    return page.words("[data-slot=hero] h1")


def begin(front: SimpleNamespace, **values: object) -> int:
    return start(front.app, lambda: hero_plan(front.entries["Something new"], **values))


def test_every_visitor_sees_one_variation_and_keeps_it(front: SimpleNamespace) -> None:
    begin(front)
    seen = Counter[str]()
    for _ in range(60):
        shopper, page = arrive(front.app)
        seen[hero(page)] += 1
        assert hero(shopper.get("/", headers=ARRIVES)) == hero(page)
    assert set(seen) == {"As ever", "Something new"}
    assert min(seen.values()) > 10
    rows = exposures(front.app)
    held_out = 60 - len(rows)
    assert held_out < 12
    assert len({row.unit for row in rows}) == len(rows)
    assert Counter(row.variation_id for row in rows).most_common()[-1][1] > 10


def test_the_holdout_sees_what_everybody_sees_and_does_not_count(front: SimpleNamespace) -> None:
    begin(front)
    held = next(unit for number in range(1000) if is_held_out("holdout", unit := f"{number:022}"))
    shopper = Shopper(front.app)
    shopper.client.set_cookie("visitor", held)
    assert hero(shopper.get("/", headers=ARRIVES)) == "As ever"
    assert exposures(front.app) == []


def test_without_an_experiment_nobody_gets_a_number(front: SimpleNamespace) -> None:
    shopper, page = arrive(front.app)
    assert "Set-Cookie" not in page.response.headers
    assert cookie_of(shopper) == ""


def test_the_number_comes_with_the_first_page_whichever_it_is(front: SimpleNamespace) -> None:
    begin(front)
    shopper, _ = arrive(front.app, "/categories")
    assert len(cookie_of(shopper)) == 22
    assert exposures(front.app) == []
    shopper.get("/")
    assert len(exposures(front.app)) == (0 if is_held_out("holdout", cookie_of(shopper)) else 1)


def test_a_browser_that_keeps_no_cookies_sees_what_everybody_sees_and_never_counts(front: SimpleNamespace) -> None:
    begin(front)
    for _ in range(20):
        assert hero(Shopper(front.app).get("/", headers={**ARRIVES, "Sec-Fetch-Site": "same-origin"})) == "As ever"
    assert exposures(front.app) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-GPC": "1"},
        {"DNT": "1"},
        {"User-Agent": "Googlebot/2.1"},
        {"User-Agent": ""},
    ],
)
def test_who_wants_no_trace_and_robots_are_in_nothing(front: SimpleNamespace, headers: dict[str, str]) -> None:
    begin(front)
    for _ in range(12):
        shopper, page = arrive(front.app, headers=headers)
        assert hero(page) == "As ever"
        assert cookie_of(shopper) == ""
    assert exposures(front.app) == []


def test_a_page_fetched_ahead_counts_for_nobody(front: SimpleNamespace) -> None:
    begin(front)
    shopper, _ = arrive(front.app, headers={"Sec-Purpose": "prefetch"})
    assert cookie_of(shopper) == ""
    assert exposures(front.app) == []


def test_a_warm_page_asks_the_database_nothing_and_no_cookie_is_kept_with_it(
    front: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(front)
    monkeypatch.setattr(kept, "time", SimpleNamespace(monotonic=lambda: 0.0))  # however slow the machine is
    known = {arm: shopper for shopper, page in (arrive(front.app) for _ in range(20)) for arm in [hero(page)]}
    for title, shopper in known.items():
        shopper.get("/", headers=ARRIVES)
        with queries_of(front.app) as asked:
            page = shopper.get("/", headers=ARRIVES)
        assert asked == []
        assert hero(page) == title
        assert "Set-Cookie" not in page.response.headers
    first = cookie_of(arrive(front.app)[0])
    second = cookie_of(arrive(front.app)[0])
    assert len({first, second}) == 2


def test_an_exposure_is_written_once_however_often_a_page_is_read(front: SimpleNamespace) -> None:
    begin(front)
    shopper, _ = arrive(front.app)
    for _ in range(3):
        shopper.get("/", headers=ARRIVES)
    front.app.extensions.pop("experiments")  # another process
    shopper.get("/", headers=ARRIVES)
    assert len(exposures(front.app)) <= 1


def test_an_entry_that_is_gone_leaves_everybody_what_everybody_sees(front: SimpleNamespace) -> None:
    begin(front)
    with front.app.app_context(), transaction():
        db.session.execute(
            db.update(SlotEntry).where(SlotEntry.id == front.entries["Something new"]).values(status="paused")
        )
    Kept.forget_all()
    assert {hero(arrive(front.app)[1]) for _ in range(20)} == {"As ever"}
    assert exposures(front.app) == []


def test_before_its_start_and_after_its_end_nobody_is_in_it(front: SimpleNamespace) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        at = now()
        begin(front, starts_at=at + timedelta(days=1), ends_at=at + timedelta(days=20))
        assert {hero(arrive(front.app)[1]) for _ in range(15)} == {"As ever"}
        clock.shift(timedelta(days=1))
        assert len({hero(arrive(front.app)[1]) for _ in range(30)}) == 2
        count = len(exposures(front.app))
        clock.shift(timedelta(days=19))
        assert {hero(arrive(front.app)[1]) for _ in range(15)} == {"As ever"}
        assert len(exposures(front.app)) == count


def test_a_stop_ends_it_for_everybody(front: SimpleNamespace) -> None:
    number = begin(front)
    shoppers = [arrive(front.app)[0] for _ in range(15)]
    with front.app.app_context(), transaction():
        services.stop_experiment(experiment_id=number, reason="Enough", by=BY, at=now())
    assert {hero(shopper.get("/", headers=ARRIVES)) for shopper in shoppers} == {"As ever"}


def test_a_ramp_moves_nobody(front: SimpleNamespace) -> None:
    number = start(front.app, lambda: hero_plan(front.entries["Something new"]), coverage=40)
    before = {shopper: hero(page) for shopper, page in (arrive(front.app) for _ in range(40))}
    counted = {row.unit: row.variation_id for row in exposures(front.app)}
    with front.app.app_context(), transaction():
        services.ramp_experiment(experiment_id=number, coverage=100, by=BY, at=now())
    for shopper in before:
        shopper.get("/", headers=ARRIVES)
    after = {row.unit: row.variation_id for row in exposures(front.app)}
    assert len(after) > len(counted)
    assert counted.items() <= after.items()


def test_two_experiments_on_one_surface_share_its_visitors(front: SimpleNamespace) -> None:
    first = begin(front, name="One", share=50)
    second = begin(front, name="Two", share=50)
    for _ in range(60):
        arrive(front.app)
    rows = exposures(front.app)
    assert {row.experiment_id for row in rows} == {first, second}
    assert len({row.unit for row in rows}) == len(rows)


def test_an_account_brings_what_it_sees_to_every_device(front: SimpleNamespace) -> None:
    begin(front)
    form = {"name": "Ada", "email": "ada@example.com", "password": "three green apples"}
    first, page = arrive(front.app)
    title = hero(page)
    first.post("/register", form)
    assert hero(first.get("/", headers=ARRIVES)) == title
    for _ in range(8):
        device, _ = arrive(front.app, "/categories")
        device.post("/sign-in", form)
        assert hero(device.get("/", headers=ARRIVES)) == title
        with queries_of(front.app) as asked:
            device.get("/", headers=ARRIVES)
        assert not any("experiment_customer" in one for one in asked)
        device.post("/sign-out")
        assert hero(device.get("/", headers=ARRIVES)) == title
    assert len({row.unit for row in exposures(front.app)}) <= 1


def test_who_asks_not_to_be_followed_later_gives_both_numbers_back(front: SimpleNamespace) -> None:
    begin(front)
    shopper, _ = arrive(front.app)
    shopper.post("/register", {"name": "Ada", "email": "ada@example.com", "password": "three green apples"})
    shopper.get("/", headers=ARRIVES)
    assert cookie_of(shopper)
    assert cookie_of(shopper, "unit")
    shopper.get("/", headers={**ARRIVES, "Sec-GPC": "1"})
    assert cookie_of(shopper) == ""
    assert cookie_of(shopper, "unit") == ""


def test_a_device_is_of_who_signed_in_last_its_first_owner_too(front: SimpleNamespace) -> None:
    begin(front)
    ada, bob = ({"name": name, "email": f"{name}@example.com", "password": "three green apples"} for name in "ab")
    shared, _ = arrive(front.app)
    shared.post("/register", ada)
    shared.get("/", headers=ARRIVES)
    other, _ = arrive(front.app)
    other.post("/register", bob)
    other.get("/", headers=ARRIVES)
    for form, owner in ((bob, cookie_of(other)), (ada, None)):
        shared.post("/sign-out")
        shared.post("/sign-in", form)
        shared.get("/", headers=ARRIVES)
        with front.app.app_context():
            assert db.session.scalar(db.select(ExperimentDevice.unit)) == owner


def test_staff_see_what_everybody_sees_and_may_look_at_a_variation(front: SimpleNamespace) -> None:
    begin(front)
    browser = at_work(front.app, Role.ANALYST)
    assert hero(browser.get("/", headers=ARRIVES)) == "As ever"
    assert hero(browser.get("/?variation=new-hero:new", headers=ARRIVES)) == "Something new"
    assert hero(browser.get("/?variation=new-hero:control", headers=ARRIVES)) == "As ever"
    assert hero(browser.get("/?variation=nonsense", headers=ARRIVES)) == "As ever"
    assert exposures(front.app) == []
    for role in (Role.FINANCE,):
        assert hero(at_work(front.app, role).get("/?variation=new-hero:new", headers=ARRIVES)) == "As ever"


def test_nobody_else_chooses_a_variation(front: SimpleNamespace) -> None:
    begin(front)
    for _ in range(20):
        shopper, page = arrive(front.app)
        for key in ("new", "control"):
            assert hero(shopper.get(f"/?variation=new-hero:{key}", headers=ARRIVES)) == hero(page)


def test_a_forged_number_breaks_nothing(front: SimpleNamespace) -> None:
    begin(front)
    for value in ("x", "", "é" * 22, "a" * 500, "a" * 22 + ".zz"):
        shopper = Shopper(front.app)
        shopper.client.set_cookie("unit", value)
        shopper.client.set_cookie("visitor", value)
        assert shopper.get("/", headers=ARRIVES).status == 200


def test_what_was_noted_is_kept_when_the_database_is_busy(
    front: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storefront.experiments import noting  # noqa: PLC0415

    begin(front)

    def fail(*_args: object) -> None:
        raise RuntimeError("no")

    with monkeypatch.context() as broken:
        broken.setattr(noting, "_insert", fail)
        shopper, page = arrive(front.app)
        assert page.status == 200
    assert exposures(front.app) == []
    shopper.get("/", headers=ARRIVES)
    assert len(exposures(front.app)) == (0 if is_held_out("holdout", cookie_of(shopper)) else 1)
