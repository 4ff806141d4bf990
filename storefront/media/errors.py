"""Why a picture was not taken."""

from __future__ import annotations

from storefront.kernel.errors import N_, Invalid


class NotAPicture(Invalid):
    """Content that is no picture of a kind we keep, whatever its name says."""

    message = N_("This is not a picture we can read. Use JPEG, PNG or WebP.")


class PictureTooHeavy(Invalid):
    """More bytes than we take."""

    message = N_("This picture is larger than %(limit)d MB. Save it smaller and try again.")


class TooManyPixels(Invalid):
    """More pixels than we decode."""

    message = N_("This picture has more than %(limit)d megapixels. Save it smaller and try again.")
