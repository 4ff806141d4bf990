"""Any sequence of what may happen to orders leaves money, goods and statuses right."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from storefront.payments import views
from storefront.payments.providers import registry
from storefront.web.limits import Limit
from tests.storefront.lifecycle.acme import Acme
from tests.storefront.lifecycle.machine import Life
from tests.storefront.lifecycle.shop import Shop

EXAMPLES, STEPS = int(os.environ.get("LIFE_EXAMPLES", "16")), int(os.environ.get("LIFE_STEPS", "30"))
SHRINKS = os.environ.get("LIFE_SHRINKS", "1") == "1"
"""How many lives of a shop, and how long: LIFE_EXAMPLES=300 LIFE_STEPS=60 takes minutes and finds more."""


@pytest.fixture
def small_shop(app: Flask, worker_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setitem(registry.KNOWN, "acme", Acme)  # type: ignore[arg-type]
    monkeypatch.setattr(views, "FORGERIES", Limit(10**9, seconds=600))
    logging.disable(logging.ERROR)
    shop = Shop(app, worker_dir / "shop.db")
    shop.open()
    yield shop
    logging.disable(logging.NOTSET)
    shop.kept.unlink(missing_ok=True)


@pytest.mark.long
@pytest.mark.timeout(60 + EXAMPLES * STEPS)
def test_whatever_happens_to_orders_everything_adds_up(small_shop: Shop) -> None:
    class Lives(Life):
        shop = small_shop
        ends: ClassVar[Counter[str]] = Counter()

    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink) if SHRINKS else (Phase.generate,),
            database=None,
            derandomize="LIFE_EXAMPLES" not in os.environ,
        ),
    )
    print(f"{Lives.steps} steps; {dict(Lives.ends.most_common())}")
