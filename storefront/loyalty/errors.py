"""What loyalty refuses, in words that the reader can act on."""

from __future__ import annotations

from storefront.kernel.errors import N_, Invalid, ShopError


class NotEnoughPoints(ShopError):
    """More points are asked for than can be spent: another order may have taken them a moment ago."""

    message = N_("You have %(available)s points to spend, so %(points)s cannot be used. Please choose again.")


class PointsRefused(Invalid):
    """A number of points that means nothing here, and why."""

    def __init__(self, message: str | None = None, **facts: object) -> None:
        super().__init__(message, field="points", **facts)


class NotANumberOfPoints(PointsRefused):
    message = N_("Please enter a whole number of points, such as 500.")


class NegativePoints(PointsRefused):
    message = N_("Points cannot be less than zero. To use none, enter 0.")


class TooManyPoints(PointsRefused):
    message = N_("You have %(available)s points to spend. Please enter that many or fewer.")


class NoPointsHere(PointsRefused):
    message = N_("Please sign in to use points.")


class ReasonMissing(Invalid):
    """Staff move points without saying why."""

    message = N_("Please say why: the customer may ask.")

    def __init__(self, message: str | None = None, **facts: object) -> None:
        super().__init__(message, field="reason", **facts)


class TooFewToTake(PointsRefused):
    message = N_("The customer has %(available)s points to spend. At most that many can be taken.")


class BalanceMoved(PointsRefused):
    message = N_("The customer's points have changed meanwhile: %(available)s to spend. Please look, and decide anew.")


class TooManyAtOnce(PointsRefused):
    message = N_("At most %(most)s points fit here.")


class NothingToAdjust(PointsRefused):
    message = N_("Please say how many points to give, or to take with a minus in front.")


class TierRefused(Invalid):
    """A tier that cannot be kept like this; `field` names the input."""


class TierKeyTaken(TierRefused):
    message = N_("There is a tier with this key already.")

    def __init__(self, message: str | None = None, **facts: object) -> None:
        super().__init__(message, field="key", **facts)


class SpendTaken(TierRefused):
    message = N_("There is a tier for this amount already. Each tier needs an amount of its own.")

    def __init__(self, message: str | None = None, **facts: object) -> None:
        super().__init__(message, field="spend", **facts)


class TierChanged(ShopError):
    """Somebody else saved the tier after this form was opened."""

    message = N_("Somebody else has changed this tier meanwhile. Please look at it again.")
