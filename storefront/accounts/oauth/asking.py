"""Asking a provider, with Authlib's session: what does not work becomes a refusal in our words."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from storefront.accounts.errors import NotFinished, NotReachable

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10


def open_session(client_id: str, secret: str, **options: Any) -> Any:
    """Return an OAuth 2 client that follows no redirect, since it carries secrets; the library is loaded when somebody
    first signs in this way."""
    from authlib.integrations.requests_client import OAuth2Session  # noqa: PLC0415

    session = OAuth2Session(client_id, secret, default_timeout=TIMEOUT_SECONDS, **options)
    session.max_redirects = 0
    return session


@contextmanager
def refusing(provider: str) -> Iterator[None]:
    """Turn what libraries raise into NotReachable (the network) or NotFinished (whatever it said made no sense)."""
    from authlib.common.errors import AuthlibBaseError  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415
    from requests import RequestException  # noqa: PLC0415
    from requests.exceptions import JSONDecodeError  # noqa: PLC0415

    try:
        yield
    except (AuthlibBaseError, JoseError, JSONDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("Signing in with %s failed: %s", provider, type(error).__name__)
        raise NotFinished(provider=provider) from error
    except RequestException as error:
        log.warning("%s does not answer: %s", provider, type(error).__name__)
        raise NotReachable(provider=provider) from error


def read(session: Any, address: str, **query: str) -> dict[str, Any]:
    """Return the JSON object at an address; raises what `refusing` understands."""
    answer = session.get(address, params=query, withhold_token=True)
    if answer.status_code >= 500:
        answer.raise_for_status()
    told = answer.json()
    if not isinstance(told, dict) or answer.status_code >= 400:
        raise ValueError("not an answer")
    return told


def text(told: dict[str, Any], name: str) -> str:
    """Return a text that must be there."""
    value = str(told.get(name) or "")
    if not value:
        raise ValueError(f"no {name}")
    return value
