"""What this room says no to."""

from __future__ import annotations

from collections.abc import Mapping

from storefront.kernel.errors import N_, Forbidden, Invalid, NotFound, ShopError, TooMany


class WrongCredentials(Invalid):
    """E-mail and password do not belong together; which of the two is wrong, nobody says."""

    message = N_("This e-mail and password do not match. Check both and try again.")


class CannotRegister(Invalid):
    """No account can be opened with these details."""

    message = N_(
        "We could not open an account with these details. If you have shopped here before, try to sign in instead."
    )


class EmailTaken(Invalid):
    """Another account has this e-mail, or got it a moment ago."""

    message = N_("This e-mail address cannot be used. Please choose another.")


class WorksHere(Invalid):
    """Somebody with this e-mail has access to the back office already."""

    message = N_("Somebody with the e-mail %(email)s works here already.")


class TooManyTries(TooMany):
    """Too many failed sign-ins or asked-for letters from this address, or for this e-mail."""

    message = N_("Too many tries. Please wait %(minutes)d minutes, then try again.")


class InvalidAddress(Invalid):
    """An address with problems: `problems` holds a refusal for each field that is wrong."""

    message = N_("Please check the address.")

    def __init__(self, problems: Mapping[str, Invalid]) -> None:
        self.problems = problems
        super().__init__(field=next(iter(problems), ""))


class LinkOver(ShopError):
    """A link that was sent to an inbox was used already, is too old, or never was one."""

    message = N_("This link no longer works: each works once, and only for a while. Please ask for a new one.")


class WrongCode(Invalid):
    """The code is not the one that was sent, or no longer good; which of the two, nobody says."""

    message = N_("This code is not right or no longer good. Check it, or ask for a new one.")


class NoSuchWay(NotFound):
    """A way to sign in that this shop does not offer."""

    message = N_("This way to sign in is not available here.")


class LastWay(ShopError):
    """Without it nobody could get into the account any more."""

    message = N_("This is the only way into your account. First add another: an e-mail, a phone, an account elsewhere.")


class TakenElsewhere(ShopError):
    """What was proven belongs to another account of this shop."""

    message = N_("This belongs to another account here. Sign in to that account and remove it there first.")


class NotFinished(ShopError):
    """Signing in elsewhere came to nothing; the words say why."""

    message = N_("Signing in with %(provider)s did not work. Please try again, or choose another way.")


class NotBegunHere(NotFinished):
    """The answer from elsewhere does not belong to what this browser asked."""

    message = N_("We could not match this sign-in to your browser, or it took too long. Please start again.")


class ConsentDenied(NotFinished):
    """The reader said no at the provider's page."""

    message = N_("You did not allow %(provider)s to sign you in. Nothing was changed; you can choose another way.")


class NotReachable(NotFinished):
    """The provider does not answer."""

    status = 503
    message = N_("%(provider)s does not answer right now. Please try again in a moment, or choose another way.")


class BeyondYou(Forbidden):
    """Somebody tried to give, or to take from somebody, what they may not do themselves."""

    message = N_("You can give only what you may do yourself, and only to others.")


class RoleInUse(ShopError):
    """Somebody has the role, or is invited to it."""

    message = N_("Somebody has this role or is invited to it. Give them another one first.")


class LastSuperAdmin(ShopError):
    """Without them nobody could help anybody any more."""

    message = N_("This is the last super admin. Make somebody else one first.")


class InvitationGone(ShopError):
    """An invitation to work here was used, taken back, is too old, or never was one."""

    message = N_(
        "This link no longer works: each works once, and only for a while. Ask whoever invited you for another."
    )


class WrongFactor(Invalid):
    """The code is not the one that the app shows, was used already, or is no recovery code."""

    message = N_("This code is not right, or was used already. Wait for the next one in your app and try that.")
