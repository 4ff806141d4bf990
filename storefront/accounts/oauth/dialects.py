"""WeChat, QQ and Weibo: OAuth 2 as each of them speaks it. None of them tells an e-mail that could be relied on.

WeChat: https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html
QQ: https://wiki.connect.qq.com/ (server-side mode, `fmt=json`). Weibo: https://open.weibo.com/wiki/Connect/login
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from storefront.accounts.oauth import asking
from storefront.accounts.oauth.person import Handshake, Person
from storefront.kernel.errors import N_


@dataclass(frozen=True, slots=True)
class WeChat:
    """A website's sign-in by QR code: `page` shows it, `address` answers. A unionid is one person's in all of a shop's
    apps."""

    client_id: str
    secret: str
    page: str = "https://open.weixin.qq.com"
    address: str = "https://api.weixin.qq.com"
    code: str = "wechat"
    name: str = N_("WeChat")

    def start(self, handshake: Handshake, *, redirect_uri: str) -> str:
        query = {
            "appid": self.client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": "snsapi_login",
            "state": handshake.state,
        }
        return f"{self.page}/connect/qrconnect?{urlencode(query)}#wechat_redirect"

    def finish(self, handshake: Handshake, *, code: str, redirect_uri: str) -> Person:
        with asking.refusing(self.name):
            session = asking.open_session(self.client_id, self.secret)
            keys = {"appid": self.client_id, "secret": self.secret}
            token = asking.read(
                session, f"{self.address}/sns/oauth2/access_token", **keys, code=code, grant_type="authorization_code"
            )
            openid, access = asking.text(token, "openid"), asking.text(token, "access_token")
            told = asking.read(session, f"{self.address}/sns/userinfo", access_token=access, openid=openid)
            if told.get("openid") != openid:
                raise ValueError("somebody else")
            return _person(self.code, str(told.get("unionid") or openid), told.get("nickname"))


@dataclass(frozen=True, slots=True)
class QQ:
    """QQ's server-side mode."""

    client_id: str
    secret: str
    address: str = "https://graph.qq.com"
    code: str = "qq"
    name: str = "QQ"

    def start(self, handshake: Handshake, *, redirect_uri: str) -> str:
        with asking.refusing(self.name):
            session = asking.open_session(self.client_id, self.secret, scope="get_user_info", redirect_uri=redirect_uri)
            return str(session.create_authorization_url(f"{self.address}/oauth2.0/authorize", state=handshake.state)[0])

    def finish(self, handshake: Handshake, *, code: str, redirect_uri: str) -> Person:
        with asking.refusing(self.name):
            session = asking.open_session(self.client_id, self.secret, redirect_uri=redirect_uri)
            asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "fmt": "json"}
            keys = {"client_id": self.client_id, "client_secret": self.secret}
            token = asking.read(session, f"{self.address}/oauth2.0/token", **keys, **asked)
            access = asking.text(token, "access_token")
            me = asking.read(session, f"{self.address}/oauth2.0/me", access_token=access, unionid="1", fmt="json")
            openid = asking.text(me, "openid")
            if str(me.get("client_id")) != self.client_id:
                raise ValueError("a token for somebody else")
            told = asking.read(
                session,
                f"{self.address}/user/get_user_info",
                access_token=access,
                oauth_consumer_key=self.client_id,
                openid=openid,
            )
            return _person(self.code, str(me.get("unionid") or openid), told.get("nickname"))


@dataclass(frozen=True, slots=True)
class Weibo:
    """Weibo's OAuth 2."""

    client_id: str
    secret: str
    address: str = "https://api.weibo.com"
    code: str = "weibo"
    name: str = N_("Weibo")

    def start(self, handshake: Handshake, *, redirect_uri: str) -> str:
        with asking.refusing(self.name):
            session = asking.open_session(self.client_id, self.secret, redirect_uri=redirect_uri)
            return str(session.create_authorization_url(f"{self.address}/oauth2/authorize", state=handshake.state)[0])

    def finish(self, handshake: Handshake, *, code: str, redirect_uri: str) -> Person:
        with asking.refusing(self.name):
            session = asking.open_session(
                self.client_id,
                self.secret,
                redirect_uri=redirect_uri,
                token_endpoint_auth_method="client_secret_post",  # noqa: S106
            )
            token = session.fetch_token(f"{self.address}/oauth2/access_token", code=code)
            access, uid = asking.text(token, "access_token"), asking.text(token, "uid")
            told = asking.read(session, f"{self.address}/2/users/show.json", access_token=access, uid=uid)
            return _person(self.code, uid, told.get("screen_name"))


def _person(provider: str, subject: str, name: Any) -> Person:
    return Person(provider, subject[:255], str(name or "")[:120])
