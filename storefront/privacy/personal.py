"""What a customer asked for here. Nothing in it is personal but the copies, which go with the account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from storefront.database.belongings import rows_of, table_of
from storefront.kernel.errors import N_
from storefront.kernel.personal import Data, Keeper, Person
from storefront.privacy.models import PrivacyRequest


def _requests(person: Person) -> Sequence[Data]:
    hidden = {"customer_id", "token"}
    return rows_of(table_of(PrivacyRequest), PrivacyRequest.customer_id == person.id, but=hidden)


def _forget(_person: Person, _at: datetime) -> None:
    """The request itself says when an account went; `services.forget_with` drops the copies."""


PERSONAL = (Keeper("requests", N_("What you asked for"), ("privacy_request", "privacy_copy"), _requests, _forget),)
