"""Tencent Cloud's SMS, through its own library (`pip install .[sms]`), which signs with TC3-HMAC-SHA256."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from storefront.config import SmsSetup
from storefront.sms.errors import SmsNotSent
from storefront.sms.message import Message

REGION = "ap-guangzhou"
TIMEOUT_SECONDS = 10
TRY_AGAIN = ("RequestLimitExceeded", "InternalError", "FailedOperation.InsufficientBalance", "ClientNetworkError")
"""Codes whose cause passes, by their beginning; Tencent's brake on one number (`LimitExceeded`) is none of them."""


@dataclass(frozen=True, slots=True)
class TencentSender:
    """Sends by templates whose places are counted: of a code {1} is the code, {2} for how many minutes it is good."""

    setup: SmsSetup

    def send(self, message: Message) -> None:
        from tencentcloud.common.exception.tencent_cloud_sdk_exception import (  # noqa: PLC0415
            TencentCloudSDKException,
        )

        try:
            status = self._ask(message)
        except TencentCloudSDKException as error:
            raise _not_sent(str(error.code), str(error.message)) from error
        if status.Code != "Ok":
            raise _not_sent(status.Code, status.Message)

    def _ask(self, message: Message) -> Any:
        from tencentcloud.common.credential import Credential  # noqa: PLC0415
        from tencentcloud.common.profile.client_profile import ClientProfile  # noqa: PLC0415
        from tencentcloud.common.profile.http_profile import HttpProfile  # noqa: PLC0415
        from tencentcloud.sms.v20210111 import models, sms_client  # noqa: PLC0415

        setup, place = self.setup, urlsplit(self.setup.url or "https://sms.tencentcloudapi.com")
        http = HttpProfile(protocol=place.scheme, endpoint=place.netloc, reqTimeout=TIMEOUT_SECONDS)
        profile = ClientProfile(signMethod="TC3-HMAC-SHA256", httpProfile=http)
        client = sms_client.SmsClient(Credential(setup.key_id, setup.secret), setup.region or REGION, profile)
        request = models.SendSmsRequest()
        request.PhoneNumberSet = [message.phone]
        request.SmsSdkAppId, request.SignName = setup.app, setup.sign
        request.TemplateId = message.template_of(setup)
        request.TemplateParamSet = list(message.parameters().values())
        return client.SendSms(request).SendStatusSet[0]


def _not_sent(code: str, words: str) -> SmsNotSent:
    return SmsNotSent(f"{code}: {words}", permanent=not code.startswith(TRY_AGAIN))
