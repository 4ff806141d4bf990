"""Papers to be printed: what one holds, and a file of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper: who sends it and who gets it, a table, sums below it. `pages` is "Page %(page)s of %(pages)s"."""

    title: str
    sender: Sequence[str]
    receiver: Sequence[str]
    facts: Sequence[str]
    heads: Sequence[str]
    """Of the columns; the first is wide, and all after it are figures."""
    rows: Sequence[Sequence[str]]
    sums: Sequence[tuple[str, str]]
    pages: str
    notes: Sequence[str] = ()
    author: str = ""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.heads) for row in self.rows):
            raise ValueError("a row has a cell for each head")


def pdf_of(papers: Sequence[Paper]) -> bytes:
    """Return a PDF with these papers, in this order."""
    from storefront.invoicing.typesetting import set_pdf  # noqa: PLC0415 - its library is large, and papers are rare

    return set_pdf(papers)
