"""What the list of experiments shows."""

from __future__ import annotations

from admin.experiments.words import METRICS, STATUSES
from admin.tables import Choice, Column, Table, Words
from storefront.kernel.errors import N_

EXPERIMENTS = Table(
    url="/admin/experiments",
    columns=(
        Column(N_("Experiment"), key="name", sort="name", value=lambda row: row.Experiment.name, is_fixed=True),
        Column(N_("What varies"), key="surface", value=lambda row: row.Experiment.surface),
        Column(
            N_("Decides"),
            key="decides",
            value=lambda row: Words(METRICS.get(row.Experiment.primary_metric, row.Experiment.primary_metric)),
        ),
        Column(N_("Visitors"), key="visitors", is_number=True, value=lambda row: row.visitors),
        Column(N_("Began"), key="began", sort="began", value=lambda row: row.Experiment.started_at),
        Column(N_("State"), key="state", value=lambda row: Words(STATUSES[row.Experiment.status])),
    ),
    default_sort="-began",
    filters=(Choice("status", N_("State"), tuple(STATUSES.items())),),
    search_label=N_("Search by name"),
)
