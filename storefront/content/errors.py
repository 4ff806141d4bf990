"""What the rooms of curated pages say no to."""

from __future__ import annotations

from storefront.kernel.errors import N_, ShopError


class StaleEntry(ShopError):
    """Somebody else changed the entry since it was read."""

    message = N_("Somebody else changed this entry while you were editing it. Nothing of yours was saved yet.")


class StaleCampaign(ShopError):
    """Somebody else changed the campaign since it was read."""

    message = N_("Somebody else changed this campaign while you were editing it. Nothing of yours was saved yet.")


class SlotsMoved(ShopError):
    """The slots that were put in order are not those of the page any more."""

    message = N_("The slots of this page have changed meanwhile. Here they are as they stand now.")


class NeedsSecondPerson(ShopError):
    """Whoever made a change lets it through."""

    message = N_(
        "Somebody else has to look at it: nobody lets through what they wrote themselves. A shop of one person can "
        "switch that off in the settings."
    )


class PreviewOver(ShopError):
    """The link is forged, torn or too old."""

    status = 404
    message = N_("This preview is over: links are good for seven days. Ask whoever sent it for a new one.")
