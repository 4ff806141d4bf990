"""The category tree: one screen of it, a page of each category, and what deleting one would take along."""

from admin.catalog.categories import page_views, tree_views
from admin.catalog.categories.blueprint import blueprint

__all__ = ["blueprint", "page_views", "tree_views"]
