"""What goes into the log comes out of it."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from log.samples import closing, logged, opening

from ell2a.calls import (
    AgentChoice,
    AgentSpec,
    Chunk,
    ErrorRecord,
    ReplayChoice,
    ResponseFormat,
    ServerAgent,
    TranslationItem,
    Usage,
)
from ell2a.errors import CallNotFound, StoreError
from ell2a.log import CallLog, LmpSource, bodies
from ell2a.log.redaction import Redactor
from ell2a.messages import (
    AgentCallBlock,
    AgentResultBlock,
    AudioBlock,
    Citation,
    DocumentBlock,
    ImageBlock,
    Message,
    OpaqueBlock,
    ParsedBlock,
    RefusalBlock,
    TextBlock,
    ThinkingBlock,
    VideoBlock,
    assistant,
    system,
    user,
)

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
LONG = "The quick brown fox. " * 40

EVERYTHING = [
    system(["Be brief.", LONG]),
    user(
        [
            TextBlock(text="Look:", native={"cache_control": {"type": "ephemeral"}}),
            ImageBlock(data=PNG, media_type="image/png", detail="low"),
            ImageBlock(url="https://example.org/a.png"),
            AudioBlock(data=b"ID3" + b"\0" * 90, media_type="audio/mpeg", transcript="la la"),
            VideoBlock(file_id="file-1", title="film"),
            DocumentBlock(data=b"%PDF-1.7 " + b"x" * 3000, media_type="application/pdf", title="a.pdf", context="old"),
        ]
    ),
    Message(
        role="assistant",
        content=[
            ThinkingBlock(text="hm", signature="c2ln"),
            ThinkingBlock(redacted="xxxx"),
            ThinkingBlock(signature="only-a-signature"),
            TextBlock(text="So", citations=[Citation(url="https://e.org", cited_text="s", start=0, end=2)]),
            AgentCallBlock(id="c1", name="weather", arguments={"b": 1, "a": [None, 2.5]}),
            AgentCallBlock(id="c2", name="broken", arguments=None, raw_arguments='{"a": '),
            AgentCallBlock(id="c3", name="web", arguments={}, executed_by_provider=True),
            RefusalBlock(text="no"),
            ParsedBlock(value={"x": [1, {"y": None}]}, schema_name="S"),
            OpaqueBlock(wire="openai-chat", kind="strange", raw={"deep": [{"er": LONG}]}),
        ],
        native={"id": "msg_1"},
    ),
    user(
        [
            AgentResultBlock(
                call_id="c1", content=[TextBlock(text="sunny"), ImageBlock(data=PNG, media_type="image/png")]
            ),
            AgentResultBlock(call_id="c2", content=[TextBlock(text="bad arguments")], is_error=True),
        ]
    ),
    system("A rule in between."),
    user("Nun ja, 天気はどう? ☂️ \u2028"),
]
AGENTS = [
    AgentSpec(
        name="weather", description=LONG, input_schema={"type": "object", "properties": {"b": {}, "a": {}}}, strict=True
    ),
    ServerAgent(wire="openai-chat", raw={"type": "web_search"}),
]
REQUEST: dict[str, Any] = {
    "model": "gpt-5",
    "messages": [
        {"role": "system", "content": LONG},
        {"role": "developer", "content": "d"},
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": {"url": "data:image/png;base64," + base64.b64encode(PNG).decode()}}
            ],
        },
        {"role": "user", "content": LONG},
        {"role": "user", "content": LONG},
    ],
    "tools": [{"type": "function", "function": {"name": "weather", "parameters": {"z": 1, "a": 2}}}],
    "stop": ["a", "b"],
    "empty": [],
    "mixed": [1, {"a": 1}],
    "temperature": 0.1,
    "seed": 12345678901234567890,
    "none": None,
    "nested": {"list": [{"data": base64.b64encode(PNG).decode()}], "almost": "A" * 2000 + "="},
}


def test_a_call_with_every_kind_of_block_comes_back_whole(log: CallLog) -> None:
    """`load_call` gives the call that was made, bytes of media included."""
    made = opening(
        EVERYTHING,
        agents=AGENTS,
        agent_choice=AgentChoice(kind="agent", name="weather"),
        response_format=ResponseFormat(kind="json_schema", name="S", json_schema={"b": 1, "a": 2}, strict=True),
        api_params={"temperature": 0.5, "z": 1, "a": {"y": 1, "b": None}},
        stream=True,
    )
    log.observer().open(made)
    assert log.load_call(made.call_id) == made.call
    assert list(log.load_call(made.call_id).api_params) == ["temperature", "z", "a"]


def test_the_request_is_given_back_exactly(log: CallLog) -> None:
    """The log alone, which knows no wire, gives back the native request: values, order of keys, long lists, base64."""
    made = opening("x", request=REQUEST)
    log.observer().open(made)
    assert json.dumps(log.call(made.call_id).request) == json.dumps(REQUEST)


@pytest.mark.parametrize(
    "answer",
    [
        {"b": 1, "a": [LONG, {"c": base64.b64encode(PNG).decode()}], "n": None, "f": 1e-7, "big": 2**70},
        [1, 2],
        "only text " * 100,
        {"half": "\ud83d", "x": "x" * 400},
        {},
        0,
    ],
)
def test_the_native_response_is_given_back_exactly(log: CallLog, answer: Any) -> None:
    """Whatever JSON came in is in the log, half surrogate pairs included."""
    call_id = logged(log, "x", response_raw=answer)
    assert log.call(call_id).response_raw == answer


def test_what_came_back_is_kept_with_its_metadata(log: CallLog) -> None:
    """Answer, usage, exact cost, chunks, place and LMP are read as they were told."""
    source = LmpSource(name="shop.greet", module="shop", source="def greet(): ...", hash="ab" * 32)
    usage = Usage(input_tokens=9, output_tokens=4, cache_read_tokens=2, reasoning_tokens=1, raw={"prompt_tokens": 9})
    chunks = [Chunk(10.5, 120), Chunk(11.125, 60), Chunk(400.0, 7)]
    made = opening("hello there", stream=True)
    told = closing(made, "well", usage=usage, cost="0.000000123456789", chunks=chunks)
    log.observer(lmp=source, place="shop.py:12").open(made).close(told)
    found = log.call(made.call_id)
    assert found.summary.status == "ok"
    assert (found.summary.question, found.summary.answer) == ("hello there", "well")
    assert found.summary.cost == Decimal("0.000000123456789")
    assert (found.summary.lmp, found.summary.lmp_version) == ("shop.greet", 1)
    assert found.place == "shop.py:12"
    assert list(found.chunks) == [(10.5, 120), (11.125, 60), (400.0, 7)]
    assert found.metadata == told.metadata.model_dump(mode="json")
    assert told.response is not None
    assert [dict(m) for m in found.response_messages] == [m.model_dump(mode="json") for m in told.response.messages]
    assert log.load_response_messages(made.call_id) == told.response.messages


def test_a_versions_number_counts_from_its_first_call(log: CallLog) -> None:
    """Versions of an LMP are numbered in the order in which they were first called."""
    for n, hash in enumerate(["aa", "bb", "aa"]):
        logged(log, f"m{n}", lmp=LmpSource(name="m.f", module="m", source=hash, hash=hash * 32))
    assert [(c.lmp, c.lmp_version) for c in log.calls().items] == [("m.f", 1), ("m.f", 2), ("m.f", 1)]


def test_an_error_is_kept_with_its_body(log: CallLog) -> None:
    """What the provider said of a failed call is in the log."""
    error = ErrorRecord(
        "RateLimited", "slow down", status=429, request_id="r", retry_after=3.5, body={"error": {"code": 7}}
    )
    found = log.call(logged(log, "x", error=error))
    assert found.error == error.as_json()
    assert (found.summary.status, found.summary.error_class, found.summary.error_status) == (
        "error",
        "RateLimited",
        429,
    )
    assert found.summary.answer == "slow down"
    assert found.response_messages == []


def test_a_report_is_given_back_whole(log: CallLog) -> None:
    """Kept blocks, which are not stored one by one, stand in the report again, with the place that each went to."""
    report = [
        TranslationItem(path="model", action="kept", to="model"),
        TranslationItem(path="messages.0.content.0", action="moved", to="system", reason="it goes there"),
        TranslationItem(path="messages.1.content.0", action="kept", to="messages.0.content"),
        TranslationItem(path="messages.2.content.0", action="kept", to="messages.1.tool_calls.0"),
        TranslationItem(path="messages.3.content.0", action="kept", to="messages.2.content.0"),
        TranslationItem(path="messages.3.content.1", action="kept", to=None),
        TranslationItem(path="messages.4.content.0", action="kept", to={"messages.4": 1}),
        TranslationItem(path="messages.5.content.0", action="kept", to="input"),
        TranslationItem(
            path="stream", action="dropped", reason="r", choices=[ReplayChoice(label="l", changes={"a": 1})]
        ),
    ]
    said = [system("s"), user("a"), assistant("b"), user(["c", "d"]), user("e"), user("f")]
    made = opening(said, translation=report)
    log.observer().open(made)
    found = {item["path"]: dict(item) for item in log.call(made.call_id).translation}
    assert found == {item.path: item.model_dump(mode="json") for item in report}


def test_a_call_is_pending_before_it_leaves_and_safe_when_closed(log: CallLog, opened: Callable[..., CallLog]) -> None:
    """Another reader sees the call as soon as `open` returned, and its answer as soon as `close` returned."""
    other = opened(read_only=True)
    made = opening("x")
    record = log.observer().open(made)
    found = other.call(made.call_id)
    assert found.summary.status == "pending"
    assert found.metadata["timing"]["started_at"] is not None
    assert found.response_raw is None
    record.close(closing(made, "y"))
    assert other.call(made.call_id).summary.status == "ok"


async def test_async_calls_are_logged_alike(log: CallLog) -> None:
    """`aopen` and `aclose` return when the call is safe."""
    made = opening("x")
    record = await log.observer().aopen(made)
    assert log.call(made.call_id).summary.status == "pending"
    await record.aclose(closing(made, "y"))
    assert log.call(made.call_id).summary.answer == "y"


def test_an_answer_said_again_as_history_is_one_message(log: CallLog) -> None:
    """Why the model stopped belongs to the answer: the message of the next call is the same row."""
    made = opening("x")
    told = closing(made, "a particular answer")
    log.observer().open(made).close(told)
    assert told.response is not None
    logged(log, [user("x"), told.response.message, user("and?")])
    with log._here.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM messages WHERE role = 'assistant'").scalar() == 2


def test_blobs_are_kept_once_and_read_by_name(log: CallLog) -> None:
    """The bytes of a picture are one row, in whichever messages and requests they stand."""
    image = ImageBlock(data=PNG, media_type="image/png")
    logged(log, [user(["a", image])], request=REQUEST)
    logged(log, [user(["b", image])], request=REQUEST)
    with log._here.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM blobs").scalar() == 1
    found = log.blob(str(image.blob))
    assert found is not None
    assert (found.data, found.media_type) == (PNG, "image/png")
    assert log.blob("00" * 32) is None
    assert log.blob("nonsense") is None


def test_replays_are_counted_and_listed_with_their_original(log: CallLog) -> None:
    """A call knows what it replays, and what replays it."""
    first = logged(log, "x")
    replays = [logged(log, "x", replay_of=first), logged(log, "x", replay_of=first)]
    assert log.call(first).summary.replays == 2
    assert [r.id for r in log.call(first).replays] == replays[::-1]
    assert log.call(replays[0]).summary.replay_of == first
    assert log.call(first).as_json()["replays"] == replays[::-1]


def test_an_unknown_call_is_an_error(log: CallLog) -> None:
    """Each way to read one call says that there is none."""
    for read in (log.call, log.load_call, log.load_response_messages):
        with pytest.raises(CallNotFound, match="no-such"):
            read("no-such")


def test_a_store_opened_for_reading_logs_nothing(log: CallLog, opened: Callable[..., CallLog]) -> None:
    """An observer of it is refused at once."""
    with pytest.raises(StoreError, match="for reading only"):
        opened(read_only=True).observer()


def test_the_folder_and_the_files_are_their_owners_alone(tmp_path: Path) -> None:
    """No other user reads the store, its WAL, its locks or its spool."""
    log = CallLog.open(tmp_path / "new" / "calls.db")
    logged(log)
    files = list((tmp_path / "new").rglob("*"))
    assert len(files) >= 4
    assert {f.name: f.stat().st_mode & 0o077 for f in [tmp_path / "new", *files] if f.stat().st_mode & 0o077} == {}
    log.close()


def test_what_is_told_after_submitting_is_not_seen(log: CallLog) -> None:
    """A caller may go on changing its lists: the record was made when it was told."""
    said = [user("first")]
    made = opening(said)
    request = made.request
    record = log.observer().open(made)
    request["messages"].append({"role": "user", "content": "later"})
    record.close(closing(made))
    assert log.call(made.call_id).request["messages"] == [{"role": "user", "content": "first"}]
    assert dataclasses.is_dataclass(log.call(made.call_id))


@pytest.mark.parametrize(
    "value", [{}, "H", ["H" * 50], {"role": "user", "content": "H" * 190}, [None] * 900, "é" * 120]
)
def test_a_body_is_given_back_whatever_its_length(value: Any) -> None:
    """A body comes back as it was: too short to pack, packed with the dictionary, or longer than that is for."""
    body = bodies.pack(value, bodies.Lifted(), Redactor({}))
    assert bodies.read(body).filled({}, {}) == value
