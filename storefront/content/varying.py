"""The slots of the home page as experiments vary them: a variation names the entry that its visitors see instead.

The entry has to be approved and in its time; whom it is for is the experiment's to say. A slot that shows nothing now
is not varied, and nobody is counted for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from storefront.content.plans import NAMES
from storefront.content.queries import home_slots
from storefront.content.rules import Entry, Slot, Visitor, resolve
from storefront.experiments import here
from storefront.experiments.surfaces import Field, Kind, Options, Surface
from storefront.kernel.clock import now
from storefront.kernel.errors import N_

FAMILY = "slot:home:"
ENTRY = "entry"


def varied(shown: Sequence[tuple[Slot, Entry]]) -> list[tuple[Slot, Entry]]:
    """Return what this visitor is shown in place of what everybody sees."""
    found = {surface.removeprefix(FAMILY): each.params for surface, each in here.variations(FAMILY)}
    return [(slot, _named(slot, found.get(slot.key, {}).get(ENTRY)) or entry) for slot, entry in shown]


def expose_front(shown: Sequence[tuple[Slot, Entry]]) -> None:
    """Note which varied slots of the home page this visitor is shown."""
    surfaces = {surface for surface, _ in here.variations(FAMILY)}
    for slot, _ in shown if surfaces else ():
        if FAMILY + slot.key in surfaces:
            here.expose(FAMILY + slot.key)


def _named(slot: Slot, entry_id: object) -> Entry | None:
    return next((entry for entry in slot.entries if str(entry.id) == str(entry_id)), None)


def _entries(surface: str) -> Options:
    key, at = surface.removeprefix(FAMILY), now()
    entries = [entry for slot in home_slots() if slot.key == key for entry in slot.entries]
    return [(str(entry.id), _words(entry)) for entry in entries if entry.id and entry.is_live(at)]


def _shown_now(surface: str) -> object:
    """Return the entry that whoever is here for the first time sees."""
    slot = next((slot for slot in home_slots() if slot.key == surface.removeprefix(FAMILY)), None)
    entry = resolve(slot, now(), Visitor()) if slot is not None else None
    return str(entry.id) if entry is not None else None


def _words(entry: Entry) -> str:
    return str(entry.name or entry.words("en").get("title") or entry.id)


SURFACE = Surface(
    name=FAMILY,
    label=N_("Home page"),
    fields=(
        Field(
            key=ENTRY,
            label=N_("Entry of the slot"),
            kind=Kind.CHOICE,
            hint=N_(
                "Approved entries whose time it is. Give one a lower priority, so that only the experiment shows it."
            ),
            options=_entries,
            usual=_shown_now,
        ),
    ),
    places=lambda: [(slot.key, NAMES.get(slot.key, slot.key)) for slot in home_slots()],
)
