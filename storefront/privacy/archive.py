"""The copy itself: a ZIP of JSON and one page for people. Pure: what is known comes in, bytes go out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from storefront.kernel.personal import Data

STYLE = """:root { color-scheme: light dark; font: 16px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin-bottom: 1rem; table-layout: fixed; }
th, td { border: 1px solid #8886; padding: .3rem .5rem; text-align: start; vertical-align: top; }
td { overflow-wrap: anywhere; }
th { width: 14rem; font-weight: 600; }
@media (width < 40rem) { th { width: 8rem; } }
"""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One kind of thing: its file's name, its heading, its rows."""

    key: str
    heading: str
    rows: Sequence[Data]


def pack(*, chapters: Sequence[Chapter], index: str) -> bytes:
    """Return a ZIP with `index` as index.html and each chapter as data/<key>.json."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("index.html", index)
        archive.writestr("style.css", STYLE)
        for chapter in chapters:
            text = json.dumps(list(chapter.rows), ensure_ascii=False, indent=2, default=str)
            archive.writestr(f"data/{chapter.key}.json", text + "\n")
    return packed.getvalue()
