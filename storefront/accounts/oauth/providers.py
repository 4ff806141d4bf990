"""Who is offered: those whose keys are in the environment."""

from __future__ import annotations

from storefront.accounts.errors import NoSuchWay
from storefront.accounts.oauth.dialects import QQ, WeChat, Weibo
from storefront.accounts.oauth.openid import OpenIdProvider
from storefront.accounts.oauth.person import Provider
from storefront.config import Config, SignInKeys

GOOGLE = "https://accounts.google.com"


def list_providers(config: Config) -> list[Provider]:
    """Return the providers that this shop has keys for."""
    return [_provider(keys) for keys in config.sign_in_keys]


def get_provider(code: str, config: Config) -> Provider:
    """Return one of them, or NoSuchWay."""
    found = next((provider for provider in list_providers(config) if provider.code == code), None)
    if found is None:
        raise NoSuchWay
    return found


def _provider(keys: SignInKeys) -> Provider:
    client, url = (keys.client_id, keys.secret), keys.url
    if keys.provider == "google":
        return OpenIdProvider("google", "Google", url or GOOGLE, *client)
    if keys.provider == "wechat":
        return WeChat(*client, url, url) if url else WeChat(*client)
    if keys.provider == "qq":
        return QQ(*client, url) if url else QQ(*client)
    return Weibo(*client, url) if url else Weibo(*client)
