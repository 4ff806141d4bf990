"""Synonyms in the back office: the list, the form, and files from spreadsheets."""

from __future__ import annotations

import io

import pytest
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery.models import SearchSynonym
from storefront.discovery.synonyms import SynonymPlan, add_synonym
from storefront.kernel.clock import now
from tests.admin.people import at_work
from tests.browser import Page, Shopper

URL = "/admin/search/synonyms"


def make_synonym(app: Flask, *words: str, means: tuple[str, ...] = (), **more: object) -> int:
    with app.app_context(), transaction():
        return add_synonym(plan=SynonymPlan(words, means, **more), by="staff:1", at=now()).id  # type: ignore[arg-type]


def stored(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(db.select(SearchSynonym.text).order_by(SearchSynonym.id)))


def send(browser: Shopper, content: bytes, do: str = "import", **options: object) -> Page:
    data = {"file": (io.BytesIO(content), "words.csv"), "do": do}
    return browser.post(f"{URL}/import", data, content_type="multipart/form-data", **options)  # type: ignore[arg-type]


def test_a_synonym_is_made_found_changed_and_deleted_and_the_ledger_knows(any_app: Flask) -> None:
    browser = at_work(any_app)
    page = browser.get(f"{URL}/new?words=oat milk|oatmilk&language=en")
    assert page.one("#words").get_text().strip() == "oat milk\noatmilk"
    assert page.one("#language option[selected]")["value"] == "en"
    browser.submit(page, "form[data-guarded]", note="From the report")
    assert stored(any_app) == ["oat milk | oatmilk"]
    listed = browser.get(f"{URL}?q=OATMILK")
    page = browser.get(str(listed.one("td a")["href"]))
    page = browser.submit(page, "form[data-guarded]", means="plant milk", note="")
    assert stored(any_app) == ["oat milk | oatmilk → plant milk"]
    page = browser.get(str(browser.get(URL).one("td a")["href"]))
    assert "oat milk | oatmilk → plant milk" in page.words(".changes")
    browser.submit(page, "form[action$='/deletion']")
    assert stored(any_app) == []
    assert "Synonym deleted" in browser.get("/admin/audit").said


def test_the_list_is_searched_and_filtered(app: Flask) -> None:
    make_synonym(app, "soda", "pop", note="By region")
    make_synonym(app, "veggies", means=("vegetables",), language="en")
    make_synonym(app, "番茄", "西红柿", language="zh", is_active=False)
    browser = at_work(app)

    def found(query: str) -> set[str]:
        return {str(link.get_text()) for link in browser.get(f"{URL}?{query}").all("td a")}

    assert len(found("")) == 3
    assert found("q=region") == {"soda | pop"}
    assert found("q=西红柿") == found("language=zh") == found("active=no") == {"番茄 | 西红柿"}
    assert found("way=one") == {"veggies → vegetables"}
    assert found("language=all") == {"soda | pop"}
    assert found("q=100%25_") == set()


@pytest.mark.parametrize(
    ("words", "means", "said"),
    [
        ("", "", "at least two words"),
        ("soda", "", "at least two words"),
        ("soda\nSODA", "", "stands there twice"),
        ("soda", "soda", "A word cannot find itself"),
        ("\n".join(f"word{number}" for number in range(21)), "", "At most 20 words"),
        ("soda\n" + "x" * 61, "", "longer than 60 characters"),
        ("<b>\n!!!", "", "no word that could be searched"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    app: Flask, words: str, means: str, said: str
) -> None:
    browser = at_work(app)
    page = browser.post(URL, {"words": words, "means": means, "language": "", "is_active": "y"})
    assert page.status == 422
    assert said in page.said
    assert page.one("#words").get_text().strip() == words.strip()
    assert stored(app) == []


def test_a_duplicate_leads_to_the_row_that_is_there(app: Flask) -> None:
    number = make_synonym(app, "soda", "pop")
    page = at_work(app).post(URL, {"words": "POP\nSoda", "means": "", "language": "", "is_active": "y"})
    assert page.status == 422
    assert page.one(f"main a[href='{URL}/{number}']")


def test_one_way_pairs_in_a_circle_are_warned_of(app: Flask) -> None:
    make_synonym(app, "veggies", means=("vegetables",))
    browser = at_work(app)
    page = browser.post(URL, {"words": "vegetables", "means": "veggies", "language": "", "is_active": "y"}, follow=True)
    assert "leads back" in page.words("#flash")
    assert len(stored(app)) == 2


def test_who_was_slower_loses_nothing(app: Flask) -> None:
    number = make_synonym(app, "soda", "pop")
    first, second = at_work(app), at_work(app, Role.MERCHANDISER)
    stale = second.get(f"{URL}/{number}")
    first.submit(first.get(f"{URL}/{number}"), "form[data-guarded]", note="Theirs")
    page = second.submit(stale, "form[data-guarded]", words="soda\npop\nfizz", follow=False)
    assert page.status == 409
    assert page.one("#note")["value"] == "Theirs"
    assert "fizz" in page.one("#words").get_text()


def test_a_file_is_checked_first_and_taken_over_whole(any_app: Flask) -> None:
    make_synonym(any_app, "soda", "pop")
    browser = at_work(any_app)
    content = (
        "words,means,language,note,active\npop|soda,,,,\nveggies,vegetables,en,,no\n番茄|西红柿,,zh,常用,yes\n".encode()
    )
    page = send(browser, content, "check", htmx=True)
    assert (page.status, page.words("#import-result strong")) == (200, "The file is fine. Nothing is saved yet.")
    assert "2 lines are new. 1 line is there already." in page.said
    assert len(stored(any_app)) == 1
    assert send(browser, content).status == 303
    assert stored(any_app) == ["soda | pop", "veggies → vegetables", "番茄 | 西红柿"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_files_come_in_many_encodings(app: Flask, encoding: str, between: str) -> None:
    lines = (("Words", "means", "language"), ("番茄|西红柿", "", "zh"))
    content = "\r\n".join(between.join(line) for line in lines).encode(encoding)
    assert send(at_work(app), content).status == 303
    assert stored(app) == ["番茄 | 西红柿"]


def test_lines_that_are_wrong_are_named_and_nothing_is_stored(app: Flask) -> None:
    content = b"words,means,language\nsoda|pop,,\nsoda,,\npop|soda,,\na|b,,fr\n\n" + b"x" * 61 + b"|b,,\n"
    page = send(at_work(app), content)
    assert page.status == 422
    for line in ("Line 3: ", "Line 4: Line 2 says the same already.", "Line 5: Choose one", "Line 7: "):
        assert line in page.said
    assert "The other 1 line is fine; it is taken over with the file once these are put right." in page.said
    assert stored(app) == []


def test_a_file_with_wrong_lines_says_how_many_are_fine(app: Flask) -> None:
    make_synonym(app, "soda", "pop")
    browser = at_work(app)
    page = send(browser, b"words\npop|soda\nveggies|greens\ncup|mug\nalone\n", "check", htmx=True)
    assert "The other 3 lines are fine; they are taken over with the file" in page.words("#import-result")
    assert "are fine" not in send(browser, b"words\nalone\n", "check", htmx=True).words("#import-result")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Choose a file"),
        (b"nothing,here\n1,2\n", "must name the columns: words"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe\xff", "not a table"),
        (b"\xff\xfe\x00", "not a table"),
        (b'words\n"' + b"x" * 200_000 + b'"\n', "cannot be read"),
        (b"words\n" + b"a|b\n" * 20_002, "too many lines"),
    ],
)
def test_a_file_that_is_none_is_refused(app: Flask, content: bytes, said: str) -> None:
    page = send(at_work(app), content)
    assert page.status == 422
    assert said in page.said


def test_ten_thousand_lines_are_taken_over(app: Flask) -> None:
    content = "words,means\n" + "".join(f"word{number}|other{number},\n" for number in range(10_000))
    assert send(at_work(app), content.encode()).status == 303
    assert len(stored(app)) == 10_000


def test_what_is_exported_can_be_imported_and_runs_nothing_in_a_spreadsheet(app: Flask) -> None:
    make_synonym(app, "=cmd", "+sum", note="@note")
    make_synonym(app, "veggies", means=("vegetables", "greens"), language="en", is_active=False)
    browser = at_work(app)
    answer = browser.get(f"{URL}.csv")
    assert answer.response.mimetype == "text/csv"
    assert answer.text.startswith("\ufeffwords,means,language,note,active\r\n'=cmd | +sum,,all,'@note,yes\r\n")
    with app.app_context(), transaction():
        db.session.execute(db.delete(SearchSynonym))
    assert send(browser, answer.response.get_data()).status == 303
    assert stored(app) == ["=cmd | +sum", "veggies → vegetables | greens"]
    assert browser.get(f"{URL}.csv").text == answer.text


def test_who_may_only_look_sees_no_buttons(app: Flask) -> None:
    number = make_synonym(app, "soda", "pop")
    browser = at_work(app, Role.ANALYST)
    assert not browser.get(URL).all(f"a[href='{URL}/new']")
    page = browser.get(f"{URL}/{number}")
    assert page.all("fieldset[disabled]")
    assert not page.all("main button:not([data-dismisses])")
