"""What a customer took of flash sales: under the account's number, or under the e-mail of a guest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update

from storefront.database.base import db
from storefront.database.belongings import rows_of, table_of
from storefront.flash.models import FlashTake
from storefront.kernel.errors import N_
from storefront.kernel.personal import Data, Keeper, Person


def _takes(person: Person) -> Sequence[Data]:
    return rows_of(table_of(FlashTake), FlashTake.customer_key.in_(person.keys), but={"customer_key"})


def _forget(person: Person, _at: datetime) -> None:
    """The quota adds up from these rows: they stay, and an e-mail in them gives way to the order's number."""
    named = (FlashTake.customer_key.in_(person.keys), FlashTake.customer_key.startswith("email:"))
    nameless = update(FlashTake).where(*named).values(customer_key="order:" + FlashTake.order_number)
    db.session.execute(nameless.execution_options(synchronize_session=False))


PERSONAL = (Keeper("flash", N_("Flash sales"), ("flash_take",), _takes, _forget),)
