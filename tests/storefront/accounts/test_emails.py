"""Addresses that mail can reach, and one account to each."""

from __future__ import annotations

import pytest

from storefront.accounts.emails import fold_email
from storefront.kernel.errors import Invalid


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
