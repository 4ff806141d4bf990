"""Papers as PDF, A4: one after the other in one file, each with pages of its own and a heading on each of them.

Latin letters are set in the Helvetica that every reader of PDF has, everything else in STSong-Light, the Chinese
typeface that readers of PDF bring themselves: no file of a typeface is needed, and none is embedded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    LongTable,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from storefront.invoicing.printing import Paper

LATIN, BOLD, CHINESE = "Helvetica", "Helvetica-Bold", "STSong-Light"
EDGE = 18 * mm
WIDTH = A4[0] - 2 * EDGE


def set_pdf(papers: Sequence[Paper]) -> bytes:
    """Return a file with these papers, in this order."""
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
    out = BytesIO()
    first = papers[0] if papers else None
    document = BaseDocTemplate(
        out,
        pagesize=A4,
        leftMargin=EDGE,
        rightMargin=EDGE,
        topMargin=EDGE,
        bottomMargin=EDGE,
        title=first.title if first else "",
        author=first.author if first else "",
    )
    frame = Frame(EDGE, EDGE, WIDTH, A4[1] - 2 * EDGE, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
    document.addPageTemplates([PageTemplate(id="paper", frames=[frame])])
    story: list[Flowable] = []
    for place, paper in enumerate(papers):
        story += [PageBreak()] if place else []
        story += _story(paper)
    document.build(story or [Spacer(1, 1)], canvasmaker=_Numbered)
    return out.getvalue()


class _Begin(Flowable):  # type: ignore[misc]
    """Takes no room, and says which paper the page and those after it belong to."""

    def __init__(self, paper: Paper) -> None:
        super().__init__()
        self.paper = paper

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        self.canv.paper = self.paper


class _Numbered(Canvas):  # type: ignore[misc]
    """Keeps its pages until it knows how many each paper has, then writes that below each of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.paper: Paper | None = None
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        all_of = Counter(id(page["paper"]) for page in self._kept)
        seen = Counter[int]()
        for page in self._kept:
            self.__dict__.update(page)
            seen[id(self.paper)] += 1
            if self.paper is not None:
                number = {"page": seen[id(self.paper)], "pages": all_of[id(self.paper)]}
                self._foot(f"{self.paper.title} · {self.paper.pages % number}")
            super().showPage()
        super().save()

    def _foot(self, words: str) -> None:
        style = ParagraphStyle("foot", fontName=LATIN, fontSize=8, textColor=colors.grey, alignment=TA_RIGHT)
        line = Paragraph(_mixed(words), style)
        line.wrapOn(self, WIDTH, EDGE)
        line.drawOn(self, EDGE, EDGE / 2)


def _story(paper: Paper) -> list[Flowable]:
    return [
        _Begin(paper),
        Table(
            [[_words(paper.title, size=16, bold=True), _block(paper.sender, right=True)]],
            colWidths=[WIDTH * 0.55, WIDTH * 0.45],
            style=_HEAD,
        ),
        Spacer(1, 8 * mm),
        Table(
            [[_block(paper.receiver), _block(paper.facts, right=True)]],
            colWidths=[WIDTH * 0.55, WIDTH * 0.45],
            style=_HEAD,
        ),
        Spacer(1, 8 * mm),
        _goods(paper),
        Spacer(1, 4 * mm),
        *([_sums(paper)] if paper.sums else []),
        *[_words(note) for note in paper.notes],
    ]


_HEAD = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (0, -1), 0),
    ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
]


def _goods(paper: Paper) -> Flowable:
    figures = len(paper.heads) - 1
    narrow = WIDTH * (0.46 / figures if figures > 1 else 0.15)
    widths = [WIDTH - narrow * figures, *[narrow] * figures]
    heads = [_words(head, bold=True, right=place > 0) for place, head in enumerate(paper.heads)]
    rows = [[_words(cell, right=place > 0) for place, cell in enumerate(row)] for row in paper.rows]
    return LongTable(
        [heads, *rows],
        colWidths=widths,
        repeatRows=1,
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.black),
            ("LINEBELOW", (0, 1), (-1, -1), 0.25, colors.lightgrey),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ],
    )


def _sums(paper: Paper) -> Flowable:
    last = len(paper.sums) - 1
    rows = [
        [_words(label, right=True, bold=place == last), _words(amount, right=True, bold=place == last)]
        for place, (label, amount) in enumerate(paper.sums)
    ]
    return Table(
        rows,
        colWidths=[WIDTH * 0.75, WIDTH * 0.25],
        style=[("LINEABOVE", (0, last), (-1, last), 0.8, colors.black), ("RIGHTPADDING", (-1, 0), (-1, -1), 0)],
    )


def _block(lines: Sequence[str], *, right: bool = False) -> Flowable:
    return Paragraph("<br/>".join(_mixed(line) for line in lines if line), _style(right=right))


def _words(text: str, *, size: int = 9, bold: bool = False, right: bool = False) -> Flowable:
    return Paragraph(_mixed(text), _style(size=size, bold=bold, right=right, chinese=_has_chinese(text)))


def _style(*, size: int = 9, bold: bool = False, right: bool = False, chinese: bool = False) -> ParagraphStyle:
    return ParagraphStyle(
        "words",
        fontName=BOLD if bold else LATIN,
        fontSize=size,
        leading=size * 1.4,
        alignment=TA_RIGHT if right else 0,
        wordWrap="CJK" if chinese else None,
    )


def _mixed(text: str) -> str:
    """Mark up what Helvetica cannot set, so that it is set in the other typeface."""
    parts = re.split(f"([{_LATIN}]+)", text)
    return "".join(
        escape(part) if place % 2 else f'<font name="{CHINESE}">{escape(part)}</font>'
        for place, part in enumerate(parts)
        if part
    )


def _has_chinese(text: str) -> bool:
    return bool(re.search("[\u3000-\u9fff\uff00-\uffef]", text))


_LATIN = "\u0009-\u007e\u00a0-\u00ff\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u20ac"
"""What the encoding of Helvetica in a PDF has."""
