"""Through whose eyes and when a page is looked at, as the address says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from admin.content.queries import Looking
from admin.content.words import WITH
from admin.promotions.values import read_moment, show_moment
from storefront.content.previewing import Preview, write_link
from storefront.content.states import Stage
from storefront.web.signing import signing_keys

_STAGES = {"approved": (), "review": (Stage.IN_REVIEW,), "drafts": (Stage.IN_REVIEW, Stage.DRAFT)}


@dataclass(frozen=True, slots=True)
class Eyes:
    """What was asked: `typed` shows it again, `at` is None for "now"."""

    page: str
    at: datetime | None
    typed: str
    is_returning: bool
    tier: str
    group: str
    device: str
    with_: str

    @property
    def preview(self) -> Preview:
        return Preview(
            page=self.page,
            at=self.at,
            is_returning=self.is_returning,
            tier=self.tier,
            group=self.group,
            device=self.device,
            stages=_STAGES[self.with_],
        )

    @property
    def link(self) -> str:
        """The address of the page as these eyes see it, for anybody."""
        return write_link(self.preview, signing_keys())

    def looking(self, now: datetime) -> Looking:
        """Return for whom and when the list is."""
        return Looking(self.at or now, self.preview.visitor)


def read_eyes(page: str, args: Mapping[str, str], zone: str, *, with_: str = "approved") -> Eyes:
    """Read them from an address; what makes no sense is what most visitors are."""
    try:
        at = read_moment(args.get("at", ""), zone)
    except ValueError:
        at = None
    asked = args.get("with", with_)
    return Eyes(
        page=page,
        at=at,
        typed=show_moment(at, zone),
        is_returning=args.get("visitor") != "new",
        tier=args.get("tier", "")[:64],
        group=args.get("group", "")[:64],
        device="phone" if args.get("device") == "phone" else "desktop",
        with_=asked if asked in WITH else "approved",
    )
