"""What a pasted address comes to."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True, slots=True)
class Pasted:
    """The fields of an address as forms name them; `region`, `city` and `district` are as addresses store them."""

    name: str = ""
    phone: str = ""
    country: str = ""
    region: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    street2: str = ""
    postcode: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing of an address was found; a word alone may be anything."""
        return not (self.street or self.region)

    def having(self, **changed: str) -> Pasted:
        """Return it with other values in some fields."""
        return replace(self, **changed)

    def as_fields(self) -> dict[str, str]:
        """Return plain values for a form."""
        return asdict(self)
