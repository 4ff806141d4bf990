"""Arrays and texts in one file that is mapped, not read: a page comes from the disk when it is touched, and all
processes share it.

Texts are one run of UTF-8 and the places where each ends; sorted ones are searched by bisection over the bytes, whose
order is that of the characters. A text becomes a Python string only when somebody asks for it.
"""

from __future__ import annotations

import json
import mmap
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from search.ranking import best

_MAGIC = b"packed-1"
_ALIGNED = 64
_AFTER_ALL = b"\xff"

Arrays = dict[str, NDArray[Any]]


def save(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays of numbers, each at a multiple of 64 bytes behind a header that says what is where."""
    place = 0
    header: dict[str, tuple[str, tuple[int, ...], int]] = {}
    for name, array in arrays.items():
        header[name] = (array.dtype.str, array.shape, place)
        place = _padded(place + array.nbytes)
    head = json.dumps(header).encode()
    start = _padded(len(_MAGIC) + 8 + len(head))
    with path.open("wb") as file:
        file.write((_MAGIC + len(head).to_bytes(8, "little") + head).ljust(start, b"\0"))
        for array in arrays.values():
            file.write(np.ascontiguousarray(array).tobytes().ljust(_padded(array.nbytes), b"\0"))


def load(path: Path) -> Arrays:
    """Return read-only arrays over one mapping of the file. Raises OSError or ValueError when it is not one of ours."""
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    front = len(_MAGIC) + 8
    length = int.from_bytes(mapped[len(_MAGIC) : front], "little")
    if mapped[: len(_MAGIC)] != _MAGIC or front + length > len(mapped):
        raise ValueError("not a file of packed arrays")
    start = _padded(front + length)
    header: dict[str, tuple[str, list[int], int]] = json.loads(mapped[front : front + length])
    return {name: _view(mapped, kind, shape, start + place) for name, (kind, shape, place) in header.items()}


class Strings(Sequence[str]):
    """Texts in one array of bytes.

    Parameters
    ----------
    blob : uint8, all texts in UTF-8, one behind the other.
    ends : int64 (texts + 1,), where each begins and the last ends.
    """

    def __init__(self, blob: NDArray[np.uint8], ends: NDArray[np.int64]) -> None:
        self._bytes = blob.data
        self._ends = ends.data

    @classmethod
    def of(cls, texts: Iterable[str]) -> Strings:
        """Return these texts packed."""
        return cls(*pack(texts))

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        return str(self._bytes[self._ends[place] : self._ends[place + 1]], "utf-8", "surrogatepass")

    def span(self, prefix: str) -> tuple[int, int]:
        """Return (first, one past the last) of the texts that begin with `prefix`; the texts must be sorted."""
        start = prefix.encode("utf-8", "surrogatepass")
        first = bisect_left(range(len(self)), start, key=self._raw)
        return first, bisect_left(range(len(self)), start + _AFTER_ALL, lo=first, key=self._raw)

    def find(self, text: str) -> int:
        """Return the place of a text, or -1; the texts must be sorted."""
        wanted = text.encode("utf-8", "surrogatepass")
        place = bisect_left(range(len(self)), wanted, key=self._raw)
        return place if place < len(self) and self._raw(place) == wanted else -1

    def _raw(self, place: int) -> bytes:
        return bytes(self._bytes[self._ends[place] : self._ends[place + 1]])


class Tally(Mapping[str, int]):
    """How often each text occurs, summed over segments: the largest segment's table stays packed, the few texts of the
    others lie beside it.

    Parameters
    ----------
    parts : (texts in ascending order, int32 count of each) of each segment.
    """

    def __init__(self, parts: Sequence[tuple[Strings, NDArray[np.int32]]]) -> None:
        largest = max(parts, key=lambda part: len(part[0]), default=(Strings.of(()), np.empty(0, np.int32)))
        self._texts, self._counts = largest
        self._numbers = self._counts.data
        more: Counter[str] = Counter()
        for texts, counts in parts:
            if texts is not self._texts:
                more.update(dict(zip(texts, counts.tolist(), strict=True)))
        self._more = dict(more)
        self._more_sorted = sorted(more)

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> Tally:
        """Return a tally of these counts."""
        texts = sorted(counts)
        return cls([(Strings.of(texts), np.array([counts[text] for text in texts], np.int32))])

    def __len__(self) -> int:
        return len(self._texts) + sum(self._texts.find(text) < 0 for text in self._more)

    def __iter__(self) -> Iterator[str]:
        yield from self._texts
        yield from (text for text in self._more_sorted if self._texts.find(text) < 0)

    def __getitem__(self, text: str) -> int:
        count = self._packed(text) + self._more.get(text, 0)
        if not count:
            raise KeyError(text)
        return count

    def items(self) -> Any:
        """Yield (text, count), in no particular order."""
        for text, count in zip(self._texts, self._counts.tolist(), strict=True):
            yield text, count + self._more.get(text, 0)
        yield from ((text, self._more[text]) for text in self._more_sorted if self._texts.find(text) < 0)

    def most_used(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Return (text, count) of the `limit` most used texts that begin with `prefix`; equals go by the text."""
        first, last = self._texts.span(prefix)
        counts = self._counts[first:last]
        places = best(counts.astype(np.float64), np.arange(first, last), min(limit, counts.size))
        found = {self._texts[place]: int(counts[place - first]) for place in (places + first).tolist()}
        for text in self._more_sorted[bisect_left(self._more_sorted, prefix) :]:
            if not text.startswith(prefix):
                break
            found[text] = self._packed(text)
        ordered = ((text, count + self._more.get(text, 0)) for text, count in found.items())
        return sorted(ordered, key=lambda one: (-one[1], one[0]))[: max(0, limit)]

    def _packed(self, text: str) -> int:
        place = self._texts.find(text)
        return self._numbers[place] if place >= 0 else 0


def pack(texts: Iterable[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return what a `Strings` is made of."""
    raw = [text.encode("utf-8", "surrogatepass") for text in texts]
    ends = np.fromiter(accumulate(map(len, raw), initial=0), np.int64, len(raw) + 1)
    return np.frombuffer(b"".join(raw), np.uint8), ends


def _view(mapped: mmap.mmap, kind: str, shape: Sequence[int], place: int) -> NDArray[Any]:
    count = int(np.prod(shape))
    return np.frombuffer(mapped, np.dtype(kind), count, place).reshape(shape) if count else np.empty(shape, kind)


def _padded(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED
