"""What the merchant puts on pages: slots filled by entries, campaigns, and the maps that search engines read.

A slot is a place on a page: the home page, the first page of a category, or a campaign with an address of its own. Its
entries say what it may show, for whom and when. `rules.resolve` picks: of the approved entries that are live and meant
for this visitor the one with the highest priority, else the slot's fallback. A page shows its active slots in their
order. Entries name goods by a source ("best-sellers", "category:dairy", "collection:3") or by hand, so a slot stays
right while the catalogue changes; what cannot be bought any more is left out.

What an entry shows is never changed in place (`entries`). A change is a version that somebody drafts, sends to be
looked at, and somebody else lets through; until then the shop shows what was let through before. Every version stays
and can be brought back. Pausing takes effect at once, and so does going on with what had been let through.

`schedule` says what a slot will show over a stretch of time, where entries stand in each other's way and where nothing
but the fallback is due. `previewing` makes links by which anybody sees a page as it will be: at a time, as somebody, on
a device, with or without what waits to be looked at. Prices and stock on such a page are those of now.

Which entry is shown depends on the visitor only as far as entries ask: a page for whom nothing is aimed at groups or
tiers reads no customer. Sections say which entry they are, the script tells when it was in view and opened, and
`analytics` counts it.
"""
