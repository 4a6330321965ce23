"""`ell2a-studio migrate` and `doctor`."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from cli.conftest import Run

from ell2a.log import revisions


def test_doctor_tells_how_things_stand(run: Run, store: str) -> None:
    """Path, size, revision, calls, spool, SDKs with versions, keys by name."""
    told = json.loads(run("doctor", "--store", store, "--json").out)
    assert told["store"]["url"].endswith(store)
    assert told["store"]["size_bytes"] > 0
    assert (told["store"]["revision"], told["store"]["calls"]) == (revisions.HEAD, 4)
    assert (told["store"]["spool_bytes"], told["store"]["fault"]) == (0, None)
    assert told["sdks"]["openai"]
    assert told["keys"]["OPENAI_API_KEY"] is False
    shown = run("doctor", "--store", store).out
    assert "OPENAI_API_KEY   not set" in shown


def test_doctor_makes_nothing(run: Run, tmp_path: Path) -> None:
    """Looking at a store that is not there does not make it."""
    ran = run("doctor", "--store", str(tmp_path / "none.db"))
    assert (ran.code, "not made yet" in ran.out) == (0, True)
    assert list(tmp_path.iterdir()) == []


def test_doctor_finds_what_is_wrong(run: Run, tmp_path: Path) -> None:
    """A store that is none is told on stderr, with exit code 1, and left as it is."""
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"SQLite format 3\x00" + b"\x07" * 5000)
    ran = run("doctor", "--store", str(broken))
    assert (ran.code, "the store: " in ran.err) == (1, True)
    assert broken.read_bytes().endswith(b"\x07" * 100)


def test_migrate(run: Run, tmp_path: Path) -> None:
    """It makes the tables of a new store, and says when there is nothing to do."""
    path = str(tmp_path / "new.db")
    assert revisions.HEAD in run("migrate", "--store", path).out
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM calls").fetchone() == (0,)
    connection.close()
    assert "as before" in run("migrate", "--store", path).out


def test_doctor_mends_on_request(run: Run, store: str) -> None:
    """It names what is wrong and what mending would do, changes nothing until asked, and tells where the copy is."""
    with sqlite3.connect(store) as other:
        other.execute("DELETE FROM message_search_docsize")
    other.close()
    looked = run("doctor", "--store", store)
    assert looked.code == 1
    assert "--mend would: make it anew from the messages" in looked.err
    assert "search-index" in [f["kind"] for f in json.loads(run("doctor", "--store", store, "--json").out)["findings"]]
    mended = run("doctor", "--mend", "--json", "--store", store)
    told = json.loads(mended.out)
    assert mended.code == (1 if told["findings"] else 0)
    (done,) = [one for one in told["mended"] if one["kind"] == "search-index"]
    assert Path(done["copy"]).is_file()
    assert "search-index" not in [f["kind"] for f in told["findings"]]
    assert "Exit code: 0" in run("doctor", "--help").out
