"""What the merchant puts on the shop's front: slots filled by entries, and the maps that search engines read.

A slot is a place on a page; its entries say what it may show, for whom and when. `rules.resolve` picks: of the approved
entries that are live and meant for this visitor the one with the highest priority, else the slot's fallback. A page
shows its active slots in their order. Entries name goods by a source ("best-sellers", "category:dairy"), so a slot
stays right while the catalogue changes.
"""
