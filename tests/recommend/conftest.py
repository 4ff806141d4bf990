from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from recommend import Interactions, Items, Manifest, Tables
from recommend.gate import train_and_publish
from recommend.training import train
from tests.recommend.worlds import QUICK, TODAY, grocery


@pytest.fixture(scope="session")
def shop() -> tuple[Interactions, Items]:
    return grocery()


@pytest.fixture(scope="session")
def tables(shop: tuple[Interactions, Items]) -> Tables:
    return train(*shop, TODAY, QUICK)


Publish = Callable[..., Manifest]


@pytest.fixture
def publish_one(shop: tuple[Interactions, Items], tmp_path: Path) -> Publish:
    """Publish a version into tmp_path; `days` moves the cut, so that versions differ."""

    def publish_version(days: int = 0) -> Manifest:
        outcome = train_and_publish(
            tmp_path,
            *shop,
            as_of=TODAY - timedelta(days=days),
            trained_at=TODAY - timedelta(days=days),
            settings=QUICK,
        )
        assert outcome.manifest is not None, outcome.refusals
        return outcome.manifest

    return publish_version
