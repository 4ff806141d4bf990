"""Who carries short messages: the protocol, and the one that the environment names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from storefront.config import Config
from storefront.sms.aliyun import AliyunSender
from storefront.sms.console import ConsoleSender
from storefront.sms.message import Message
from storefront.sms.tencent import TencentSender


class SmsSender(Protocol):
    """A way to a phone for one message."""

    def send(self, message: Message) -> None:
        """Hand the message over, or raise SmsNotSent."""


@dataclass(frozen=True, slots=True)
class NoSender:
    """Stands where nobody carries messages; nothing is offered that would need one."""

    def send(self, message: Message) -> None:
        raise RuntimeError("no SMS_SENDER is set")


def sender_for(config: Config) -> SmsSender:
    """Return the way out that the environment names."""
    ways: Mapping[str, SmsSender] = {
        "": NoSender(),
        "console": ConsoleSender(config.sms_dir),
        "tencent": TencentSender(config.sms),
        "aliyun": AliyunSender(config.sms),
    }
    return ways[config.sms.sender]
