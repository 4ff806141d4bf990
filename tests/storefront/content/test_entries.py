"""The life of an entry: nothing is shown before somebody else has looked at it, and no version is ever lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from storefront.audit import queries as audit
from storefront.content import entries, services
from storefront.content.errors import NeedsSecondPerson, SlotsMoved, StaleEntry
from storefront.content.models import Slot, SlotEntry, SlotEntryVersion
from storefront.content.plans import EntryPlan, SlotPlan
from storefront.content.queries import forget_slots, read_slots, slots_of
from storefront.content.states import EntryAction, EntryStatus, Stage
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, NotFound
from storefront.kernel.states import NotAllowed
from storefront.shop import services as shop

MEI, TOM = "staff:1", "staff:2"


@pytest.fixture
def slot_id(any_app: Flask) -> int:
    with any_app.app_context(), transaction():
        plan = SlotPlan("home", "Hero", "banner")
        found = services.add_slot(plan=plan, by=MEI, at=now()).id
    with any_app.app_context():
        forget_slots()
    return found


def plan(title: str = "Spring", **more: object) -> EntryPlan:
    return EntryPlan(name=title, priority=5, texts={"en": {"title": title}}, **more)  # type: ignore[arg-type]


def drafted(slot_id: int, title: str = "Spring") -> SlotEntry:
    with transaction():
        return entries.add_entry(slot_id=slot_id, plan=plan(title), by=MEI, at=now())


def step(service: object, row: SlotEntry, by: str = MEI, **more: object) -> SlotEntry:
    with transaction():
        return service(entry_id=row.id, version=row.version, by=by, at=now(), **more)  # type: ignore[operator, no-any-return]


def let_through(row: SlotEntry, by: str = TOM) -> SlotEntry:
    step(entries.submit_entry, row)
    return step(entries.approve_entry, row, by)


def titles() -> list[str]:
    forget_slots()
    shown = [entry for slot in slots_of("home") for entry in slot.entries if not entry.is_fallback]
    return [entry.words("en").get("title", "") for entry in shown]


def stages(row: SlotEntry) -> list[tuple[int, str]]:
    statement = db.select(SlotEntryVersion).where(SlotEntryVersion.entry_id == row.id).order_by("number")
    return [(each.number, each.stage) for each in db.session.scalars(statement)]


def test_shoppers_see_it_only_after_somebody_else_has_looked(any_app: Flask, slot_id: int) -> None:
    with any_app.app_context():
        row = drafted(slot_id)
        assert titles() == []
        step(entries.submit_entry, row)
        assert titles() == []
        with pytest.raises(NeedsSecondPerson):
            step(entries.approve_entry, row, MEI)
        assert titles() == []
        step(entries.approve_entry, row, TOM)
        assert titles() == ["Spring"]
        said = [each.action for each in audit.list_entries_about("slot_entry", str(row.id))]
        assert said == ["slot_entry.approve", "slot_entry.submit", "slot_entry.add"]


def test_a_shop_of_one_person_may_do_without_the_other(any_app: Flask, slot_id: int) -> None:
    with any_app.app_context():
        with transaction():
            shop.change_settings(values={"slots_need_second_person": False}, at=now())
        let_through(drafted(slot_id), by=MEI)
        assert titles() == ["Spring"]


def test_a_change_waits_while_the_shop_shows_what_was_let_through(any_app: Flask, slot_id: int) -> None:
    with any_app.app_context():
        row = let_through(drafted(slot_id))
        step(entries.change_entry, row, plan=plan("Summer"))
        assert titles() == ["Spring"]
        assert stages(row) == [(1, Stage.APPROVED), (2, Stage.DRAFT)]
        with_drafts = read_slots("home", stages=(Stage.DRAFT,))
        assert "Summer" in [entry.words("en").get("title") for entry in with_drafts[0].entries]
        let_through(row)
        assert titles() == ["Summer"]
        assert stages(row) == [(1, Stage.REPLACED), (2, Stage.APPROVED)]


def test_what_is_changed_while_it_waits_has_to_be_sent_again(any_app: Flask, slot_id: int) -> None:
    with any_app.app_context():
        row = drafted(slot_id)
        step(entries.submit_entry, row)
        step(entries.change_entry, row, plan=plan("Summer"))
        with pytest.raises(NotAllowed):
            step(entries.approve_entry, row, TOM)
        let_through(row)
        assert titles() == ["Summer"]


def test_sent_back_with_a_reason(any_app: Flask, slot_id: int) -> None:
    with any_app.app_context():
        row = drafted(slot_id)
        step(entries.submit_entry, row)
        with pytest.raises(Invalid):
            step(entries.send_back_entry, row, TOM, note="  ")
        step(entries.send_back_entry, row, TOM, note="The price is wrong")
        worked = entries.find_open(row.id)
        assert worked is not None
        assert (worked.stage, worked.note, worked.decided_by) == (Stage.DRAFT, "The price is wrong", TOM)


def test_an_older_version_comes_back_as_a_draft(any_app: Flask, slot_id: int) -> None:
    with any_app.app_context():
        row = let_through(drafted(slot_id))
        step(entries.change_entry, row, plan=plan("Summer"))
        let_through(row)
        step(entries.restore_version, row, number=1)
        assert titles() == ["Summer"]
        with pytest.raises(NotAllowed):
            step(entries.restore_version, row, number=1)
        let_through(row)
        assert titles() == ["Spring"]
        with pytest.raises(NotFound):
            step(entries.restore_version, row, number=99)


def test_what_was_there_before_there_were_versions_becomes_the_first(any_app: Flask, slot_id: int) -> None:
    with any_app.app_context():
        row = db.session.scalars(db.select(SlotEntry).where(SlotEntry.slot_id == slot_id)).one()
        step(entries.change_entry, row, plan=EntryPlan(name="Always", texts={"en": {"title": "Hello"}}))
        assert stages(row) == [(1, Stage.APPROVED), (2, Stage.DRAFT)]


def test_pausing_takes_effect_at_once_and_the_archive_gives_back_paused(any_app: Flask, slot_id: int) -> None:
    with any_app.app_context():
        row = let_through(drafted(slot_id))
        step(entries.switch_entry, row, action=EntryAction.PAUSE)
        assert titles() == []
        step(entries.switch_entry, row, action=EntryAction.RESUME)
        assert titles() == ["Spring"]
        step(entries.switch_entry, row, action=EntryAction.ARCHIVE)
        assert titles() == []
        step(entries.switch_entry, row, action=EntryAction.RECALL)
        assert row.status == EntryStatus.PAUSED
        with pytest.raises(NotAllowed):
            step(entries.switch_entry, row, action=EntryAction.PAUSE)


def test_a_draft_that_is_given_up_goes_to_the_archive_and_comes_back_as_one(any_app: Flask, slot_id: int) -> None:
    with any_app.app_context():
        row = drafted(slot_id)
        step(entries.drop_draft, row)
        assert (row.status, stages(row)) == (EntryStatus.ARCHIVED, [(1, Stage.DROPPED)])
        step(entries.switch_entry, row, action=EntryAction.RECALL)
        assert row.status == EntryStatus.DRAFT
        with pytest.raises(NotAllowed):
            step(entries.submit_entry, row)
        step(entries.restore_version, row, number=1)
        let_through(row)
        assert titles() == ["Spring"]


def test_the_slower_of_two_is_refused(any_app: Flask, slot_id: int) -> None:
    with any_app.app_context():
        row = drafted(slot_id)
        seen = row.version
        step(entries.change_entry, row, plan=plan("Mine"))
        with pytest.raises(StaleEntry), transaction():
            entries.change_entry(entry_id=row.id, version=seen, plan=plan("Theirs"), by=TOM, at=now())


def test_a_change_that_changes_nothing_makes_no_version(any_app: Flask, slot_id: int) -> None:
    with any_app.app_context():
        row = let_through(drafted(slot_id))
        before = row.version
        step(entries.change_entry, row, plan=plan())
        assert (row.version, stages(row)) == (before, [(1, Stage.APPROVED)])


def test_slots_are_put_in_order_all_or_none(any_app: Flask, slot_id: int) -> None:
    with any_app.app_context():
        with transaction():
            more = services.add_slot(plan=SlotPlan("home", "Hero", "rich_text"), by=MEI, at=now())
        assert more.key == "hero-2"
        with transaction():
            services.order_slots(page="home", slot_ids=[more.id, slot_id], by=MEI, at=now())
        assert [slot.key for slot in read_slots("home")] == ["hero-2", "hero"]
        for wrong in ([slot_id], [slot_id, more.id, 99], [slot_id, slot_id], []):
            with pytest.raises(SlotsMoved), transaction():
                services.order_slots(page="home", slot_ids=wrong, by=MEI, at=now())
        with transaction():
            assert services.remove_slot(slot_id=more.id, by=MEI, at=now()) == "home"
        assert db.session.scalar(db.select(db.func.count()).select_from(Slot)) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"priority": -1}, "priority"),
        ({"visitor": "robot"}, "visitor"),
        ({"device": "watch"}, "device"),
        ({"texts": {"en": {"link": "//evil.example"}}}, "link"),
        ({"product_ids": tuple(range(25))}, "skus"),
        ({"starts_at": now(), "ends_at": now() - timedelta(days=1)}, "ends_at"),
    ],
)
def test_a_plan_makes_sense_or_says_what_does_not(values: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        EntryPlan(**{"name": "Spring", **values})  # type: ignore[arg-type]
    assert refused.value.field == field
