"""What can be approved: found in every room's `approvable.py`. And what is wanted, frozen."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import storefront
from storefront.accounts.permissions import Permission
from storefront.kernel.errors import NotFound
from storefront.kernel.money import Money

APPROVAL = "approval:"
"""Who acts when a request is carried out: this and its number."""
STAFF = "staff:"


@dataclass(frozen=True, slots=True)
class Seen:
    """One fact that the second person sees, as it was when it was asked for: words, or an amount."""

    label: str
    """Untranslated."""
    text: str = ""
    amount: Money | None = None

    def as_data(self) -> dict[str, Any]:
        """Return plain values for a JSON column."""
        money = {"minor": self.amount.minor, "currency": self.amount.currency} if self.amount is not None else {}
        return {"label": self.label, "text": self.text, **money}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Seen:
        """Read what `as_data` gave."""
        amount = Money(data["minor"], data["currency"]) if "minor" in data else None
        return cls(data["label"], data.get("text", ""), amount)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to do and may not do alone."""

    kind: str
    about: tuple[str, str]
    """The object's kind and key, as the ledger of changes names it."""
    payload: Mapping[str, Any]
    """What the kind's `carry_out` reads; JSON values."""
    seen: tuple[Seen, ...]
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Approved:
    """A request that is being carried out."""

    number: int
    payload: Mapping[str, Any]
    reason: str

    @property
    def actor(self) -> str:
        """Who did it, for ledgers: two people."""
        return f"{APPROVAL}{self.number}"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that needs a second person: who that may be, and how it is carried out then."""

    key: str
    words: str
    permission: Permission
    carry_out: Callable[[Approved, Any], None]
    """Given the request and the present moment, does it through the room's service, or raises what that refuses."""
    url: Callable[[str], str]
    """Where the back office shows the object with this key."""


@cache
def kinds() -> Mapping[str, Kind]:
    """Return every kind by its key."""
    found: dict[str, Kind] = {}
    for room in sorted(module.name for module in pkgutil.iter_modules(storefront.__path__) if module.ispkg):
        name = f"storefront.{room}.approvable"
        if importlib.util.find_spec(name):
            found |= {kind.key: kind for kind in importlib.import_module(name).APPROVABLE}
    return found


def kind_of(key: str) -> Kind:
    """Return a kind, or NotFound for one that the shop no longer knows."""
    try:
        return kinds()[key]
    except KeyError:
        raise NotFound from None


def acts_alone(actor: str) -> bool:
    """Say whether an actor is one member of staff, whose limits count."""
    return actor.startswith(STAFF)
