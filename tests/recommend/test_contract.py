"""`python -m recommend`: what an outsider without a shop hands in and gets back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recommend.__main__ import main
from recommend.answering import Surface
from recommend.artifacts import CURRENT, MANIFEST, current_version, exclusive, versions
from recommend.blending import Recommendation, Source
from recommend.frames import descending, read_history, write_history
from tests.recommend.worlds import TODAY, grocery

AS_OF = "2026-03-01"
LEARNED = "learned"
"""Asks `Shop.fit` for the rankers too; most tests do without, for the time they take."""

ROOT = Path(__file__).resolve().parents[2]


def purchases(user_type: pa.DataType | None = None, item_type: pa.DataType | None = None) -> pa.Table:
    """The grocery as a table, some of it anonymous; ids as text unless a type of whole numbers is given."""
    history, _ = grocery(users=24)
    user, item = history.users.ids[history.user].tolist(), history.items.ids[history.item].tolist()
    user = [None if number % 11 == 0 else name for name, number in zip(user, history.basket.tolist(), strict=True)]
    if item_type is not None and pa.types.is_integer(item_type):
        item = history.item.astype(np.int64).tolist()
    if user_type is not None and not pa.types.is_large_string(user_type):
        user = [None if name is None else int(name[1:]) for name in user]
    return pa.table(
        {
            "user_id": pa.array(user, user_type or pa.string()),
            "item_id": pa.array(item, item_type or pa.string()),
            "basket_id": pa.array(history.basket.tolist(), pa.int64()),
            "timestamp": pa.array(history.at.astype("datetime64[us]")),
            "quantity": pa.array(history.quantity.tolist(), pa.float32()),
        }
    )


def goods_table() -> pa.Table:
    _, items = grocery(users=24)
    names = items.ids.ids.tolist()
    return pa.table(
        {
            "item_id": [*names, "new"],
            "product_type": [*(name[0] for name in names), "p"],
            "category": [*(None for _ in names), "pasta"],
            "price": pa.array([Decimal("1.50")] * (len(names) + 1)),
            "colour": ["blue"] * (len(names) + 1),
        }
    )


def questions(rows: list[tuple[Any, Any, Any]]) -> pa.Table:
    return pa.table(
        {
            "request_id": [row[0] for row in rows],
            "user_id": pa.array([row[1] for row in rows], pa.string()),
            "items": pa.array([row[2] for row in rows], pa.list_(pa.string())),
        }
    )


@dataclass(frozen=True)
class Shop:
    """A directory with files, and the two commands."""

    home: Path

    def fit(self, table: pa.Table, *more: str, out: str = "out") -> int:
        pq.write_table(table, self.home / "F.parquet")
        files = ["--interactions", str(self.home / "F.parquet"), "--out", str(self.home / out)]
        learned = [one for one in more if one != LEARNED]
        return main(["fit", *files, "--as-of", AS_OF, *learned, *(() if LEARNED in more else ("--plain",))])

    def predict(self, surface: str, table: pa.Table, *more: str, artefact: Path | None = None) -> int:
        pq.write_table(table, self.home / "R.parquet")
        files = ["--requests", str(self.home / "R.parquet"), "--out", str(self.home / "P.parquet")]
        return main(["predict", "--artefact", str(artefact or self.home / "out"), "--surface", surface, *files, *more])

    def answers(self, surface: str, table: pa.Table, *more: str) -> list[dict[str, Any]]:
        assert self.predict(surface, table, *more) == 0
        return pq.read_table(self.home / "P.parquet").to_pylist()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop that has been learnt once."""
    made = Shop(tmp_path_factory.mktemp("shop"))
    pq.write_table(goods_table(), made.home / "I.parquet")
    assert made.fit(purchases(), "--items", str(made.home / "I.parquet"), LEARNED) == 0
    return made


@pytest.fixture
def bare(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture(scope="module")
def bought() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in purchases().to_pylist():
        found.setdefault(row["user_id"], set()).add(row["item_id"])
    return found


@pytest.mark.parametrize("surface", list(Surface))
def test_every_request_gets_one_row_in_its_place(shop: Shop, surface: Surface) -> None:
    table = questions(
        [
            ("z", "u001", ["p1"]),
            ("a", None, None),
            ("m", "stranger", []),
            ("z", None, ["never seen", "p1"]),
            ("b", "u002", ["p1", "p1", None, "s1"]),
            (None, "u003", ["new"]),
        ]
    )
    rows = shop.answers(surface, table, "--k", "5")
    assert [row["request_id"] for row in rows] == ["z", "a", "m", "z", "b", None]
    for row in rows:
        assert len(row["items"]) == len(row["scores"]) == len(row["sources"]) <= 5
        assert len(set(row["items"])) == len(row["items"])
        assert row["scores"] == sorted(row["scores"], reverse=True)
        assert row["source"] == (row["sources"][0] if row["items"] else "none")
        assert row["items"] or (surface is Surface.BUY_AGAIN and row["request_id"] in ("a", "m", "z"))


def test_each_surface_keeps_its_promise(shop: Shop, bought: dict[str, set[str]]) -> None:
    table = questions([(user, user, ["p1", "s2"]) for user in bought if user])
    for row in shop.answers("cart", table):
        assert not {"p1", "s2"} & set(row["items"])
    for row in shop.answers("discover", table, "--k", "30"):
        assert row["items"]
        assert not bought[row["request_id"]] & set(row["items"])
    for row in shop.answers("buy-again", table, "--k", "50"):
        assert set(row["items"]) <= bought[row["request_id"]]
        assert row["source"] == "habit"
    for surface in ("similar", "together"):
        for row in shop.answers(surface, table):
            assert not {"p1", "s2"} & set(row["items"])
    assert shop.answers("together", table)[0]["items"][0] == "s1"
    assert shop.answers("cart", questions([(1, None, ["p3"])]))[0]["items"][0] == "s3"


def test_goods_that_never_sold_have_similar_ones(shop: Shop) -> None:
    (row,) = shop.answers("similar", questions([("new", None, ["new"])]), "--k", "4")
    assert {item[0] for item in row["items"]} == {"p"}
    assert row["source"] == "similar"


def test_a_version_of_its_own_is_as_good_as_the_directory(shop: Shop) -> None:
    table = questions([("a", "u001", None)])
    whole = shop.answers("home", table)
    version = current_version(shop.home / "out")
    assert version is not None
    assert shop.predict("home", table, artefact=shop.home / "out" / version) == 0
    assert pq.read_table(shop.home / "P.parquet").to_pylist() == whole


def test_requests_may_lack_the_column_that_their_surface_does_not_read(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    table = questions([("a", "u001", ["p1"])])
    assert shop.answers("home", table.drop_columns("items")) == shop.answers("home", questions([("a", "u001", None)]))
    assert shop.answers("cart", table.drop_columns("user_id")) == shop.answers("cart", questions([("a", None, ["p1"])]))
    assert shop.predict("cart", table.drop_columns("items")) == 2
    assert "the column items is missing" in capsys.readouterr().err


def test_no_requests_are_answered_by_no_rows(shop: Shop) -> None:
    assert shop.answers("home", questions([])) == []
    assert pq.read_schema(shop.home / "P.parquet").field("items").type == pa.list_(pa.string())


@pytest.mark.parametrize(
    ("written", "user_type", "item_type", "expected"),
    [
        ("int32", pa.int32(), pa.int32(), pa.int32()),
        ("uint64", pa.uint64(), pa.uint64(), pa.uint64()),
        ("pandas with missing ids", pa.float64(), pa.int64(), pa.int64()),
        ("large text", pa.large_string(), pa.large_string(), pa.large_string()),
        ("text and numbers", pa.int16(), pa.string(), pa.string()),
    ],
)
def test_ids_come_back_in_the_type_they_came_in(
    bare: Shop, written: str, user_type: pa.DataType, item_type: pa.DataType, expected: pa.DataType
) -> None:
    table = purchases(user_type, item_type)
    assert bare.fit(table) == 0
    item = table["item_id"][0]
    asked = pa.table(
        {
            "request_id": pa.array([7, 8], pa.uint8()),
            "user_id": pa.concat_arrays([table["user_id"].drop_null().combine_chunks()[:1], pa.nulls(1, user_type)]),
            "items": pa.array([[item.as_py()], None], pa.large_list(item_type)),
        }
    )
    assert bare.predict("cart", asked) == 0
    answered = pq.read_table(bare.home / "P.parquet")
    assert answered.schema.field("items").type == pa.list_(expected)
    assert answered.schema.field("request_id").type == pa.uint8()
    assert item.as_py() not in answered["items"][0].as_py()
    known = set(table["item_id"].to_pylist())
    assert set(answered["items"][0].as_py()) <= known


def test_dictionaries_and_days_are_read_like_text_and_times(bare: Shop) -> None:
    table = purchases()
    for name in ("user_id", "item_id"):
        table = table.set_column(table.schema.get_field_index(name), name, table[name].dictionary_encode())
    days = table["timestamp"].cast(pa.date32(), safe=False)
    assert bare.fit(table.set_column(3, "timestamp", days)) == 0
    asked = questions([("a", "u001", ["p1"])])
    asked = asked.set_column(1, "user_id", asked["user_id"].dictionary_encode())
    (row,) = bare.answers("home", asked)
    assert row["source"] == "habit"


def hashes(out: Path) -> dict[str, str]:
    version = current_version(out)
    assert version is not None
    files = json.loads((out / version / MANIFEST).read_text())["files"]
    return {name: stored["sha256"] for name, stored in files.items()}


def test_zones_turn_into_utc_and_the_future_changes_nothing(bare: Shop) -> None:
    table = purchases()
    assert bare.fit(table, out="naive") == 0
    shanghai = table["timestamp"].cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("ns", "Asia/Shanghai"))
    rows = np.random.default_rng(2).permutation(len(table))
    shuffled = table.set_column(3, "timestamp", shanghai).take(rows)
    later = table.slice(0, 50).set_column(
        3, "timestamp", pa.array([TODAY + timedelta(days=number) for number in range(50)], shanghai.type)
    )
    future = later.set_column(1, "item_id", pa.array([f"later {number}" for number in range(50)]))
    assert bare.fit(pa.concat_tables([future, shuffled]), "--as-of", "2026-03-01T08:00+08:00", out="aware") == 0
    assert hashes(bare.home / "aware") == hashes(bare.home / "naive")
    assert bare.fit(table, "--seed", "7", out="seed") == 0
    assert hashes(bare.home / "seed") != hashes(bare.home / "naive")


def test_the_summary_says_what_came_of_it(bare: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert bare.fit(purchases()) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["published"] is True
    assert told["counts"]["users"] == 24
    assert told["metrics"]["cart"]["ndcg"] > told["best_sellers"]["cart"]["ndcg"]
    assert told["artefact"] == str(bare.home / "out" / told["version"])
    assert told["cpu_seconds"] > 0
    assert bare.predict("home", questions([("a", None, None)]), artefact=Path(told["artefact"])) == 0
    assert json.loads(capsys.readouterr().out)["requests"] == 1


@pytest.mark.parametrize(
    "rows",
    [
        [("ann", "a", 1)],
        [(None, "a", 1), (None, "b", 1)],
        [("ann", "a", number) for number in range(40)],
        [(f"u{number}", "a", number) for number in range(40)],
        [("ann", "a", 1)] * 30,
    ],
    ids=["one line", "nobody known", "one user", "all the same item", "duplicates"],
)
def test_the_smallest_shop_gets_an_artefact(bare: Shop, rows: list[tuple[str | None, str, int]]) -> None:
    table = pa.table(
        {
            "user_id": pa.array([row[0] for row in rows], pa.string()),
            "item_id": [row[1] for row in rows],
            "basket_id": [row[2] for row in rows],
            "timestamp": pa.array([TODAY - timedelta(days=9 + row[2]) for row in rows], pa.timestamp("us", "UTC")),
            "quantity": [1] * len(rows),
        }
    )
    assert bare.fit(table) == 0
    for surface in Surface:
        (row,) = bare.answers(surface, questions([("x", "ann", ["a"])]))
        assert set(row["items"]) <= {"a", "b"}


def test_another_shop_replaces_the_first_unless_the_gate_is_asked(
    bare: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommend.soundness.LEAST_LINES", 100)
    table = purchases()
    assert bare.fit(table) == 0
    first = current_version(bare.home / "out")
    capsys.readouterr()
    assert bare.fit(table.slice(0, len(table) // 3), "--gate") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["published"] is False
    assert "lines where the incumbent learnt from" in told["refusals"][0]
    assert current_version(bare.home / "out") == first
    assert bare.fit(table.slice(0, len(table) // 3)) == 0
    assert current_version(bare.home / "out") != first


def replaced(name: str, column: pa.Array) -> Callable[[pa.Table], pa.Table]:
    return lambda table: table.set_column(
        table.schema.get_field_index(name), name, pa.concat_arrays([column] * len(table))
    )


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda table: table.drop_columns("basket_id"), "the column basket_id is missing (there are user_id, item_id"),
        (lambda table: table.slice(0, 0), "there are no purchases"),
        (replaced("quantity", pa.array([-1.0])), "there are no purchases"),
        (replaced("quantity", pa.array(["two"])), "quantity is of type string; it must be a number"),
        (replaced("quantity", pa.array([None], pa.int64())), "quantity: "),
        (replaced("quantity", pa.array([float("inf")])), "values are no numbers"),
        (replaced("item_id", pa.array([None], pa.string())), "values are missing"),
        (replaced("basket_id", pa.array([None], pa.int64())), "values are missing"),
        (replaced("item_id", pa.array([Decimal("1.0")])), "item_id is of type decimal128(2, 1); ids must be"),
        (replaced("user_id", pa.array([True])), "user_id is of type bool; ids must be"),
        (replaced("user_id", pa.array([1.5])), "ids must be whole numbers"),
        (replaced("item_id", pa.array([2**64 - 1], pa.uint64())), "ids must be whole numbers of 64 bits"),
        (replaced("timestamp", pa.array(["yesterday"])), "timestamp is of type string; it must be a timestamp"),
        (replaced("timestamp", pa.array([None], pa.timestamp("s"))), "values are missing"),
        (replaced("timestamp", pa.array([datetime(2030, 1, 1, tzinfo=UTC)])), "no purchases before 2026-03-01"),
    ],
)
def test_a_history_that_cannot_be_used_is_named_in_one_line(
    bare: Shop, capsys: pytest.CaptureFixture[str], spoil: Callable[[pa.Table], pa.Table], message: str
) -> None:
    assert bare.fit(spoil(purchases().slice(0, 40))) == 2
    told = capsys.readouterr()
    assert told.err.startswith("recommend: ")
    assert message in told.err
    assert told.err.count("\n") == 1
    assert "F.parquet" in told.err
    assert not told.out
    assert not versions(bare.home / "out")


def test_files_that_are_none_are_named_in_one_line(bare: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    def told(content: bytes | None) -> str:
        path = bare.home / "X.parquet"
        if content is not None:
            path.write_bytes(content)
        assert main(["fit", "--interactions", str(path), "--as-of", AS_OF, "--out", str(bare.home / "out")]) == 2
        err = capsys.readouterr().err
        assert err.count("\n") == 1
        return err

    assert "there is no such file" in told(None)
    assert "the file is empty" in told(b"")
    assert "no Parquet file" in told(b"user_id,item_id\n1,2\n")
    pq.write_table(purchases(), bare.home / "whole.parquet")
    whole = (bare.home / "whole.parquet").read_bytes()
    assert "X.parquet" in told(whole[: len(whole) // 2])
    damaged = bytearray(whole)
    damaged[40:400] = bytes(360)
    assert "X.parquet" in told(bytes(damaged))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "fit | predict"),
        (["fit"], "--interactions"),
        (["fit", "--interactions", "F", "--as-of", "soon", "--out", "o"], "'soon' is no day (2026-03-01) or time"),
        (["fit", "--interactions", "F", "--as-of", AS_OF, "--out", "o", "--seed", "-1"], "no number from 0"),
        (["predict", "--artefact", "o", "--surface", "attic", "--requests", "R", "--out", "P"], "none of home, buy-"),
        (["predict", "--artefact", "o", "--surface", "home", "--requests", "R", "--out", "P", "--k", "0"], "from 1"),
    ],
)
def test_arguments_that_make_no_sense_are_told_in_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1


def test_an_artefact_that_is_none_or_damaged_is_refused(
    shop: Shop, bare: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(artefact: Path) -> str:
        assert bare.predict("home", questions([("a", None, None)]), artefact=artefact) == 2
        assert not (bare.home / "P.parquet").exists()
        err = capsys.readouterr().err
        assert err.count("\n") == 1
        return err

    assert "no such directory" in told(bare.home / "nowhere")
    assert "nothing has been trained" in told(bare.home)
    assert bare.fit(purchases()) == 0
    capsys.readouterr()
    version = current_version(bare.home / "out")
    assert version is not None
    target = bare.home / "out" / version / "popular.npy"
    content, before = bytearray(target.read_bytes()), target.stat()
    content[-1] ^= 1
    target.write_bytes(content)
    os.utime(target, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert "popular.npy: the checksum does not match" in told(bare.home / "out")
    target.unlink()
    assert "popular.npy" in told(bare.home / "out")
    (bare.home / "out" / version / MANIFEST).unlink()
    assert "there is no manifest" in told(bare.home / "out")
    (bare.home / "out" / CURRENT).write_text("../elsewhere")
    assert "names no version" in told(bare.home / "out")


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (("user_id", pa.array([5])), "user_id holds whole numbers, but the artefact was trained with text"),
        (("items", pa.array([[5]])), "items holds whole numbers, but the artefact was trained with text"),
        (("items", pa.array(["p1"])), "items is of type string; it must be a list of item ids"),
        (("items", pa.array([[1.5]])), "ids must be whole numbers"),
    ],
)
def test_requests_of_another_kind_are_refused(
    shop: Shop, capsys: pytest.CaptureFixture[str], column: tuple[str, pa.Array], message: str
) -> None:
    name, values = column
    table = questions([("a", "u001", ["p1"])])
    assert shop.predict("cart", table.set_column(table.schema.get_field_index(name), name, values)) == 2
    assert message in capsys.readouterr().err


def test_items_of_another_kind_than_the_purchases_are_refused(bare: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    pq.write_table(pa.table({"item_id": [1], "product_type": ["x"], "category": ["y"]}), bare.home / "I.parquet")
    assert bare.fit(purchases(), "--items", str(bare.home / "I.parquet")) == 2
    assert "item ids are whole numbers on one side and text on the other" in capsys.readouterr().err
    pq.write_table(pa.table({"item_id": ["a"]}), bare.home / "I.parquet")
    assert bare.fit(purchases(), "--items", str(bare.home / "I.parquet")) == 2
    assert "the column product_type is missing" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_named(shop: Shop, bare: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    (bare.home / "file").write_text("in the way")
    assert bare.fit(purchases(), out="file/out") == 2
    assert "file" in capsys.readouterr().err
    table = questions([("a", None, None)])
    pq.write_table(table, bare.home / "R.parquet")
    for out in (bare.home / "nowhere" / "P.parquet", bare.home):
        files = ["--requests", str(bare.home / "R.parquet"), "--out", str(out)]
        assert main(["predict", "--artefact", str(shop.home / "out"), "--surface", "home", *files]) == 2
        told = capsys.readouterr().err
        assert "cannot be written" in told
        assert told.count("\n") == 1
    assert not list(bare.home.glob(".*"))


def test_a_second_trainer_is_told_to_wait(bare: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    with exclusive(bare.home / "out"):
        assert bare.fit(purchases()) == 2
    assert "another training is at work" in capsys.readouterr().err


BLOCKED = """
import sys
class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"flask", "sqlalchemy", "werkzeug", "jinja2", "storefront", "admin"}:
            raise ImportError(f"{name} is out of reach")
sys.meta_path.insert(0, Wall())
import resource, runpy
limit = int(sys.argv.pop(1))
if limit:
    import signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
sys.argv[0] = "recommend"
runpy.run_module("recommend", run_name="__main__", alter_sys=True)
"""


def outsider(*arguments: str, file_limit: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own that has no shop and may not write larger files than `file_limit`."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", BLOCKED, str(file_limit), *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=120,
    )


def test_it_runs_where_there_is_no_flask_and_no_database_and_survives_a_full_disk(bare: Shop) -> None:
    pq.write_table(purchases(), bare.home / "F.parquet")
    out = bare.home / "out"
    fit = ["fit", "--plain", "--interactions", str(bare.home / "F.parquet"), "--as-of", AS_OF, "--out", str(out)]
    done = outsider(*fit)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    version = json.loads(done.stdout)["version"]
    full = outsider(*fit, file_limit=2000)
    assert full.returncode == 2
    assert full.stderr.startswith("recommend: could not write the trained tables")
    assert full.stderr.count("\n") == 1
    assert current_version(out) == version
    assert versions(out) == [version]
    assert not list(out.glob(".tmp-*"))
    pq.write_table(questions([("a", "u001", None)]), bare.home / "R.parquet")
    files = ["--requests", str(bare.home / "R.parquet"), "--out", str(bare.home / "P.parquet")]
    done = outsider("predict", "--artefact", str(out), "--surface", "home", *files)
    assert done.returncode == 0, done.stderr
    assert pq.read_table(bare.home / "P.parquet").num_rows == 1


def test_scores_of_several_sources_stand_on_one_scale() -> None:
    answer = [
        Recommendation("a", 4.0, Source.HABIT),
        Recommendation("b", 2.0, Source.HABIT),
        Recommendation("c", 50.0, Source.POPULAR),
        Recommendation("d", 25.0, Source.POPULAR),
        Recommendation("e", 0.0, Source.CATEGORY),
    ]
    assert descending(answer) == [4.0, 2.0, 2.0, 1.0, 0.0]


def test_the_day_of_the_cut_is_not_looked_at(bare: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    table = purchases()
    first = table["timestamp"].to_pylist()[0]
    assert bare.fit(table, "--as-of", first.date().isoformat()) == 2
    assert f"no purchases before {first.date()}" in capsys.readouterr().err
    assert bare.fit(table, "--as-of", (first.date() + timedelta(days=1)).isoformat()) == 0
    assert json.loads(capsys.readouterr().out)["as_of"] == (first.date() + timedelta(days=1)).isoformat()
    assert date.fromisoformat(AS_OF)


def test_a_history_that_is_written_is_read_back_the_same(tmp_path: Path) -> None:
    history, _ = grocery(users=6)
    write_history(tmp_path / "F.parquet", history)
    read = read_history(tmp_path / "F.parquet").interactions
    assert np.array_equal(read.users.ids[read.user], history.users.ids[history.user])
    assert np.array_equal(read.items.ids[read.item], history.items.ids[history.item])
    assert np.array_equal(read.at, history.at)
    assert read.baskets == history.baskets
