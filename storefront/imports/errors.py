"""What this room says no to."""

from __future__ import annotations

from storefront.kernel.errors import N_, Invalid, ShopError


class BadFile(Invalid):
    """A file that cannot be read as a table."""

    message = N_("This file cannot be read. Save it as CSV or XLSX and try again.")


class NotNow(ShopError):
    """An import that does not stand where this could be done."""

    message = N_("This import has moved on meanwhile. Here is how it stands now.")


class ChangedMeanwhile(ShopError):
    """Somebody else changed what a row is about since it was checked."""

    message = N_(
        "“%(what)s” is “%(now)s” by now; when the file was checked it was “%(was)s”. The row is left as it is."
    )


class CameMeanwhile(ShopError):
    """What a row would have made is there."""

    message = N_("Somebody else has made “%(sku)s” meanwhile. The row is left as it is.")


class GoneMeanwhile(ShopError):
    """What a row is about is no longer there."""

    message = N_("“%(sku)s” is no longer there. The row is left as it is.")


class NotYoursToChange(ShopError):
    """A column that this person may not change."""

    message = N_("Your role may not change “%(what)s”.")


class BelowCost(ShopError):
    """A price below cost that one person does not decide."""

    message = N_(
        "This price is below cost, which somebody else has to approve. Change it on the product's page: it asks them."
    )
