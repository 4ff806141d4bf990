"""Versions of the trained tables: which are kept, which one is served, and going back to an older one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recommend.artifacts import ArtefactError, Manifest, current_version, exclusive, open_artefact, switch, versions
from storefront.audit import services as audit
from storefront.discovery.errors import NothingToRollBackTo, VersionUnusable
from storefront.discovery.recommending import holder
from storefront.kernel.errors import ShopError


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A version that is kept. One with a `problem` cannot be served; `trained_at` and counts are of its manifest."""

    name: str
    is_current: bool
    trained_at: datetime | None = None
    as_of: str = ""
    counts: tuple[tuple[str, int], ...] = ()
    problem: str = ""


def list_versions(*, thorough: bool = False) -> list[KeptVersion]:
    """Return the versions that are kept, the newest first, each looked at; `thorough` reads every byte of them."""
    directory = holder().directory
    try:
        current = current_version(directory)
    except ArtefactError:
        current = None
    return [_looked_at(name, name == current, thorough) for name in sorted(versions(directory), reverse=True)]


def publish_version(*, version: str, by: str, at: datetime) -> KeptVersion:
    """Serve a kept version from now on, in every process within a second; refuses one that is not whole.

    Raises TrainingBusy while a training is at work, for that would publish its own version after this one.
    """
    held, kept = holder(), {one.name: one for one in list_versions(thorough=True)}
    wanted = kept.get(version)
    if wanted is None:
        raise VersionUnusable(version=version, problem="it is not kept")
    if wanted.problem:
        raise VersionUnusable(version=version, problem=wanted.problem)
    before = next((one.name for one in kept.values() if one.is_current), None)
    with exclusive(held.directory):
        switch(held.directory, version)
    held.look_again()
    changes: dict[str, tuple[Any, Any]] = {"version": (before, version)}
    audit.record(actor=by, action="recommender.publish", about=("recommender", "tables"), changes=changes, at=at)
    return wanted


def roll_back(*, by: str, at: datetime) -> KeptVersion:
    """Serve the newest whole version that is older than the current one."""
    kept = list_versions(thorough=True)
    current = next((place for place, one in enumerate(kept) if one.is_current), -1)
    older = next((one for one in kept[current + 1 :] if not one.problem), None)
    if older is None:
        raise NothingToRollBackTo
    return publish_version(version=older.name, by=by, at=at)


def _looked_at(name: str, is_current: bool, thorough: bool) -> KeptVersion:
    try:
        manifest: Manifest = open_artefact(holder().directory / name, thorough=thorough).manifest
    except ArtefactError as error:
        return KeptVersion(name, is_current, problem=str(error))
    trained_at = datetime.fromisoformat(manifest.trained_at)
    return KeptVersion(name, is_current, trained_at, manifest.as_of, tuple(manifest.counts.items()))


REFUSALS = (ShopError, ArtefactError)
"""What publishing says no with."""
