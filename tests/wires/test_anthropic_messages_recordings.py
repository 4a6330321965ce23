"""The wire anthropic-messages on real answers: every recording through the real SDK, and the laws over all of them.

How a row of `truth.jsonl.gz` maps to ours: `text` is `message.text`; `tool_calls` are `message.agent_calls` (id, name,
arguments); `finish_reason` is `finish_reason.raw`; `usage.input` excludes what was read from and written to the
cache, ours includes it; its other counts are ours as they are.
"""

from __future__ import annotations

import gzip
import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anthropic
import pytest

from ell2a import providers
from ell2a.calls import CallMetadata, Ell2aResponse, leaves_of
from ell2a.errors import AuthenticationFailed, BadRequest, CallError, StreamBroken
from ell2a.messages import Message, user
from ell2a.providers import Definition, Provider, Report
from ell2a.providers.anthropic_messages.equivalences import canonical
from ell2a.providers.anthropic_messages.tables import FINISH_REASONS, MEANINGLESS_LEAVES, NATIVE_KEYS
from ell2a.providers.errors import class_of
from ell2a.providers.sse import SseDecoder

Row = dict[str, Any]

WANTED = 0.95
"""The share of recordings that must agree; all of them do today."""


@pytest.fixture(scope="module")
def rows(recordings: Path) -> list[Row]:
    """All recordings of the wire."""
    with gzip.open(recordings / "anthropic-messages.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def truth(recordings: Path) -> dict[str, Row]:
    """What each answer means, by id."""
    with gzip.open(recordings / "truth.jsonl.gz", "rt", encoding="utf-8") as lines:
        found = (json.loads(line) for line in lines)
        return {row["id"]: row for row in found if row["wire"] == "anthropic-messages"}


@pytest.fixture(scope="module")
def provider() -> Provider:
    return providers.get("anthropic")


@pytest.fixture(autouse=True)
def old_models_are_no_news() -> Iterator[None]:
    """The SDK warns of models past their time, which most recordings are of."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning, message="The model ")
        warnings.filterwarnings("ignore", category=UserWarning, message="Using Claude with ")
        yield


def definition_of(provider: Provider, row: Row) -> tuple[Definition, list[Message]]:
    """The definition and messages that make the recorded request again; nothing in it is checked."""
    call = provider.translate_request_to_ell2a(row["request"])
    return Definition(
        provider=provider,
        model=call.model,
        agents=tuple(call.agents),
        agent_choice=call.agent_choice,
        response_format=call.response_format,
        stream=call.stream,
        api_params=call.api_params,
        options={"extra_headers": {"x-recording-id": row["id"]}},
    ), call.messages


def answers(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["status"] == 200]


def whole(provider: Provider, row: Row) -> dict[str, Any]:
    """The native response of a row; of a stream, what it amounts to."""
    if row["response_kind"] == "json":
        found: dict[str, Any] = row["response"]
        return found
    decoder = SseDecoder()
    events = [*decoder.feed(row["response"].encode("utf-8", "surrogatepass")), *decoder.flush()]
    accumulator = provider.accumulator()
    for event in events:
        list(accumulator.feed(json.loads(event.data)))
    assert accumulator.done, row["id"]
    assert accumulator.error is None, row["id"]
    body: dict[str, Any] = accumulator.response()
    return body


def differences(row: Row, message: Message, metadata: CallMetadata, truth: Row) -> list[str]:
    """Which of the compared categories differ from the truth."""
    choice, told, usage = truth["choices"][0], truth["usage"], metadata.usage
    calls = [(c.id, c.name, c.arguments) for c in message.agent_calls]
    expected_input = told["input"] + (told["cache_read"] or 0) + (told["cache_write"] or 0)
    assert message.finish_reason is not None
    assert usage is not None
    ours = {
        "text": message.text,
        "agent calls": calls,
        "thinking": message.thinking,
        "finish reason": (message.finish_reason.raw, message.finish_reason.unified),
        "usage": (
            usage.input_tokens,
            usage.output_tokens,
            usage.cache_read_tokens,
            usage.cache_write_tokens,
            usage.reasoning_tokens,
        ),
        "model and id": (metadata.response_model, metadata.response_id),
        "structured output": message.parsed if not message.agent_calls else None,
    }
    theirs = {
        "text": choice["text"],
        "agent calls": [(c["id"], c["name"], c["arguments"]) for c in choice["tool_calls"]],
        "thinking": choice["thinking"],
        "finish reason": (choice["finish_reason"], FINISH_REASONS[choice["finish_reason"]]),
        "usage": (expected_input, told["output"], told["cache_read"], told["cache_write"], told["reasoning"]),
        "model and id": (truth["model"], truth["response_id"]),
        "structured output": choice["structured"],
    }
    return [category for category in ours if ours[category] != theirs[category]]


def assert_agreement(found: dict[str, list[str]]) -> None:
    """At least 95 % in each category; the numbers and the ids that differ are printed."""
    total = len(found)
    differing: dict[str, list[str]] = {}
    for id, categories in found.items():
        for category in categories:
            differing.setdefault(category, []).append(id)
    print(f"{total} recordings")  # noqa: T201  # the numbers are what the run is for
    for category, ids in differing.items():
        print(f"  {category}: {total - len(ids)} agree; not {', '.join(ids)}")  # noqa: T201  # the numbers are what the run is for
    assert total > 0
    assert all(len(ids) <= total * (1 - WANTED) for ids in differing.values()), differing


def test_recordings_through_the_sdk(
    provider: Provider, rows: list[Row], truth: dict[str, Row], replay_server: str
) -> None:
    """Every recorded answer, stream or not, comes through the real SDK and says what the truth says."""
    found: dict[str, list[str]] = {}
    with anthropic.Anthropic(base_url=replay_server, api_key="none", max_retries=0, timeout=30) as client:
        for row in answers(rows):
            definition, messages = definition_of(provider, row)
            answer = provider.call_model(client=client, messages=messages, definition=definition)
            if definition.stream:
                text = "".join(str(delta) for delta in answer)  # type: ignore[union-attr]
                assert text == answer.text, row["id"]
            found[row["id"]] = differences(row, answer.message, answer.metadata, truth[row["id"]])
    assert_agreement(found)


async def test_recordings_through_the_async_sdk(
    provider: Provider, rows: list[Row], truth: dict[str, Row], replay_server: str
) -> None:
    """The async client gives the same: all streams, and every tenth whole answer."""
    streams = [row for row in answers(rows) if row["stream"]]
    others = [row for row in answers(rows) if not row["stream"]][::10]
    found: dict[str, list[str]] = {}
    async with anthropic.AsyncAnthropic(base_url=replay_server, api_key="none", max_retries=0, timeout=30) as client:
        for row in [*streams, *others]:
            definition, messages = definition_of(provider, row)
            answer = await provider.acall_model(client=client, messages=messages, definition=definition)
            if definition.stream:
                await answer.finish()  # type: ignore[union-attr]
            found[row["id"]] = differences(row, answer.message, answer.metadata, truth[row["id"]])
    assert_agreement(found)


def test_streams_cut_anywhere(provider: Provider, rows: list[Row], replay_server: str) -> None:
    """A stream that arrives in pieces of 7 bytes gives the translation of the whole."""
    some = [row for row in answers(rows) if row["stream"]][::8]
    with anthropic.Anthropic(base_url=replay_server, api_key="none", max_retries=0, timeout=30) as client:
        for row in some:
            definition, messages = definition_of(provider, row)
            definition.options["extra_headers"]["x-replay-chunk-bytes"] = "7"
            answer = provider.call_model(client=client, messages=messages, definition=definition)
            call = provider.translate_request_to_ell2a(row["request"])
            expected = provider.translate_provider_to_ell2a(whole(provider, row), call)
            assert answer.message.model_dump() == expected.message.model_dump(), row["id"]


def test_a_truncated_stream(provider: Provider, rows: list[Row], replay_server: str) -> None:
    """A stream that ends before its end raises, with what came as `partial`."""
    row = next(row for row in answers(rows) if row["stream"] and len(row["response"]) > 3000)
    with anthropic.Anthropic(base_url=replay_server, api_key="none", max_retries=0, timeout=30) as client:
        definition, messages = definition_of(provider, row)
        definition.options["extra_headers"]["x-replay-cut-after"] = str(len(row["response"]) - 400)
        stream = provider.call_model(client=client, messages=messages, definition=definition)
        with pytest.raises(StreamBroken) as caught:
            _ = stream.message
    call = provider.translate_request_to_ell2a(row["request"])
    text = provider.translate_provider_to_ell2a(whole(provider, row), call).text
    assert text.startswith(caught.value.partial.text)
    assert caught.value.partial.text


def test_streams_as_the_sdk_accumulates_them(provider: Provider, rows: list[Row], replay_server: str) -> None:
    """The SDK's own accumulator, where it knows the blocks, comes to the same message."""
    compared = 0
    with anthropic.Anthropic(base_url=replay_server, api_key="none", max_retries=0, timeout=30) as client:
        for row in answers(rows):
            if not row["stream"]:
                continue
            request = {name: value for name, value in row["request"].items() if name != "stream"}
            arguments = provider.provider_call_arguments(request)
            with client.messages.stream(**arguments, extra_headers={"x-recording-id": row["id"]}) as stream:
                final: Any = stream.get_final_message().to_dict(mode="json")
            ours = whole(provider, row)
            blocks = zip(final["content"], ours["content"], strict=True)
            assert all(_said(theirs) == _said(mine) for theirs, mine in blocks), row["id"]
            assert final["stop_reason"] == ours["stop_reason"]
            assert final["usage"]["output_tokens"] == ours["usage"]["output_tokens"]
            compared += 1
    assert compared == 63


def _said(block: Row) -> Row:
    """What both accumulators must agree on; the SDK's models add nulls of their own."""
    return {
        key: block.get(key) for key in ("type", "text", "thinking", "signature", "id", "name", "input") if key in block
    }


def test_recorded_errors(provider: Provider, rows: list[Row], replay_server: str) -> None:
    """Recorded error answers become one of our errors, with their body and status."""
    expected = {400: BadRequest, 401: AuthenticationFailed}
    failed = [row for row in rows if row["status"] != 200]
    assert len(failed) == 6
    with anthropic.Anthropic(base_url=replay_server, api_key="none", max_retries=0, timeout=30) as client:
        for row in failed:
            definition, messages = definition_of(provider, row)
            with pytest.raises(CallError) as caught:
                provider.call_model(client=client, messages=messages, definition=definition)
            assert type(caught.value) is expected[row["status"]], row["id"]
            assert caught.value.body == row["response"]
            assert caught.value.status == row["status"]
            assert row["response"]["error"]["message"] in str(caught.value)
            # What stands in a stream has no status, and is told by its type alone.
            rules = provider.error_rules  # type: ignore[attr-defined]
            if row["status"] == 401:
                assert class_of(None, row["response"], rules) is AuthenticationFailed


def test_back_and_there(provider: Provider, rows: list[Row]) -> None:
    """Every recorded request -> universal -> native is the request again, up to the listed equivalences."""
    differing = []
    for row in rows:
        call = provider.translate_request_to_ell2a(row["request"])
        back = provider.translate_ell2a_to_provider(call)
        if canonical(back) != canonical(row["request"]):
            differing.append(row["id"])
    print(f"back and there: {len(rows) - len(differing)} of {len(rows)}")  # noqa: T201  # the numbers are what the run is for
    assert differing == []


def test_there_and_back(provider: Provider, rows: list[Row]) -> None:
    """A call made of a recorded request is in the normal form: universal -> native -> universal is itself."""
    for row in rows:
        call = provider.translate_request_to_ell2a(row["request"])
        again = provider.translate_request_to_ell2a(provider.translate_ell2a_to_provider(call))
        assert again == call, row["id"]


def test_equivalences_are_idempotent(rows: list[Row]) -> None:
    """The canonical form of a canonical form is itself."""
    for row in rows:
        once = canonical(row["request"])
        assert canonical(once) == once, row["id"]


def test_report_names_every_leaf(provider: Provider, rows: list[Row]) -> None:
    """The paths of a report are the leaves of the call, each once; nothing of a wire's own request is lost."""
    for row in rows:
        call = provider.translate_request_to_ell2a(row["request"])
        report = Report("anthropic")
        provider.translate_ell2a_to_provider(call, report)
        assert sorted(item.path for item in report.items) == sorted(leaves_of(call)), row["id"]
        assert {item.action for item in report.items} <= {"kept", "moved", "renamed", "converted"}, row["id"]


def test_native_keys_are_listed(provider: Provider, rows: list[Row]) -> None:
    """Whatever stands in `native` has a row in the table, with the reason why it has no universal field."""
    for row in rows:
        call = provider.translate_request_to_ell2a(row["request"])
        leaves = [leaf.rpartition(".native.")[2] for leaf in leaves_of(call) if ".native." in leaf]
        assert set(leaves) <= NATIVE_KEYS.keys(), row["id"]


def test_answer_as_history(provider: Provider, rows: list[Row]) -> None:
    """A translated answer, put into the next request, gives back the wire's own blocks, ids and signatures."""
    for row in answers(rows):
        call = provider.translate_request_to_ell2a(row["request"])
        body = whole(provider, row)
        response = provider.translate_provider_to_ell2a(body, call)
        # By way of JSON, as a history from the log comes.
        message = Message.model_validate_json(response.message.model_dump_json())
        following = call.model_copy(update={"messages": [user("Why?"), message]})
        native = provider.translate_ell2a_to_provider(following)
        expected = {
            "messages": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": body["content"]}]
        }
        assert canonical({"messages": native["messages"]}) == canonical(expected), row["id"]


def test_nothing_unaccounted(provider: Provider, rows: list[Row]) -> None:
    """A native response can be written again from the universal one, without its raw copies; nulls say nothing."""
    for row in answers(rows):
        call = provider.translate_request_to_ell2a(row["request"])
        body = whole(provider, row)
        response = provider.translate_provider_to_ell2a(body, call)
        assert written_again(provider, response) == without_nulls(body), row["id"]
        assert "faults" not in response.metadata.other, row["id"]


def written_again(provider: Provider, response: Ell2aResponse) -> Row:
    """A native response out of the universal one; `usage.raw` is not looked at."""
    metadata, message = response.metadata, response.message
    usage = metadata.usage
    assert usage is not None
    assert message.finish_reason is not None
    call = provider.translate_request_to_ell2a({"model": "m", "messages": [], "max_tokens": 1})
    history = provider.translate_ell2a_to_provider(call.model_copy(update={"messages": [message]}))
    facts = dict(metadata.other)
    of_usage = ("cache_creation", "iterations", "service_tier", "inference_geo", "speed")
    cached = (usage.cache_read_tokens or 0) + (usage.cache_write_tokens or 0)
    counted = {
        "input_tokens": None if usage.input_tokens is None else usage.input_tokens - cached,
        "output_tokens": usage.output_tokens,
        "cache_read_input_tokens": usage.cache_read_tokens,
        "cache_creation_input_tokens": usage.cache_write_tokens,
        "server_tool_use": usage.server_agent_calls or None,
        "output_tokens_details": None
        if usage.reasoning_tokens is None
        else {"thinking_tokens": usage.reasoning_tokens},
        **facts.pop("usage_extra", {}),
        **{name: facts.pop(name) for name in of_usage if name in facts},
    }
    body = {
        "id": metadata.response_id,
        "model": metadata.response_model,
        "content": history["messages"][0]["content"],
        "stop_reason": message.finish_reason.raw,
        "usage": counted,
        **facts,
    }
    if isinstance(body["content"], str):
        body["content"] = [{"type": "text", "text": body["content"]}]
    return without_nulls(body)


_UNSAID: tuple[tuple[str, Any], ...] = (("citations", []), ("is_error", False))


def without_nulls(body: Row) -> Row:
    """A response without what says nothing: nulls, no citations, no error, and the listed leaves."""

    def cleared(value: Any) -> Any:
        if isinstance(value, dict):
            says = {k: v for k, v in value.items() if v is not None and (k, v) not in _UNSAID}
            return {k: cleared(v) for k, v in says.items()}
        return [cleared(each) for each in value] if isinstance(value, list) else value

    return {key: cleared(value) for key, value in body.items() if key not in MEANINGLESS_LEAVES and value is not None}
