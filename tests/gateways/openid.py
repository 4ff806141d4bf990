"""A provider of OpenID Connect, and the dialects of WeChat, QQ and Weibo: codes that work once, keys of its own.

Somebody at its page is `reader`; what goes wrong is set on the provider before the reader comes.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.gateways.serving import Answer, Asked, serving

CLIENT, SECRET = "the-shop", "the shop's secret at the provider"
KEY, OTHER_KEY = RSAKey.generate_key(2048, {"kid": "1"}), RSAKey.generate_key(2048, {"kid": "1"})


@dataclass
class Reader:
    """Who sits at the provider's page."""

    subject: str = "reader-1"
    email: str = "ada@example.com"
    verified: bool = True
    name: str = "Ada Elsewhere"


@dataclass
class OpenIdPeer:
    """The provider, and what it does wrong."""

    url: str = ""
    reader: Reader = field(default_factory=Reader)
    denies: bool = False
    nonce: str = ""
    """Put into tokens instead of the one that was asked for."""
    age: int = 0
    """Seconds by which tokens are too old."""
    audience: str = CLIENT
    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: KEY)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    used: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def authorize(self, asked: Asked) -> Answer:
        """Ask the reader, and send them back."""
        query = asked.query
        back: dict[str, str] = {"state": query.get("state", "")}
        if self.denies:
            back["error"] = "access_denied"
        else:
            back["code"] = secrets.token_urlsafe(16)
            self.codes[back["code"]] = query
        return Answer(status=302, headers={"Location": f"{query['redirect_uri']}?{urlencode(back)}"})

    def take(self, code: str) -> dict[str, str] | None:
        """Return what a code was given for, once."""
        self.used.append(code)
        return self.codes.pop(code, None)

    def token(self, asked: Asked) -> Answer:
        """Change a code for tokens: the client's secret, the redirect and PKCE must be right."""
        form = asked.form
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {basic}":
            return Answer({"error": "invalid_client"}, 401)
        given = self.take(form.get("code", ""))
        if given is None or given["redirect_uri"] != form.get("redirect_uri"):
            return Answer({"error": "invalid_grant"}, 400)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if given.get("code_challenge") != base64.urlsafe_b64encode(digest).decode().rstrip("="):
            return Answer({"error": "invalid_grant"}, 400)
        moment = int(time.time()) - self.age
        claims = {
            "iss": self.issuer or self.url,
            "aud": self.audience,
            "sub": self.reader.subject,
            "iat": moment,
            "exp": moment + 300,
            "nonce": self.nonce or given.get("nonce", ""),
            "email": self.reader.email,
            "email_verified": self.reader.verified,
            "name": self.reader.name,
        }
        id_token = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.key)
        return Answer({"access_token": "access", "token_type": "Bearer", "expires_in": 300, "id_token": id_token})

    def describe(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }

    def dialect(self, asked: Asked) -> Answer:
        """Speak as WeChat, QQ or Weibo do."""
        query, who = asked.query, {"nickname": self.reader.name, "ret": 0}
        if asked.path == "/sns/oauth2/access_token":
            ours = (query.get("appid"), query.get("secret")) == (CLIENT, SECRET)
            if not ours or self.take(query.get("code", "")) is None:
                return Answer({"errcode": 40029, "errmsg": "invalid code"})
            return Answer({"access_token": "access", "openid": "openid-1", "unionid": self.reader.subject})
        if asked.path == "/sns/userinfo":
            return Answer({**who, "openid": query["openid"], "unionid": self.reader.subject})
        if asked.path == "/oauth2.0/token":
            ours = (query.get("client_id"), query.get("client_secret")) == (CLIENT, SECRET)
            if not ours or query.get("fmt") != "json" or self.take(query.get("code", "")) is None:
                return Answer({"error": 100020, "error_description": "code is reused error"})
            return Answer({"access_token": "access", "expires_in": "7776000"})
        if asked.path == "/oauth2.0/me":
            return Answer({"client_id": CLIENT, "openid": self.reader.subject})
        if asked.path == "/user/get_user_info":
            return Answer(who)
        if asked.path == "/oauth2/access_token":
            form = asked.form
            ours = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
            if not ours or self.take(form.get("code", "")) is None:
                return Answer({"error": "invalid_grant", "error_code": 21325}, 400)
            return Answer({"access_token": "access", "uid": self.reader.subject, "expires_in": 3600})
        if asked.path == "/2/users/show.json":
            return Answer({"idstr": query["uid"], "screen_name": self.reader.name})
        return Answer({"error": "no such page"}, 404)

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if asked.path in {"/authorize", "/connect/qrconnect", "/oauth2.0/authorize", "/oauth2/authorize"}:
            return self.authorize(asked)
        if asked.path == "/.well-known/openid-configuration":
            return Answer(self.describe())
        if asked.path == "/keys":
            return Answer({"keys": [KEY.as_dict(private=False)]})
        return self.token(asked) if asked.path == "/token" else self.dialect(asked)


@contextmanager
def openid_peer() -> Iterator[OpenIdPeer]:
    """Run the provider until the block ends."""
    peer = OpenIdPeer()
    with serving(peer.answer) as url:
        peer.url = url
        yield peer
