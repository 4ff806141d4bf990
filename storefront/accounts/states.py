"""Closed sets of accounts: what links and codes are for, and how people come in."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from storefront.kernel.errors import N_


class Purpose(StrEnum):
    """What a link in a letter does."""

    RESET = "reset"
    EMAIL = "email"
    CONNECT = "connect"
    ORDERS = "orders"
    GUEST = "guest"
    """Shows whose inbox it is to which somebody had orders told about without an account."""


class Way(StrEnum):
    """How somebody came in; accounts elsewhere are named by their provider."""

    PASSWORD = "password"
    PHONE = "phone"
    LETTER = "letter"
    GOOGLE = "google"
    WECHAT = "wechat"
    QQ = "qq"
    WEIBO = "weibo"


WAY_NAMES: Mapping[str, str] = {
    Way.PASSWORD: N_("Password"),
    Way.PHONE: N_("Code to your phone"),
    Way.LETTER: N_("Link in an e-mail"),
    Way.GOOGLE: N_("Google account"),
    Way.WECHAT: N_("WeChat account"),
    Way.QQ: N_("QQ account"),
    Way.WEIBO: N_("Weibo account"),
}


class Change(StrEnum):
    """What a letter tells that has changed about signing in."""

    PASSWORD = "password"
    EMAIL = "email"
    PHONE = "phone"
    PHONE_REMOVED = "phone_removed"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"


CHANGE_WORDS: Mapping[Change, str] = {
    Change.PASSWORD: N_("Your password was changed."),
    Change.EMAIL: N_("The e-mail address of your account was changed. This one no longer signs you in."),
    Change.PHONE: N_("A phone number was set to sign in with."),
    Change.PHONE_REMOVED: N_("The phone number to sign in with was removed."),
    Change.CONNECTED: N_("An account elsewhere was connected, and can be used to sign in."),
    Change.DISCONNECTED: N_("An account elsewhere can no longer be used to sign in."),
}
