"""A list's page."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from admin.access import staff_here
from admin.tables.listing import Listing, shown_columns
from admin.tables.source import MOST_COUNTED, page_of
from admin.tables.state import ListState, read_state
from storefront.desk.queries import desk_of
from storefront.web.fragments import render_page

FRAGMENT = "admin/_rows.html"


def show_list(listing: Listing, *, status: int = 200, **context: Any) -> Response:
    """Show the page of a list that the address asks for, as this person likes it."""
    staff, state = staff_here(), read_state(listing.table(), request.args)
    desk, page = desk_of(staff.id, listing.name), page_of(listing.source(state), state)
    actions = tuple(each for each in listing.actions if each.is_offered and staff.may(each.permission))
    return render_page(
        listing.page,
        fragment=FRAGMENT,
        status=status,
        listing=listing,
        state=state,
        page=page,
        most=MOST_COUNTED,
        columns=shown_columns(state.table, desk.hidden),
        hidden=desk.hidden,
        views=[(name, f"{state.table.url}?{query}", query == query_of(state)) for name, query in desk.views],
        offered=actions,
        is_chosen_from=bool(actions or listing.prints),
        **{**listing.context(page.items), **context},
    )


def query_of(state: ListState) -> str:
    """Return what a view of this state is kept as."""
    return state.page_url(1).partition("?")[2]
