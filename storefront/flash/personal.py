"""What a customer took of flash sales; it stands under the account's number, so nothing needs to be forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from storefront.database.belongings import rows_of, table_of
from storefront.flash.models import FlashTake
from storefront.kernel.errors import N_
from storefront.kernel.personal import Data, Keeper, Person


def _takes(person: Person) -> Sequence[Data]:
    return rows_of(table_of(FlashTake), FlashTake.customer_key == person.actor, but={"customer_key"})


def _forget(_person: Person, _at: datetime) -> None:
    """The quota adds up from these rows, and they hold no more than a number."""


PERSONAL = (Keeper("flash", N_("Flash sales"), ("flash_take",), _takes, _forget),)
