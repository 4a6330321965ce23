"""The wire openai-responses on real answers: every recording through the real SDK, and the laws over all of them.

How a row of `truth.jsonl.gz` maps to ours: `text` is `message.text`, `thinking` is `message.thinking`, `tool_calls` are
`message.agent_calls` (id, name, arguments), `finish_reason` is `finish_reason.raw`, `refusal` is `message.refusal`, `usage`
counts as ours do; `server_tools` are the items that a provider's own agents left, by their type.
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
from wires.responses_calls import WIRE

from ell2a.calls import Ell2aResponse, leaves_of
from ell2a.errors import AuthenticationFailed, BadRequest, CallError, ContextLengthExceeded, NotFound, StreamBroken
from ell2a.messages import AgentCallBlock, AgentResultBlock, Message, OpaqueBlock, user
from ell2a.providers import Definition, Provider, Report, registry
from ell2a.providers.openai_responses.call_kinds import CALL_KINDS
from ell2a.providers.openai_responses.equivalences import canonical
from ell2a.providers.openai_responses.native_keys import EXTRA, ITEM_EXTRA, NATIVE_KEYS
from ell2a.providers.openai_responses.opaque_kinds import OPAQUE_KINDS
from ell2a.providers.openai_responses.response_leaves import OTHER
from ell2a.providers.requirements import CapabilityUnknown
from ell2a.providers.sse import SseDecoder

Row = dict[str, Any]

TRUTH_DIFFERS = {
    (
        "805d2c752aea5907",
        "agent calls",
    ): "a search of tools that the program is to run (`execution` is `client`) is a call"
    " that this program must answer; the truth counts it among the server's",
}
"""(Recording, category) -> why ours differs from the truth."""

NAMED_OTHERWISE = {"78d3402959bfc735": "Bedrock names a call's item by `item_id` and counts it by `output_index`"}
"""Answers whose items have other fields than the wire's -> which; they go back under the wire's own."""


@pytest.fixture(scope="module")
def rows(recordings: Path) -> list[Row]:
    """All recordings of the wire."""
    with gzip.open(recordings / f"{WIRE}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def truth(recordings: Path) -> dict[str, Row]:
    """What each answer means, by id."""
    with gzip.open(recordings / "truth.jsonl.gz", "rt", encoding="utf-8") as lines:
        found = (json.loads(line) for line in lines)
        return {row["id"]: row for row in found if row["wire"] == WIRE}


@pytest.fixture(autouse=True)
def unknown_models_are_no_news() -> Iterator[None]:
    """Many recordings are of models and services that no table knows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CapabilityUnknown)
        yield


def provider_of(row: Row) -> Provider:
    """The provider at the recording's host, by its row where there is one."""
    return registry.provider_at(f"https://{row['host']}{row['path'].removesuffix('/responses')}", WIRE)


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
    return [row for row in rows if row["status"] == 200]


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
    assert accumulator.done, row["id"]
    assert accumulator.error is None, row["id"]
    body: dict[str, Any] = accumulator.response()
    return body


def differences(response: Ell2aResponse, truth: Row) -> list[str]:
    """Which of the compared categories differ from the truth."""
    if len(response.messages) != len(truth["choices"]):
        return ["choices"]
    message, (choice,) = response.message, truth["choices"]
    metadata, told, usage = response.metadata, truth["usage"] or {}, response.metadata.usage
    counts = ("input", "output", "cache_read", "cache_write", "reasoning")
    calls = [(c["id"], c["name"], c["arguments"]) for c in choice["tool_calls"]]
    cited = sum(len(getattr(block, "citations", ())) for block in message.content)
    parsed = next((block.value for block in message.content if block.type == "parsed"), None)
    compared = {
        "text": (message.text, choice["text"]),
        "agent calls": ([(c.id, c.name, c.arguments) for c in message.agent_calls], calls),
        "thinking": (message.thinking, choice["thinking"]),
        "refusal": (message.refusal, choice["refusal"] or None),
        "finish reason": (message.finish_reason and message.finish_reason.raw, choice["finish_reason"]),
        "server agents": (_served(message), [tool["type"] for tool in choice["server_tools"]]),
        "citations": (cited, choice.get("annotations", 0)),
        "structured output": (parsed if choice["structured"] is not None else None, choice["structured"]),
        "usage": (
            [getattr(usage, f"{name}_tokens") if usage else None for name in counts],
            [told.get(name) for name in counts],
        ),
        "model and id": ((metadata.response_model, metadata.response_id), (truth["model"], truth["response_id"])),
    }
    return sorted(category for category, (ours, theirs) in compared.items() if ours != theirs)


def _served(message: Message) -> list[str]:
    """The types of the items of the provider's own agents."""
    types = []
    for block in message.content:
        form = str((block.native or {}).get("form"))
        if isinstance(block, OpaqueBlock):
            types.append(block.kind)
        elif isinstance(block, AgentCallBlock) and form in CALL_KINDS and form != "custom_tool_call":
            types.append(form)
        elif isinstance(block, AgentResultBlock):
            call = next(b for b in message.content if isinstance(b, AgentCallBlock) and b.id == block.call_id)
            kind = CALL_KINDS[str((call.native or {}).get("form"))]
            types += [kind.output] if kind.output else []
    return types


def assert_agreement(found: dict[str, list[str]]) -> None:
    """All agree, but for those that are named with the reason; the numbers are printed."""
    pairs = {(id, category) for id, categories in found.items() for category in categories}
    print(f"{len(found)} recordings, of which differ: {sorted(pairs)}")  # noqa: T201  # the numbers are what the run is for
    assert found
    assert pairs == {pair for pair in TRUTH_DIFFERS if pair[0] in found}


def test_recordings_through_the_sdk(rows: list[Row], truth: dict[str, Row], replay_server: str) -> None:
    """Every recorded answer, stream or not, comes through the real SDK and says what the truth says."""
    found: dict[str, list[str]] = {}
    with openai.OpenAI(base_url=f"{replay_server}/v1", api_key="none", max_retries=0, timeout=30) as client:
        for row in answers(rows):
            definition, messages = definition_of(row)
            answer: Any = definition.provider.call_model(client=client, messages=messages, definition=definition)
            if definition.stream:
                assert "".join(str(delta) for delta in answer) == answer.text, row["id"]
                answer = answer.response
            found[row["id"]] = differences(answer, truth[row["id"]])
    assert_agreement(found)


async def test_recordings_through_the_async_sdk(rows: list[Row], truth: dict[str, Row], replay_server: str) -> None:
    """The async client gives the same: all streams, and every fifth whole answer."""
    streams = [row for row in answers(rows) if row["stream"]]
    others = [row for row in answers(rows) if not row["stream"]][::5]
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
        for row in streams[::5]:
            definition, messages = definition_of(row, **{"x-replay-chunk-bytes": "11"})
            answer: Any = definition.provider.call_model(client=client, messages=messages, definition=definition)
            call = definition.provider.translate_request_to_ell2a(row["request"])
            expected = definition.provider.translate_provider_to_ell2a(whole(row), call)
            assert answer.message.model_dump() == expected.message.model_dump(), row["id"]


def test_the_pieces_amount_to_the_whole(rows: list[Row]) -> None:
    """What the pieces of a stream amount to is what its last event tells at once, but for what only that tells."""
    compared = 0
    for row in answers(rows):
        if not row["stream"]:
            continue
        provider = provider_of(row)
        decoder = SseDecoder()
        events = [provider.event(one) for one in decoder.feed(row["response"].encode())]  # type: ignore[attr-defined]
        cut = [e for e in events if e["type"] not in ("response.completed", "response.incomplete", "[DONE]")]
        accumulator = provider.accumulator()
        for event in cut:
            list(accumulator.feed(event))
        assert not accumulator.done
        call = provider.translate_request_to_ell2a(row["request"])
        partial = provider.translate_provider_to_ell2a(accumulator.response(), call).message
        expected = provider.translate_provider_to_ell2a(whole(row), call).message
        assert (partial.text, partial.thinking) == (expected.text, expected.thinking), row["id"]
        assert [(c.id, c.arguments) for c in partial.agent_calls] == [(c.id, c.arguments) for c in expected.agent_calls]
        compared += 1
    assert compared == 69


def test_a_truncated_stream(rows: list[Row], replay_server: str) -> None:
    """A stream that ends before its end raises, with what came as `partial`."""
    row = next(row for row in answers(rows) if row["stream"] and whole(row)["output"][-1]["type"] == "message")
    cut = row["response"].encode().index(b"response.output_text.done") - 100
    with openai.OpenAI(base_url=f"{replay_server}/v1", api_key="none", max_retries=0, timeout=30) as client:
        definition, messages = definition_of(row, **{"x-replay-cut-after": str(cut)})
        stream: Any = definition.provider.call_model(client=client, messages=messages, definition=definition)
        with pytest.raises(StreamBroken) as caught:
            _ = stream.message
    call = definition.provider.translate_request_to_ell2a(row["request"])
    text = definition.provider.translate_provider_to_ell2a(whole(row), call).text
    assert caught.value.partial is not None
    assert caught.value.partial.text
    assert text.startswith(caught.value.partial.text)


def test_streams_as_the_sdk_accumulates_them(rows: list[Row], replay_server: str) -> None:
    """The SDK's own accumulator, on the streams that it can read, comes to the same items."""
    compared = 0
    with openai.OpenAI(base_url=f"{replay_server}/v1", api_key="none", max_retries=0, timeout=30) as client:
        for row in answers(rows):
            if not row["stream"] or "response_format" in row["request"]:
                continue
            request = {name: value for name, value in row["request"].items() if name != "stream"}
            arguments = provider_of(row).provider_call_arguments(request)
            try:
                # The SDK's own accumulator warns of items that its models do not expect.
                warnings.simplefilter("ignore", UserWarning)
                with client.responses.stream(**arguments, extra_headers={"x-recording-id": row["id"]}) as stream:
                    final: Any = stream.get_final_response().to_dict(mode="json", warnings=False)
            except (RuntimeError, AttributeError, IndexError, AssertionError, ValueError, TypeError):
                # The SDK's own raises on events of other services in another order, and on answers cut to length.
                continue
            mine = whole(row)
            assert [item["type"] for item in final["output"]] == [item["type"] for item in mine["output"]], row["id"]
            for theirs, ours in zip(final["output"], mine["output"], strict=True):
                for name in ("id", "call_id", "arguments", "name", "encrypted_content"):
                    assert theirs.get(name) == ours.get(name), (row["id"], name)
                parts = zip(theirs.get("content") or (), ours.get("content") or (), strict=True)
                assert all(one.get("text") == other.get("text") for one, other in parts), row["id"]
            assert final["status"] == mine["status"]
            assert (final["usage"] or {}).get("total_tokens") == (mine["usage"] or {}).get("total_tokens")
            compared += 1
    print(f"{compared} streams as the SDK has them")  # noqa: T201  # the numbers are what the run is for
    assert compared > 50


EXPECTED_ERRORS = {
    "0c5800613a0cef73": BadRequest,
    "3ab159385a676979": NotFound,
    "49dd60f48fedd909": BadRequest,
    "6f27db26e6ee358d": BadRequest,
    "97b18eba67f78b57": AuthenticationFailed,
    "d72ac4b57c50aba6": BadRequest,
    "d8d4314bff5edb4d": BadRequest,
    "e29b7ae7ab3e89b9": ContextLengthExceeded,
    "eca78f1d75d027de": NotFound,
    "f8276e548c2ae5bd": BadRequest,
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
    """The paths of a report are the leaves of the call, each once; nothing of a wire's own request is lost."""
    for row in rows:
        provider = provider_of(row)
        call = provider.translate_request_to_ell2a(row["request"])
        report = Report(row["host"])
        provider.translate_ell2a_to_provider(call, report)
        assert sorted(item.path for item in report.items) == sorted(leaves_of(call)), row["id"]
        assert {item.action for item in report.items} <= {"kept", "renamed", "converted"}, row["id"]


def test_native_keys_and_opaque_kinds_are_listed(rows: list[Row]) -> None:
    """Whatever stands in `native`, or is opaque, has a row in a table with its reason; no request needs the unlisted ones."""
    for row in rows:
        call = provider_of(row).translate_request_to_ell2a(row["request"])
        keys = {leaf.rpartition(".native.")[2] for leaf in leaves_of(call) if ".native." in leaf}
        assert keys <= NATIVE_KEYS.keys() - {EXTRA, ITEM_EXTRA}, row["id"]
        opaque = {b.kind for m in call.messages for b in m.content if isinstance(b, OpaqueBlock)}
        assert opaque <= OPAQUE_KINDS.keys(), row["id"]


def test_answer_as_history(rows: list[Row]) -> None:
    """A translated answer, put into the next request, gives back the wire's own items, ids and encrypted reasoning."""
    for row in answers(rows):
        provider = provider_of(row)
        call = provider.translate_request_to_ell2a(row["request"])
        body = whole(row)
        response = provider.translate_provider_to_ell2a(body, call)
        if not response.message.content:
            assert body["output"] == []
            continue
        # By way of JSON, as a history from the log comes.
        message = Message.model_validate_json(response.message.model_dump_json())
        following = call.model_copy(update={"messages": [user("Why?"), message]})
        said = canonical(provider.translate_ell2a_to_provider(following))["input"][1:]
        came = (
            [_with_the_wire_s_names(item) for item in body["output"]]
            if row["id"] in NAMED_OTHERWISE
            else body["output"]
        )
        assert said == canonical({"input": came})["input"], row["id"]


def _with_the_wire_s_names(item: Row) -> Row:
    renamed = {"id" if name == "item_id" else name: value for name, value in item.items()}
    renamed.pop("output_index", None)
    return renamed


def test_tables_know_every_field(rows: list[Row]) -> None:
    """No recorded answer has a field that the tables do not know; none has a fault or an item of another shape."""
    for row in answers(rows):
        provider = provider_of(row)
        call = provider.translate_request_to_ell2a(row["request"])
        response = provider.translate_provider_to_ell2a(whole(row), call)
        assert response.metadata.other.keys() <= {*OTHER, "usage", "settings"}, (row["id"], response.metadata.other)
        for block in response.message.content:
            assert not isinstance(block, OpaqueBlock) or block.kind in OPAQUE_KINDS, row["id"]
            assert not {EXTRA, ITEM_EXTRA} & set(block.native or ()), row["id"]
