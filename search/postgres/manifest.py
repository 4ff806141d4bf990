"""What a generation holds, as one checked text: segments in order, what is deleted in each, every file's seal."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from search.documents import IndexBroken
from search.index.layout import FileSeal
from search.schema import schema_hash


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: `documents` rows, of which `deleted` (packed bits, deflated, base64) no longer count."""

    id: int
    documents: int
    files: Mapping[str, FileSeal]
    deleted: str = ""

    @property
    def name(self) -> str:
        """What its column files are called after."""
        return str(self.id)

    def alive(self) -> NDArray[np.bool_]:
        """Return (documents,) false for what later segments replaced."""
        if not self.deleted:
            return np.ones(self.documents, np.bool_)
        bits = np.frombuffer(zlib.decompress(base64.b64decode(self.deleted)), np.uint8)
        return ~np.unpackbits(bits, count=self.documents).astype(np.bool_)

    def keeping(self, alive: NDArray[np.bool_]) -> Segment:
        """Return the same segment with these documents alive."""
        packed = base64.b64encode(zlib.compress(np.packbits(~alive).tobytes())).decode()
        return Segment(self.id, self.documents, self.files, "" if alive.all() else packed)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation holds; `built_at` in seconds since 1970, UTC."""

    schema: str
    documents: int
    built_at: float
    segments: tuple[Segment, ...]

    def alive(self) -> NDArray[np.bool_]:
        """Return (rows of all segments,) false for what was replaced."""
        return np.concatenate([np.empty(0, np.bool_), *(segment.alive() for segment in self.segments)])

    def files(self) -> dict[str, tuple[int, FileSeal]]:
        """Return (segment, seal) by file name."""
        return {name: (segment.id, seal) for segment in self.segments for name, seal in segment.files.items()}

    def written(self) -> str:
        """Return the text to keep, with its checksum."""
        body = asdict(self)
        return json.dumps({"manifest": body, "sha256": _digest_of(body)})


def read_manifest(name: str, text: str) -> Manifest:
    """Return the manifest that a text holds. Raises IndexBroken when it was altered or made for another schema."""
    try:
        outer = json.loads(text)
        body = outer["manifest"]
        if outer["sha256"] != _digest_of(body):
            raise IndexBroken(f"{name}: the manifest was altered")
        segments = tuple(
            Segment(**{**facts, "files": {file: FileSeal(**seal) for file, seal in facts["files"].items()}})
            for facts in body.pop("segments")
        )
        manifest = Manifest(segments=segments, **body)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise IndexBroken(f"{name}: no readable manifest ({error})") from error
    if manifest.schema != schema_hash():
        raise IndexBroken(f"{name}: made for another schema")
    return manifest


def segments_in(text: str) -> list[int]:
    """Return the ids of the segments that a manifest of any schema lists; none for an unreadable one."""
    try:
        return [int(segment["id"]) for segment in json.loads(text)["manifest"]["segments"]]
    except (ValueError, TypeError, KeyError):
        return []


def _digest_of(body: object) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
