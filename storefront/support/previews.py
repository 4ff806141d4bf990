"""Samples for letters about tickets."""

from __future__ import annotations

NUMBER = "T-7KQM-3XPD"
FACTS = {
    "ticket_number": lambda: NUMBER,
    "ticket_url": lambda: f"https://example.com/tickets/{NUMBER}",
    "answer": lambda: "Your parcel left us this morning.\nIt should be with you on Friday.",
}
