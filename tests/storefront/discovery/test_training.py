from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from recommend.artifacts import exclusive, versions
from recommend.training import STEPS
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery.jobs import train_nightly
from storefront.discovery.recommending import health, holder, recommender
from storefront.discovery.training import read_goods, read_history
from storefront.discovery.training_cli import DOING
from storefront.kernel.clock import now
from storefront.orders.models import OrderLine
from storefront.orders.states import OrderStatus
from tests.factories import make_category, make_product, make_variant
from tests.fresh_process import SHOP, modules_after
from tests.storefront.discovery.trade import make_order, open_trade, train


@pytest.fixture(autouse=True)
def _no_model(app: Flask) -> Iterator[None]:
    """Every test begins before the first training."""
    app.extensions.pop("recommender", None)
    with app.app_context():
        shutil.rmtree(holder().directory, ignore_errors=True)
    yield
    app.extensions.pop("recommender", None)


def test_orders_become_a_history_without_cancelled_ones(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            category = make_category()
            tea, milk = make_product("Tea", category=category), make_product("Milk", category=category)
            numbers = (tea.id, milk.id)
            placed = now() - timedelta(days=3)
            make_order([tea, milk], customer_id=None, at=placed)
            make_order([tea], customer_id=None, at=placed, status=OrderStatus.CANCELLED)
            make_order([milk], customer_id=None, at=now() + timedelta(days=1))
        history = read_history(now())
    assert history.items.ids[history.item].tolist() == sorted(numbers)
    assert history.user.tolist() == [-1, -1]
    assert history.baskets == 1
    assert history.at[0].astype(str) == placed.strftime("%Y-%m-%dT%H:%M:%S")


def test_gifts_are_no_purchases(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            tea, cup = make_product("Tea"), make_product("Cup")
            order = make_order([tea, cup], customer_id=None, at=now() - timedelta(days=3))
            gift = update(OrderLine).where(OrderLine.order_id == order.id, OrderLine.product_id == cup.id)
            db.session.execute(gift.values(is_gift=True, discount_minor=1000))
            bought = tea.id
        history = read_history(now())
    assert history.items.ids[history.item].tolist() == [bought]


def test_what_goes_out_in_place_of_what_came_back_is_no_purchase(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            tea, cup = make_product("Tea"), make_product("Cup")
            make_order([tea], customer_id=None, at=now() - timedelta(days=3))
            make_order([cup], customer_id=None, at=now() - timedelta(days=3)).idempotency_key = "follow-N1-R1-1"
            bought = tea.id
        history = read_history(now())
    assert history.items.ids[history.item].tolist() == [bought]


def test_customers_keep_their_numbers_and_lines_their_orders(app: Flask) -> None:
    ids = open_trade(app)
    with app.app_context():
        history = read_history(now())
    assert history.users.ids.tolist() == sorted(number for name, number in ids.items() if name.startswith("customer"))
    assert history.baskets == 36


def test_a_shop_without_orders_has_an_empty_history(app: Flask) -> None:
    with app.app_context():
        assert len(read_history(now())) == 0
        assert len(read_goods()) == 0


def test_goods_tell_type_category_and_lowest_price(app: Flask) -> None:
    with app.app_context():
        with transaction():
            product = make_product("Tea", price=500, product_type="tea")
            make_variant(product, price=300)
            make_variant(product, price=100, is_active=False)
            make_product("Draft", is_published=False)
            make_product("Plain")
            number, category = product.id, product.category_id
        goods = read_goods()
    at = goods.ids.code(number)
    assert len(goods) == 2
    assert goods.price[at] == 300
    assert goods.types.id(int(goods.product_type[at])) == "tea"
    assert goods.categories.id(int(goods.category[at])) == category
    assert goods.product_type[1 - at] == -1


def test_the_command_trains_publishes_and_reports(app: Flask) -> None:
    open_trade(app)
    runner = app.test_cli_runner()
    before = runner.invoke(args=["recommend", "status"])
    assert before.exit_code == 1
    assert "no model has been trained yet" in before.output
    trained = runner.invoke(args=["recommend", "train"])
    assert trained.exit_code == 0, trained.output
    assert "6 customers, 13 items" in trained.output
    status = runner.invoke(args=["recommend", "status"])
    assert status.exit_code == 0
    with app.app_context():
        state = health()
        assert state.version
        assert state.version in status.output
        assert state.age_seconds is not None
        assert state.age_seconds < 60
        assert state.problem == ""


def test_the_command_says_why_nothing_was_published(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["recommend", "train", "--quiet"])
    assert result.exit_code == 1
    assert "there are no purchases before" in result.output
    open_trade(app)
    early = app.test_cli_runner().invoke(args=["recommend", "train", "--quiet", "--as-of", "2001-01-01"])
    assert early.exit_code == 1
    with app.app_context():
        assert recommender() is None


def test_a_second_trainer_is_turned_away(app: Flask) -> None:
    open_trade(app)
    with app.app_context():
        directory = holder().directory
    with exclusive(directory):
        result = app.test_cli_runner().invoke(args=["recommend", "train", "--quiet"])
    assert result.exit_code == 1
    assert "another training is at work" in result.output


def test_the_nightly_job_trains_and_lives_with_a_shop_without_orders(app: Flask) -> None:
    with app.app_context():
        train_nightly.call_local()
        assert versions(holder().directory) == []
    open_trade(app)
    with app.app_context():
        train_nightly.call_local()
        assert len(versions(holder().directory)) == 1


def test_health_names_a_damaged_version(app: Flask) -> None:
    open_trade(app)
    train(app)
    with app.app_context():
        (version,) = versions(holder().directory)
        (holder().directory / version / "popular.npy").unlink()
        app.extensions.pop("recommender")
        state = health()
    assert state.version == ""
    assert "popular.npy" in state.problem


def test_progress_has_words_for_every_step() -> None:
    assert tuple(DOING) == STEPS


def test_a_web_server_carries_no_training_library() -> None:
    assert not {"implicit", "scipy", "pandas"} & modules_after(SHOP)
