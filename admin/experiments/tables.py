"""What the list of experiments shows."""

from __future__ import annotations

from admin.experiments.words import STATUSES
from admin.tables import Choice, Column, Table
from storefront.kernel.errors import N_

EXPERIMENTS = Table(
    url="/admin/experiments",
    columns=(
        Column(N_("Experiment"), sort="name"),
        Column(N_("What varies")),
        Column(N_("Decides")),
        Column(N_("Visitors"), is_number=True),
        Column(N_("Began"), sort="began"),
        Column(N_("State")),
    ),
    default_sort="-began",
    filters=(Choice("status", N_("State"), tuple(STATUSES.items())),),
    search_label=N_("Search by name"),
)
