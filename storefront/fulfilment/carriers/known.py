"""Carriers that every shop begins with: what they are called, where parcels are followed, and their kuaidi100 code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CarrierFacts:
    """What is decided about a carrier; `url` has {number} where the tracking number goes."""

    code: str
    name: str
    url: str = ""
    kuaidi100: str = ""
    is_active: bool = True


_ASK = "https://www.kuaidi100.com/chaxun?com={company}&nu={{number}}"


ENGLISH: Mapping[str, str] = {
    **{"顺丰速运": "SF Express", "京东物流": "JD Logistics", "中通快递": "ZTO Express", "圆通速递": "YTO Express"},
    **{"申通快递": "STO Express", "韵达快递": "Yunda Express", "极兔速递": "J&T Express"},
}
"""What these carriers call themselves in English; one that the merchant added has the one name that it was given."""


def _chinese(code: str, name: str, company: str) -> CarrierFacts:
    return CarrierFacts(code, name, _ASK.format(company=company), company)


KNOWN = (
    _chinese("sf", "顺丰速运", "shunfeng"),
    _chinese("jd", "京东物流", "jd"),
    _chinese("zto", "中通快递", "zhongtong"),
    _chinese("yto", "圆通速递", "yuantong"),
    _chinese("sto", "申通快递", "shentong"),
    _chinese("yunda", "韵达快递", "yunda"),
    _chinese("jitu", "极兔速递", "jtexpress"),
    _chinese("ems", "EMS", "ems"),
    CarrierFacts("ups", "UPS", "https://www.ups.com/track?tracknum={number}", "ups"),
    CarrierFacts("fedex", "FedEx", "https://www.fedex.com/fedextrack/?trknbr={number}", "fedex"),
    CarrierFacts("dhl", "DHL", "https://www.dhl.com/en/express/tracking.html?AWB={number}", "dhl"),
    CarrierFacts("usps", "USPS", "https://tools.usps.com/go/TrackConfirmAction?tLabels={number}", "usps"),
)
