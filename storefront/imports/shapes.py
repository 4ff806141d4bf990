"""How a file is to be read: a workbook, or text of some encoding with something between its cells."""

from __future__ import annotations

import codecs
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any

from charset_normalizer import from_bytes

from storefront.imports.errors import BadFile
from storefront.kernel.errors import N_

LARGEST_FILE = 25 * 1024 * 1024
LARGEST_UNPACKED = 400 * 1024 * 1024
LARGEST_TEXTS = 100 * 1024 * 1024
"""Texts of a workbook are all kept in memory while it is read."""
SAMPLE = 64 * 1024
ENCODINGS = {
    "utf-8": "UTF-8",
    "gb18030": "GBK / GB18030",
    "big5hkscs": "Big5",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16 (big-endian)",
    "cp1252": "Windows-1252",
    "shift_jis_2004": "Shift JIS",
    "euc_kr": "EUC-KR",
}
DELIMITERS = {",": N_("Comma"), ";": N_("Semicolon"), "\t": N_("Tab"), "|": N_("Bar")}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OTHERS = ["gb18030", "big5", "cp1252", "shift_jis", "euc_kr"]
_NAMES = {"big5": "big5hkscs", "shift_jis": "shift_jis_2004", "cp949": "euc_kr"}


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is read."""

    kind: str
    """csv or xlsx."""
    encoding: str = ""
    delimiter: str = ""

    def as_data(self) -> dict[str, Any]:
        """Return plain values for a JSON column."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Shape:
        """Read what `as_data` gave."""
        return cls(str(data["kind"]), str(data.get("encoding", "")), str(data.get("delimiter", "")))


def shape_of(content: bytes) -> Shape:
    """Recognise a file by what is in it, whatever it is called; raises BadFile."""
    if not content.strip():
        raise BadFile(N_("This file is empty."))
    if content.startswith(b"PK"):
        _check_book(content)
        return Shape("xlsx")
    if content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf")):
        raise BadFile(N_("This is not a table. Save it as CSV or XLSX; the old XLS format is not read."))
    encoding = _encoding_of(content)
    return Shape("csv", encoding, _delimiter_of(text_of(content[:SAMPLE], encoding, is_cut=True)))


def text_of(content: bytes, encoding: str, *, is_cut: bool = False) -> str:
    """Return the text of bytes, without a mark; a letter cut in half at the end is left out when `is_cut`."""
    decoder = codecs.getincrementaldecoder(encoding)("replace" if is_cut else "strict")
    return decoder.decode(content, final=not is_cut).lstrip("\ufeff")


def reads(content: bytes, encoding: str) -> bool:
    """Say whether bytes are text in this encoding, without keeping the text."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for start in range(0, len(content), SAMPLE):
            decoder.decode(content[start : start + SAMPLE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _encoding_of(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _sure(content, encoding)
    head = content[:SAMPLE]
    if b"\x00" in head:
        odd, even = head[1::2].count(0), head[::2].count(0)
        return _sure(content, "utf-16-le" if odd >= even else "utf-16-be")
    if reads(content, "utf-8"):
        return "utf-8"
    if reads(content, "gb18030") and _looks_chinese(text_of(head, "gb18030", is_cut=True)):
        return "gb18030"
    best = from_bytes(head, cp_isolation=_OTHERS).best()
    found = _NAMES.get(best.encoding, best.encoding) if best else "cp1252"
    return found if found in ENCODINGS and reads(content, found) else "cp1252"


def _sure(content: bytes, encoding: str) -> str:
    if not reads(content, encoding):
        raise BadFile(N_("This file is not text. Save it as CSV or XLSX and try again."))
    return encoding


def _looks_chinese(text: str) -> bool:
    """Say whether what is not ASCII is mostly what GB2312 has: other encodings read as GBK give rare characters."""
    strange = [letter for letter in text if ord(letter) > 127]
    common = 0
    for letter in strange:
        try:
            letter.encode("gb2312")
        except UnicodeEncodeError:
            continue
        common += 1
    return common >= 0.9 * len(strange)


def _delimiter_of(text: str) -> str:
    """Return what stands most often in the first line outside quotes."""
    counts, quoted = dict.fromkeys(DELIMITERS, 0), False
    for letter in text.lstrip("\r\n"):
        if letter == '"':
            quoted = not quoted
        elif not quoted and letter in "\r\n":
            break
        elif not quoted and letter in counts:
            counts[letter] += 1
    best = max(counts, key=lambda each: counts[each])
    return best if counts[best] else ","


def _check_book(content: bytes) -> None:
    """Refuse what is no workbook, and one that unpacks to more than anybody's table; sizes are those that unpacking
    stops at."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as book:
            entries = book.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise BadFile(N_("This workbook is damaged. Save it again and try once more.")) from None
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise BadFile(N_("This is not a table. Save it as CSV or XLSX; the old XLS format is not read."))
    texts = sum(entry.file_size for entry in entries if entry.filename.lower().endswith("sharedstrings.xml"))
    if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED or texts > LARGEST_TEXTS:
        raise BadFile(N_("This workbook unpacks to more than can be read. Save the table alone, as CSV."))
