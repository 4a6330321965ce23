"""Messages, agents and formats across wires: what a plan says of each part, and the native request that it leads to."""

from __future__ import annotations

import json
from typing import Any

import pytest
from replay.calls_of import ANTHROPIC, OPENAI, PERSON, PNG, actions, assistant, call, chosen, items, user

from ell2a.calls import AgentChoice, AgentSpec, ResponseFormat, ServerAgent, leaves_of
from ell2a.errors import PlanRefused
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
)
from ell2a.providers.registration import register_model
from ell2a.replay import plan_of

PAIRS = [("openai", ANTHROPIC), ("anthropic", OPENAI)]
WEATHER = AgentSpec(
    name="weather",
    description="The weather.",
    input_schema={"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
)
CALLED = AgentCallBlock(id="call_1", name="weather", arguments={"city": "Paris"})
RESULT = AgentResultBlock(call_id="call_1", content=[TextBlock(text="sunny")])
HISTORY = [user("Weather in Paris?"), assistant("Let me see.", CALLED), user(RESULT)]
SCHEMA = ResponseFormat(kind="json_schema", name="Person", json_schema=PERSON, strict=True)


def test_the_plan_as_json() -> None:
    """The JSON form has the public fields and nothing that is no plain JSON."""
    plan = plan_of(call("openai"), model=ANTHROPIC, usage={"input_tokens": 1000, "output_tokens": 100})
    told = json.loads(json.dumps(plan.as_json()))
    assert list(told) == ["target", "wire", "runnable", "items", "request", "estimated_cost"]
    assert (told["target"], told["wire"], told["runnable"]) == (ANTHROPIC, "anthropic-messages", True)
    assert set(told["items"][0]) == {"path", "action", "reason", "to", "choices"}
    assert told["request"] == plan.request


def test_the_model_is_the_target() -> None:
    """The item of the model says from where to where; the same target keeps it."""
    moved = items(plan_of(call("openai"), model=ANTHROPIC))["model"]
    assert (moved.action, moved.to) == ("converted", {"model": "claude-sonnet-4-5"})
    assert items(plan_of(call("openai"), model="openai/gpt-4.1"))["model"].action == "kept"


def test_the_wire_of_the_original_is_preferred() -> None:
    """On the same provider a replay stays on the original's wire unless another is asked for."""
    original = call("openai").model_copy(update={"provider": "sandbox", "wire": "anthropic-messages"})
    assert plan_of(original, model="sandbox/sandbox-small").wire == "anthropic-messages"
    assert plan_of(original, model="sandbox/sandbox-small", wire="openai-chat").wire == "openai-chat"


def test_system_messages() -> None:
    """System messages go where the wire has them, both ways."""
    said = [Message(role="system", content=[TextBlock(text="Be brief.")]), user("Hello")]
    there = plan_of(call("openai", messages=said), model=ANTHROPIC)
    assert there.request["system"] == "Be brief."
    assert actions(there)["messages.0.content.0"] == "moved"
    back = plan_of(call("anthropic", messages=said), model=OPENAI)
    assert back.request["messages"][0] == {"role": "system", "content": "Be brief."}


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_images_and_documents(source: str, target: str) -> None:
    """Images and documents by bytes go across in the target's form."""
    picture = ImageBlock(data=PNG, media_type="image/png")
    paper = DocumentBlock(data=b"%PDF-1.4", media_type="application/pdf", title="paper.pdf")
    plan = plan_of(call(source, messages=[user("Look:", picture, paper)]), model=target)
    assert plan.runnable
    kinds = [part["type"] for part in plan.request["messages"][0]["content"]]
    assert kinds == (["text", "image", "document"] if target == ANTHROPIC else ["text", "image_url", "file"])


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_history_of_agents(source: str, target: str) -> None:
    """Agents, the choice among them, and a history of calls and results go across, each result with its call's id."""
    original = call(source, messages=HISTORY, agents=[WEATHER], agent_choice=AgentChoice(kind="required"))
    plan = plan_of(original, model=target)
    assert plan.runnable
    said = plan.request["messages"]
    if target == ANTHROPIC:
        called, result = said[1]["content"][1], said[2]["content"][0]
        assert (called["type"], called["input"], result["type"]) == ("tool_use", {"city": "Paris"}, "tool_result")
        assert result["tool_use_id"] == called["id"]
        assert plan.request["tool_choice"] == {"type": "any"}
    else:
        called, result = said[1]["tool_calls"][0], said[2]
        assert json.loads(called["function"]["arguments"]) == {"city": "Paris"}
        assert (result["role"], result["tool_call_id"]) == ("tool", called["id"])
        assert plan.request["tool_choice"] == "required"


def test_ids_fit_the_target() -> None:
    """An id that the target's pattern does not allow is another one there, the same for the call and its result."""
    odd = CALLED.model_copy(update={"id": "call:1|x"})
    said = [user("?"), assistant(odd), user(RESULT.model_copy(update={"call_id": "call:1|x"}))]
    request = plan_of(call("openai", messages=said, agents=[WEATHER]), model=ANTHROPIC).request
    id = request["messages"][1]["content"][0]["id"]
    assert id != "call:1|x"
    assert request["messages"][2]["content"][0]["tool_use_id"] == id


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_structured_output(source: str, target: str) -> None:
    """A schema goes across as the target's own structured output."""
    plan = plan_of(call(source, response_format=SCHEMA), model=target)
    assert plan.runnable
    if target == ANTHROPIC:
        assert plan.request["output_config"]["format"]["schema"]["required"] == ["name"]
    else:
        assert plan.request["response_format"]["json_schema"]["schema"]["required"] == ["name"]


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_streams(source: str, target: str) -> None:
    """A streamed call is replayed as a stream, in the target's way."""
    plan = plan_of(call(source, stream=True), model=target)
    assert plan.request["stream"] is True
    assert actions(plan)["stream"] == "kept"


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_thinking_stays_with_its_provider(source: str, target: str) -> None:
    """Thinking is dropped elsewhere, with or without a signature, and said so; a message of nothing else goes with it."""
    signed, bare = ThinkingBlock(text="hm", signature="sig"), ThinkingBlock(text="hm")
    said = [user("Hi"), assistant(signed, "Hello."), assistant(bare), user("And?")]
    plan = plan_of(call(source, messages=said), model=target)
    assert plan.runnable
    assert actions(plan)["messages.1.content.0"] == actions(plan)["messages.2.content.0"] == "dropped"
    assert "signature" in str(items(plan)["messages.1.content.0"].reason)
    assert "hm" not in json.dumps(plan.request)
    assert [m["role"] for m in plan.request["messages"]] == ["user", "assistant", "user"]


def test_thinking_is_kept_at_home() -> None:
    """The same provider and wire take their own thinking back."""
    said = [user("Hi"), assistant(ThinkingBlock(text="hm", signature="sig"), "Hello."), user("And?")]
    plan = plan_of(call("anthropic", messages=said), model="anthropic/claude-opus-4-5")
    assert plan.request["messages"][1]["content"][0] == {"type": "thinking", "thinking": "hm", "signature": "sig"}


def test_refusals_and_parsed_outputs_in_the_history() -> None:
    """Refusals and structured outputs of the history go across as the target's wire can say them."""
    said = [user("1"), assistant(RefusalBlock(text="No.")), user("2"), assistant(ParsedBlock(value={"name": "Ann"}))]
    plan = plan_of(call("openai", messages=[*said, user("3")]), model=ANTHROPIC)
    assert plan.request["messages"][1]["content"][0]["text"] == "No."
    assert json.loads(plan.request["messages"][3]["content"][0]["text"]) == {"name": "Ann"}


def test_native_extras_of_another_wire() -> None:
    """A wire's own extras are dropped elsewhere, each named by its path with what it is for, and kept on their own wire."""
    cached = TextBlock(text="long", native={"cache_control": {"type": "ephemeral"}})
    agent = WEATHER.model_copy(update={"native": {"defer_loading": True}})
    original = call("anthropic", messages=[user(cached)], agents=[agent])
    away, home = plan_of(original, model=OPENAI), plan_of(original, model="anthropic/claude-opus-4-5")
    paths = ["messages.0.content.0.native.cache_control", "agents.0.native.defer_loading"]
    assert {actions(away)[path] for path in paths} == {"dropped"}
    assert "prompt cache" in str(items(away)[paths[0]].reason)
    assert "ephemeral" not in json.dumps(away.request)
    assert {actions(home)[path] for path in paths} == {"kept"}
    assert "ephemeral" in json.dumps(home.request)


def test_opaque_blocks() -> None:
    """What a provider's own agents did is dropped from an answer; what was given to the model is asked about."""
    search = OpaqueBlock(wire="anthropic-messages", kind="web_search_tool_result", raw={"type": "x"})
    ran = AgentCallBlock(
        id="s1", name="web_search", arguments={}, executed_by_provider=True, native={"call_type": "server_tool_use"}
    )
    upload = OpaqueBlock(wire="anthropic-messages", kind="container_upload", raw={"type": "y"})
    said = [user("Hi"), assistant(ran, search, "It is so."), user("And this?", upload)]
    plan = plan_of(call("anthropic", messages=said), model=OPENAI)
    told = actions(plan)
    assert (told["messages.1.content.0"], told["messages.1.content.1"]) == ("dropped", "dropped")
    assert told["messages.2.content.1"] == "refused"
    assert "container_upload" in str(items(plan)["messages.2.content.1"].reason)
    assert chosen(plan).request["messages"][-1]["content"] == "And this?"


def test_citations_have_no_place_elsewhere() -> None:
    """Text goes across without its citations where the target takes none, and the item says so."""
    cited = TextBlock(text="It is so.", citations=[Citation(url="https://example.org", title="T")])
    plan = plan_of(call("openai", messages=[user("?"), assistant(cited), user("More")]), model=ANTHROPIC)
    found = items(plan)["messages.1.content.0"]
    assert found.action == "converted"
    assert "citation" in str(found.reason)


# --- what is refused, and the ways out ---


def test_running_a_refused_plan() -> None:
    """A plan with refused items cannot be run: the error names each item, its reason and its choices."""
    plan = plan_of(call("openai", api_params={"n": 3}), model=ANTHROPIC)
    with pytest.raises(PlanRefused) as caught:
        plan.run()
    assert [item.path for item in caught.value.refused] == ["api_params.n"]
    assert "api_params.n" in str(caught.value)
    assert "Ask for one answer" in str(caught.value)


async def test_awaiting_a_refused_plan() -> None:
    """A refused plan is refused alike where it is awaited."""
    with pytest.raises(PlanRefused):
        await plan_of(call("openai", api_params={"n": 3}), model=ANTHROPIC).arun()


def test_images_for_a_model_without() -> None:
    """Images are asked about: one may be left out, or all of them."""
    register_model("blind", provider="openai", capabilities={"image_input": False})
    said = [
        user("Look:", ImageBlock(data=PNG, media_type="image/png")),
        user(ImageBlock(url="https://example.org/a.png")),
    ]
    plan = plan_of(call("anthropic", messages=said), model="openai/blind")
    assert [item.path for item in plan.refused] == ["messages.0.content.1", "messages.1.content.0"]
    assert [dict(c.changes) for c in plan.refused[0].choices] == [
        {"drop": ["messages.0.content.1"]},
        {"drop": ["messages.0.content.1", "messages.1.content.0"]},
    ]
    without = plan.changed(**plan.refused[0].choices[1].changes)
    assert without.runnable
    assert "image" not in json.dumps(without.request)
    assert actions(without)["messages.0.content.1"] == "dropped"


def test_sound_for_a_wire_without() -> None:
    """Sound that the target's wire has no form for is asked about."""
    said = [user("Listen:", AudioBlock(data=b"RIFF", media_type="audio/wav"))]
    plan = plan_of(call("openai", messages=said), model=ANTHROPIC)
    assert actions(plan)["messages.0.content.1"] == "refused"
    assert chosen(plan).runnable


def test_files_stay_with_their_provider() -> None:
    """A file that a provider keeps is asked about elsewhere."""
    said = [user("Read:", DocumentBlock(file_id="file-1", media_type="application/pdf"))]
    plan = plan_of(call("openai", messages=said), model=ANTHROPIC)
    assert "kept by openai" in str(plan.refused[0].reason)
    assert chosen(plan).runnable


def test_agents_for_a_model_without() -> None:
    """Agents are asked about; without a history of them they are left out, and the choice among them with them."""
    register_model("no-agents", provider="openai", capabilities={"function_calling": False, "agent_calling": False})
    original = call("anthropic", agents=[WEATHER], agent_choice=AgentChoice(kind="auto"))
    plan = plan_of(original, model="openai/no-agents")
    assert [item.path for item in plan.refused] == ["agents.0"]
    without = chosen(plan)
    assert "tools" not in without.request
    assert (actions(without)["agents.0"], actions(without)["agent_choice"]) == ("dropped", "dropped")


def test_history_of_agents_in_words() -> None:
    """With a history of agents, calls and results are told in words where the agents cannot be offered."""
    register_model("no-agents", provider="openai", capabilities={"function_calling": False, "agent_calling": False})
    plan = plan_of(call("anthropic", agents=[WEATHER], messages=HISTORY), model="openai/no-agents")
    assert {item.path for item in plan.refused} == {"agents.0", "messages.1.content.1", "messages.2.content.0"}
    told = plan.changed(agents="in_words")
    assert told.runnable
    assert actions(told)["messages.1.content.1"] == actions(told)["messages.2.content.0"] == "converted"
    words = " ".join(str(m["content"]) for m in told.request["messages"])
    assert 'I call the agent weather with {"city":"Paris"}' in words
    assert "sunny" in words
    assert not any("tool" in json.dumps(m) for m in told.request["messages"])


def test_failed_results_in_words() -> None:
    """A result that was an error is told as one, and media in it are told as left out."""
    failed = RESULT.model_copy(update={"is_error": True, "content": [*RESULT.content, ImageBlock(data=PNG)]})
    said = [*HISTORY[:2], user(failed)]
    plan = plan_of(call("anthropic", agents=[WEATHER], messages=said), model=OPENAI, agents="in_words")
    assert "The agent weather failed with: sunny" in json.dumps(plan.request["messages"])
    assert "without its image" in str(items(plan)["messages.2.content.0"].reason)


def test_agents_of_the_provider() -> None:
    """An agent that the original's provider runs itself is asked about."""
    search = ServerAgent(wire="anthropic-messages", raw={"type": "web_search_20250305", "name": "web_search"})
    plan = plan_of(call("anthropic", agents=[WEATHER, search]), model=OPENAI)
    assert [item.path for item in plan.refused] == ["agents.1"]
    assert [tool["function"]["name"] for tool in chosen(plan).request["tools"]] == ["weather"]


def test_choice_of_an_agent_that_is_gone() -> None:
    """A choice of an agent that is left out is left out too."""
    original = call("openai", agents=[WEATHER, WEATHER.model_copy(update={"name": "other"})])
    original = original.model_copy(update={"agent_choice": AgentChoice(kind="agent", name="other")})
    plan = plan_of(original, model=ANTHROPIC, drop=["agents.1"])
    assert actions(plan)["agent_choice"] == "dropped"
    assert "tool_choice" not in plan.request


@pytest.mark.parametrize(("which", "words"), [(0, True), (1, False)])
def test_schema_for_a_model_without(which: int, words: bool) -> None:
    """A schema is asked about: it is told in words, or left out."""
    register_model("no-schema", provider="openai", capabilities={"structured_outputs": False})
    plan = plan_of(call("anthropic", response_format=SCHEMA), model="openai/no-schema")
    assert [item.path for item in plan.refused] == ["response_format"]
    made = plan.changed(**plan.refused[0].choices[which].changes)
    assert made.runnable
    assert "response_format" not in made.request
    assert actions(made)["response_format"] == ("converted" if words else "dropped")
    said = made.request["messages"][0]
    assert (said["role"] == "system" and json.dumps(PERSON, separators=(",", ":")) in said["content"]) is words


def test_json_without_a_schema() -> None:
    """A wire that has no JSON mode without a schema is asked for JSON in words, behind the system message there is."""
    said = [Message(role="system", content=[TextBlock(text="Be brief.")]), user("Hello")]
    plan = plan_of(call("openai", messages=said, response_format=ResponseFormat(kind="json_object")), model=ANTHROPIC)
    made = chosen(plan)
    texts = [part["text"] for part in made.request["system"]]
    assert texts[0] == "Be brief."
    assert "JSON object" in texts[1]


def test_no_streams() -> None:
    """A model that does not stream answers whole: the flag is dropped, the plan goes on."""
    register_model("slow", provider="openai", capabilities={"streaming": False})
    plan = plan_of(call("anthropic", stream=True), model="openai/slow")
    assert plan.runnable
    assert actions(plan)["stream"] == "dropped"
    assert "stream" not in plan.request


def test_no_system_messages() -> None:
    """A model without system messages is asked about them."""
    register_model("no-system", provider="openai", capabilities={"system_messages": False})
    said = [Message(role="system", content=[TextBlock(text="Be brief.")]), user("Hello")]
    plan = plan_of(call("anthropic", messages=said), model="openai/no-system")
    assert [item.path for item in plan.refused] == ["messages.0.content.0"]
    assert [m["role"] for m in chosen(plan).request["messages"]] == ["user"]


def test_choice_kinds() -> None:
    """A kind of choice that the model has not is asked about."""
    register_model("auto-only", provider="openai", capabilities={"agent_choice": ["auto", "none"]})
    original = call("anthropic", agents=[WEATHER], agent_choice=AgentChoice(kind="required"))
    plan = plan_of(original, model="openai/auto-only")
    assert [item.path for item in plan.refused] == ["agent_choice"]
    assert "tool_choice" not in chosen(plan).request


def test_inside_of_a_result() -> None:
    """What cannot go out inside of an agent's result is told with the result, and a way out leaves just that out."""
    paper = DocumentBlock(url="https://example.org/a.pdf")
    marker = OpaqueBlock(wire="anthropic-messages", kind="tool_reference", raw={"type": "tool_reference"})
    mixed = AgentResultBlock(call_id="call_1", content=[TextBlock(text="sunny"), marker, paper])
    plan = plan_of(call("anthropic", agents=[WEATHER], messages=[*HISTORY[:2], user(mixed)]), model=OPENAI)
    found = items(plan)["messages.2.content.0"]
    assert found.action == "refused"
    assert dict(found.choices[0].changes) == {"drop": ["messages.2.content.0.content.2"]}
    made = chosen(plan)
    assert made.request["messages"][2]["content"] == "sunny"
    assert items(made)["messages.2.content.0"].action == "converted"


def test_a_summary_by_the_provider() -> None:
    """A block in which the provider put the conversation so far is asked about, not dropped with a shrug."""
    summary = OpaqueBlock(wire="anthropic-messages", kind="compaction", raw={"type": "compaction", "content": "so far"})
    plan = plan_of(call("anthropic", messages=[user("Hi"), assistant(summary, "Hello"), user("And?")]), model=OPENAI)
    assert actions(plan)["messages.1.content.0"] == "refused"


def test_empty_text_is_no_loss() -> None:
    """Text with nothing in it is dropped where the wire refuses it."""
    plan = plan_of(call("openai", messages=[user("Hi"), assistant(""), user("And?")]), model=ANTHROPIC)
    assert plan.runnable
    assert actions(plan)["messages.1.content.0"] == "dropped"


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_plan_is_for_the_request_that_is_sent(source: str, target: str) -> None:
    """Every part that is not dropped or refused stands in the request; the paths are the leaves of the call."""
    original: Any = call(source, messages=HISTORY, agents=[WEATHER], response_format=SCHEMA, stream=True)
    plan = plan_of(original, model=target)
    assert [i.path for i in plan.items if i.action != "defaulted"] == leaves_of(original)
