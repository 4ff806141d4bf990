"""The environment is read strictly: a shop that cannot run safely says why and does not start."""

from __future__ import annotations

import pytest

from storefront.config import DEVELOPMENT_SECRET, BadConfiguration, read_config


def test_an_empty_environment_opens_a_development_shop() -> None:
    config = read_config({})
    assert (config.host, config.port, config.production) == ("127.0.0.1", 8000, False)
    assert config.database_url.startswith("sqlite:///")
    assert config.sandbox_payments


@pytest.mark.parametrize("secret", ["", DEVELOPMENT_SECRET, "short"])
def test_production_refuses_a_weak_secret(secret: str) -> None:
    with pytest.raises(BadConfiguration, match="SECRET_KEY"):
        read_config({"PRODUCTION": "yes", "SECRET_KEY": secret})


def test_production_hides_the_sandbox_unless_asked() -> None:
    environ = {"PRODUCTION": "1", "SECRET_KEY": "x" * 40, "PUBLIC_URL": "https://shop.example"}
    assert not read_config(environ).sandbox_payments
    assert read_config(environ | {"SANDBOX_PAYMENTS": "on"}).sandbox_payments


@pytest.mark.parametrize("url", ["postgres://u@h/db", "postgresql://u@h/db", "postgresql+psycopg://u@h/db"])
def test_every_spelling_of_postgresql_is_understood(url: str) -> None:
    assert read_config({"DATABASE_URL": url}).database_url == "postgresql+psycopg://u@h/db"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("PORT", "eighty"),
        ("MAIL_URL", "mail.example.com:587"),
        ("MAIL_URL", "smtp://mail.example.com:mail"),
        ("MAIL_URL", "smtp://[mail.example.com"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("WEB_WORKERS", "-1"),
        ("OFFICE_PORT", "8000"),
        ("OFFICE_PORT", "x"),
        ("PRODUCTION", "maybe"),
        ("DATABASE_URL", "mysql://x"),
        ("SEARCH_BACKEND", "grep"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_nonsense_is_refused_by_name(key: str, value: str) -> None:
    with pytest.raises(BadConfiguration, match=key):
        read_config({key: value})


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, ("whoosh", "", "")),
        ({"SEARCH_BACKEND": "whoosh", "DATABASE_URL": "postgresql://u@h/db"}, ("whoosh", "", "")),
        (
            {"SEARCH_BACKEND": "postgres", "DATABASE_URL": "postgres://u:p%40@h/db?sslmode=require"},
            ("postgres", "postgresql://u:p%40@h/db?sslmode=require", "shop"),
        ),
        (
            {"SEARCH_BACKEND": "postgres#books", "DATABASE_URL": "postgresql+psycopg://u@h/db"},
            ("postgres", "postgresql://u@h/db", "books"),
        ),
        ({"SEARCH_BACKEND": "postgresql://s@h2/other"}, ("postgres", "postgresql://s@h2/other", "shop")),
        ({"SEARCH_BACKEND": "postgres://s@h2/other#toys_2"}, ("postgres", "postgresql://s@h2/other", "toys_2")),
    ],
)
def test_the_index_is_kept_where_the_environment_says(environ: dict[str, str], expected: tuple[str, str, str]) -> None:
    config = read_config(environ)
    assert (config.search_backend, config.search_url, config.search_name) == expected


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"SEARCH_BACKEND": "postgres"}, "DATABASE_URL is not PostgreSQL"),
        ({"SEARCH_BACKEND": "postgres#Books", "DATABASE_URL": "postgresql://h/db"}, "may end in #name"),
        ({"SEARCH_BACKEND": "postgresql://h/db#" + "x" * 41}, "may end in #name"),
        ({"SEARCH_BACKEND": "whoosh#books"}, "must be whoosh, postgres, or an address"),
        ({"SEARCH_BACKEND": "mysql://secret@h/db"}, "must be whoosh, postgres, or an address"),
    ],
)
def test_an_index_that_cannot_be_kept_there_is_refused_with_a_way_out(environ: dict[str, str], said: str) -> None:
    with pytest.raises(BadConfiguration, match=said):
        read_config(environ)


def test_keys_of_payment_providers_are_read_by_prefix_and_printed_nowhere() -> None:
    keys = {
        "STRIPE_SECRET_KEY": "sk_live_1",
        "STRIPE_WEBHOOK_SECRET": "whsec_1",
        "ALIPAY_APP_ID": "2021",
        "PAYPAL_X": "",
    }
    config = read_config({**keys, "STRIPED": "no"})
    assert config.payment_keys == {name: value for name, value in keys.items() if value}
    assert "sk_live_1" not in repr(config)


@pytest.mark.parametrize("name", ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"])
def test_half_of_stripes_keys_is_refused(name: str) -> None:
    with pytest.raises(BadConfiguration, match="belong together"):
        read_config({name: "x"})


def test_machines_that_share_data_share_neither_locks_nor_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    machines = []
    for name in ("shop-1", "shop-2"):
        monkeypatch.setattr("platform.node", lambda name=name: name)
        config = read_config({"DATA_DIR": "/srv/shared"})
        machines.append((config.machine_dir, config.metrics_dir))
        assert str(config.media_dir) == "/srv/shared/media"
    assert not set(machines[0]) & set(machines[1])
