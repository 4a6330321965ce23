"""No secret reaches the disk."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from log.samples import closing, logged, opening

from ell2a.calls import ErrorRecord, TranslationItem
from ell2a.log import CallLog, LmpSource, LogUnavailable, dictionary, observer, register_secret
from ell2a.log.location import Location
from ell2a.log.redaction import Redactor
from ell2a.messages import AgentResultBlock, DocumentBlock, TextBlock, ThinkingBlock, assistant, system, user

CANARY = 'sk-canary-"quoted"-7f3a9c1e5d'
OTHER = "registered-canary-51c0ffee"
DOCUMENT = b"a file with " + CANARY.encode() + b" in it" + b"." * 2000


def _planted(canary: str) -> dict[str, Any]:
    """A call with the canary in every place that a request can hold one."""
    said = [
        system(f"The key is {canary}."),
        user([f"Use {canary}", "long " * 100 + canary, DocumentBlock(data=DOCUMENT, media_type="text/plain")]),
        assistant([ThinkingBlock(text=canary), TextBlock(text="ok", native={canary: canary})]),
        user([AgentResultBlock(call_id="1", content=[TextBlock(text=canary)])]),
    ]
    return {
        "messages": said,
        "request": {
            "model": "m",
            "messages": [{"role": "user", "content": canary}, {"role": "user", "content": "x" * 300 + canary}],
            "file": base64.b64encode(DOCUMENT).decode(),
            canary: [canary],
        },
        "api_params": {"user": canary, "metadata": {"k": [canary]}},
        "translation": [TranslationItem(path="api_params.user", action="renamed", to=canary, reason=canary)],
        "lmp": LmpSource(name="m.f", module="m", source=f"KEY = {canary!r}", hash="ab" * 32),
        "replay_of": None,
        "place": "a.py:1",
    }


def _values(path: Path) -> Iterator[str]:
    """Every value of every row, decompressed and as text."""
    with sqlite3.connect(path) as store:
        names = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            for row in store.execute(f'SELECT * FROM "{name}"'):
                yield from map(_text, row)
    store.close()


def _text(value: Any) -> str:
    if not isinstance(value, bytes):
        return str(value)
    if value[:1] == dictionary.FIRST:
        # A text may begin with the same letter.
        with contextlib.suppress(zlib.error):
            value = dictionary.unpacked(value)
    return (zlib.decompress(value) if value[:1] == b"x" else value).decode("utf-8", "replace")


def _assert_nowhere(folder: Path, *secrets: str) -> None:
    forms = [form for secret in secrets for form in (secret, secret.replace('"', '\\"'), secret.replace('"', '\\\\"'))]
    # Looked at before SQLite is: its last connection takes the WAL in.
    contents = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert contents
    for file, content in contents.items():
        assert [form for form in forms if form.encode() in content] == [], file
    for file, content in contents.items():
        if content[:6] == b"SQLite":
            assert [value for value in _values(file) if any(form in value for form in forms)] == []


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@pytest.mark.parametrize("spooled", [False, True])
def test_a_known_key_is_in_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spooled: bool) -> None:
    """The value of a key variable, planted wherever a call can hold one, is in neither database, WAL nor spool."""
    monkeypatch.setenv("SOME_API_KEY", CANARY)
    register_secret(OTHER, "another")
    log = CallLog.open(tmp_path / "calls.db")
    logged(log, "before")
    body = {"error": {"message": f"Incorrect API key provided: {CANARY}", OTHER: [OTHER]}}
    error = ErrorRecord("AuthenticationFailed", f"401: {CANARY} {OTHER}", status=401, body=body)

    def log_all() -> str:
        logged(log, **_planted(OTHER), answer=f"You said {OTHER}")
        logged(log, **_planted(CANARY), error=error, response_raw=body)
        return logged(log, **_planted(CANARY), answer=f"You said {CANARY}")

    if spooled:
        monkeypatch.setattr(observer, "PATIENCE_S", 0.25)
        with _locked(tmp_path / "calls.db"), pytest.warns(LogUnavailable):  # noqa: PT031  # looked at while it is locked
            call_id = log_all()
            assert (tmp_path / "calls.db.spool.jsonl").stat().st_size > 1000
            _assert_nowhere(tmp_path, CANARY, OTHER)
    else:
        call_id = log_all()
        _assert_nowhere(tmp_path, CANARY, OTHER)
    log.close()
    log = CallLog.open(tmp_path / "calls.db")
    _assert_nowhere(tmp_path, CANARY, OTHER)
    found = log.call(call_id)
    assert found.messages[0]["content"][0]["text"] == "The key is [redacted SOME_API_KEY]."
    assert found.summary.answer == "You said [redacted SOME_API_KEY]"
    assert base64.b64decode(found.request["file"]) == DOCUMENT.replace(CANARY.encode(), b"[redacted SOME_API_KEY]")
    log.close()


def test_a_key_that_is_set_later_is_known_too(
    file_log: CallLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the environment holds is looked at for each call."""
    logged(file_log, "before")
    monkeypatch.setenv("LATE_TOKEN", CANARY)
    logged(file_log, CANARY)
    _assert_nowhere(tmp_path, CANARY)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Incorrect API key provided: sk-proj-abcdefgh12345678. See", "Incorrect API key provided: [redacted]. See"),
        (
            "header Authorization: Bearer abc.def-123456 was sent",
            "header Authorization: [redacted] was sent",
        ),
        ("Bearer eyJhbGciOiJI.eyJzdWIi.SflKxwRJ", "Bearer [redacted]"),
        ("GET https://me:hunter22@host.org/x failed", "GET https://[redacted]@host.org/x failed"),
        ("https://host/x?api_key=abcdef123456&b=1", "https://host/x?api_key=[redacted]&b=1"),
        ("AIzaSyA1234567890abcdefghij-_x", "[redacted]"),
        ("x-api-key: 'abcdefgh12345'", "x-api-key: '[redacted]'"),
        ("cookie=session_abcdef; path", "cookie=[redacted]; path"),
    ],
)
def test_what_looks_like_a_key_is_redacted_in_errors(file_log: CallLog, said: str, kept: str) -> None:
    """Providers quote keys and headers in their errors: neither message nor body keeps one."""
    call_id = logged(
        file_log, "x", error=ErrorRecord("BadRequest", said, body={"deep": [said]}), response_raw={"e": said}
    )
    found = file_log.call(call_id)
    assert found.error is not None
    assert found.error["message"] == kept
    assert found.error["body"] == {"deep": [found.error["message"]]}
    assert found.response_raw == {"e": found.error["message"]}
    for secret in (
        "abcdefgh12345",
        "abc.def-123456",
        "eyJzdWIi",
        "hunter22",
        "abcdef123456",
        "SyA1234567890",
        "session_abc",
    ):
        assert secret not in str(found.as_json())


@pytest.mark.parametrize(
    "said",
    [
        "The task-runner asked: api key? No.",
        "see https://host.org:8080/a",
        "model sk-8 is unknown",
        "at 10:30, 5 tokens: fine",
    ],
)
def test_plain_errors_stay_as_they_are(file_log: CallLog, said: str) -> None:
    """What only resembles a key is left alone."""
    assert file_log.call(logged(file_log, "x", error=ErrorRecord("BadRequest", said))).summary.answer == said


def test_prompts_keep_what_only_looks_like_a_key(file_log: CallLog) -> None:
    """A replay sends what was sent: prompts are redacted by known values and users' rules only."""
    made = opening("is sk-proj-abcdefgh12345678 a good example of a key?")
    file_log.observer().open(made)
    assert file_log.load_call(made.call_id) == made.call


def test_words_that_stand_in_for_a_key_are_no_secret(file_log: CallLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Local servers get keys such as `ollama`: a prompt about them is kept."""
    monkeypatch.setenv("OLLAMA_API_KEY", "ollama")
    monkeypatch.setenv("VLLM_API_KEY", "not-needed")
    assert file_log.call(logged(file_log, "ollama is not-needed")).summary.question == "ollama is not-needed"


def test_a_users_rule_sees_every_record(file_log: CallLog, tmp_path: Path) -> None:
    """The hook is given openings and closings, and what it changes is all that is written."""
    kinds = []

    def hook(record: dict[str, Any]) -> dict[str, Any]:
        kinds.append(record["record"])
        changed: dict[str, Any] = Redactor({"Jane Roe": "name"}).value(record)
        return changed

    file_log.redactor = hook
    call_id = logged(file_log, "My name is Jane Roe " + "." * 400, "Hello Jane Roe", cost="0.00000000012345")
    assert kinds == ["opening", "closing"]
    _assert_nowhere(tmp_path, "Jane Roe")
    assert file_log.call(call_id).summary.answer == "Hello [redacted name]"
    assert str(file_log.call(call_id).summary.cost) == "1.2345E-10"


def test_the_url_of_a_store_hides_its_password() -> None:
    """Whatever shows where the log is does not show how to get in."""
    assert (
        Location.of("postgresql://me:hunter22@host/db?password=hunter22").shown == "postgresql+psycopg://me:***@host/db"
    )
    assert "hunter22" not in str(Location.of("postgresql://me:hunter22@host/db").spool)


def test_a_closing_of_its_own_is_clean(file_log: CallLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key in a provider's answer, its metadata and its attempts is not kept either."""
    monkeypatch.setenv("SOME_API_KEY", CANARY)
    made = opening("x")
    told = closing(made, "y", response_raw={"echo": CANARY})
    other = told.metadata.model_copy(update={"other": {"header": CANARY}, "response_model": CANARY})
    record = file_log.observer().open(made)
    record.close(dataclasses.replace(told, metadata=other))
    _assert_nowhere(tmp_path, CANARY)
