"""How many failed tries are too many: a pure decision over counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

WINDOW = timedelta(minutes=15)
KEPT_FOR = timedelta(hours=1)
MOST_TOGETHER = 6
"""With one e-mail from one address: somebody who forgot, or a guesser."""
MOST_FROM_ADDRESS = 40
"""From one address with any e-mail: an office behind one address, or a list of stolen passwords being tried."""
MOST_WITH_EMAIL = 60
"""With one e-mail from anywhere. High, so that a stranger cannot easily lock somebody out."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is too many within `window`: by one person from one address, from one address, by one person anywhere.

    `mark` keeps the counts of one kind of trying apart from those of another.
    """

    mark: str
    window: timedelta
    together: int
    from_address: int
    by_person: int

    @property
    def minutes(self) -> int:
        return int(self.window.total_seconds() // 60)

    def are_reached(self, together: int, from_address: int, by_person: int) -> bool:
        """Say whether the next try must wait."""
        return together >= self.together or from_address >= self.from_address or by_person >= self.by_person


SIGN_IN = Limits("", WINDOW, MOST_TOGETHER, MOST_FROM_ADDRESS, MOST_WITH_EMAIL)

JOINING = Limits("join:", WINDOW, MOST_TOGETHER, MOST_FROM_ADDRESS, MOST_WITH_EMAIL)
"""Invitations to open an account: counted apart, so that a crowd that joins keeps nobody from signing in."""
OWN_DEVICE = Limits("device:", WINDOW, 10, 10, 10**6)
"""From a browser that its owner came in with before: strangers who guess elsewhere do not lock it out."""

STAFF = Limits("staff:", WINDOW, 5, 20, 15)
"""At the door of the back office: more is at stake there, and a super admin can unlock who is locked out."""
FACTOR = Limits("factor:", WINDOW, 6, 30, 10)
"""Wrong codes of a second factor: a million of them, three of which count at a time."""

HOUR = timedelta(hours=1)
LETTERS = Limits("letter:", HOUR, 4, 30, 8)
"""Letters with a link, asked for by whoever can type an address."""
TICKETS = Limits("ticket:", HOUR, 6, 30, 12)
"""Questions to the shop: each writes a letter to an address that nobody has proven."""
SMS_AGAIN = Limits("sms-again:", timedelta(minutes=1), 1, 6, 1)
SMS = Limits("sms:", HOUR, 5, 20, 6)
"""Codes by SMS: each costs the shop money and its reader a ringing phone."""
CODES = Limits("code:", WINDOW, 10, 40, 20)
"""Wrong codes; beside these, each code bears only so many tries."""
