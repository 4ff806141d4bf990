"""Compiled templates on disk: used by the next process, never for other code, and no harm where they cannot be had."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from storefront.web.compiled import Compiled, keep_compiled, state_of

WORDS = "Good morning, {{ name|polite }}"


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A package with one module."""
    package = tmp_path / "package"
    package.mkdir()
    (package / "module.py").write_text("one = 1\n", encoding="utf-8")
    return package


def process(store: Compiled | None) -> Environment:
    """Return templates as a process that was just started has them."""
    environment = Environment(loader=DictLoader({"page": WORDS}), bytecode_cache=store, autoescape=True)
    environment.filters["polite"] = str.title
    return environment


def drawn(environment: Environment) -> str:
    return environment.get_template("page").render(name="ada")


def never(*_args: object, **_options: object) -> None:
    pytest.fail("the template was compiled again")


def test_what_one_process_compiled_the_next_one_reads(
    tmp_path: Path, code: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "templates"
    assert drawn(process(keep_compiled(folder, [code]))) == "Good morning, Ada"
    (own,) = folder.iterdir()
    assert own.stat().st_mode & 0o077 == 0, "nobody else may plant code there"
    monkeypatch.setattr(Environment, "compile", never)
    monkeypatch.setattr(Environment, "_generate", never)
    assert drawn(process(keep_compiled(folder, [code]))) == "Good morning, Ada"


def test_other_code_has_a_folder_of_its_own_and_the_old_one_goes(tmp_path: Path, code: Path) -> None:
    folder = tmp_path / "templates"
    old = keep_compiled(folder, [code])
    drawn(process(old))
    os.utime(code / "module.py", (1, 1))
    first, *_rest = [path.name for path in folder.iterdir()]
    fresh = keep_compiled(folder, [code])
    assert [path.name for path in folder.iterdir()] == [state_of([code])]
    assert state_of([code]) != first
    assert drawn(process(fresh)) == drawn(process(old)), "who still runs the old code compiles for itself"


def test_a_file_that_is_damaged_is_written_anew(tmp_path: Path, code: Path) -> None:
    folder = tmp_path / "templates"
    drawn(process(keep_compiled(folder, [code])))
    (file,) = folder.glob("*/*.cache")
    whole = file.read_bytes()
    for damaged in (b"", b"nothing", whole[:-5]):
        file.write_bytes(damaged)
        assert drawn(process(keep_compiled(folder, [code]))) == "Good morning, Ada"
        assert file.read_bytes() == whole


def test_where_nothing_can_be_written_pages_come_all_the_same(
    tmp_path: Path, code: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = keep_compiled(tmp_path / "templates", [code])

    def full(*_args: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("tempfile.NamedTemporaryFile", full)
        assert drawn(process(store)) == "Good morning, Ada"
    (tmp_path / "in the way").write_text("")
    assert keep_compiled(tmp_path / "in the way" / "templates", [code]) is None
    assert "compiled anew" in caplog.text
