"""`ell2a-studio calls` and `show`."""

from __future__ import annotations

import json
from pathlib import Path

from cli.conftest import Run


def test_lists_the_newest_first(run: Run, store: str) -> None:
    """One line a call, tab-separated where piped, newest first, with the beginning of its answer."""
    ran = run("calls", "--store", store)
    lines = [line.split("\t") for line in ran.out.splitlines()]
    assert ran.code == 0
    assert lines[0][:3] == ["id", "status", "model"]
    assert [line[1:3] for line in lines[1:]] == [
        ["error", "sandbox/sandbox-limited"],
        ["ok", "sandbox/sandbox-large"],
        ["ok", "sandbox/sandbox-small"],
        ["ok", "sandbox/sandbox-small"],
    ]
    assert "granite" in lines[-1][7]


def test_filter_limit_and_json(run: Run, store: str) -> None:
    """JSON has the form of /api/calls: items, and where the next begin."""
    failed = json.loads(run("calls", "status:error", "--store", store, "--json").out)
    assert [(c["model"], c["error_status"]) for c in failed["items"]] == [("sandbox-limited", 429)]
    assert failed["next"] is None
    two = json.loads(run("calls", "--limit", "2", "--store", store, "--json").out)
    assert (len(two["items"]), two["next"] is not None) == (2, True)
    assert json.loads(run("calls", "granite", "--store", store, "--json").out)["items"]


def test_shows_a_call_whole(run: Run, store: str) -> None:
    """Messages, answer, params and tokens; as JSON the form of /api/calls/ID."""
    listed = json.loads(run("calls", "granite", "--store", store, "--json").out)["items"]
    ran = run("show", listed[0]["id"], "--store", store)
    assert "[user]\nDescribe granite" in ran.out
    assert "[assistant]\nThis is the sandbox speaking, on granite" in ran.out
    assert '"temperature": 0.2' in ran.out
    told = json.loads(run("show", listed[0]["id"], "--json", "--store", store).out)
    assert told["messages"][0]["content"][0]["text"] == "Describe granite"
    assert told["request"]["temperature"] == 0.2
    assert told["metadata"]["cost"] is None


def test_shows_agents_and_errors(run: Run, store: str) -> None:
    """An agent's call reads as one, an error stands at the end with its class."""
    calls = json.loads(run("calls", "--store", store, "--json").out)["items"]
    assert '→ get_weather({"city": "Oslo"})' in run("show", calls[2]["id"], "--store", store).out
    assert "[error] RateLimited: sandbox answered 429" in run("show", calls[0]["id"], "--store", store).out


def test_a_call_that_is_not_there(run: Run, store: str) -> None:
    """One line on stderr, exit code 1, no traceback."""
    ran = run("show", "01M822R7RX4YBETN8MAYVTGRM6", "--store", store)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("ell2a-studio: no call has the id '01M822R7RX4YBETN8MAYVTGRM6'")
    assert len(ran.err.splitlines()) == 1


def test_a_mistyped_store_is_not_made(run: Run, tmp_path: Path) -> None:
    """Reading a store that is not there is an error, and makes no file."""
    ran = run("calls", "--store", str(tmp_path / "cals.db"))
    assert (ran.code, "there is no store" in ran.err) == (1, True)
    assert not (tmp_path / "cals.db").exists()


def test_a_file_that_is_no_store(run: Run, tmp_path: Path) -> None:
    """A file of another kind is refused in one line and left as it is."""
    other = tmp_path / "notes.txt"
    other.write_text("these are no calls" * 100)
    ran = run("calls", "--store", str(other))
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)
    assert other.read_text() == "these are no calls" * 100


def test_control_characters_do_not_reach_the_terminal(run: Run, store: str) -> None:
    """What a model said cannot move the cursor or colour the terminal."""
    import ell2a

    ell2a.call("sandbox/sandbox-small", "Describe \x1b[31mgranite\x07")
    newest = run("calls", "--limit", "1", "--store", store)
    id = newest.out.splitlines()[1].split("\t")[0]
    assert "\x1b" not in newest.out
    assert "\x1b" not in run("show", id, "--store", store).out
