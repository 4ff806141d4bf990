"""`flask search` and `flask recommend`."""

from __future__ import annotations

from storefront.discovery.index_cli import search_group
from storefront.discovery.training_cli import recommend_group

groups = (search_group, recommend_group)
