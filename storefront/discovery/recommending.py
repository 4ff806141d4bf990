"""The trained recommender of this process: opened on first use, followed as new versions appear, and its health."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from recommend import Holder, Recommender
from storefront.kernel.clock import now

_EXTENSION = "recommender"


@dataclass(frozen=True, slots=True)
class ModelHealth:
    """What an operator wants to know of the recommender. Without a version the shop shows best sellers instead."""

    version: str
    trained_at: datetime | None
    age_seconds: int | None
    problem: str


def recommender() -> Recommender | None:
    """Return the recommender in use; None before the first training, or when every version is damaged."""
    return holder().current()


def health() -> ModelHealth:
    """Say which version is in use, how old it is, and what was refused."""
    held = holder()
    artefact = held.artefact()
    if artefact is None:
        return ModelHealth("", None, None, held.problem or "no model has been trained yet")
    trained_at = datetime.fromisoformat(artefact.manifest.trained_at)
    age = int((now() - trained_at).total_seconds())
    return ModelHealth(artefact.manifest.version, trained_at, age, held.problem or "")


def holder() -> Holder:
    """Return the application's one holder."""
    found = current_app.extensions.get(_EXTENSION)
    if not isinstance(found, Holder):
        directory = current_app.config["SHOP"].model_dir / "recommend"
        found = current_app.extensions.setdefault(_EXTENSION, Holder(directory))
    return found
