"""Words for where a session stands."""

from __future__ import annotations

from storefront.flash.states import Phase
from storefront.kernel.errors import N_

PHASES: dict[str, tuple[str, str]] = {
    Phase.COMING: (N_("Planned"), "new"),
    Phase.LIVE: (N_("On now"), "positive"),
    Phase.OVER: (N_("Over"), ""),
}
