"""What staff keep of lists, and runs over many things."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from storefront.accounts.models import Staff
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.desk import queries, rules, services
from storefront.desk.services import Chosen, Plan
from storefront.desk.states import ItemState
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, NotFound
from tests.admin.people import hire


@pytest.fixture
def staff_id(any_app: Flask) -> int:
    hire(any_app)
    with any_app.app_context():
        return int(db.session.scalars(db.select(Staff.id)).one())


def test_a_view_is_kept_without_its_page_and_replaced_by_name() -> None:
    assert rules.read_query("?status=open&page=7&q=") == "status=open"
    views = rules.with_view([], " Unpaid   this week ", "payment=unpaid")
    assert views == [["Unpaid this week", "payment=unpaid"]]
    views = rules.with_view(views, "unpaid this week", "payment=paid")
    assert views == [["unpaid this week", "payment=paid"]]
    assert rules.with_view(views, "All", "") == [["All", ""], *views]
    assert rules.without_view(views, "unpaid this week") == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_view_needs_a_name_of_a_decent_length(name: str) -> None:
    with pytest.raises(Invalid):
        rules.with_view([], name, "")


def test_views_and_queries_have_an_end() -> None:
    many = [[f"view {number}", ""] for number in range(rules.MOST_VIEWS)]
    with pytest.raises(Invalid):
        rules.with_view(many, "one more", "")
    assert len(rules.with_view(many, "view 3", "q=x")) == rules.MOST_VIEWS
    with pytest.raises(Invalid):
        rules.read_query("q=" + "x" * rules.LONGEST_QUERY)


def test_each_list_and_person_has_a_desk_of_their_own(any_app: Flask, staff_id: int) -> None:
    with any_app.app_context():
        with transaction():
            services.hide_columns(staff_id=staff_id, list_name="orders", hidden=["total", "total", "email"])
            services.save_view(staff_id=staff_id, list_name="orders", name="Open", query="status=open")
        assert queries.desk_of(staff_id, "orders") == queries.Desk(("email", "total"), (("Open", "status=open"),))
        assert queries.desk_of(staff_id, "products") == queries.Desk()
        assert queries.desk_of(staff_id + 1, "orders") == queries.Desk()
        with transaction():
            services.remove_view(staff_id=staff_id, list_name="orders", name="Open")
        assert queries.desk_of(staff_id, "orders").views == ()


def test_a_thing_of_a_run_is_claimed_once_and_the_run_ends_with_the_last(any_app: Flask, staff_id: int) -> None:
    plan = Plan(staff_id, "products", "publish", "en")
    with any_app.app_context():
        with transaction():
            run = services.begin_run(plan=plan, chosen=[Chosen("1", "Cup"), Chosen("2", "Pot", "x")], at=now())
            run_id = run.id
        with transaction():
            assert services.claim(run_id=run_id, position=0)
            assert not services.claim(run_id=run_id, position=0)
            services.finish_run(run_id=run_id, at=now())
        assert queries.get_run(run_id, staff_id).finished_at is None
        assert queries.list_unfinished(now() + timedelta(minutes=1)) == [run_id]
        with transaction():
            services.claim(run_id=run_id, position=1)
            services.refuse(run_id=run_id, position=1, reason="No.")
            services.finish_run(run_id=run_id, at=now())
        assert queries.get_run(run_id, staff_id).finished_at is not None
        progress = queries.progress_of(run_id)
        assert (progress.waiting, progress.done, progress.refused, progress.total) == (0, 1, 1, 2)
        refused = queries.page_of_items(run_id, ItemState.REFUSED, 1).items
        assert [(each.key, each.name, each.value, each.refusal) for each in refused] == [("2", "Pot", "x", "No.")]
        with pytest.raises(NotFound):
            queries.get_run(run_id, staff_id + 1)
        with transaction():
            assert services.forget_runs(before=now() - timedelta(days=1)) == 0
        with transaction():
            assert services.forget_runs(before=now() + timedelta(days=1)) == 1
        assert queries.progress_of(run_id).total == 0
