"""Synonyms: those that the index is taught, and how the merchant writes them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from search import Synonym, Synonyms
from search.analysis import normalise
from search.synonyms import MOST_WORDS as WORDS_IN_ONE
from search.synonyms import general, over
from storefront.audit import services as audit
from storefront.database.base import db
from storefront.database.reading import read
from storefront.discovery.errors import StaleSynonym
from storefront.discovery.models import SearchSynonym
from storefront.discovery.rules import words_of
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.text import squeeze

MOST_WORDS, LONGEST_WORD, LONGEST_NOTE = 20, 60, 255
SEPARATOR = "|"
LANGUAGES = ("", "en", "zh")


class DuplicateSynonym(Invalid):
    """There is such a row already; `synonym_id` is which."""

    message = N_("This synonym is there already.")

    def __init__(self, synonym_id: int) -> None:
        self.synonym_id = synonym_id
        super().__init__(field="words")


@dataclass(frozen=True, slots=True)
class SynonymPlan:
    """What a synonym is to be: two-way without `means`. Raises Invalid for what it cannot be."""

    words: tuple[str, ...]
    means: tuple[str, ...] = ()
    language: str = ""
    note: str = ""
    is_active: bool = True

    def __post_init__(self) -> None:
        _check_words(self.words, "words")
        _check_words(self.means, "means")
        if not self.words or (not self.means and len(self.words) < 2):
            raise Invalid(N_("Write at least two words that mean the same."), field="words")
        sides = [*(("words", word) for word in self.words), *(("means", word) for word in self.means)]
        seen: dict[str, str] = {}
        for field, word in sides:
            if seen.setdefault(_plain(word), word) != word or sides.count((field, word)) > 1:
                raise Invalid(N_("“%(word)s” stands there twice."), field=field, word=word)
        if set(map(_plain, self.words)) & set(map(_plain, self.means)):
            raise Invalid(N_("A word cannot find itself: it stands on both sides."), field="means")
        if self.language not in LANGUAGES:
            raise Invalid(N_("Choose one of the languages."), field="language")
        if len(self.note) > LONGEST_NOTE:
            raise Invalid(N_("Use at most %(count)d characters."), field="note", count=LONGEST_NOTE)

    @property
    def key(self) -> str:
        """What it says, whatever the order of its words, as a digest."""
        said = [sorted(map(_plain, self.words)), sorted(map(_plain, self.means)), self.language]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def split_words(text: str) -> tuple[str, ...]:
    """Return the words of one side, typed with `|` or line ends between them."""
    parts = (squeeze(part) for line in text.splitlines() for part in line.replace("｜", SEPARATOR).split(SEPARATOR))
    return tuple(part for part in parts if part)


def get_synonym(synonym_id: int) -> SearchSynonym:
    """Return a synonym's row as it is stored now, or NotFound."""
    found = db.session.get(SearchSynonym, synonym_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def find_same(plan: SynonymPlan, *, without: int = 0) -> int | None:
    """Return the id of a row that says the same, or None."""
    statement = select(SearchSynonym.id).where(SearchSynonym.key == plan.key, SearchSynonym.id != without)
    return db.session.scalar(statement.limit(1))


def find_opposite(plan: SynonymPlan, *, without: int = 0) -> int | None:
    """Return a one-way synonym that leads back: the two together are one that holds both ways."""
    mine, theirs = set(map(_plain, plan.words)), set(map(_plain, plan.means))
    rows = db.session.execute(select(SearchSynonym.id, SearchSynonym.words, SearchSynonym.means)) if theirs else ()
    for row in rows:
        if row.id != without and theirs & set(map(_plain, row.words)) and mine & set(map(_plain, row.means)):
            return int(row.id)
    return None


def known_keys() -> set[str]:
    """Return the digests of all rows."""
    return set(db.session.scalars(select(SearchSynonym.key)))


def add_synonym(*, plan: SynonymPlan, by: str, at: datetime) -> SearchSynonym:
    """Make a synonym; raises DuplicateSynonym for one that is there."""
    if (same := find_same(plan)) is not None:
        raise DuplicateSynonym(same)
    row = SearchSynonym(updated_at=at)
    _fill(row, plan, at)
    db.session.add(row)
    _flush(plan)
    changes = {key: (None, value) for key, value in _told(row).items() if value}
    audit.record(actor=by, action="synonym.add", about=("synonym", str(row.id)), changes=changes, at=at)
    return row


def change_synonym(*, synonym_id: int, version: int, plan: SynonymPlan, by: str, at: datetime) -> SearchSynonym:
    """Change a synonym as it was at `version`."""
    row = get_synonym(synonym_id)
    if row.version != version:
        raise StaleSynonym
    if (same := find_same(plan, without=synonym_id)) is not None:
        raise DuplicateSynonym(same)
    before = _told(row)
    _fill(row, plan, at)
    _flush(plan)
    changes = {key: (before[key], value) for key, value in _told(row).items()}
    audit.record(actor=by, action="synonym.change", about=("synonym", str(row.id)), changes=changes, at=at)
    return row


def delete_synonym(*, synonym_id: int, by: str, at: datetime) -> str:
    """Delete a synonym; return its words."""
    row = get_synonym(synonym_id)
    changes: Mapping[str, tuple[object, object]] = {key: (value, None) for key, value in _told(row).items() if value}
    audit.record(actor=by, action="synonym.delete", about=("synonym", str(row.id)), changes=changes, at=at)
    db.session.delete(row)
    db.session.flush()
    return row.text


def import_synonyms(*, plans: Iterable[SynonymPlan], by: str, at: datetime) -> int:
    """Add those that are not there yet, with one entry in the ledger; return how many."""
    known, rows = known_keys(), []
    for plan in plans:
        if plan.key not in known:
            known.add(plan.key)
            row = SearchSynonym(updated_at=at)
            _fill(row, plan, at)
            rows.append(row)
    if rows:
        db.session.add_all(rows)
        db.session.flush()
        audit.record(
            actor=by, action="synonym.import", about=("synonym", "csv"), changes={"rows": (None, len(rows))}, at=at
        )
    return len(rows)


def read_synonyms() -> Synonyms:
    """Return the synonyms in force, as the index learns them: the merchant's own over those of everyday goods."""
    own = [
        Synonym(tuple(row.words), tuple(row.means), two_way=not row.means, language=row.language)
        for row in read(_ACTIVE).all()
    ]
    return over(own, general())


def count_general() -> int:
    """Return how many synonyms of everyday goods the shop knows without the merchant."""
    return len(general())


class SynonymTable:
    """Tells what to teach the index: one small query finds out whether a synonym was written to."""

    def __init__(self) -> None:
        self._version: tuple[Any, ...] = ()

    def update(self) -> Synonyms | None:
        """Return all synonyms in force when they are others than last time, else None."""
        version: tuple[Any, ...] = tuple(read(_VERSION).one())
        if version == self._version:
            return None
        known = read_synonyms()
        self._version = version
        return known


_VERSION = select(
    func.count(SearchSynonym.id),
    func.max(SearchSynonym.id),
    func.sum(SearchSynonym.version),
    func.max(SearchSynonym.updated_at),
)
_ACTIVE = (
    select(SearchSynonym.words, SearchSynonym.means, SearchSynonym.language)
    .where(SearchSynonym.is_active)
    .order_by(SearchSynonym.id)
)


def _check_words(words: tuple[str, ...], field: str) -> None:
    if len(words) > MOST_WORDS:
        raise Invalid(N_("At most %(count)d words fit on one side."), field=field, count=MOST_WORDS)
    for word in words:
        if len(word) > LONGEST_WORD:
            raise Invalid(
                N_("“%(word)s” is longer than %(count)d characters."),
                field=field,
                word=f"{word[:20]}…",
                count=LONGEST_WORD,
            )
        if not words_of(word):
            raise Invalid(N_("“%(text)s” has no word that could be searched."), field=field, text=word[:60])
        if len(words_of(word)) > WORDS_IN_ONE:
            raise Invalid(
                N_("“%(text)s” has more than %(count)d words."), field=field, text=word[:60], count=WORDS_IN_ONE
            )


def _fill(row: SearchSynonym, plan: SynonymPlan, at: datetime) -> None:
    row.key, row.words, row.means = plan.key, list(plan.words), list(plan.means)
    row.text = _said(plan.words, plan.means)
    row.language, row.note, row.is_active, row.updated_at = plan.language, squeeze(plan.note), plan.is_active, at


def _flush(plan: SynonymPlan) -> None:
    """Flush; whoever was faster with the same row is named."""
    try:
        with db.session.begin_nested():
            db.session.flush()
    except StaleDataError:
        raise StaleSynonym from None
    except IntegrityError:
        raise DuplicateSynonym(find_same(plan) or 0) from None


def _told(row: SearchSynonym) -> dict[str, Any]:
    return {
        "words": row.text,
        "language": row.language,
        "note": row.note,
        "active": row.is_active,
    }


def _said(words: Iterable[str], means: Iterable[str]) -> str:
    left, right = " | ".join(words), " | ".join(means)
    return f"{left} → {right}" if right else left


def _plain(word: str) -> str:
    return " ".join(normalise(word, LONGEST_WORD * 2).split())
