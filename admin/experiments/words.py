"""Words for where experiments stand, what they measure and what follows from it."""

from __future__ import annotations

from storefront.experiments.states import Conclusion, ExperimentStatus, Watching
from storefront.kernel.errors import N_

STATUSES: dict[str, str] = {
    ExperimentStatus.DRAFT: N_("Draft"),
    ExperimentStatus.RUNNING: N_("Running"),
    ExperimentStatus.STOPPED: N_("Ended"),
    ExperimentStatus.CONCLUDED: N_("Concluded"),
}
LOOKS: dict[str, str] = {ExperimentStatus.RUNNING: "positive", ExperimentStatus.STOPPED: "warning"}
METRICS: dict[str, str] = {
    "revenue_per_visitor": N_("Revenue per visitor"),
    "margin_per_visitor": N_("Margin per visitor"),
    "units_per_visitor": N_("Units per visitor"),
    "conversion": N_("Visitors who bought"),
    "order_value": N_("Average order"),
    "undone_orders": N_("Cancelled orders"),
    "click_through": N_("Click rate"),
    "empty_blocks": N_("Nothing to show"),
}
MEANINGS: dict[str, str] = {
    "revenue_per_visitor": N_("Goods after discounts, without delivery; cancelled orders left out."),
    "margin_per_visitor": N_("Revenue less what the goods had cost; orders whose cost is not known add nothing."),
    "units_per_visitor": N_("Pieces bought; cancelled orders left out."),
    "conversion": N_("The share of visitors with at least one order that was not cancelled."),
    "order_value": N_("Revenue for each order."),
    "undone_orders": N_("The share of orders that were cancelled."),
    "click_through": N_("How often something was opened from what was shown, by visitor."),
    "empty_blocks": N_("How often there was nothing to show."),
}
KINDS: dict[str, str] = {
    **dict.fromkeys(("revenue_per_visitor", "margin_per_visitor", "order_value"), "money"),
    **dict.fromkeys(("conversion", "undone_orders", "click_through", "empty_blocks"), "share"),
    "units_per_visitor": "number",
}
WATCHING: dict[str, str] = {
    Watching.SPENDING: N_("Every day until the planned end (O'Brien-Fleming)"),
    Watching.SEQUENCE: N_("At any time, without an end (confidence sequence)"),
    Watching.ONCE: N_("Once, at the planned end"),
}
CONCLUSIONS: dict[str, str] = {
    Conclusion.SHIP: N_("Everybody gets a variation"),
    Conclusion.KEEP: N_("Everything stays as it is"),
    Conclusion.OPEN: N_("It remains open"),
}
SAFETIES: dict[str, tuple[str, str]] = {
    "held": (N_("Held"), "positive"),
    "open": (N_("Not shown yet"), "warning"),
    "broken": (N_("Broken"), "promo"),
}
