"""Samples for letters about requests."""

from __future__ import annotations

from storefront.accounts.letters import shop_url
from storefront.approvals.states import STATE_WORDS, RequestState
from storefront.kernel.errors import N_

_FACTS = {
    "what": lambda: N_("Refund"),
    "about": lambda: "R1001",
    "maker": lambda: "Grace Hopper",
    "reason": lambda: "The lamp arrived broken, twice.",
    "outcome": lambda: STATE_WORDS[RequestState.REJECTED],
    "answer": lambda: "Please send a new one instead.",
    "url": lambda: shop_url("/admin/approvals/7"),
}
SPECIAL = {"approvals/mail/asked": _FACTS, "approvals/mail/answered": _FACTS}
