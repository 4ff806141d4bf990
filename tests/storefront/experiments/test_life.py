"""The life of an experiment: what may follow what, what the clock ends, and what is forgotten."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine

from storefront.audit.models import AuditEntry
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.experiments import forgetting, planning, services, states
from storefront.experiments.errors import CannotStart, HasBegun, StaleExperiment
from storefront.experiments.jobs import forget_old, stop_ended
from storefront.experiments.models import Experiment, ExperimentCustomer, ExperimentDevice, ExperimentRamp
from storefront.experiments.plans import VariationPlan
from storefront.experiments.queries import find_unit_of, get_experiment, list_seen_by
from storefront.experiments.states import Conclusion, ExperimentAction, ExperimentStatus
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, ShopError
from storefront.kernel.states import NotAllowed
from tests.storefront.experiments.making import ARRIVES, BY, arrive, exposures, hero_plan, start


def draft(front: SimpleNamespace, **values: object) -> int:
    with front.app.app_context(), transaction():
        return services.add_experiment(plan=plan(front, **values), by=BY, at=now()).id


def plan(front: SimpleNamespace, **values: object) -> object:
    return hero_plan(front.entries["Something new"], **values)


def begin(front: SimpleNamespace, number: int, coverage: int = 100) -> None:
    with front.app.app_context(), transaction():
        services.start_experiment(experiment_id=number, coverage=coverage, visitors=500, by=BY, at=now())


def stored(front: SimpleNamespace, number: int) -> Experiment:
    with front.app.app_context():
        return get_experiment(number)


def test_what_follows_what() -> None:
    allowed = {status: {action.value for action in states.TRANSITIONS.allowed(status)} for status in ExperimentStatus}
    assert allowed == {
        "draft": {"change", "delete", "start"},
        "running": {"ramp", "stop"},
        "stopped": {"conclude"},
        "concluded": set(),
    }
    with pytest.raises(NotAllowed):
        states.TRANSITIONS.next(ExperimentStatus.STOPPED, ExperimentAction.START)


def test_ways_of_watching_are_those_of_the_rules() -> None:
    assert {each.value for each in states.Watching} == {each.value for each in planning.Watching}
    assert (states.WEEK, states.FEWEST_DAYS) == (planning.WEEK, planning.FEWEST_DAYS)


def test_what_runs_is_not_changed(front: SimpleNamespace) -> None:
    number = draft(front)
    begin(front, number)
    with front.app.app_context():
        for version, refusal in ((stored(front, number).version, HasBegun), (0, StaleExperiment)):
            with pytest.raises(refusal), transaction():
                services.change_experiment(experiment_id=number, version=version, plan=plan(front), by=BY, at=now())
        with pytest.raises(NotAllowed), transaction():
            services.delete_experiment(experiment_id=number, by=BY, at=now())


def test_coverage_only_goes_up_and_is_remembered(front: SimpleNamespace) -> None:
    number = draft(front)
    begin(front, number, coverage=10)
    with front.app.app_context():
        with transaction():
            services.ramp_experiment(experiment_id=number, coverage=50, by=BY, at=now())
        for coverage in (50, 49, 0, 101):
            with pytest.raises(Invalid), transaction():
                services.ramp_experiment(experiment_id=number, coverage=coverage, by=BY, at=now())
        assert list(db.session.scalars(db.select(ExperimentRamp.coverage).order_by(ExperimentRamp.id))) == [10, 50]


def test_a_start_needs_room_and_what_variations_name(front: SimpleNamespace) -> None:
    first, second, elsewhere = draft(front), draft(front), draft(front, namespace="other")
    begin(front, first)
    for number in (second, elsewhere):
        with pytest.raises(CannotStart):
            begin(front, number)
    assert stored(front, second).status == "draft"


@pytest.mark.parametrize(("hours", "starts"), [(14 * 24, True), (13 * 24, True), (13 * 24 - 1, False), (1, False)])
def test_a_start_needs_time_for_the_planned_days(front: SimpleNamespace, hours: int, starts: bool) -> None:
    with time_machine.travel(now(), tick=False):
        ends_at = now() + timedelta(hours=hours)
        with nullcontext() if starts else pytest.raises(CannotStart):
            start(front.app, lambda: plan(front, days=14, ends_at=ends_at))  # type: ignore[arg-type, return-value]


def test_two_who_start_at_once_do_not_get_the_same_visitors(front: SimpleNamespace) -> None:
    numbers = [draft(front, share=60), draft(front, share=60)]
    said, ready = list[str](), threading.Barrier(2)

    def go(number: int) -> None:
        ready.wait()
        try:
            begin(front, number)
            said.append("began")
        except ShopError:
            said.append("refused")

    threads = [threading.Thread(target=go, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["began", "refused"]


def test_a_share_that_another_left_is_put_together_from_pieces(front: SimpleNamespace) -> None:
    ids = [draft(front, share=30) for _ in range(3)]
    for number in ids:
        begin(front, number)
    with front.app.app_context(), transaction():
        services.stop_experiment(experiment_id=ids[1], reason="Enough", by=BY, at=now())
    last = draft(front, share=40)
    begin(front, last)
    assert stored(front, last).slices == [[3000, 6000], [9000, 10000]]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"decision": Conclusion.SHIP, "note": "x"}, "winner"),
        ({"decision": Conclusion.KEEP, "note": "x", "winner": "new"}, "winner"),
        ({"decision": Conclusion.KEEP, "note": " "}, "note"),
        ({"decision": Conclusion.KEEP, "note": "x" * 3000}, "note"),
    ],
)
def test_a_conclusion_says_what_follows(values: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        services.Verdict(**values)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_only_a_variation_that_was_there_and_is_not_the_control_is_shipped(front: SimpleNamespace) -> None:
    number = draft(front)
    begin(front, number)
    with front.app.app_context():
        with transaction():
            services.stop_experiment(experiment_id=number, reason="Enough", by=BY, at=now())
        for winner in ("control", "nobody"):
            with pytest.raises(Invalid), transaction():
                verdict = services.Verdict(decision=Conclusion.SHIP, note="x", winner=winner)
                services.conclude_experiment(experiment_id=number, verdict=verdict, by=BY, at=now())


@pytest.mark.parametrize(
    "variations",
    [
        [("control", 100, {})],
        [("control", 50, {}), ("control", 50, {"entry": "1"})],
        [("control", 50, {}), ("new", 51, {"entry": "1"})],
        [("control", 50, {"entry": "1"}), ("new", 50, {"entry": "1"})],
        [("control", 50, {}), ("new", 50, {})],
        [("control", 50, {}), ("new", 50, {"entry": "1", "colour": "red"})],
        [("control", 50, {}), ("new", 50, {"entry": "999"})],
        [("control", 50, {}), ("New!", 50, {"entry": "1"})],
        [("control", 101, {}), ("new", -1, {"entry": "1"})],
        [(f"v{number}", 10, {}) for number in range(10)],
    ],
)
def test_variations_that_make_no_sense_are_refused(front: SimpleNamespace, variations: list[tuple]) -> None:
    with front.app.app_context(), pytest.raises(Invalid) as refused:
        plan(
            front,
            variations=tuple(
                VariationPlan(key=key, name=key, weight=weight, params=params) for key, weight, params in variations
            ),
        )
    assert refused.value.field == "variations"


def test_the_clock_ends_what_has_reached_its_end(front: SimpleNamespace) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        number = start(front.app, lambda: plan(front, ends_at=now() + timedelta(days=20)))  # type: ignore[arg-type, return-value]
        assert stop_ended.call_local() == 0
        clock.shift(timedelta(days=21))
        assert stop_ended.call_local() == 1
        row = stored(front, number)
        assert (row.status, row.stopped_at) == ("stopped", row.ends_at)
        with front.app.app_context():
            told = db.session.scalars(db.select(AuditEntry.actor).where(AuditEntry.action == "experiment.stop")).one()
        assert told == "clock"


def test_somebody_who_wants_to_be_forgotten_is(front: SimpleNamespace) -> None:
    start(front.app, lambda: plan(front))  # type: ignore[arg-type, return-value]
    form = {"name": "Ada", "email": "ada@example.com", "password": "three green apples"}
    for path in ("/register", "/sign-in"):
        shopper, _ = arrive(front.app)
        shopper.post(path, form)
        shopper.get("/", headers=ARRIVES)
    arrive(front.app)
    others = len(exposures(front.app))
    with front.app.app_context():
        customer = db.session.scalars(db.select(ExperimentCustomer.customer_id)).one()
        seen = list_seen_by(customer)
        assert {each.experiment for each in seen} <= {"New hero"}
        with transaction():
            gone = forgetting.forget_customer(customer_id=customer, by=BY, at=now())
        assert gone == len(seen)
        assert find_unit_of(customer) is None
        assert list_seen_by(customer) == []
        assert db.session.scalars(db.select(ExperimentDevice.visitor)).all() == []
        with transaction():
            assert forgetting.forget_customer(customer_id=customer, by=BY, at=now()) == 0
    assert len(exposures(front.app)) == others - gone


def test_exposures_go_when_events_do_and_the_conclusion_stays(front: SimpleNamespace) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        number = start(front.app, lambda: plan(front))  # type: ignore[arg-type, return-value]
        for _ in range(4):
            arrive(front.app)
        with front.app.app_context(), transaction():
            services.stop_experiment(experiment_id=number, reason="Enough", by=BY, at=now())
        count = len(exposures(front.app))
        assert forget_old.call_local() == 0
        clock.shift(timedelta(days=401))
        assert forget_old.call_local() == count
        assert exposures(front.app) == []
        assert stored(front, number).stop_reason == "Enough"
