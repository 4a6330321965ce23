"""The wire openai-chat on real answers: every recording through the real SDK, and the laws over all of them.

How a row of `truth.jsonl.gz` maps to ours, choice by choice: `text` is `message.text`, `thinking` is `message.thinking`,
`tool_calls` are `message.agent_calls` (id, name, arguments; a null id, of the older `function_call`, is not compared, since
we make one), `finish_reason` is `finish_reason.raw`, `refusal` is `message.refusal` (none where it is empty), `usage` counts
as ours do. A stream that broke off is compared by what came.
"""

from __future__ import annotations

import gzip
import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from ell2a.calls import Ell2aResponse, leaves_of
from ell2a.errors import (
    AuthenticationFailed,
    BadRequest,
    CallError,
    ContentFiltered,
    ContextLengthExceeded,
    NotFound,
    RateLimited,
    StreamBroken,
    UnreadableResponse,
)
from ell2a.messages import Message, OpaqueBlock, user
from ell2a.providers import Definition, Provider, Report, registry
from ell2a.providers.openai_chat.equivalences import canonical
from ell2a.providers.openai_chat.native_keys import NATIVE_KEYS
from ell2a.providers.openai_chat.response_leaves import CHOICE, MEANINGLESS, OTHER
from ell2a.providers.requirements import CapabilityUnknown
from ell2a.providers.sse import SseDecoder

Row = dict[str, Any]

_EMPTY_CALL = (
    "Snowflake sends an empty `function_call` (no name, no arguments) with every answer; the truth counts it as a call"
)
_ZERO_CACHED = (
    "the service says `cached_tokens: 0` at the top of its usage; the truth looks for it in the details alone"
)

TRUTH_DIFFERS = {
    ("81585e343bc5a305", "agent calls"): _EMPTY_CALL,
    ("9908a5296aeb43cd", "agent calls"): _EMPTY_CALL,
    ("b9f8ff5d3e0e6a2f", "agent calls"): _EMPTY_CALL,
    ("f843b167c4e041d3", "agent calls"): _EMPTY_CALL,
    ("11650ab882a6a40c", "usage"): _ZERO_CACHED,
    ("26424ec7bf56068c", "usage"): _ZERO_CACHED,
    ("bfcf476b0b54eba7", "usage"): _ZERO_CACHED,
    ("c4d6b33b91d29714", "usage"): _ZERO_CACHED,
    ("dfba22c351e9409f", "usage"): _ZERO_CACHED,
    ("f55725f307650ac7", "usage"): _ZERO_CACHED,
    ("0f38c88f3541ae5d", "server agents"): "the truth does not join the `executed_tools` of a stream",
    (
        "0f38c88f3541ae5d",
        "model and id",
    ): "Groq's compound sends another id with each chunk, `stub` with the last; the first"
    " stands for the answer here, the last in the truth",
}
"""(Recording, category) -> why ours differs from the truth. There is no other."""

NO_ANSWER = {
    "8558dfd03cfdb0a3": UnreadableResponse,  # a page of a test endpoint, in plain text
    "057bd9b4de409eea": ContentFiltered,  # Azure's filter, told with status 200
}
"""Recordings of status 200 that are no answer -> the error they are."""

BROKEN_OFF = {"0bc3d8a339fa75a5", "70e8ceed55b34849"}
"""Streams that an error ends."""


@pytest.fixture(scope="module")
def rows(recordings: Path) -> list[Row]:
    """All recordings of the wire."""
    with gzip.open(recordings / "openai-chat.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def truth(recordings: Path) -> dict[str, Row]:
    """What each answer means, by id."""
    with gzip.open(recordings / "truth.jsonl.gz", "rt", encoding="utf-8") as lines:
        found = (json.loads(line) for line in lines)
        return {row["id"]: row for row in found if row["wire"] == "openai-chat"}


@pytest.fixture(autouse=True)
def unknown_models_are_no_news() -> Iterator[None]:
    """Most recordings are of models and services that no table knows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CapabilityUnknown)
        yield


def provider_of(row: Row) -> Provider:
    """The provider at the recording's host, by its row where there is one."""
    return registry.provider_at(f"https://{row['host']}{row['path'].removesuffix('/chat/completions')}", "openai-chat")


def definition_of(row: Row, **headers: str) -> tuple[Definition, list[Message]]:
    """The definition and messages that make the recorded request again; nothing in it is checked."""
    provider = provider_of(row)
    call = provider.translate_request_to_ell2a(row["request"])
    return Definition(
        provider=provider,
        model=call.model,
        agents=tuple(call.agents),
        agent_choice=call.agent_choice,
        response_format=call.response_format,
        stream=call.stream,
        api_params=call.api_params,
        options={"extra_headers": {"x-recording-id": row["id"], **headers}},
    ), call.messages


def answers(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["status"] == 200 and row["id"] not in NO_ANSWER]


def whole(row: Row) -> dict[str, Any]:
    """The native response of a row; of a stream, what it amounts to."""
    if row["response_kind"] == "json":
        found: dict[str, Any] = row["response"]
        return found
    decoder = SseDecoder()
    sent = [*decoder.feed(row["response"].encode("utf-8", "surrogatepass")), *decoder.flush()]
    provider = provider_of(row)
    accumulator = provider.accumulator()
    for one in sent:
        list(accumulator.feed(provider.event(one)))  # type: ignore[attr-defined]
    assert (accumulator.done and accumulator.error is None) == (row["id"] not in BROKEN_OFF), row["id"]
    body: dict[str, Any] = accumulator.response()
    return body


def differences(response: Ell2aResponse, truth: Row) -> list[str]:
    """Which of the compared categories differ from the truth."""
    if len(response.messages) != (len(truth["choices"]) or 1):
        return ["choices"]
    differing = {
        category
        for message, choice in zip(response.messages, truth["choices"], strict=False)
        for category, (ours, theirs) in _compared(message, choice).items()
        if ours != theirs
    }
    metadata, told, usage = response.metadata, truth["usage"] or {}, response.metadata.usage
    counts = ("input", "output", "cache_read", "cache_write", "reasoning")
    ours = [getattr(usage, f"{name}_tokens") if usage else None for name in counts]
    if ours != [told.get(name) for name in counts]:
        differing.add("usage")
    if (metadata.response_model or "", metadata.response_id or "") != (
        truth["model"] or "",
        truth["response_id"] or "",
    ):
        differing.add("model and id")
    return sorted(differing)


def _compared(message: Message, choice: Row) -> dict[str, tuple[Any, Any]]:
    calls = [(c["id"], c["name"], c["arguments"]) for c in choice["tool_calls"]]
    ours: list[Any] = [(c.id, c.name, c.arguments) for c in message.agent_calls]
    if [id for id, _, _ in calls] == [None]:
        ours = [(None, name, arguments) for _, name, arguments in ours]
    served = [b.name for b in message.content if b.type == "agent_call" and b.executed_by_provider]
    cited = sum(len(getattr(block, "citations", ())) for block in message.content)
    return {
        "text": (message.text, choice["text"]),
        "agent calls": (ours, calls),
        "thinking": (message.thinking, choice["thinking"]),
        "refusal": (message.refusal, choice["refusal"] or None),
        "finish reason": (message.finish_reason and message.finish_reason.raw, choice["finish_reason"]),
        "server agents": (served, [tool["type"] for tool in choice["server_tools"]]),
        "citations": (cited, choice["annotations"]),
        "structured output": (_parsed(message) if choice["structured"] is not None else None, choice["structured"]),
    }


def _parsed(message: Message) -> Any:
    return next((block.value for block in message.content if block.type == "parsed"), None)


def assert_agreement(found: dict[str, list[str]]) -> None:
    """All agree, but for those that are named with the reason; the numbers are printed."""
    pairs = {(id, category) for id, categories in found.items() for category in categories}
    print(f"{len(found)} recordings, of which differ: {sorted(pairs)}")  # noqa: T201  # the numbers are what the run is for
    assert found
    assert pairs == {pair for pair in TRUTH_DIFFERS if pair[0] in found}


def test_recordings_through_the_sdk(rows: list[Row], truth: dict[str, Row], replay_server: str) -> None:
    """Every recorded answer, stream or not, comes through the real SDK and says what the truth says."""
    found: dict[str, list[str]] = {}
    broken = set()
    with openai.OpenAI(base_url=f"{replay_server}/v1", api_key="none", max_retries=0, timeout=30) as client:
        for row in answers(rows):
            definition, messages = definition_of(row)
            answer = definition.provider.call_model(client=client, messages=messages, definition=definition)
            if definition.stream:
                try:
                    text = "".join(str(delta) for delta in answer if delta.choice == 0)  # type: ignore[union-attr]
                    assert text == answer.text, row["id"]
                    response = answer.response  # type: ignore[union-attr]
                except StreamBroken as error:
                    broken.add(row["id"])
                    response = error.partial
            else:
                response = answer
            found[row["id"]] = differences(response, truth[row["id"]])
    assert broken == BROKEN_OFF
    assert_agreement(found)


async def test_recordings_through_the_async_sdk(rows: list[Row], truth: dict[str, Row], replay_server: str) -> None:
    """The async client gives the same: half of the streams, and every tenth whole answer."""
    streams = [row for row in answers(rows) if row["stream"] and row["id"] not in BROKEN_OFF][::2]
    others = [row for row in answers(rows) if not row["stream"]][::10]
    found: dict[str, list[str]] = {}
    async with openai.AsyncOpenAI(base_url=f"{replay_server}/v1", api_key="none", max_retries=0, timeout=30) as client:
        for row in [*streams, *others]:
            definition, messages = definition_of(row)
            answer: Any = await definition.provider.acall_model(client=client, messages=messages, definition=definition)
            if definition.stream:
                await answer.finish()
                answer = answer.response
            found[row["id"]] = differences(answer, truth[row["id"]])
    assert_agreement(found)


def test_streams_cut_anywhere(rows: list[Row], replay_server: str) -> None:
    """A stream that arrives in pieces of 11 bytes gives the translation of the whole."""
    streams = [row for row in answers(rows) if row["stream"] and len(row["response"]) < 20_000]
    with openai.OpenAI(base_url=f"{replay_server}/v1", api_key="none", max_retries=0, timeout=30) as client:
        for row in streams[::12]:
            definition, messages = definition_of(row, **{"x-replay-chunk-bytes": "11"})
            answer = definition.provider.call_model(client=client, messages=messages, definition=definition)
            call = definition.provider.translate_request_to_ell2a(row["request"])
            expected = definition.provider.translate_provider_to_ell2a(whole(row), call)
            assert answer.message.model_dump() == expected.message.model_dump(), row["id"]


def test_streams_as_the_sdk_accumulates_them(rows: list[Row], replay_server: str) -> None:
    """The SDK's own accumulator, on the streams of OpenAI's that it can read, comes to the same content and calls."""
    compared = 0
    with openai.OpenAI(base_url=f"{replay_server}/v1", api_key="none", max_retries=0, timeout=30) as client:
        for row in answers(rows):
            if not row["stream"] or row["host"] != "api.openai.com" or "response_format" in row["request"]:
                continue
            if any(choice["finish_reason"] == "length" for choice in whole(row)["choices"]):
                # The SDK's own raises on an answer that was cut to length.
                continue
            request = {name: value for name, value in row["request"].items() if name != "stream"}
            arguments = provider_of(row).provider_call_arguments(request)
            with client.chat.completions.stream(**arguments, extra_headers={"x-recording-id": row["id"]}) as stream:
                final: Any = stream.get_final_completion().to_dict(mode="json")
            ours = whole(row)
            for theirs, mine in zip(final["choices"], ours["choices"], strict=True):
                assert theirs["finish_reason"] == mine["finish_reason"], row["id"]
                assert (theirs["message"].get("content") or "") == (mine["message"]["content"] or ""), row["id"]
                calls = [(c["id"], c["function"]["arguments"] or "") for c in theirs["message"].get("tool_calls") or ()]
                assert calls == [(c["id"], c["function"]["arguments"]) for c in mine["message"].get("tool_calls", ())]
            # The SDK's own loses the usage where another chunk follows it.
            assert final.get("usage") in (None, ours.get("usage")), row["id"]
            compared += 1
    assert compared > 50


EXPECTED_ERRORS = {
    "02045b8efc614d8d": BadRequest,
    "0b8210892691a750": RateLimited,
    "10db53553afca7b9": AuthenticationFailed,
    "1358fece3b38c8ad": NotFound,
    "2e1131688152d577": AuthenticationFailed,
    "3ee326a50e5fc410": BadRequest,
    "456442f1b457fe2d": NotFound,
    "67a11e25cbf46d0b": NotFound,
    "69b197ac6ff3876c": BadRequest,
    "71bac110dc87102f": NotFound,
    "78c56b15c4a8425a": AuthenticationFailed,
    "8ccf5db002e47a7e": BadRequest,
    "99f6dcfa4ee4d71e": RateLimited,
    "b113d84ec2c1d7c0": BadRequest,
    "c78b7672d697c1d9": NotFound,
    "d8248b77952f9335": ContextLengthExceeded,
    "da16e590efd5a653": NotFound,
    "e54ee9eca73282ee": AuthenticationFailed,
    "f4fe84521d499dff": BadRequest,
    "fca5e279857dd411": AuthenticationFailed,
}


def test_recorded_errors(rows: list[Row], replay_server: str) -> None:
    """Recorded error answers become one of our errors, with their body and status."""
    failed = [row for row in rows if row["status"] != 200]
    assert {row["id"] for row in failed} == EXPECTED_ERRORS.keys()
    with openai.OpenAI(base_url=f"{replay_server}/v1", api_key="none", max_retries=0, timeout=30) as client:
        for row in failed:
            definition, messages = definition_of(row)
            with pytest.raises(CallError) as caught:
                definition.provider.call_model(client=client, messages=messages, definition=definition)
            assert type(caught.value) is EXPECTED_ERRORS[row["id"]], row["id"]
            assert caught.value.body == row["response"]
            assert caught.value.status == row["status"]
            assert row["response"]["error"]["message"][:100] in str(caught.value)


def test_no_answer_with_status_200(rows: list[Row], replay_server: str) -> None:
    """What comes with status 200 and is no answer is an error of the call, with its body."""
    with openai.OpenAI(base_url=f"{replay_server}/v1", api_key="none", max_retries=0, timeout=30) as client:
        for row in (row for row in rows if row["id"] in NO_ANSWER):
            definition, messages = definition_of(row)
            with pytest.raises(NO_ANSWER[row["id"]]) as caught:
                definition.provider.call_model(client=client, messages=messages, definition=definition)
            assert caught.value.body == row["response"]


def test_back_and_there(rows: list[Row]) -> None:
    """Every recorded request -> universal -> native is the request again, up to the listed equivalences."""
    differing = []
    for row in rows:
        provider = provider_of(row)
        back = provider.translate_ell2a_to_provider(provider.translate_request_to_ell2a(row["request"]))
        if canonical(back) != canonical(row["request"]):
            differing.append(row["id"])
    print(f"back and there: {len(rows) - len(differing)} of {len(rows)}")  # noqa: T201  # the numbers are what the run is for
    assert differing == []


def test_there_and_back(rows: list[Row]) -> None:
    """A call made of a recorded request is in the normal form: universal -> native -> universal is itself."""
    for row in rows:
        provider = provider_of(row)
        call = provider.translate_request_to_ell2a(row["request"])
        assert provider.translate_request_to_ell2a(provider.translate_ell2a_to_provider(call)) == call, row["id"]


def test_equivalences_are_idempotent(rows: list[Row]) -> None:
    """The canonical form of a canonical form is itself."""
    for row in rows:
        once = canonical(row["request"])
        assert canonical(once) == once, row["id"]


def test_report_names_every_leaf(rows: list[Row]) -> None:
    """The paths of a report are the leaves of the call, each once, and the usage of streams, which is asked for."""
    for row in rows:
        provider = provider_of(row)
        call = provider.translate_request_to_ell2a(row["request"])
        report = Report(row["host"])
        provider.translate_ell2a_to_provider(call, report)
        set_by_us = [item.path for item in report.items if item.action == "defaulted"]
        assert sorted(item.path for item in report.items if item.action != "defaulted") == sorted(leaves_of(call))
        assert set_by_us in ([], ["api_params.stream_options"]), row["id"]
        assert {item.action for item in report.items} <= {"kept", "renamed", "converted", "defaulted"}, row["id"]


def test_native_keys_are_listed(rows: list[Row]) -> None:
    """Whatever stands in `native` has a row in the table, with the reason why it has no universal field."""
    for row in rows:
        call = provider_of(row).translate_request_to_ell2a(row["request"])
        leaves = [leaf.rpartition(".native.")[2] for leaf in leaves_of(call) if ".native." in leaf]
        assert set(leaves) <= NATIVE_KEYS.keys(), row["id"]


_CARRIED_BACK = (
    "content",
    "refusal",
    "tool_calls",
    "function_call",
    "reasoning",
    "reasoning_content",
    "reasoning_details",
)


def test_answer_as_history(rows: list[Row]) -> None:
    """A translated answer, put into the next request, gives back the wire's own words, calls, ids and signatures."""
    for row in answers(rows):
        provider = provider_of(row)
        call = provider.translate_request_to_ell2a(row["request"]).model_copy(update={"response_format": None})
        body = whole(row)
        if not body.get("choices"):
            continue
        response = provider.translate_provider_to_ell2a(body, call)
        # By way of JSON, as a history from the log comes.
        message = Message.model_validate_json(response.message.model_dump_json())
        following = call.model_copy(update={"messages": [user("Why?"), message]})
        said = canonical(provider.translate_ell2a_to_provider(following))["messages"][1]
        # A choice that a filter stopped may have no message.
        came = min(body["choices"], key=lambda choice: choice["index"]).get("message", {})
        expected = canonical({"messages": [_without_blanks(came)]})["messages"][0]
        got = {name: said[name] for name in _CARRIED_BACK if said.get(name) not in (None, "")}
        assert got == {name: expected[name] for name in _CARRIED_BACK if name in expected}, row["id"]


def _without_blanks(message: Row) -> Row:
    """A message without the fields that are there to be empty, and calls without their empty twins."""
    kept = {name: value for name, value in message.items() if not _blank(value)}
    if "tool_calls" in kept:
        kept["tool_calls"] = [{k: v for k, v in c.items() if k == "id" or not _blank(v)} for c in kept["tool_calls"]]
    return kept


def _blank(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    if inner is not None:
        return all(_blank(one) for one in inner)
    return value is None or value == "" or (type(value) is int and value == 0)


def test_nothing_unaccounted(rows: list[Row]) -> None:
    """Every leaf of an answer is in the messages or a named field of the metadata, or is listed as saying nothing."""
    for row in answers(rows):
        provider = provider_of(row)
        call = provider.translate_request_to_ell2a(row["request"])
        body = whole(row)
        response = provider.translate_provider_to_ell2a(body, call)
        told = _told(response)
        missing = [f"{path} = {leaf!r}" for path, leaf in _leaves(body) if not _accounted(path, leaf, told)]
        assert missing == [], (row["id"], missing)


def test_tables_know_every_field(rows: list[Row]) -> None:
    """No recorded answer has a field that the tables do not know, but the one that is no answer; none is opaque."""
    for row in answers(rows):
        provider = provider_of(row)
        body = whole(row)
        if not body.get("choices"):
            continue
        response = provider.translate_provider_to_ell2a(body, provider.translate_request_to_ell2a(row["request"]))
        assert response.metadata.other.keys() <= {*OTHER, "usage", "choices"}, (row["id"], response.metadata.other)
        for choice in response.metadata.other.get("choices", ()):
            assert choice.keys() <= {*CHOICE, "index"}, row["id"]
        for message in response.messages:
            assert not [b for b in message.content if isinstance(b, OpaqueBlock)], row["id"]
            assert "openai_chat_extra" not in (message.native or {}), row["id"]


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, path)
    else:
        yield path, value


def _told(response: Ell2aResponse) -> set[Any]:
    """Every value that the messages and the metadata hold, the raw usage aside, with the texts that are made of them."""
    metadata = response.metadata.model_dump(mode="json")
    metadata["usage"] = {k: v for k, v in (metadata["usage"] or {}).items() if k != "raw"}
    messages = [message.model_dump(mode="json") for message in response.messages]
    told = {leaf for _, leaf in _leaves([metadata, messages])}
    for message in response.messages:
        told |= {message.text, message.thinking}
        for block in message.content:
            if block.type == "agent_call":
                told.add(block.raw_arguments if block.raw_arguments is not None else block.arguments_text())
    return told


def _accounted(path: str, leaf: Any, told: set[Any]) -> bool:
    if leaf is None or leaf == "" or leaf in told:
        return True
    # Fields that services send though they have nothing for them are 0 all through.
    if leaf == 0 and path.startswith("choices.message."):
        return True
    return any(path == name or path.startswith(f"{name}.") for name in MEANINGLESS)
