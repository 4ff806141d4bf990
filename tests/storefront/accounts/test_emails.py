"""Addresses that mail can reach, and one account to each."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.accounts import services
from storefront.accounts.emails import fold_email
from storefront.accounts.errors import EmailTaken
from storefront.accounts.models import Customer
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.errors import Invalid
from tests.factories import make_customer


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Ada@Example.com ", "ada@example.com"),
        ("info@Bücher.example.com", "info@xn--bcher-kva.example.com"),
        ("info@xn--bcher-kva.example.com", "info@xn--bcher-kva.example.com"),
        ("dian@例子.中国", "dian@xn--fsqu00a.xn--fiqs8s"),
    ],
)
def test_what_is_stored_travels_through_any_mail_server(typed: str, stored: str) -> None:
    assert fold_email(typed) == stored


@pytest.mark.parametrize("typed", ["用户@example.com", "müller@example.com", "用户@例子.中国"])
def test_a_name_that_no_mail_server_carries_is_refused_and_says_why(typed: str) -> None:
    with pytest.raises(Invalid, match="before the @"):
        fold_email(typed)


@pytest.mark.parametrize("typed", ["", "nonsense", "@", "a@", "müller", "a b@example.com"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="does not look right"):
        fold_email(typed)


def test_two_who_want_one_address_at_once_are_told_apart(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with any_app.app_context(), transaction():
        make_customer("taken@example.com")
        ada = make_customer("ada@example.com").id
    monkeypatch.setattr("storefront.accounts.queries.find_customer_by_email", lambda email: None)
    with any_app.app_context():
        with pytest.raises(EmailTaken), transaction():
            services.change_email(customer_id=ada, email="taken@example.com")
        assert db.session.scalars(db.select(Customer.email).order_by(Customer.id)).all() == [
            "taken@example.com",
            "ada@example.com",
        ]
