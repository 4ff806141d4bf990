"""Who is signed in, as a plain value: read once a request, valid across transactions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from storefront.accounts.permissions import Permission


@dataclass(frozen=True, slots=True)
class CurrentCustomer:
    """A signed-in customer."""

    id: int
    email: str
    """"" for who has none."""
    name: str
    phone: str
    locale: str
    tier: str
    order_count: int
    session_version: int
    groups: frozenset[str] = frozenset()
    """Keys of the groups that staff put this customer into."""
    verified_phone: str = ""
    """The number that a code proved, "" for none."""
    session_id: int = 0
    """The row of the session that asks; 0 outside one, and in sessions from before there were rows."""
    seen_at: datetime | None = field(default=None, compare=False)

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return what the session remembers."""
        return f"customer:{self.id}:{self.session_version}:{self.session_id}"

    @property
    def actor(self) -> str:
        """Who did it, for ledgers."""
        return f"customer:{self.id}"


@dataclass(frozen=True, slots=True)
class CurrentStaff:
    """A signed-in member of staff."""

    id: int
    email: str
    name: str
    role: str
    locale: str
    session_version: int
    permissions: frozenset[Permission] = frozenset()
    role_name: str = ""
    """How a role that the merchant made is called; "" for a default one."""
    needs_factor: bool = False
    """Whether their role demands a second factor."""
    has_factor: bool = False
    session_id: int = 0
    """The row of the session that asks; 0 outside one."""
    seen_at: datetime | None = field(default=None, compare=False)

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return what the session remembers."""
        return f"staff:{self.id}:{self.session_version}:{self.session_id}"

    @property
    def actor(self) -> str:
        """Who did it, for ledgers."""
        return f"staff:{self.id}"

    def may(self, permission: Permission) -> bool:
        """Say whether the role permits it."""
        return permission in self.permissions


Identity = CurrentCustomer | CurrentStaff
