"""What the lists of search show, and the words for what is stored."""

from __future__ import annotations

from admin.discovery.standing import does_words, standing_of, when_words
from admin.tables import Choice, Column, Table, Words
from storefront.kernel.clock import now
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
ACTIVE = {"yes": N_("Active"), "no": N_("Switched off")}
_ACTIVE = Choice("active", N_("State"), tuple(ACTIVE.items()))
WAYS = {"two": N_("Two-way"), "one": N_("One-way")}
SYNONYMS = Table(
    url="/admin/search/synonyms",
    columns=(
        Column(N_("Words"), key="words", sort="words", value=lambda row: row.text, look="wraps", is_fixed=True),
        Column(N_("Direction"), key="way", value=lambda row: Words(WAYS["one" if row.means else "two"]), look="nowrap"),
        Column(N_("Language"), key="language", value=lambda row: Words(LANGUAGES.get(row.language, row.language))),
        Column(N_("Note"), key="note", value=lambda row: row.note, look="wraps"),
        Column(N_("Changed"), key="changed", sort="changed", value=lambda row: row.updated_at, look="nowrap"),
        Column(N_("State"), key="state", value=lambda row: Words(ACTIVE["yes" if row.is_active else "no"])),
    ),
    default_sort="-changed",
    filters=(
        Choice("way", N_("Direction"), tuple(WAYS.items())),
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
        Column(N_("Rule"), key="name", sort="name", value=lambda row: row.name, look="wraps", is_fixed=True),
        Column(N_("When it holds"), key="when", value=lambda row: " · ".join(when_words(row)), look="wraps"),
        Column(N_("What it does"), key="does", value=lambda row: " · ".join(does_words(row)), look="wraps"),
        Column(N_("Priority"), key="priority", sort="priority", is_number=True, value=lambda row: row.priority),
        Column(N_("Changed"), key="changed", sort="changed", value=lambda row: row.updated_at, look="nowrap"),
        Column(N_("State"), key="state", value=lambda row: Words(STANDINGS[standing_of(row, now())])),
    ),
    default_sort="-priority",
    filters=(Choice("standing", N_("State"), tuple(STANDINGS.items())),),
    search_label=N_("Search by name"),
)
JUDGEMENTS = Table(
    url="/admin/search/judgements",
    columns=(
        Column(N_("Search"), key="query", sort="query", value=lambda row: row.query, look="wraps", is_fixed=True),
        Column(N_("Language"), key="language", value=lambda row: Words(LANGUAGES[row.language])),
        Column(N_("Rated"), key="rated", sort="rated", is_number=True, value=lambda row: row.rated),
        Column(N_("Added"), key="added", sort="added", value=lambda row: row.added_at, look="nowrap"),
    ),
    default_sort="-added",
    filters=(
        Choice("language", N_("Language"), ONE_LANGUAGE),
        Choice("state", N_("Progress"), (("open", N_("To be rated")), ("done", N_("Rated")))),
    ),
    search_label=N_("Find a search"),
)
