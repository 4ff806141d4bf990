"""Pure: which variation a visitor sees. A hash decides, nothing is stored (see the plaque of this room)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

WHOLE = 10_000
"""How many buckets there are. Weights, coverage, slices and the holdout are counted in them: 2,500 is a quarter."""
HOLDOUT = 500
"""How many buckets of the shop see no experiment."""


@dataclass(frozen=True, slots=True)
class Range:
    """The buckets [start, stop) that see the arm `key`; its block, into which it may still grow, ends at `limit`."""

    key: str
    start: int
    stop: int
    limit: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.stop <= self.limit <= WHOLE:
            raise ValueError(f"a range of buckets runs from 0 to {WHOLE}")

    @property
    def size(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True, slots=True, order=True)
class Slice:
    """Buckets [start, stop) of a surface that one experiment owns."""

    start: int
    stop: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.stop <= WHOLE:
            raise ValueError(f"a slice holds buckets between 0 and {WHOLE}")

    @property
    def size(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class Running:
    """A live experiment as far as assignment knows it. A new version of it needs a new `salt`."""

    key: str
    salt: str
    slices: tuple[Slice, ...]
    ranges: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Assigned:
    """The experiment and the arm that a visitor is in."""

    experiment: str
    arm: str


def bucket(salt: str, unit: str) -> int:
    """Return the bucket, 0 to 9,999, of a visitor: sha256("salt:unit"), first 8 bytes, modulo 10,000.

    The remainder prefers no bucket by more than 1 in 10^15. Raises ValueError for an empty unit or salt and for a colon
    in the salt, since "a:b" and "c" would then fall together with "a" and "b:c".
    """
    if not unit:
        raise ValueError("nobody has no bucket")
    if not salt or ":" in salt:
        raise ValueError("a salt is not empty and holds no colon")
    return int.from_bytes(sha256(f"{salt}:{unit}".encode()).digest()[:8]) % WHOLE


def even_weights(keys: Sequence[str]) -> dict[str, int]:
    """Return weights as equal as whole buckets allow: the first arms take what does not divide."""
    if not keys:
        raise ValueError("an experiment needs arms")
    share, rest = divmod(WHOLE, len(keys))
    return {key: share + (place < rest) for place, key in enumerate(keys)}


def ranges(weights: Mapping[str, int], coverage: int = WHOLE) -> tuple[Range, ...]:
    """Return the buckets of each arm, in the order of `weights`.

    Weights are whole ten-thousandths and add up to exactly 10,000. `coverage` (1 to 10,000) says how much of every
    arm's block is filled, rounded down: whole per cents of both are met exactly. Raises ValueError for weights that do
    not add up, are not positive or not whole, fewer than two arms, and a coverage at which some arm would be empty.
    """
    _check_weights(weights)
    made, start = [], 0
    for key, weight in weights.items():
        made.append(Range(key, start, start, start + weight))
        start += weight
    return extended(made, coverage)


def extended(present: Sequence[Range], coverage: int) -> tuple[Range, ...]:
    """Return the same arms at a larger coverage. Only ends move, so whoever is in an arm stays in it.

    Raises ValueError where an arm would shrink: visitors who had seen it would see something else.
    """
    if not _is_whole(coverage) or not 0 < coverage <= WHOLE:
        raise ValueError(f"coverage is a whole number from 1 to {WHOLE}")
    made = tuple(replace(one, stop=one.start + (one.limit - one.start) * coverage // WHOLE) for one in present)
    if any(new.stop < old.stop for new, old in zip(made, present, strict=True)):
        raise ValueError("a ramp only goes up: nobody leaves an arm that they have seen")
    if any(new.size == 0 for new in made):
        raise ValueError("at this coverage an arm would hold nobody")
    return made


def arm(present: Iterable[Range], place: int) -> str | None:
    """Return the arm whose range holds the bucket `place`, None where no arm has grown yet."""
    for one in present:
        if one.start <= place < one.stop:
            return one.key
    return None


def sizes(present: Iterable[Range]) -> dict[str, int]:
    """Return how many buckets each arm holds: the proportions in which its visitors have to come."""
    return {one.key: one.size for one in present}


def claim(taken: Iterable[Slice], share: int) -> tuple[Slice, ...]:
    """Return free slices of a surface that hold `share` buckets together, lowest first.

    `taken` are the slices of all other experiments that live on this surface. Raises ValueError if too few are free or
    two of the taken overlap.
    """
    if not _is_whole(share) or not 0 < share <= WHOLE:
        raise ValueError(f"a share of a surface is a whole number from 1 to {WHOLE}")
    claimed, wanted = [], share
    for gap in _gaps(taken):
        if wanted:
            claimed.append(Slice(gap.start, gap.start + min(wanted, gap.size)))
            wanted -= claimed[-1].size
    if wanted:
        raise ValueError(f"only {share - wanted} of {WHOLE} buckets of this surface are free")
    return tuple(claimed)


def is_held_out(salt: str, unit: str, share: int = HOLDOUT) -> bool:
    """Say whether this visitor sees no experiment on any surface. `salt` is the shop's, one for good."""
    return bucket(salt, unit) < share


def assign(surface: str, running: Iterable[Running], unit: str, holdout: str = "holdout") -> Assigned | None:
    """Return what this visitor is in on a surface, None for nothing: then the shop shows what it always shows.

    `surface` salts the space that the experiments share, `holdout` the shop's. An empty `unit` (a visitor whom nobody
    recognises the next time) is in nothing.
    """
    if not unit or is_held_out(holdout, unit):
        return None
    place = bucket(surface.replace(":", "/"), unit)
    for one in running:
        for piece in one.slices:
            if piece.start <= place < piece.stop:
                key = arm(one.ranges, bucket(one.salt, unit))
                return Assigned(one.key, key) if key is not None else None
    return None


def _check_weights(weights: Mapping[str, int]) -> None:
    if len(weights) < 2:
        raise ValueError("an experiment compares at least two arms")
    if not all(key for key in weights):
        raise ValueError("an arm has a name")
    if not all(_is_whole(weight) and weight > 0 for weight in weights.values()):
        raise ValueError("weights are whole and positive")
    if (total := sum(weights.values())) != WHOLE:
        raise ValueError(f"weights add up to {WHOLE}, not to {total}")


def _is_whole(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool)


def _gaps(taken: Iterable[Slice]) -> Iterable[Slice]:
    free = 0
    for one in sorted(taken):
        if one.start < free:
            raise ValueError("two experiments claim the same buckets")
        if one.start > free:
            yield Slice(free, one.start)
        free = one.stop
    if free < WHOLE:
        yield Slice(free, WHOLE)
