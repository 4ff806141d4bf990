"""Words about access."""

from __future__ import annotations

from storefront.kernel.errors import N_

WAYS = {
    "password": N_("Password"),
    "factor": N_("Password and second factor"),
}
