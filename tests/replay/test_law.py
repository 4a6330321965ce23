"""The law of plans: their paths are the leaves of the call, for whatever call, and nothing raises."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from replay.calls_of import ANTHROPIC, OPENAI, chosen

from ell2a.calls import AgentChoice, AgentSpec, Ell2aCall, ResponseFormat, ServerAgent, leaves_of
from ell2a.errors import InvalidAgent
from ell2a.messages import (
    AgentCallBlock,
    AgentResultBlock,
    AudioBlock,
    Block,
    DocumentBlock,
    ImageBlock,
    Message,
    OpaqueBlock,
    ParsedBlock,
    RefusalBlock,
    TextBlock,
    ThinkingBlock,
    VideoBlock,
)
from ell2a.providers import registry
from ell2a.providers.report import Report
from ell2a.providers.value_walk import faults_in
from ell2a.replay import Plan, plan_of

RESPONSES = "openai-responses"
PAIRS = [
    ("openai", "openai-chat", ANTHROPIC, "anthropic-messages"),
    ("openai", "openai-chat", OPENAI, RESPONSES),
    ("anthropic", "anthropic-messages", OPENAI, "openai-chat"),
    ("anthropic", "anthropic-messages", OPENAI, RESPONSES),
    ("openai", RESPONSES, OPENAI, "openai-chat"),
    ("openai", RESPONSES, ANTHROPIC, "anthropic-messages"),
]
"""Provider and wire of a recording, and the model and wire that it is replayed on: every ordered pair of our wires."""
ALL = [
    *PAIRS,
    ("openai", "openai-chat", "groq/llama-3.3-70b-versatile", "openai-chat"),
    ("anthropic", "anthropic-messages", ANTHROPIC, "anthropic-messages"),
    ("openai", RESPONSES, OPENAI, RESPONSES),
]


def holds(plan: Plan) -> None:
    """The law, and what goes with it."""
    paths = [item.path for item in plan.items]
    leaves = leaves_of(plan.call)
    assert len(set(paths)) == len(paths)
    defaulted = {item.path for item in plan.items if item.action == "defaulted"}
    assert [path for path in paths if path not in defaulted] == leaves
    for item in plan.items:
        assert item.reason or item.action in ("kept", "renamed"), item
        assert item.choices or item.action != "refused", item
        assert item.action != "refused" or item.to is None
    assert plan.runnable == ("refused" not in {item.action for item in plan.items})
    json.dumps(plan.as_json())
    # What is sent is translated once more by the call path: it has to be the plan's request.
    again = plan.definition.call(list(plan.messages))
    assert plan.provider.translate_ell2a_to_provider(again, Report("again", replay=True)) == plan.request


# --- the recordings ---


def recorded(folder: Path, provider: str, wire: str) -> Iterator[tuple[str, Ell2aCall]]:
    """The requests of a wire's recordings as calls; those that are no request of the wire at all are left out."""
    with gzip.open(folder / f"{wire}.jsonl.gz", "rt") as lines:
        for line in lines:
            entry = json.loads(line)
            try:
                yield entry["id"], registry.get(provider, wire).translate_request_to_ell2a(entry["request"])
            except InvalidAgent:
                assert entry["status"] >= 400


@pytest.mark.parametrize(("provider", "wire", "target", "onto"), PAIRS)
def test_every_recorded_request(recordings: Path, provider: str, wire: str, target: str, onto: str) -> None:
    """The plan of each recorded request accounts for all of it, and its choices lead to a plan that can be run."""
    count = refused = 0
    for id, call in recorded(recordings, provider, wire):
        plan = plan_of(call, model=target, wire=onto)
        try:
            holds(plan)
            ready = chosen(plan)
            holds(ready)
        except AssertionError as error:
            raise AssertionError(f"{id}: {error}") from error
        count += 1
        refused += not plan.runnable
    assert count > 300
    # The recordings are full of what the other wire lacks; most of them still go across as they are.
    assert 0 < refused < count / 4, refused


@pytest.mark.parametrize(("provider", "wire", "target", "onto"), PAIRS)
def test_recorded_requests_are_valid_there(recordings: Path, provider: str, wire: str, target: str, onto: str) -> None:
    """The native request of each plan is valid by the target SDK's own types and its wire's rules for agents and roles."""
    name = target.partition("/")[0]
    params = registry.get(name, onto).available_params()
    for id, call in recorded(recordings, provider, wire):
        plan = chosen(plan_of(call, model=target, wire=onto))
        for param, value in plan.request.items():
            if param in params and param != "model":
                faults = list(faults_in(value, params[param].annotation, param))
                assert not faults, (id, faults[:2])
        assert list(unanswered(plan)) == [], id


def unanswered(plan: Plan) -> Iterator[str]:
    """Results of agents that answer no call before them."""
    called: set[str] = set()
    for item in plan.request.get("input", ()):
        if str(item.get("type")).endswith("_call"):
            called |= {str(item.get("call_id")), str(item.get("id"))}
        elif str(item.get("type")).endswith("_call_output") and item.get("call_id", item.get("id")) not in called:
            yield item.get("call_id", item.get("id"))
    for message in plan.request.get("messages", ()):
        content = message.get("content")
        parts = content if isinstance(content, list) else []
        called |= {c["id"] for c in message.get("tool_calls") or ()} | {
            p["id"] for p in parts if p.get("type") == "tool_use"
        }
        answered = [p["tool_use_id"] for p in parts if p.get("type") == "tool_result"]
        answered += [message["tool_call_id"]] if message.get("role") == "tool" else []
        yield from (id for id in answered if id not in called)


# --- generated calls ---

FIND = {"type": "object", "properties": {"a": {"type": "integer", "minimum": 3}}}

words = st.text(st.characters(codec="utf-8"), max_size=12)
native = st.none() | st.dictionaries(st.sampled_from(["cache_control", "name", "form", "odd"]), words, max_size=2)


def _media(kind: Any, media_type: str) -> st.SearchStrategy[Block]:
    sources = st.sampled_from([{"data": b"abc"}, {"url": "https://example.org/a"}, {"file_id": "file-1"}])
    return st.builds(lambda source, extra: kind(media_type=media_type, native=extra, **source), sources, native)


plain = st.builds(TextBlock, text=words, native=native)
given_media = st.one_of(
    _media(ImageBlock, "image/png"),
    _media(AudioBlock, "audio/wav"),
    _media(VideoBlock, "video/mp4"),
    _media(DocumentBlock, "application/pdf"),
)
opaque = st.builds(
    OpaqueBlock,
    wire=st.sampled_from(["openai-chat", "openai-responses", "anthropic-messages", "elsewhere"]),
    kind=st.sampled_from(["search", "compaction"]),
    raw=st.just({"type": "search"}),
)
arguments = st.one_of(st.none(), st.dictionaries(words, st.integers(), max_size=2), st.just([1]))
called = st.builds(
    AgentCallBlock,
    id=st.sampled_from(["c1", "c2", "odd|id"]),
    name=st.sampled_from(["find", "other"]),
    arguments=arguments,
    executed_by_provider=st.booleans(),
    native=native,
)
result = st.builds(
    AgentResultBlock,
    call_id=st.sampled_from(["c1", "c2", "odd|id"]),
    content=st.lists(plain | given_media | opaque, max_size=3),
    is_error=st.booleans(),
    native=native,
)
thinking = st.builds(ThinkingBlock, text=words, signature=st.none() | words, native=native)
other = st.builds(ParsedBlock, value=st.dictionaries(words, st.integers(), max_size=2)) | st.builds(
    RefusalBlock, text=words
)


def _message(role: str, block: st.SearchStrategy[Any]) -> st.SearchStrategy[Message]:
    return st.builds(Message, role=st.just(role), content=st.lists(block, max_size=3), native=native)


message = st.one_of(
    _message("system", plain),
    _message("user", plain | given_media | result | opaque),
    _message("assistant", plain | called | thinking | other | opaque),
)
agent = st.one_of(
    st.builds(
        lambda name, description, strict, extra: AgentSpec(
            name=name, description=description, input_schema=FIND, strict=strict, native=extra
        ),
        st.sampled_from(["find", "other"]),
        st.none() | words,
        st.sampled_from([None, True, False]),
        native,
    ),
    st.builds(
        ServerAgent,
        wire=st.sampled_from(["openai-chat", "openai-responses", "anthropic-messages"]),
        raw=st.just({"type": "search_1"}),
    ),
)
choice = st.none() | st.sampled_from(
    [
        AgentChoice(kind="auto"),
        AgentChoice(kind="none"),
        AgentChoice(kind="required"),
        AgentChoice(kind="agent", name="find"),
    ]
)
wanted = st.none() | st.one_of(
    st.builds(
        lambda name, extra: ResponseFormat(kind="json_schema", name=name, json_schema=FIND, native=extra),
        st.none() | words,
        native,
    ),
    st.sampled_from([ResponseFormat(kind="json_object"), ResponseFormat(kind="text")]),
)
numbers = st.integers(-5, 100_000) | st.floats(-1, 3)
params = st.dictionaries(
    st.sampled_from(
        [
            "max_tokens",
            "max_completion_tokens",
            "temperature",
            "top_p",
            "top_k",
            "stop",
            "stop_sequences",
            "n",
            "seed",
            "reasoning_effort",
            "thinking",
            "output_config",
            "metadata",
            "user",
            "parallel_tool_calls",
            "disable_parallel_tool_use",
            "max_output_tokens",
            "reasoning",
            "text",
            "previous_response_id",
            "service_tier",
            "stream_options",
            "odd",
        ]
    ),
    st.one_of(
        numbers,
        words,
        st.booleans(),
        st.none(),
        st.lists(words, max_size=6),
        st.sampled_from(["low", "max", "none"]),
        st.sampled_from([{"type": "enabled", "budget_tokens": 2000}, {"effort": "high", "more": 1}, {"user_id": "me"}]),
    ),
    max_size=5,
)


@st.composite
def calls(draw: st.DrawFn) -> tuple[Ell2aCall, str, str]:
    provider, wire, target, onto = draw(st.sampled_from(ALL))
    call = Ell2aCall(
        provider=provider,
        wire=wire,
        model="any",
        messages=draw(st.lists(message, min_size=1, max_size=5)),
        agents=draw(st.lists(agent, max_size=2)),
        agent_choice=draw(choice),
        response_format=draw(wanted),
        stream=draw(st.booleans()),
        api_params=draw(params),
    )
    return call, target, onto


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(calls())
def test_every_generated_call(made: tuple[Ell2aCall, str, str]) -> None:
    """For whatever call, sensible or not, the plan accounts for every leaf, and its choices lead to one that can be run."""
    call, target, onto = made
    plan = plan_of(call, model=target, wire=onto)
    holds(plan)
    holds(chosen(plan))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(calls(), st.data())
def test_every_part_can_be_left_out(made: tuple[Ell2aCall, str, str], data: st.DataObject) -> None:
    """Any leaf that is no native extra and not the model can be left out: its item says so, and it is not sent."""
    call, target, onto = made
    paths = [p for p in leaves_of(call) if p not in ("model", "stream") and ".native." not in p]
    if not paths:
        return
    path = data.draw(st.sampled_from(paths))
    plan = plan_of(call, model=target, wire=onto, drop=[path])
    holds(plan)
    found = next(item for item in plan.items if item.path == path)
    assert found.action in ("dropped", "converted")
    assert "left out by your choice" in str(found.reason)
