"""Curated pages: `pages` has the slots of a page and the calendar, `entries` the life of an entry, `campaigns` pages of
their own.
"""

from admin.content.views import campaigns as campaigns
from admin.content.views import entries as entries
from admin.content.views import pages as pages
from admin.content.views.blueprint import blueprint as blueprint
