"""What returns refuse."""

from __future__ import annotations

from storefront.kernel.errors import N_, Invalid, ShopError


class NothingChosen(Invalid):
    """No line, or no piece of any."""

    message = N_("Choose at least one piece.")


class NotAQuantity(Invalid):
    """Below one, or no number at all."""

    message = N_("Enter how many pieces as a whole number.")


class NotInThisOrder(Invalid):
    """A line of another order, or of none."""

    message = N_("This is not a part of this order.")


class NamedTwice(Invalid):
    """One line, two quantities."""

    message = N_("A product was named twice. Enter each once.")


class MoreThanCanComeBack(Invalid):
    """More than arrived, less what came back before."""

    message = N_("Of “%(name)s” %(most)s can be chosen, not %(asked)s.")


class ReasonMissing(Invalid):
    """Nobody said why."""

    message = N_("Please say why, for each product.")


class WindowOver(Invalid):
    """It arrived too long ago."""

    message = N_("“%(name)s” could be returned until %(day)s. Write to us if it broke after that.")


class NotReturnable(Invalid):
    """The merchant marked it so, and nothing is wrong with it."""

    message = N_("“%(name)s” cannot be returned unless something is wrong with it.")


class ClaimedAlready(ShopError):
    """Somebody asked for money or a replacement for what was in a parcel that is to be sent again."""

    message = N_("This is claimed with return %(number)s: it is paid back or replaced there, not sent again.")


class GiftAlone(Invalid):
    """A gift comes back with what it came with."""

    message = N_("A gift comes back together with what it was given for.")


class NoSuchExchange(Invalid):
    """Not a variant of the same product, or the same one."""

    message = N_("Choose what you would like instead of “%(name)s”.")


class NoteTooLong(Invalid):
    """More than anybody reads."""

    message = N_("Please keep it under %(most)s characters.")


class TooManyPhotos(Invalid):
    """More than are looked at."""

    message = N_("At most %(most)s photos, please.")


class BadPhoto(Invalid):
    """One of several is not taken; it says which."""

    message = N_("The file “%(name)s” was not taken. %(why)s")


class AlreadyOpen(ShopError):
    """One at a time."""

    message = N_(
        "Request %(number)s of this order is under way. When it has ended you can ask for more; until it is received"
        " you can withdraw it and ask anew."
    )


class NothingToReturn(ShopError):
    """Nothing has arrived, or everything is back or too old."""

    message = N_("Nothing of this order can be returned now.")


class AnswerMissing(Invalid):
    """A rejection without a word."""

    message = N_("Tell the customer why.")


class MoreThanAsked(Invalid):
    """More came back than was announced."""

    message = N_("Of “%(name)s” at most %(most)s can be accepted.")


class NothingAccepted(Invalid):
    """Then it is a rejection."""

    message = N_("Accept at least one piece, or reject the request.")


class AmountNeedsReason(Invalid):
    """Staff pay something else than the rules say, and do not say why."""

    message = N_("You pay back another amount than the rules suggest. Please say why.")


class TooMuchBack(Invalid):
    """More than came in and has not gone back."""

    message = N_("At most %(amount)s can be paid back.")


class CannotReplace(ShopError):
    """What should go out is not there."""

    message = N_("“%(name)s” is not in stock. Pay the money back instead, or wait until it is.")


class NoReplacement(ShopError):
    """A thing that has left the catalogue."""

    message = N_("“%(name)s” is no longer sold. Pay the money back instead.")


class NotOnThatShelf(Invalid):
    """That warehouse has no place for it."""

    message = N_("“%(name)s” has no shelf in that warehouse. Choose another one.")


class UnknownReturn(Invalid):
    """A code that is on no return's label."""

    message = N_("“%(code)s” is not the number of a return.")
