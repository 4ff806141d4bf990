"""Who is signed in, as a plain value: read once a request, valid across transactions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storefront.accounts.permissions import Permission, permissions_of


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
    seen_at: datetime | None = None
    """When the session was last used, if it is known as one."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return what the session remembers."""
        return f"customer:{self.id}:{self.session_version}"

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

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return what the session remembers."""
        return f"staff:{self.id}:{self.session_version}"

    @property
    def actor(self) -> str:
        """Who did it, for ledgers."""
        return f"staff:{self.id}"

    def may(self, permission: Permission) -> bool:
        """Say whether the role permits it."""
        return permission in permissions_of(self.role)


Identity = CurrentCustomer | CurrentStaff
