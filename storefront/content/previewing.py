"""Links by which anybody sees a page as it will be: signed, good for a week, and stored nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from storefront.content.errors import PreviewOver
from storefront.content.plans import moment_of
from storefront.content.queries import HOME
from storefront.content.rules import Visitor
from storefront.content.states import Stage

VALID_SECONDS = 7 * 24 * 3600
SALT = "preview"


@dataclass(frozen=True, slots=True)
class Preview:
    """Which page, when (None: whenever it is looked at), as whom, and with what else than was let through."""

    page: str = HOME
    at: datetime | None = None
    is_returning: bool = False
    tier: str = ""
    group: str = ""
    device: str = "desktop"
    stages: tuple[Stage, ...] = ()

    @property
    def visitor(self) -> Visitor:
        groups = frozenset({self.group} if self.group else ())
        return Visitor(self.is_returning, self.tier, self.device, groups)


def write_link(preview: Preview, secrets: Sequence[str]) -> str:
    """Return the address of a preview."""
    told: Mapping[str, Any] = {
        **asdict(preview),
        "at": preview.at.isoformat() if preview.at else "",
        "stages": [stage.value for stage in preview.stages],
    }
    return f"/preview/{_serializer(secrets).dumps({key: value for key, value in told.items() if value})}"


def read_link(token: str, secrets: Sequence[str]) -> Preview:
    """Return what a link shows; raises PreviewOver."""
    try:
        told = _serializer(secrets).loads(token, max_age=VALID_SECONDS)
        stages = tuple(Stage(stage) for stage in told.pop("stages", ()))
        return Preview(**{**told, "at": moment_of(told.get("at")), "stages": stages})
    except (BadSignature, TypeError, ValueError, AttributeError):
        raise PreviewOver from None


def _serializer(secrets: Sequence[str]) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secrets, salt=SALT)
