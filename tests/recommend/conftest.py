from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from recommend import Interactions, Items, Manifest, Tables
from recommend.artifacts import publish
from recommend.training import train
from tests.recommend.worlds import QUICK, TODAY, grocery, manifest


@pytest.fixture(scope="session")
def shop() -> tuple[Interactions, Items]:
    return grocery()


@pytest.fixture(scope="session")
def tables(shop: tuple[Interactions, Items]) -> Tables:
    return train(*shop, TODAY, QUICK)


@cache
def trained(days: int) -> Tables:
    return train(*grocery(), TODAY - timedelta(days=days), QUICK)


Publish = Callable[..., Manifest]


@pytest.fixture
def publish_one(tmp_path: Path) -> Publish:
    """Publish a version into tmp_path, unjudged; `days` moves the cut, so that versions differ."""

    def publish_version(days: int = 0) -> Manifest:
        return publish(tmp_path, trained(days), manifest(TODAY - timedelta(days=days)))

    return publish_version
