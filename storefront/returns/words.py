"""What states, reasons, conditions and kinds are called."""

from __future__ import annotations

from collections.abc import Mapping

from storefront.kernel.errors import N_
from storefront.returns.states import Condition, Policy, ReturnKind, ReturnReason, ReturnState

STATES: Mapping[str, str] = {
    ReturnState.REQUESTED: N_("Awaiting review"),
    ReturnState.APPROVED: N_("Approved"),
    ReturnState.REJECTED: N_("Not accepted"),
    ReturnState.RECEIVED: N_("Items received"),
    ReturnState.REFUNDING: N_("Money on its way"),
    ReturnState.REFUNDED: N_("Refunded"),
    ReturnState.REPLACED: N_("Replacement ordered"),
    ReturnState.CLOSED: N_("Completed"),
    ReturnState.WITHDRAWN: N_("Taken back by the customer"),
}
LOOKS: Mapping[str, str] = {
    ReturnState.REQUESTED: "warning",
    ReturnState.APPROVED: "new",
    ReturnState.RECEIVED: "warning",
    ReturnState.REFUNDING: "new",
    ReturnState.REPLACED: "new",
    ReturnState.REFUNDED: "positive",
    ReturnState.CLOSED: "positive",
    ReturnState.REJECTED: "soft",
    ReturnState.WITHDRAWN: "soft",
}
"""How a state's badge looks; the words say it too."""
KINDS: Mapping[str, str] = {
    ReturnKind.RETURN: N_("Return"),
    ReturnKind.EXCHANGE: N_("Exchange"),
    ReturnKind.CLAIM: N_("Problem report"),
}
REASONS: Mapping[str, str] = {
    ReturnReason.CHANGED_MIND: N_("I changed my mind"),
    ReturnReason.TOO_SMALL: N_("Too small"),
    ReturnReason.TOO_LARGE: N_("Too large"),
    ReturnReason.BETTER_PRICE: N_("Found it cheaper"),
    ReturnReason.NOT_AS_DESCRIBED: N_("Not as described"),
    ReturnReason.DAMAGED: N_("Arrived damaged"),
    ReturnReason.FAULTY: N_("It does not work"),
    ReturnReason.WRONG_ITEM: N_("The wrong thing came"),
    ReturnReason.MISSING: N_("Never arrived, or was not in the parcel"),
    ReturnReason.LATE: N_("Came too late"),
}
CONDITIONS: Mapping[str, str] = {
    Condition.AS_NEW: N_("As new"),
    Condition.OPENED: N_("Opened"),
    Condition.DAMAGED: N_("Damaged"),
    Condition.MISSING: N_("Not in the parcel"),
}
POLICIES: Mapping[str, str] = {
    Policy.SHARE: N_("Each item counts at what it really cost, after its share of every discount."),
    Policy.RE_PRICE: N_("What was paid, less what the goods that are kept cost without those that come back."),
    Policy.KEEP: N_("The full price of what comes back; discounts stay with what is kept."),
}
