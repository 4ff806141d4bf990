"""What promotions refuse, in words that the shopper can act on."""

from __future__ import annotations

from storefront.kernel.errors import N_, Invalid, NotFound, ShopError, TooMany


class PromotionRanOut(ShopError):
    """Somebody else took the last use, or the budget no longer covers this reduction."""

    message = N_("“%(name)s” has just run out. Please look at the new total before you order.")


class CodeRefused(Invalid):
    """A coupon code that gives nothing here, and why."""

    def __init__(self, message: str | None = None, **facts: object) -> None:
        super().__init__(message, field="code", **facts)


class NoCode(CodeRefused):
    message = N_("Please enter a code.")


class UnknownCode(CodeRefused):
    message = N_("We do not know the code “%(code)s”. Please check how it is written.")


class TooManyCodeTries(TooMany):
    """So many codes that do not work look like guessing."""

    message = N_("You have entered many codes that do not work. Please wait %(minutes)d minutes, then try again.")


class CodeNotStarted(CodeRefused):
    message = N_("The code “%(code)s” starts on %(date)s.")


class CodeEnded(CodeRefused):
    message = N_("The code “%(code)s” ended on %(date)s.")


class CodeUsedUp(CodeRefused):
    message = N_("The code “%(code)s” has been used up.")


class CodeAlreadyUsed(CodeRefused):
    message = N_("You have already used the code “%(code)s”.")


class CodeNotForYou(CodeRefused):
    message = N_("The code “%(code)s” is for other customers. If it was sent to you, please sign in first.")


class CodeOfAnother(CodeRefused):
    """A coupon in the wallet of somebody else."""

    message = N_("The coupon “%(code)s” belongs to another account. If it is yours, please sign in with that account.")


class CodeInUse(ShopError):
    """Another checkout means to use this code just now; it is free again when that is left off."""

    message = N_(
        "The code “%(code)s” is being used in another checkout just now. "
        "Please choose another coupon, or try again in a few minutes."
    )


class NoSuchCoupon(NotFound):
    message = N_("This coupon is not on offer any more.")


class NotClaimable(ShopError):
    """A coupon that cannot be had, or not any more."""

    message = N_("This coupon can no longer be claimed.")


class NotYetClaimable(NotClaimable):
    message = N_("This coupon can be claimed from %(date)s.")


class ClaimedOut(NotClaimable):
    message = N_("All of these coupons have been claimed.")


class AlreadyClaimed(NotClaimable):
    message = N_("You already have this coupon. It is in your account.")


class NotForYou(NotClaimable):
    message = N_("This coupon is for other customers.")


class StalePromotion(ShopError):
    """Somebody else changed the promotion since it was read."""

    message = N_("Somebody else changed this promotion while you were editing it. Nothing of yours was saved yet.")


class PromotionInUse(ShopError):
    """It has been used, or coupons hang on it: its figures must stay."""

    message = N_("This promotion has been used or has coupons, so it can only be archived.")


class PromotionNotReady(ShopError):
    """The check found something that forbids it to run, or that somebody must confirm first."""

    message = N_("This promotion cannot run yet. Please see what the check found.")


class PauseFirst(ShopError):
    """It runs and may cost more than one person decides alone."""

    message = N_(
        "This promotion runs and may cost more than one person decides alone. Pause it, change it, and start it again: "
        "somebody else then approves it."
    )


class PromotionArchived(ShopError):
    """Archived promotions are taken out of the archive before anything else."""

    message = N_("This promotion is in the archive. Take it out first, or duplicate it.")


class CodeTaken(Invalid):
    """A code unlocks one promotion only."""

    def __init__(self, code: str, promotion: str) -> None:
        super().__init__(
            N_("The code “%(code)s” belongs to “%(promotion)s” already."),
            field="codes",
            code=code,
            promotion=promotion,
        )


class StaleTemplate(ShopError):
    """Somebody else changed the coupon since it was read."""

    message = N_("Somebody else changed this coupon while you were editing it. Nothing of yours was saved yet.")


class NoSuchCustomer(Invalid):
    message = N_("No customer has this e-mail address.")


class NoBatches(ShopError):
    """Codes are printed for coupons that come as batches only."""

    message = N_("Only a coupon that comes as codes has batches.")


class SwitchedAlready(ShopError):
    """It is on, or off, as it was asked to be."""

    message = N_("It is so already.")
