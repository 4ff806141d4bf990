"""A secret is changed without anybody noticing, as long as the one before is named as a fallback."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask

from storefront.accounts import factors
from storefront.config import read_config
from storefront.mail.choices import unsubscribe_url
from storefront.mail.states import Topic

OLD, NEW = "the secret until yesterday, a long one", "the secret from today on, a long one too"


@pytest.fixture
def rotating(app: Flask) -> Iterator[Flask]:
    """The application, whose secrets a test may change."""
    config, was = app.config["SHOP"], {name: app.config[name] for name in ("SECRET_KEY", "SECRET_KEY_FALLBACKS")}
    yield app
    app.config.update(SHOP=config, **was)


def use(app: Flask, secret: str, *fallbacks: str) -> None:
    config = dataclasses.replace(app.config["SHOP"], secret_key=secret, secret_fallbacks=fallbacks)
    app.config.update(SHOP=config, SECRET_KEY=secret, SECRET_KEY_FALLBACKS=list(fallbacks))


def test_links_second_factors_and_sessions_outlive_a_change_of_the_secret(rotating: Flask) -> None:
    use(rotating, OLD)
    client = rotating.test_client()
    with client.session_transaction() as session:
        session["kept"] = "yes"
    with rotating.app_context():
        path = unsubscribe_url(email="ada@example.com", topic=Topic.NEWS).partition("/unsubscribe/")[2]
        sealed = factors._cipher().encrypt(b"seed").decode()
    use(rotating, NEW, OLD)
    assert client.get(f"/unsubscribe/{path}").status_code == 200
    with client.session_transaction() as session:
        assert session["kept"] == "yes"
    with rotating.app_context():
        assert factors._read(sealed) == "seed"
        again = unsubscribe_url(email="ada@example.com", topic=Topic.NEWS).partition("/unsubscribe/")[2]
    use(rotating, NEW)
    assert client.get(f"/unsubscribe/{again}").status_code == 200, "new links are signed with the new secret"
    assert client.get(f"/unsubscribe/{path}").status_code == 404
    with rotating.app_context(), pytest.raises(factors.FactorUnreadable):
        factors._read(sealed)


def test_fallbacks_are_read_from_the_environment() -> None:
    config = read_config({"SECRET_KEY": NEW, "SECRET_KEY_FALLBACKS": "one,two"})
    assert config.secrets == (NEW, "one", "two")
