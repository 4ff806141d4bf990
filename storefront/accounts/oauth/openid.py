"""OpenID Connect: discovery, authorization code with PKCE, and an ID token whose every claim is checked."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from storefront.accounts.oauth import asking
from storefront.accounts.oauth.person import Handshake, Person

ALGORITHMS = ("RS256", "ES256", "PS256", "EdDSA")
"""Signatures with a key pair: a token signed with a secret would be signed by whoever knows the secret."""
LEEWAY_SECONDS = 60
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
KEPT_SECONDS = 3600
_described: dict[str, tuple[float, dict[str, Any]]] = {}


@dataclass(frozen=True, slots=True)
class OpenIdProvider:
    """A provider that describes itself at `issuer`/.well-known/openid-configuration and is trusted with e-mails."""

    code: str
    name: str
    issuer: str
    client_id: str
    secret: str

    def start(self, handshake: Handshake, *, redirect_uri: str) -> str:
        with asking.refusing(self.name):
            session = self._session(redirect_uri)
            address, _ = session.create_authorization_url(
                asking.text(self._description(session), "authorization_endpoint"),
                state=handshake.state,
                nonce=handshake.nonce,
                code_verifier=handshake.verifier,
            )
            return str(address)

    def finish(self, handshake: Handshake, *, code: str, redirect_uri: str) -> Person:
        with asking.refusing(self.name):
            session = self._session(redirect_uri)
            description = self._description(session)
            endpoint = asking.text(description, "token_endpoint")
            token = session.fetch_token(endpoint, code=code, code_verifier=handshake.verifier)
            keys = asking.read(session, asking.text(description, "jwks_uri"))
            return self._person(self._claims(token, keys, handshake.nonce))

    def _claims(self, token: dict[str, Any], keys: dict[str, Any], nonce: str) -> dict[str, Any]:
        """Return what the ID token says, once its signature, issuer, audience, times and nonce are right."""
        from authlib.oidc.core import CodeIDToken  # noqa: PLC0415
        from joserfc import jwt  # noqa: PLC0415
        from joserfc.jwk import KeySet  # noqa: PLC0415

        known: Any = keys
        read = jwt.decode(asking.text(token, "id_token"), KeySet.import_key_set(known), algorithms=ALGORITHMS)
        values = {"iss": self.issuer, "aud": self.client_id}
        expected = {name: {"essential": True, "value": value} for name, value in values.items()}
        params = {"nonce": nonce, "client_id": self.client_id, "access_token": token.get("access_token")}
        claims = CodeIDToken(read.claims, read.header, expected, params)
        claims.validate(leeway=LEEWAY_SECONDS)
        return dict(claims)

    def _person(self, claims: dict[str, Any]) -> Person:
        verified = claims.get("email_verified") in {True, "true"}
        email = str(claims.get("email") or "") if verified else ""
        return Person(self.code, asking.text(claims, "sub")[:255], str(claims.get("name") or "")[:120], email[:254])

    def _description(self, session: Any) -> dict[str, Any]:
        """Return how the provider describes itself; kept for an hour. Its issuer must be who was asked."""
        read_at, description = _described.get(self.issuer, (0.0, {}))
        if not description or time.monotonic() - read_at > KEPT_SECONDS:
            description = asking.read(session, f"{self.issuer}/.well-known/openid-configuration")
            if description.get("issuer") != self.issuer:
                raise ValueError("another issuer")
            if self.issuer.startswith("https:") and not all(
                asking.text(description, name).startswith("https:") for name in ENDPOINTS
            ):
                raise ValueError("an endpoint without TLS")
            _described[self.issuer] = (time.monotonic(), description)
        return description

    def _session(self, redirect_uri: str) -> Any:
        return asking.open_session(
            self.client_id,
            self.secret,
            scope="openid email profile",
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )
