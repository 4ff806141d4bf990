"""What a customer does not want to be recommended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from storefront.database.belongings import delete_rows, rows_of, table_of
from storefront.discovery.models import ShelfDismissal
from storefront.kernel.errors import N_
from storefront.kernel.personal import Data, Keeper, Person

_TABLE = table_of(ShelfDismissal)


def _dismissals(person: Person) -> Sequence[Data]:
    return rows_of(_TABLE, _TABLE.c.customer_id == person.id, but={"customer_id"})


def _forget(person: Person, _at: datetime) -> None:
    delete_rows(_TABLE, _TABLE.c.customer_id == person.id)


PERSONAL = (Keeper("dismissals", N_("Hidden products"), ("shelf_dismissal",), _dismissals, _forget),)
