"""The secrets that signatures are checked with."""

from __future__ import annotations

from flask import current_app


def signing_keys() -> list[str]:
    """Return the secrets that are believed as `itsdangerous` wants them: the last one signs, each of them is read."""
    return list(reversed(current_app.config["SHOP"].secrets))
