"""All recordings of the three wires through the real SDKs, traced: what the log gives back is what the truth says.

A call is made as its user made it, by the SDK's `create` with the recorded request; nothing of ours sees it but the traced
client. How a row of `truth.jsonl.gz` maps to ours is told in `tests/wires`, where the recordings whose truth is otherwise are
named with the reason.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anthropic
import openai
import pytest
from wires import test_openai_chat_recordings as chat
from wires import test_openai_responses_recordings as responses

import ell2a
from ell2a.calls import CallMetadata
from ell2a.messages import Message
from ell2a.providers import get

Row = dict[str, Any]

WIRES = ("openai-chat", "openai-responses", "anthropic-messages")
TRUTH_DIFFERS = chat.TRUTH_DIFFERS | responses.TRUTH_DIFFERS
"""(Recording, category) -> why ours differs from the truth."""
COUNTS = ("input", "output", "cache_read", "cache_write", "reasoning")


def rows_of(recordings: Path, name: str) -> Iterator[Row]:
    with gzip.open(recordings / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


@pytest.fixture(scope="module")
def truths(recordings: Path) -> dict[str, Row]:
    """What each answer means, by id."""
    return {row["id"]: row for row in rows_of(recordings, "truth")}


@pytest.fixture(autouse=True)
def fresh_log(tmp_path: Path) -> Iterator[None]:
    ell2a.init(store=tmp_path / "log.db")
    yield
    ell2a.init(store="off")


def client_of(wire: str, url: str, *, asynchronous: bool = False) -> Any:
    """The SDK's own client, traced."""
    if wire == "anthropic-messages":
        kind: Any = anthropic.AsyncAnthropic if asynchronous else anthropic.Anthropic
        return ell2a.trace(kind(base_url=url, api_key="none", max_retries=0, timeout=30))
    kind = openai.AsyncOpenAI if asynchronous else openai.OpenAI
    return ell2a.trace(kind(base_url=f"{url}/v1", api_key="none", max_retries=0, timeout=30))


def arguments_of(client: Any, wire: str, row: Row) -> tuple[Any, dict[str, Any]]:
    """The SDK's function, and the arguments by which it sends the recorded request."""
    provider: Any = get("anthropic" if wire == "anthropic-messages" else "openai", wire)
    arguments = provider.provider_call_arguments(row["request"])
    return provider.resource(client).create, {**arguments, "extra_headers": {"x-recording-id": row["id"]}}


def logged() -> tuple[Any, list[Message]]:
    """The newest call of the log, and its answer."""
    log = ell2a.current_log()
    assert log is not None
    newest = log.latest()
    assert newest is not None
    return log.call(newest), log.load_response_messages(newest)


def differences(detail: Any, messages: list[Message], truth: Row, wire: str) -> set[str]:
    """Which of the compared categories of a logged call differ from the truth."""
    metadata = CallMetadata.model_validate(detail.metadata)
    choices, told, usage = truth["choices"], truth["usage"] or {}, metadata.usage
    counts = [told.get(name) for name in COUNTS]
    if wire == "anthropic-messages" and counts[0] is not None:
        counts[0] += (counts[3] or 0) + (counts[2] or 0)
    found = {
        "choices": (len(messages), len(choices) or 1),
        "usage": ([getattr(usage, f"{name}_tokens") if usage else None for name in COUNTS], counts),
        "model and id": (
            (metadata.response_model or "", metadata.response_id or ""),
            (truth["model"] or "", truth["response_id"] or ""),
        ),
        "model asked for": (detail.summary.model, truth["requested_model"] or ""),
    }
    differing = {category for category, (ours, theirs) in found.items() if ours != theirs}
    for message, choice in zip(messages, choices, strict=False):
        differing |= {category for category, (ours, theirs) in compared(message, choice).items() if ours != theirs}
    return differing


def compared(message: Message, choice: Row) -> dict[str, tuple[Any, Any]]:
    calls = [(c["id"], c["name"], c["arguments"]) for c in choice["tool_calls"]]
    ours: list[Any] = [(c.id, c.name, c.arguments) for c in message.agent_calls]
    if [id for id, _, _ in calls] == [None]:
        # An older `function_call` has no id: we make one.
        ours = [(None, name, arguments) for _, name, arguments in ours]
    return {
        "text": (message.text, choice["text"]),
        "agent calls": (ours, calls),
        "thinking": (message.thinking, choice["thinking"]),
        "refusal": (message.refusal, choice["refusal"] or None),
        "finish reason": (message.finish_reason and message.finish_reason.raw, choice["finish_reason"]),
    }


def check(recorded: list[Row], found: dict[str, set[str]]) -> None:
    """All agree, but for those whose truth is otherwise; the numbers are printed."""
    pairs = {(id, category) for id, categories in found.items() for category in categories}
    print(f"{len(found)} recordings; otherwise than the truth: {sorted(pairs)}")  # noqa: T201  # what the run is for
    assert found.keys() == {row["id"] for row in recorded}
    assert pairs == {pair for pair in TRUTH_DIFFERS if pair[0] in found and pair[1] in CATEGORIES}


CATEGORIES = {
    "choices",
    "usage",
    "model and id",
    "model asked for",
    "text",
    "agent calls",
    "thinking",
    "refusal",
    "finish reason",
}


def answers(recordings: Path, wire: str) -> list[Row]:
    return [row for row in rows_of(recordings, wire) if row["status"] == 200 and row["id"] not in chat.NO_ANSWER]


@pytest.mark.filterwarnings("ignore:The model .* is deprecated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:Using Claude with:UserWarning")
@pytest.mark.parametrize("step", [pytest.param(3, id="every third"), pytest.param(1, id="all", marks=pytest.mark.slow)])
@pytest.mark.parametrize("wire", WIRES)
def test_recordings(wire: str, step: int, recordings: Path, truths: dict[str, Row], replay_server: str) -> None:
    """A recorded answer, whole or streamed, is in the log as the truth has it, with the request that was sent."""
    recorded, found = answers(recordings, wire)[::step], dict[str, set[str]]()
    with client_of(wire, replay_server) as client:
        for row in recorded:
            create, arguments = arguments_of(client, wire, row)
            try:
                answer = create(**arguments)
                if row["request"].get("stream"):
                    for _ in answer:
                        pass
            except (openai.APIError, anthropic.APIError):
                if row["id"] not in chat.BROKEN_OFF:
                    raise
            detail, messages = logged()
            assert detail.request == row["request"], row["id"]
            assert "tracing_faults" not in detail.metadata["other"], row["id"]
            assert detail.summary.status == ("partial" if row["id"] in chat.BROKEN_OFF else "ok"), row["id"]
            found[row["id"]] = differences(detail, messages, truths[row["id"]], wire)
    check(recorded, found)


@pytest.mark.filterwarnings("ignore:The model .* is deprecated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:Using Claude with:UserWarning")
@pytest.mark.parametrize("wire", WIRES)
async def test_some_recordings_awaited(wire: str, recordings: Path, truths: dict[str, Row], replay_server: str) -> None:
    """The async client's calls are logged alike: every third stream, and every tenth whole answer."""
    given = [row for row in answers(recordings, wire) if row["id"] not in chat.BROKEN_OFF]
    recorded = [row for row in given if row["stream"]][::3] + [row for row in given if not row["stream"]][::10]
    found: dict[str, set[str]] = {}
    async with client_of(wire, replay_server, asynchronous=True) as client:
        for row in recorded:
            create, arguments = arguments_of(client, wire, row)
            answer = await create(**arguments)
            if row["request"].get("stream"):
                async for _ in answer:
                    pass
            detail, messages = logged()
            assert detail.summary.status == "ok", row["id"]
            found[row["id"]] = differences(detail, messages, truths[row["id"]], wire)
    check(recorded, found)


@pytest.mark.filterwarnings("ignore:The model .* is deprecated:DeprecationWarning")
@pytest.mark.parametrize("wire", WIRES)
def test_recorded_errors(wire: str, recordings: Path, replay_server: str) -> None:
    """The user's exception is the SDK's own; the log has the class that the body means, the status and the body."""
    provider: Any = get("anthropic" if wire == "anthropic-messages" else "openai", wire)
    sdk: Any = anthropic if wire == "anthropic-messages" else openai
    asked = 0
    with client_of(wire, replay_server) as client:
        for row in rows_of(recordings, wire):
            if row["status"] < 400:
                continue
            asked += 1
            create, arguments = arguments_of(client, wire, row)
            with pytest.raises(sdk.APIStatusError) as caught:
                create(**arguments)
            detail, _ = logged()
            expected = provider.translate_error(caught.value)
            assert detail.summary.status == "error"
            assert detail.error["class"] == type(expected).__name__, row["id"]
            assert (detail.error["status"], detail.error["body"]) == (row["status"], expected.body), row["id"]
            assert detail.request == row["request"], row["id"]
    assert asked > 0
