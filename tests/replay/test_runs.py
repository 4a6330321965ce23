"""Replays that are run: over the real SDKs against the sandbox, logged beside the original, never running an agent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import anthropic
import openai
import pytest
from pydantic import BaseModel
from replay.calls_of import PERSON, actions, call, chosen

import ell2a
from ell2a.calls import Ell2aResponse
from ell2a.errors import CallNotFound, MissingKey, OutputNotParsed, ReplayError, UnknownModel
from ell2a.log import CallLog
from ell2a.messages import ParsedBlock
from ell2a.providers import AsyncStream, Stream, register_provider
from ell2a.providers.registration import register_model
from ell2a.replay import MOST_ROUNDS, plan, plan_of
from ell2a.sandbox import Sandbox

PAIRS = [("openai-chat", "anthropic-messages"), ("anthropic-messages", "openai-chat")]
MODEL = "sandbox/sandbox-small"
PARAMS: dict[str, dict[str, Any]] = {
    "openai-chat": {"max_completion_tokens": 200, "temperature": 0.3, "seed": 3},
    "anthropic-messages": {"max_tokens": 200, "temperature": 0.3, "top_k": 5},
}
ran: list[str] = []


@ell2a.agent()
def weather(city: str) -> str:
    """The weather in a city.

    Args:
        city: its name
    """
    ran.append(city)
    return f"sunny in {city}"


class Person(BaseModel):
    """Somebody."""

    name: str
    age: int


@pytest.fixture(autouse=True)
def nothing_ran() -> Iterator[None]:
    ran.clear()
    yield
    ran.clear()


def made(wire: str, question: Any = "Hello", **more: Any) -> Ell2aResponse:
    answer = ell2a.call(MODEL, question, wire=wire, **more)
    assert isinstance(answer, Ell2aResponse)
    return answer


def replayed(original: Ell2aResponse, wire: str, **changes: Any) -> Ell2aResponse:
    answer = plan(original.call_id or "", model=MODEL, wire=wire, **changes).run()
    assert isinstance(answer, Ell2aResponse)
    return answer


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_replay_is_logged_beside_the_original(source: str, target: str, sandbox: Sandbox, log: CallLog) -> None:
    """A run sends exactly the plan's request and logs it as a replay of the original, with the plan's own account."""
    original = made(source, [ell2a.system("Be brief."), ell2a.user("Hello")], **PARAMS[source])
    planned = plan(original.call_id or "", model=MODEL, wire=target)
    before = len(sandbox.requests)
    answer = planned.run()
    assert isinstance(answer, Ell2aResponse)
    assert answer.text
    assert [asked.body for asked in sandbox.requests[before:]] == [planned.request]
    detail = log.call(answer.call_id or "")
    assert (detail.summary.replay_of, detail.summary.wire, detail.summary.status) == (original.call_id, target, "ok")
    assert detail.request == planned.request
    assert {i["path"]: i["action"] for i in detail.translation} == actions(planned)
    assert "dropped" in actions(planned).values()
    assert [r.id for r in log.call(original.call_id or "").replays] == [answer.call_id]
    assert str(detail.place).split(":")[0].endswith("test_runs.py")


def test_planning_sends_nothing(sandbox: Sandbox, log: CallLog) -> None:
    """A plan is made without any request, and leaves nothing in the log."""
    original = made("openai-chat")
    asked, logged = len(sandbox.requests), log.count().number
    plan(original.call_id or "", model=MODEL, wire="anthropic-messages")
    assert (len(sandbox.requests), log.count().number) == (asked, logged)


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_streams(source: str, target: str, sandbox: Sandbox, log: CallLog) -> None:
    """A streamed replay gives its pieces, then what a response has; it is logged as a replay once it is read."""
    original = made(source)
    stream = plan(original.call_id or "", model=MODEL, wire=target).run(stream=True)
    assert isinstance(stream, Stream)
    pieces = [str(delta) for delta in stream]
    assert len(pieces) > 2
    assert stream.text == "".join(pieces) == original.text
    detail = log.call(stream.call_id)
    assert (detail.summary.replay_of, detail.summary.stream, detail.summary.status) == (original.call_id, True, "ok")


def test_a_streamed_original_gives_a_whole_response(sandbox: Sandbox, log: CallLog) -> None:
    """A plan that streams, run without asking for the stream, is read to its end."""
    stream = ell2a.call(MODEL, "Hello", wire="openai-chat", stream=True)
    assert isinstance(stream, Stream)
    original = stream.response
    answer = replayed(original, "anthropic-messages")
    assert answer.text == original.text
    assert log.call(answer.call_id or "").summary.stream


async def test_awaited(sandbox: Sandbox, log: CallLog) -> None:
    """`arun` gives the response, or the stream, by an asynchronous client."""
    original = made("openai-chat")
    async with anthropic.AsyncAnthropic(base_url=sandbox.url, api_key="any") as client:
        planned = plan(original.call_id or "", model=MODEL, wire="anthropic-messages", client=client)
        answer = await planned.arun()
        assert isinstance(answer, Ell2aResponse)
        assert answer.text == original.text
        stream = await planned.arun(stream=True)
        assert isinstance(stream, AsyncStream)
        assert (await stream.finish()).text == original.text
    assert {r.id for r in log.call(original.call_id or "").replays} == {answer.call_id, stream.call_id}


def test_a_target_that_does_not_stream(sandbox: Sandbox, log: CallLog) -> None:
    """Asking for the stream of a model that is known not to stream is an error that says so."""
    register_model("sandbox-text", provider="sandbox", capabilities={"streaming": False})
    original = made("openai-chat")
    with pytest.raises(ReplayError, match="does not stream"):
        plan(original.call_id or "", model="sandbox/sandbox-text").run(stream=True)


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_an_agent_is_never_run(source: str, target: str, sandbox: Sandbox, log: CallLog) -> None:
    """Where the model calls an agent the replay stops, and the response and the log say so."""
    original = made(source, "What is the weather in Paris?", agents=[weather])
    answer = replayed(original, target)
    assert [c.name for c in answer.agent_calls] == ["weather"]
    assert ran == []
    stop = answer.metadata.other["replay"]
    assert stop == {"stopped_at": ["weather"], "why": "a replay runs no agents"}
    assert log.call(answer.call_id or "").metadata["other"]["replay"] == stop


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_history_of_agents(source: str, target: str, sandbox: Sandbox, log: CallLog) -> None:
    """A call with results of agents in its history is answered on the other wire, which accepts their ids."""
    asked = [ell2a.user("What is the weather in Paris?")]
    first = made(source, asked, agents=[weather])
    last = made(source, [*asked, first.message, first.message.call_agents()], agents=[weather])
    answer = replayed(last, target)
    assert "sunny in Paris" in answer.text
    assert ran == ["Paris"]


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_agents_answered_from_the_record(source: str, target: str, sandbox: Sandbox, log: CallLog) -> None:
    """On request the replay goes on with the recorded result of the same agent and arguments; each round is logged."""
    asked = [ell2a.user("What is the weather in Paris?")]
    first = made(source, asked, agents=[weather])
    made(source, [*asked, first.message, first.message.call_agents()], agents=[weather])
    answer = replayed(first, target, answer_agents_from_record=True)
    assert "sunny in Paris" in answer.text
    assert "replay" not in answer.metadata.other
    assert ran == ["Paris"]
    assert [r.wire for r in log.call(first.call_id or "").replays] == [target, target]


def test_what_is_not_on_record(sandbox: Sandbox, log: CallLog) -> None:
    """A call of an agent with arguments that were never given stops the replay, and the reason names the agent."""
    asked = [ell2a.user("What is the weather in Paris?")]
    first = made("openai-chat", asked, agents=[weather])
    made("openai-chat", [*asked, first.message, first.message.call_agents()], agents=[weather])
    other = [{"role": "user", "content": [{"type": "text", "text": "What is the weather in Rome?"}]}]
    answer = replayed(first, "anthropic-messages", answer_agents_from_record=True, messages=other)
    assert "no result of weather with these arguments is on record" in answer.metadata.other["replay"]["why"]
    assert ran == ["Paris"]


def test_streamed_rounds(sandbox: Sandbox, log: CallLog) -> None:
    """A stream is of one round; the next is planned from its response, until the replay stops."""
    asked = [ell2a.user("What is the weather in Paris?")]
    first = made("openai-chat", asked, agents=[weather])
    made("openai-chat", [*asked, first.message, first.message.call_agents()], agents=[weather])
    planned = plan(
        first.call_id or "", model=MODEL, wire="anthropic-messages", answer_agents_from_record=True, stream=True
    )
    stream = planned.run(stream=True)
    assert isinstance(stream, Stream)
    following = planned.next_round(stream.response)
    assert following is not None
    assert following.round == 2
    second = following.run(stream=True)
    assert isinstance(second, Stream)
    assert "sunny in Paris" in second.text
    assert following.next_round(second.response) is None


def test_rounds_end(sandbox: Sandbox, log: CallLog) -> None:
    """A model that goes on calling agents is stopped after some rounds, and the reason says so."""
    asked = [ell2a.user("What is the weather in Paris?")]
    first = made("openai-chat", asked, agents=[weather])
    made("openai-chat", [*asked, first.message, first.message.call_agents()], agents=[weather])
    always = {"agents": [weather.spec], "agent_choice": "required", "answer_agents_from_record": True}
    answer = replayed(first, "anthropic-messages", **always)
    replays = log.call(first.call_id or "").replays
    if answer.agent_calls:
        assert len(replays) == MOST_ROUNDS
        assert str(MOST_ROUNDS) in answer.metadata.other["replay"]["why"]
    assert len(replays) <= MOST_ROUNDS


def test_structured_output_across(sandbox: Sandbox, log: CallLog) -> None:
    """A structured output is asked for and read on the other wire, by the schema that the log kept."""
    original = made("openai-chat", "Invent somebody.", response_format=Person)
    answer = replayed(original, "anthropic-messages")
    assert set(answer.parsed) == {"name", "age"}


@pytest.mark.parametrize("fenced", [False, True])
def test_json_in_words_is_checked_here(fenced: bool, log: CallLog, server: Answering) -> None:
    """An answer that was asked for in words is a structured output if it fits, in a code fence too, and is logged as one."""
    text = json.dumps({"name": "Ann"})
    server.text = f"```json\n{text}\n```" if fenced else text
    answer = plan_of(
        call("openai", response_format={"kind": "json_schema", "name": "P", "schema": PERSON}),
        model="answering/any",
        response_format="in_words",
    ).run()
    assert isinstance(answer, Ell2aResponse)
    assert answer.parsed == {"name": "Ann"}
    assert isinstance(answer.message.content[0], ParsedBlock)
    logged = log.call(answer.call_id or "").response_messages[0]
    assert logged["content"][0]["type"] == "parsed"
    assert "response_format" not in server.bodies[0]


def test_json_in_words_that_does_not_fit(log: CallLog, server: Answering) -> None:
    """An answer that does not fit keeps its text, and its structured output raises with the fault."""
    server.text = json.dumps({"name": 5})
    answer = plan_of(
        call("openai", response_format={"kind": "json_schema", "name": "P", "schema": PERSON}),
        model="answering/any",
        response_format="in_words",
    ).run()
    assert isinstance(answer, Ell2aResponse)
    assert answer.text == server.text
    with pytest.raises(OutputNotParsed, match="name"):
        _ = answer.parsed


def test_choices_made_then_run(sandbox: Sandbox, log: CallLog) -> None:
    """A plan that refuses something runs once the choices are made."""
    original = made("openai-chat", "Hello", n=2)
    planned = plan(original.call_id or "", model=MODEL, wire="anthropic-messages")
    assert not planned.runnable
    answer = chosen(planned).run()
    assert isinstance(answer, Ell2aResponse)
    assert len(answer.messages) == 1


def test_failing_replays_are_logged(sandbox: Sandbox, log: CallLog) -> None:
    """A replay that fails raises as a call does, and is in the log as a replay with its error."""
    original = made("openai-chat")
    with pytest.raises(ell2a.errors.PermissionDenied) as caught:
        plan(original.call_id or "", model="sandbox/sandbox-forbidden", wire="anthropic-messages").run()
    detail = log.call(caught.value.call_id or "")
    assert (detail.summary.replay_of, detail.summary.status) == (original.call_id, "error")


def test_a_replay_of_a_replay(sandbox: Sandbox, log: CallLog) -> None:
    """A replay is a call like any other, and may be replayed; it comes back to the wire that it came from."""
    original = made("openai-chat", **PARAMS["openai-chat"])
    there = replayed(original, "anthropic-messages")
    back = replayed(there, "openai-chat")
    assert back.metadata.wire == "openai-chat"
    assert log.call(back.call_id or "").summary.replay_of == there.call_id


def test_unknown_ids_and_models(sandbox: Sandbox, log: CallLog) -> None:
    """A call that is not in the log, a model that nobody has, and a log that is off are errors of their own."""
    with pytest.raises(CallNotFound):
        plan("01ARZ3NDEKTSV4RRFFQ69G5FAV", model=MODEL)
    original = made("openai-chat")
    with pytest.raises(UnknownModel):
        plan(original.call_id or "", model="nobody-has-this")
    ell2a.init(store="off")
    with pytest.raises(ReplayError, match="log is off"):
        plan(original.call_id or "", model=MODEL)


def test_a_given_log(sandbox: Sandbox, tmp_path: Path) -> None:
    """A log given to the plan is read from and written to, whatever the program's own is."""
    other = tmp_path / "other.db"
    ell2a.init(store=other)
    original = made("openai-chat")
    ell2a.init(store="off")
    given = CallLog.open(other)
    try:
        answer = plan(original.call_id or "", model=MODEL, wire="anthropic-messages", log=given).run()
        assert isinstance(answer, Ell2aResponse)
        assert given.call(answer.call_id or "").summary.replay_of == original.call_id
    finally:
        given.close()


# --- where keys go ---


class Answering(ThreadingHTTPServer):
    """A server of openai-chat that notes the bodies and keys it is sent and gives a fixed answer."""

    text = "Hi."

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Answer(BaseHTTPRequestHandler):
    server: Answering

    def do_POST(self) -> None:
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.server.keys.append(self.headers.get("authorization"))
        message = {"role": "assistant", "content": self.server.text}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
        body = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def server() -> Iterator[Answering]:
    running = Answering()
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    register_provider("answering", wires={"openai-chat": running.url}, any_model=True)
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


def test_a_key_goes_to_its_own_address(log: CallLog, server: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    """A replay goes to the target's own address with the target's own key, and to the original's address not at all."""
    theirs = Answering()
    thread = threading.Thread(target=theirs.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    register_provider("ours", wires={"openai-chat": server.url}, key="OURS_API_KEY", any_model=True)
    register_provider("theirs", wires={"openai-chat": "http://127.0.0.1:1/v1"}, key="THEIRS_API_KEY", any_model=True)
    monkeypatch.setenv("OURS_API_KEY", "key-of-ours")
    monkeypatch.setenv("THEIRS_API_KEY", "key-of-theirs")
    with openai.OpenAI(base_url=theirs.url, api_key="key-of-a-client") as client:
        original = ell2a.call("theirs/m", "Hello", client=client)
    assert isinstance(original, Ell2aResponse)
    plan(original.call_id or "", model="ours/m").run()
    theirs.shutdown()
    theirs.server_close()
    thread.join()
    assert theirs.keys == ["Bearer key-of-a-client"]
    assert server.keys == ["Bearer key-of-ours"]


def test_a_target_without_its_key(log: CallLog, server: Answering) -> None:
    """A target whose key is missing is planned all the same; its run names the variable and sends nothing."""
    register_provider("keyed", wires={"openai-chat": server.url}, key="KEYED_API_KEY", any_model=True)
    planned = plan_of(call("openai"), model="keyed/m")
    assert planned.runnable
    with pytest.raises(MissingKey, match="KEYED_API_KEY"):
        planned.run()
    assert server.bodies == []


def test_a_given_client_is_used(sandbox: Sandbox, log: CallLog) -> None:
    """A client of the target's SDK, given to the plan, makes the call."""
    original = made("openai-chat")
    with anthropic.Anthropic(base_url=sandbox.url, api_key="any") as client:
        answer = plan(original.call_id or "", model="anthropic/sandbox-small", client=client).run()
    assert isinstance(answer, Ell2aResponse)
    assert answer.metadata.endpoint == sandbox.url


def test_estimates(sandbox: Sandbox, log: CallLog) -> None:
    """A cost is estimated from the original's logged tokens at the target's prices, and unknown where either is."""
    original = made("openai-chat")
    usage = original.metadata.usage
    assert usage is not None
    told = plan(original.call_id or "", model="anthropic/claude-sonnet-4-5").as_json()["estimated_cost"]
    assert (told["input_tokens"], told["output_tokens"]) == (usage.input_tokens, usage.output_tokens)
    assert told["amount"] == pytest.approx(((usage.input_tokens or 0) * 3 + (usage.output_tokens or 0) * 15) / 1e6)
    assert f"{usage.input_tokens:,} input" in told["reckoned_from"]
    assert told["currency"] == "USD"
    assert plan(original.call_id or "", model=MODEL).estimated_cost is None
    other = plan(original.call_id or "", model="anthropic/claude-sonnet-4-5", messages="Something else.")
    assert other.estimated_cost is None
    assert plan_of(call("openai"), model="anthropic/claude-sonnet-4-5").estimated_cost is None
