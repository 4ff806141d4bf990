"""Jobs that failed for good, and what may be done about many of them."""

from __future__ import annotations

from datetime import datetime

from admin.audit.queries import names_of
from admin.jobs.words import WORDS, words_of
from admin.tables import Action, Ask, Choice, Column, Days, Empty, Listing, ListState, Source, Table, Words, within
from storefront.accounts.permissions import Permission
from storefront.audit import services as audit
from storefront.jobs import queries, services
from storefront.jobs.models import DeadLetter
from storefront.jobs.rules import masked, plain_words
from storefront.jobs.states import STATE_WORDS, LetterState
from storefront.kernel.errors import N_

REASONS = (
    ("mended", N_("It was mended by hand")),
    ("needless", N_("It is no longer needed")),
    ("done", N_("It was done another way")),
    ("known", N_("The cause is known and gone")),
)
TABLE = Table(
    url="/admin/jobs",
    columns=(
        Column(N_("Job"), key="job", value=lambda row: Words(words_of(row.job)), look="grow wraps", is_fixed=True),
        Column(N_("What went wrong"), key="error", value=lambda row: Words(plain_words(row.error)), look="wraps"),
        Column(N_("About"), key="about", value=lambda row: masked(", ".join(map(str, row.arguments))), look="wraps"),
        Column(N_("When"), key="when", sort="when", value=lambda row: row.at, look="nowrap"),
        Column(N_("State"), key="state", value=lambda row: Words(STATE_WORDS[LetterState(row.state)]), look="wraps"),
    ),
    default_sort="-when",
    filters=(
        Choice(
            "state", N_("State"), (*((s.value, STATE_WORDS[s]) for s in LetterState if s != "dead"), ("all", N_("All")))
        ),
        Choice("job", N_("Job"), tuple(sorted(WORDS.items(), key=lambda pair: pair[1]))),
        Days("at", N_("Day")),
    ),
)


def letters_of(state: ListState) -> Source:
    """Return the dead letters that `state` asks for: those that wait for somebody, unless it says otherwise."""
    rows, wanted = queries.letters(), state.value("state") or LetterState.DEAD
    if wanted != "all":
        rows = rows.where(DeadLetter.state == wanted)
    if job := state.value("job"):
        rows = rows.where(DeadLetter.job == job)
    rows = rows.where(*within(state, "at", DeadLetter.at))
    return Source(rows, DeadLetter.id, {"when": DeadLetter.at})


def _retry(key: str, _value: str, by: str, at: datetime) -> str:
    letter = services.retry(letter_id=int(key), by=by, at=at)
    told = {"job": (None, letter.job), "state": (LetterState.DEAD, LetterState.RETRIED)}
    audit.record(actor=by, action="job.retry", about=("job", key), changes=told, at=at)
    return ""


def _dismiss(key: str, reason: str, by: str, at: datetime) -> str:
    letter = services.dismiss(letter_id=int(key), reason=reason, by=by, at=at)
    told = {"job": (None, letter.job), "state": (LetterState.DEAD, LetterState.DISMISSED), "reason": (None, reason)}
    audit.record(actor=by, action="job.dismiss", about=("job", key), changes=told, at=at)
    return ""


FAILED = Listing(
    name="jobs",
    title=N_("Jobs"),
    caption=N_("Jobs that failed for good, the newest first"),
    permission=Permission.JOBS_VIEW,
    table=lambda: TABLE,
    source=letters_of,
    cells="admin/jobs/_cells.html",
    empty=Empty(
        icon="circle-check",
        title=N_("Nothing has failed"),
        text=N_("Jobs are tried several times; what fails for good would stand here."),
        nothing_matches=N_("No failed jobs match"),
        show_all=N_("Show those that wait"),
    ),
    known_as=lambda row: f"{row.job.rpartition('.')[2]} {row.id}",
    page="admin/jobs/jobs.html",
    context=lambda rows: {
        "words_of": words_of,
        "plain_words": plain_words,
        "masked": masked,
        "states": STATE_WORDS,
        "reasons": dict(REASONS),
        "people": names_of(row.settled_by for row in rows if row.settled_by),
    },
    actions=(
        Action(
            key="retry",
            label=N_("Try again"),
            says=N_("They are queued once more, as they were."),
            permission=Permission.JOBS_EDIT,
            do=_retry,
        ),
        Action(
            key="dismiss",
            label=N_("Dismiss"),
            says=N_("Nothing more is done about them; the ledger keeps why."),
            permission=Permission.JOBS_EDIT,
            do=_dismiss,
            ask=lambda: Ask(N_("Why?"), REASONS),
        ),
    ),
)
