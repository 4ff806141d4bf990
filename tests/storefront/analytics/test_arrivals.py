"""Where browsers come from, told by the page that led here and by what is in the address."""

from __future__ import annotations

import pytest

from storefront.analytics.arrivals import Source, source_of

GOOGLE = "https://www.google.com/"


@pytest.mark.parametrize(
    ("referrer", "marks", "source"),
    [
        ("", {}, Source.DIRECT),
        (GOOGLE, {}, Source.SEARCH),
        (GOOGLE, {"gclid": "EAIaIQ"}, Source.CAMPAIGN),
        (GOOGLE, {"gclid": ""}, Source.SEARCH),
        (GOOGLE, {"srsltid": "AfmBO"}, Source.SEARCH),
        ("https://www.baidu.com/", {"bd_vid": "7"}, Source.CAMPAIGN),
        ("https://m.facebook.com/", {"fbclid": "IwAR"}, Source.SOCIAL),
        ("", {"utm_source": "letter"}, Source.CAMPAIGN),
        ("", {"mc_cid": "5"}, Source.CAMPAIGN),
        ("https://a.blog/", {}, Source.LINK),
        ("http://shop.example/cart", {}, Source.DIRECT),
        ("http://[broken", {}, Source.DIRECT),
    ],
)
def test_a_click_that_was_paid_for_is_a_campaigns(referrer: str, marks: dict[str, str], source: Source) -> None:
    assert source_of(referrer, "shop.example", marks) is source
