"""Who somebody is elsewhere, and the handshake that finds out. Plain values."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import asdict, dataclass
from typing import Any, Protocol

MINUTES = 10
"""How long somebody may stay at the provider's page."""


@dataclass(frozen=True, slots=True)
class Person:
    """An account elsewhere. `email` is "" unless a provider that is trusted with it says that it is verified."""

    provider: str
    subject: str
    name: str = ""
    email: str = ""

    @property
    def label(self) -> str:
        """How its owner knows it."""
        return (self.email or self.name)[:254]


@dataclass(frozen=True, slots=True)
class Handshake:
    """What this browser asked: kept in its session, and matched when the answer comes."""

    provider: str
    state: str
    nonce: str
    verifier: str
    target: str
    customer_id: int | None
    """Whose account shall be connected; None to sign in."""
    began: float

    @classmethod
    def begin(cls, provider: str, *, target: str, customer_id: int | None, moment: float) -> Handshake:
        """Make a new one, at `moment` (seconds since 1970)."""
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        return cls(provider, state, nonce, verifier, target, customer_id, moment)

    @classmethod
    def from_session(cls, kept: Any) -> Handshake | None:
        """Read what `as_dict` gave; None for anything else."""
        try:
            return cls(**kept)
        except TypeError:
            return None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for a session."""
        return asdict(self)

    def is_answered_by(self, provider: str, state: str, moment: float) -> bool:
        """Say whether an answer that came at `moment` belongs to this, and came in time."""
        in_time = 0 <= moment - self.began < MINUTES * 60
        return in_time and provider == self.provider and hmac.compare_digest(state.encode(), self.state.encode())


class Provider(Protocol):
    """An account elsewhere that opens one here."""

    @property
    def code(self) -> str: ...

    @property
    def name(self) -> str:
        """What its buttons say; untranslated."""
        ...

    def start(self, handshake: Handshake, *, redirect_uri: str) -> str:
        """Return the address that asks the reader; raises NotReachable."""
        ...

    def finish(self, handshake: Handshake, *, code: str, redirect_uri: str) -> Person:
        """Return who they are; raises NotFinished or NotReachable."""
        ...
