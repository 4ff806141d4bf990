"""What the catalogue says no to."""

from __future__ import annotations

from storefront.kernel.errors import N_, Invalid, ShopError


class StaleProduct(ShopError):
    """Somebody else changed the product since it was read."""

    message = N_("Somebody else changed this product while you were editing it. Nothing of yours was saved yet.")


class AlreadySo(ShopError):
    """Nothing would change."""

    message = N_("It is so already.")


class NothingLeft(Invalid):
    """A change of an amount that would leave nothing of it."""

    message = N_("Nothing would be left of this amount, so it stays as it is.")


class SkuTaken(Invalid):
    """Another variant has this SKU."""

    message = N_("The SKU %(sku)s belongs to “%(product)s” already.")


class SlugTaken(Invalid):
    """Another product has this address, or had it and is still found by it."""

    message = N_("The address “%(slug)s” belongs to “%(product)s” already.")


class PublicationOver(ShopError):
    """Its time to be shown is over, so it cannot be shown now."""

    message = N_("Its last day in the shop is over. Change the date on its page “Publication” first.")


class GalleryFull(Invalid):
    """More pictures than a gallery holds."""

    message = N_("A gallery holds at most %(most)d pictures.")


class StaleType(ShopError):
    """Somebody else changed the type since it was read."""

    message = N_("Somebody else changed this type while you were editing it. Nothing of yours was saved yet.")


class TypeTaken(Invalid):
    """There is a type of this name."""

    message = N_("There is a type “%(name)s” already.")


class StaleCollection(ShopError):
    """Somebody else changed the collection since it was read."""

    message = N_("Somebody else changed this collection meanwhile. Here it is as it is now: please do it again.")


class RuledCollection(ShopError):
    """What is in a collection by rules, only its rules say."""

    message = N_("The rules of this collection say what is in it. Change the rules instead.")


class StaleLinks(ShopError):
    """The chosen products are not any more those that the page showed."""

    message = N_("Somebody else changed what is chosen meanwhile. Here it is as it is now: please do it again.")


class StaleCategory(ShopError):
    """Somebody else changed the category since it was read."""

    message = N_("Somebody else changed this category while you were editing it. Nothing of yours was saved yet.")


class TreeMoved(ShopError):
    """The tree is not any more what the page showed when something was moved in it."""

    message = N_("Somebody else changed the category tree meanwhile. Here it is as it is now: please move it again.")


class CategoryNotEmpty(ShopError):
    """A category with something in it is not deleted before that has another place."""

    message = N_("The category is not empty. Say where its products and subcategories are to go.")
