"""What this room says no to."""

from __future__ import annotations

from collections.abc import Mapping

from storefront.kernel.errors import N_, Invalid, TooMany


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
