"""What the home page's room says no to."""

from __future__ import annotations

from storefront.kernel.errors import N_, ShopError


class StaleEntry(ShopError):
    """Somebody else changed the entry since it was read."""

    message = N_("Somebody else changed this entry while you were editing it. Nothing of yours was saved yet.")
