"""The list of experiments."""

from __future__ import annotations

from admin.experiments import queries
from admin.experiments.planned import surfaces
from admin.experiments.tables import EXPERIMENTS as TABLE
from admin.experiments.words import LOOKS, METRICS, STATUSES
from admin.tables import Empty, Listing
from storefront.accounts.permissions import Permission
from storefront.kernel.errors import N_

EXPERIMENTS = Listing(
    name="experiments",
    title=N_("Experiments"),
    caption=N_("Experiments"),
    permission=Permission.EXPERIMENTS_VIEW,
    table=lambda: TABLE,
    source=queries.experiments_of,
    cells="admin/experiments/_cells.html",
    empty=Empty(
        icon="sliders-horizontal",
        title=N_("No experiments yet"),
        text=N_("Begin with one question: what might visitors like better than what they see now?"),
        nothing_matches=N_("No experiments match"),
        show_all=N_("Show all experiments"),
    ),
    key=lambda row: str(row.Experiment.id),
    known_as=lambda row: row.Experiment.name,
    page="admin/experiments/experiments.html",
    context=lambda _rows: {
        "is_troubled": queries.is_troubled,
        "statuses": STATUSES,
        "looks": LOOKS,
        "metrics": METRICS,
        "surface_names": surfaces(),
    },
)
