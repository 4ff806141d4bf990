"""What the lists of search show, and the words for what is stored."""

from __future__ import annotations

from admin.tables import Choice, Column, Table
from storefront.kernel.errors import N_

LANGUAGES: dict[str, str] = {"": N_("All languages"), "en": N_("English"), "zh": N_("Chinese")}
ONE_LANGUAGE = (("en", N_("English")), ("zh", N_("Chinese")))
RATINGS: dict[int, str] = {0: N_("Not relevant"), 1: N_("Somewhat"), 2: N_("Good"), 3: N_("Perfect")}
STANDINGS: dict[str, str] = {
    "live": N_("In force"),
    "planned": N_("Planned"),
    "ended": N_("Ended"),
    "off": N_("Switched off"),
}
LOOKS = {"live": "positive", "planned": "warning"}
_ACTIVE = Choice("active", N_("State"), (("yes", N_("Active")), ("no", N_("Switched off"))))
SYNONYMS = Table(
    url="/admin/search/synonyms",
    columns=(
        Column(N_("Words"), sort="words"),
        Column(N_("Direction")),
        Column(N_("Language")),
        Column(N_("Note")),
        Column(N_("Changed"), sort="changed"),
        Column(N_("State")),
    ),
    default_sort="-changed",
    filters=(
        Choice("way", N_("Direction"), (("two", N_("Two-way")), ("one", N_("One-way")))),
        Choice(
            "language", N_("Language"), (("all", N_("All languages")), ("en", N_("English")), ("zh", N_("Chinese")))
        ),
        _ACTIVE,
    ),
    search_label=N_("Search by word or note"),
)
RULES = Table(
    url="/admin/search/rules",
    columns=(
        Column(N_("Rule"), sort="name"),
        Column(N_("When it holds")),
        Column(N_("What it does")),
        Column(N_("Priority"), sort="priority", is_number=True),
        Column(N_("Changed"), sort="changed"),
        Column(N_("State")),
    ),
    default_sort="-priority",
    filters=(Choice("standing", N_("State"), tuple(STANDINGS.items())),),
    search_label=N_("Search by name"),
)
JUDGEMENTS = Table(
    url="/admin/search/judgements",
    columns=(
        Column(N_("Search"), sort="query"),
        Column(N_("Language")),
        Column(N_("Rated"), sort="rated", is_number=True),
        Column(N_("Added"), sort="added"),
    ),
    default_sort="-added",
    filters=(
        Choice("language", N_("Language"), ONE_LANGUAGE),
        Choice("state", N_("Progress"), (("open", N_("To be rated")), ("done", N_("Rated")))),
    ),
    search_label=N_("Find a search"),
)
