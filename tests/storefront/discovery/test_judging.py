"""Judgement lists, and how good the ranking is by them."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import func, select

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery import indexing, jobs, judging
from storefront.discovery.errors import EvaluatesAlready
from storefront.discovery.judging import Rating, evaluate_judgements
from storefront.discovery.models import Judgement, SearchEvaluation
from storefront.discovery.searching import find_searcher
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from tests import factories as make


def add_query(text: str, language: str = "en") -> int:
    with transaction():
        return judging.add_query(text=text, language=language, by="staff:1", at=now()).id


def rate(query_id: int, ratings: dict[int, int]) -> int:
    with transaction():
        return judging.rate(query_id=query_id, ratings=ratings, by="staff:1", at=now())


@pytest.fixture
def shop(index_free: Flask) -> SimpleNamespace:
    """Three teas and a pot, indexed: they are found in this order."""
    with index_free.app_context():
        with transaction():
            ids = [
                make.make_product(f"{name} tea", popularity=10 - place).id
                for place, name in enumerate(("Green", "Black", "White"))
            ]
            pot = make.make_product("Pot").id
        indexing.rebuild()
    return SimpleNamespace(app=index_free, teas=ids, pot=pot)


def test_a_query_is_on_the_list_once_however_it_is_typed(any_app: Flask) -> None:
    with any_app.app_context():
        assert add_query("  Oat   MILK ") == add_query("oat milk") == add_query("ｏａｔ　ｍｉｌｋ")
        assert add_query("oat milk", "zh") != add_query("oat milk")
        for text, language in (("", "en"), ("!!!", "en"), ("x" * 201, "en"), ("milk", "fr")):
            with pytest.raises(Invalid):
                add_query(text, language)


def test_ratings_replace_earlier_ones_and_leave_others_alone(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            first, second = (make.make_product().id for _ in range(2))
        number = add_query("tea")
        assert rate(number, {first: 3, second: 0}) == 2
        assert rate(number, {first: 1, 999_999: 2}) == 1
        assert rate(number, {first: 1}) == 0
        assert judging.ratings_of(number) == {first: 1, second: 0}
        with pytest.raises(Invalid):
            rate(number, {first: 4})
        with transaction():
            judging.remove_query(query_id=number, by="staff:1", at=now())
        assert db.session.scalar(select(func.count(Judgement.id))) == 0


def test_a_whole_list_is_taken_over_at_once(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            ids = [make.make_product().id for _ in range(3)]
        rate(add_query("tea"), {ids[0]: 1})
        ratings = [Rating("TEA", "en", ids[0], 3), Rating("tea", "en", ids[1], 0), Rating("茶", "zh", ids[2], 2)]
        with transaction():
            assert judging.import_ratings(ratings=ratings, by="staff:1", at=now()) == 3
        with transaction():
            assert judging.import_ratings(ratings=ratings, by="staff:1", at=now()) == 0
        assert judging.ratings_of(add_query("tea")) == {ids[0]: 3, ids[1]: 0}
        assert judging.ratings_of(add_query("茶", "zh")) == {ids[2]: 2}


def test_the_best_order_scores_one_and_a_worse_one_less(shop: SimpleNamespace) -> None:
    first, second, third = shop.teas
    with shop.app.app_context():
        good, bad, nothing = add_query("tea"), add_query("teas"), add_query("kangaroo")
        rate(good, {first: 3, second: 2, third: 1})
        rate(bad, {first: 0, second: 0, third: 3, shop.pot: 3})
        rate(nothing, {shop.pot: 3})
        rate(add_query("green"), {first: 0})
        searcher = find_searcher()
        assert searcher is not None
        found = evaluate_judgements(searcher, now())
    assert (found.queries, found.empty) == (3, 1)
    assert [each.query_id for each in found.worst] == [nothing, bad]
    assert found.worst[0].condensed_ndcg == 0
    assert 0 < found.worst[1].ndcg < 0.5
    assert found.ndcg == pytest.approx((1 + found.worst[1].ndcg) / 3)
    assert found.generation


def test_condensed_figures_leave_out_what_nobody_rated(shop: SimpleNamespace) -> None:
    with shop.app.app_context():
        rate(add_query("tea"), {shop.teas[2]: 3})
        searcher = find_searcher()
        assert searcher is not None
        found = evaluate_judgements(searcher, now())
    assert found.condensed_ndcg == 1
    assert found.ndcg == pytest.approx(0.5)
    assert found.judged == pytest.approx(1 / 3)


def test_an_evaluation_is_a_row_that_the_job_fills(shop: SimpleNamespace) -> None:
    with shop.app.app_context():
        rate(add_query("tea"), {shop.teas[2]: 3})
        with transaction():
            number = judging.ask_for_evaluation(by="staff:1", at=now()).id
        with pytest.raises(EvaluatesAlready), transaction():
            judging.ask_for_evaluation(by="staff:1", at=now())
        jobs.evaluate_ranking(number)
        row = db.session.get_one(SearchEvaluation, number, populate_existing=True)
        assert (row.status, row.queries, row.condensed_ndcg) == ("done", 1, 1)
        assert row.generation
        assert row.worst[0]["query"] == "tea"


def test_an_evaluation_without_an_index_says_why(index_free: Flask) -> None:
    with index_free.app_context():
        with transaction():
            number = judging.ask_for_evaluation(by="staff:1", at=now()).id
        jobs.evaluate_ranking(number)
        row = db.session.get_one(SearchEvaluation, number, populate_existing=True)
        assert (row.status, row.error) == ("failed", "there is no search index")


def test_one_that_nobody_works_on_any_more_gives_way(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            old = judging.ask_for_evaluation(by="staff:1", at=now() - timedelta(minutes=16)).id
        with transaction():
            judging.ask_for_evaluation(by="staff:1", at=now())
        assert db.session.get_one(SearchEvaluation, old, populate_existing=True).status == "failed"


def test_the_night_measures_only_where_there_are_ratings(shop: SimpleNamespace) -> None:
    def count() -> int:
        return db.session.scalar(select(func.count(SearchEvaluation.id))) or 0

    with shop.app.app_context():
        jobs.evaluate_nightly.call_local()
        assert count() == 0
        rate(add_query("tea"), {shop.teas[0]: 3})
        jobs.evaluate_nightly.call_local()
        assert count() == 1
