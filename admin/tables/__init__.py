"""List pages, once.

A room describes its list as a `Listing`: what its `Table` shows and how it may be narrowed, the `Source` of its rows,
a template with a macro for the cells of each column, and the `Action`s that may be done to many rows at once. From
that follow the page with search, filters, order and pages as one address that can be shared; which columns each
person sees and the views that they have named; files for a spreadsheet, written while they are read; the keyboard;
and actions that say first what they will do to how many, run row by row through the services of the shop, and tell
of each row whether it was done or why not.
"""

from admin.tables.describing import LONGEST_SEARCH as LONGEST_SEARCH
from admin.tables.describing import PAGE_SIZE as PAGE_SIZE
from admin.tables.describing import Choice as Choice
from admin.tables.describing import Column as Column
from admin.tables.describing import Days as Days
from admin.tables.describing import Table as Table
from admin.tables.describing import Words as Words
from admin.tables.listing import Action as Action
from admin.tables.listing import Ask as Ask
from admin.tables.listing import Empty as Empty
from admin.tables.listing import Listing as Listing
from admin.tables.listing import Print as Print
from admin.tables.source import Source as Source
from admin.tables.source import page_of as page_of
from admin.tables.source import within as within
from admin.tables.state import Chip as Chip
from admin.tables.state import ListState as ListState
from admin.tables.state import read_state as read_state
