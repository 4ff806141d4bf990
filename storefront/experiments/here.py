"""Which variation this request's visitor sees, and the note that they saw it.

    found = variation("search:ranking")      # None: show what everybody sees
    gain = found.params.get("popularity") if found else None
    ...                                       # render
    expose("search:ranking")                  # in every arm, the control too

`variation` writes nothing and asks no database: experiments are kept in memory and a hash decides. A visitor is known
by a number: the one that an account brought to this device, else the device's own. It is set with the first page while
any experiment runs, so the first page is varied already; a browser that comes from within the shop without it keeps no
cookies, one that wants no trace gets none, and both see what everybody sees and never count. So do robots and staff.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from hashlib import blake2s, sha256

from flask import Response, after_this_request, current_app, g, has_request_context, request

from storefront.analytics import recording
from storefront.experiments.assignment import assign
from storefront.experiments.live import Arm, Live, Variation, running
from storefront.experiments.noting import Belongs, Seen, note_belongs, note_seen
from storefront.experiments.queries import find_previewed, find_unit_of
from storefront.kernel.clock import now
from storefront.web.cookies import is_secure_only
from storefront.web.visitor import COOKIE as VISITOR
from storefront.web.visitor import COOKIE_SECONDS, find_visitor, remember_visitor, wants_no_trace

COOKIE = "unit"
PREVIEW = "variation"
"""`?variation=<experiment>:<variation>` lets staff look at one; nothing is counted."""
_UNIT = re.compile(r"[A-Za-z0-9_-]{22}")


def variation(surface: str) -> Variation | None:
    """Return what this visitor is shown on a surface; None for what everybody sees."""
    if not has_request_context():
        return None
    if is_preview():
        named, shown = find_previewed(request.args[PREVIEW])
        return shown if named == surface else None
    found = _found(surface)
    return found[1].variation if found else None


def expose(surface: str) -> None:
    """Note that the block of this surface is shown to this visitor, whichever arm they are in.

    Written after the answer, once for each visitor, experiment and variation; previews, pages fetched ahead, robots and
    staff are left out.
    """
    if not has_request_context() or not running() or not recording.is_counted():
        return
    found = _found(surface)
    if found and not is_preview():
        note_seen(Seen(found[0].id, unit_here(), found[1].id))


def variations(family: str) -> tuple[tuple[str, Variation], ...]:
    """Return (surface, variation) of every varied surface of a family, such as "slot:home:"."""
    if not has_request_context():
        return ()
    names = {find_previewed(request.args[PREVIEW])[0]} if is_preview() else set(running())
    mine = sorted(name for name in names if name.startswith(family))
    return tuple((name, found) for name in mine if (found := variation(name)) is not None)


def varied_key(family: str) -> tuple[tuple[str, str, str], ...]:
    """Return what tells apart the pages that show a family of surfaces: for `kept(by=...)`."""
    return tuple((surface, found.experiment, found.key) for surface, found in variations(family))


def unit_here() -> str:
    """Return the number by which this visitor is assigned; "" for one who is in nothing.

    A number that was made for this very answer counts only on the first page: elsewhere it is not known to come back.
    """
    if wants_no_trace():
        return ""
    known: str = g.get("_unit") or request.cookies.get(COOKIE, "").partition(".")[0]
    if _UNIT.fullmatch(known):
        return known
    return find_visitor() if "_greeted" in g or _UNIT.fullmatch(request.cookies.get(VISITOR, "")) else ""


def greet(customer_id: int | None) -> None:
    """Give whoever opens a page a number while any experiment runs; an account's goes wherever it signs in.

    `customer_id` is of whoever is signed in. What an account sees was decided on its first device: others take over
    that device's number, which is looked up once and kept in a cookie.
    """
    if COOKIE in request.cookies and wants_no_trace():
        after_this_request(_take_back)
    if not running() or not recording.is_counted():
        return
    is_known = bool(find_visitor())
    visitor = remember_visitor()
    if not visitor or (not is_known and request.headers.get("Sec-Fetch-Site") == "same-origin"):
        return
    g._greeted = True
    if customer_id is None:
        return
    known, _, mark = request.cookies.get(COOKIE, "").partition(".")
    if not _UNIT.fullmatch(known) or mark != _mark(customer_id):
        g._unit = find_unit_of(customer_id) or unit_here()
        note_belongs(Belongs(visitor, g._unit, customer_id))
        after_this_request(partial(_keep, customer_id=customer_id))


def _mark(customer_id: int) -> str:
    """Return by what a cookie shows, to us alone, whose number it holds."""
    key = str(current_app.secret_key).encode()[:64]
    return blake2s(str(customer_id).encode(), key=sha256(key).digest(), digest_size=6).hexdigest()


def _keep(response: Response, customer_id: int) -> Response:
    response.set_cookie(
        COOKIE,
        f"{g._unit}.{_mark(customer_id)}",
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=is_secure_only(),
    )
    return response


def _take_back(response: Response) -> Response:
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=is_secure_only())
    return response


def allow_preview(who: Callable[[], bool]) -> None:
    """Say who may look at variations; accounts lie in a room above this one."""
    global _may_preview  # noqa: PLW0603
    _may_preview = who


def _nobody() -> bool:
    return False


_may_preview: Callable[[], bool] = _nobody


def is_preview() -> bool:
    """Say whether a member of staff looks at a variation."""
    return PREVIEW.encode() in request.query_string and PREVIEW in request.args and _may_preview()


def _found(surface: str) -> tuple[Live, Arm] | None:
    """Return what this request's visitor is in, decided once: a page asks several times."""
    found: dict[str, tuple[Live, Arm] | None] = g.setdefault("_varied", {})
    if surface not in found:
        found[surface] = _assigned(surface)
    return found[surface]


def _assigned(surface: str) -> tuple[Live, Arm] | None:
    lives = running().get(surface)
    if not lives or recording.is_left_out() or not (unit := unit_here()):
        return None
    at = now()
    on = {live.key: live for live in lives if live.is_on(at)}
    found = assign(lives[0].namespace, (live.assigned for live in on.values()), unit) if on else None
    return (on[found.experiment], on[found.experiment].arms[found.arm]) if found else None
