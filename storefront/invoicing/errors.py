"""What this room says no to."""

from __future__ import annotations

from storefront.kernel.errors import N_, ShopError


class NotPaidYet(ShopError):
    """There is nothing to invoice."""

    message = N_("There is an invoice once the order is paid.")
