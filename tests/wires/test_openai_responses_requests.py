"""The wire openai-responses: what each part of a call becomes in a request, and what each item of one is in a call."""

from __future__ import annotations

from typing import Any

import pytest
from wires.responses_calls import WIRE, call_of, read, responses, sent

import ell2a
from ell2a.calls import AgentChoice, AgentSpec, ResponseFormat, ServerAgent, leaves_of
from ell2a.errors import InvalidParams, UnsupportedCapability
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
    agent_call,
    assistant,
    system,
    user,
)
from ell2a.providers import Report
from ell2a.providers.openai_responses.equivalences import canonical
from ell2a.providers.openai_responses.opaque_kinds import OPAQUE_KINDS
from ell2a.providers.value_walk import faults_in

PNG = b"\x89PNG\r\n\x1a\n0"
ADD = AgentSpec(
    name="add",
    description="Add.",
    input_schema={
        "type": "object",
        "properties": {"a": {"type": "integer"}},
        "required": ["a"],
        "additionalProperties": False,
    },
    strict=True,
)

EVERYTHING = call_of(
    system("Be short."),
    user(["Look:", ImageBlock(data=PNG, media_type="image/png", detail="low"), ImageBlock(file_id="file-1")]),
    Message(role="system", content=[TextBlock(text="From here on in German.")]),
    user(
        [
            DocumentBlock(data=b"%PDF-1", media_type="application/pdf", title="a.pdf"),
            DocumentBlock(url="https://example.org/a.pdf"),
            AudioBlock(data=b"RIFF", media_type="audio/wav"),
        ]
    ),
    Message(
        role="assistant",
        content=[
            ThinkingBlock(text="first", signature="sealed"),
            ThinkingBlock(text="second"),
            TextBlock(text="One moment.", citations=[Citation(url="https://example.org", title="E", start=0, end=3)]),
            RefusalBlock(text="Not that."),
            agent_call("call_1", "add", '{"a":1}'),
            agent_call("call_2", "add", '{"a": 2}'),
            agent_call("call_3", "add", "no json"),
        ],
    ),
    Message(
        role="user",
        content=[
            AgentResultBlock(call_id="call_1", content=[TextBlock(text="1")]),
            AgentResultBlock(
                call_id="call_2", content=[TextBlock(text="see"), ImageBlock(url="https://example.org/i")]
            ),
            AgentResultBlock(call_id="call_3", content=[TextBlock(text="")]),
        ],
    ),
    assistant("Done."),
    user("Thanks."),
    agents=[
        ADD,
        AgentSpec(name="loose", input_schema={"type": "object"}),
        ServerAgent(wire=WIRE, raw={"type": "web_search"}),
    ],
    agent_choice=AgentChoice(kind="required", among=["add", "web_search"]),
    response_format=ResponseFormat(
        kind="json_schema", name="answer", json_schema=ADD.input_schema, strict=True, description="An answer."
    ),
    stream=True,
    api_params={
        "text": {"verbosity": "low"},
        "reasoning": {"effort": "low", "summary": "auto"},
        "store": False,
        "include": ["reasoning.encrypted_content"],
        "previous_response_id": "resp_0",
        "max_output_tokens": 100,
    },
)


def test_everything_there_and_back() -> None:
    """A call with everything in it goes there and comes back the same."""
    native = sent(EVERYTHING)
    assert responses().translate_request_to_ell2a(native) == EVERYTHING
    assert canonical(canonical(native)) == canonical(native)


def test_everything_is_valid_by_the_sdk() -> None:
    """The request is valid by the SDK's own types of each of its params."""
    params = responses().available_params()
    # By those types an earlier thought, citation or refusal has the id of the item that the service gave it in.
    ids = {"thinking": {"item_id": "rs_1"}, "text": {"item_id": "msg_1", "status": "completed"}}
    ids["refusal"] = {"item_id": "msg_2", "status": "completed"}
    answer = EVERYTHING.messages[4]
    stored = [b.model_copy(update={"native": ids.get(b.type)}) for b in answer.content]
    stored = [stored[0], answer.content[1], *stored[2:]]
    messages = [m if m is not answer else answer.model_copy(update={"content": stored}) for m in EVERYTHING.messages]
    native = sent(EVERYTHING.model_copy(update={"messages": messages}))
    # They have no place for sound yet, which services take.
    native["input"][2]["content"].pop()
    faults = [
        f for name, value in native.items() if name in params for f in faults_in(value, params[name].annotation, name)
    ]
    assert faults == []


def test_everything_is_reported() -> None:
    """The report names each leaf of the call once."""
    report = Report("openai")
    responses().translate_ell2a_to_provider(EVERYTHING, report)
    assert sorted(item.path for item in report.items) == sorted(leaves_of(EVERYTHING))


def test_a_first_system_message_is_the_instructions() -> None:
    """Plain words of the system at the beginning are `instructions`; anything else of the system is a message."""
    assert sent(call_of(system("S"), user("U")))["instructions"] == "S"
    twice = sent(call_of(system(["a", "b"]), user("U")))
    assert "instructions" not in twice
    assert twice["input"][0]["role"] == "system"
    later = sent(call_of(user("U"), system("S")))
    assert later["input"][1] == {"role": "system", "content": [{"type": "input_text", "text": "S"}]}


@pytest.mark.parametrize("role", ["system", "developer"])
def test_a_system_message_in_the_input_stays_there(role: str) -> None:
    """Words of the system that stand in the input go back to it, under the role that they had."""
    item = {"role": role, "content": "S"}
    call = read(item, {"role": "user", "content": "U"})
    assert [message.role for message in call.messages] == ["system", "user"]
    back = sent(call)
    assert "instructions" not in back
    assert canonical(back)["input"] == canonical({"input": [item, {"role": "user", "content": "U"}]})["input"]


def test_an_input_of_words() -> None:
    """A text for an input is one message of the user; `instructions` stand before it."""
    call = responses().translate_request_to_ell2a({"model": "m", "input": "Hi", "instructions": "S"})
    assert call.messages == [system("S"), user("Hi")]


MESSAGE = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "phase": "commentary"}
TEXT = {"type": "output_text", "text": "T", "annotations": []}

HISTORIES: dict[str, list[dict[str, Any]]] = {
    "two messages of the assistant": [{"role": "assistant", "content": "a"}, {"role": "assistant", "content": "b"}],
    "a message with id, status and phase": [{**MESSAGE, "content": [TEXT, {"type": "refusal", "refusal": "no"}]}],
    "an empty message": [{**MESSAGE, "content": []}],
    "messages around a call": [
        {**MESSAGE, "content": [TEXT]},
        {
            "type": "function_call",
            "id": "fc_1",
            "call_id": "call_1",
            "name": "add",
            "arguments": "{}",
            "status": "completed",
        },
        {**MESSAGE, "id": "msg_2", "phase": "final_answer", "content": [TEXT]},
    ],
    "log probabilities": [
        {
            **MESSAGE,
            "content": [{**TEXT, "logprobs": [{"token": "T", "bytes": [84], "logprob": -0.5, "top_logprobs": []}]}],
        }
    ],
    "every annotation": [
        {
            **MESSAGE,
            "content": [
                {
                    "type": "output_text",
                    "text": "T",
                    "annotations": [
                        {
                            "type": "url_citation",
                            "url": "https://e.org",
                            "title": "E",
                            "start_index": 0,
                            "end_index": 1,
                        },
                        {"type": "file_citation", "file_id": "file-1", "filename": "a.txt", "index": 3},
                        {
                            "type": "container_file_citation",
                            "container_id": "c",
                            "file_id": "f",
                            "filename": "a.png",
                            "start_index": 0,
                            "end_index": 1,
                        },
                        {"type": "file_path", "file_id": "file-2", "index": 0},
                    ],
                }
            ],
        }
    ],
    "an annotation of no known kind": [{**MESSAGE, "content": [{**TEXT, "annotations": [{"type": "new", "x": 1}]}]}],
    "reasoning before its call": [
        {
            "type": "reasoning",
            "id": "rs_1",
            "summary": [{"type": "summary_text", "text": "a"}, {"type": "summary_text", "text": "b"}],
            "encrypted_content": "sealed",
            "status": "completed",
        },
        {"type": "function_call", "call_id": "call_1", "name": "add", "arguments": '{"a": 1}'},
        {"type": "function_call_output", "call_id": "call_1", "output": "1", "id": "fco_1", "status": "completed"},
    ],
    "reasoning of every kind": [
        {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "sealed"},
        {"type": "reasoning", "summary": [], "encrypted_content": "sealed too"},
        {"type": "reasoning", "id": "rs_3", "summary": []},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "x"}]},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "y"}]},
        {"type": "reasoning", "id": "rs_5", "summary": [], "content": [{"type": "reasoning_text", "text": "z"}]},
        {
            "type": "reasoning",
            "id": "rs_6",
            "summary": [{"type": "summary_text", "text": ""}],
            "content": [{"type": "reasoning_text", "text": "z"}, {"type": "reasoning_text", "text": "zz"}],
        },
    ],
    "a custom call": [
        {"type": "custom_tool_call", "id": "ctc_1", "call_id": "call_1", "name": "math", "input": "1 + 1"},
        {"type": "custom_tool_call_output", "call_id": "call_1", "output": "2"},
    ],
    "an answer by another kind of output": [
        {"type": "custom_tool_call", "call_id": "call_1", "name": "math", "input": "1 + 1"},
        {"type": "function_call_output", "call_id": "call_1", "output": [{"type": "input_file", "file_id": "f"}]},
    ],
    "what a namespace and a program called": [
        {
            "type": "function_call",
            "call_id": "call_1",
            "name": "add",
            "arguments": "",
            "namespace": "math",
            "caller": {"type": "direct"},
        }
    ],
    "a web search": [
        {
            "type": "web_search_call",
            "id": "ws_1",
            "status": "completed",
            "action": {"type": "search", "query": "q", "sources": [{"type": "url", "url": "https://e.org"}]},
        }
    ],
    "a file search": [
        {
            "type": "file_search_call",
            "id": "fs_1",
            "status": "completed",
            "queries": ["q"],
            "results": [
                {"file_id": "f", "filename": "a.txt", "text": "found", "score": 0.5, "attributes": {"k": "v"}},
                {"file_id": "g", "text": "too"},
            ],
        },
        {"type": "file_search_call", "id": "fs_2", "status": "searching", "queries": [], "results": None},
    ],
    "code": [
        {
            "type": "code_interpreter_call",
            "id": "ci_1",
            "status": "completed",
            "code": "print(1)",
            "container_id": "cntr_1",
            "outputs": [
                {"type": "logs", "logs": "1"},
                {"type": "image", "url": "https://e.org/i.png"},
                {"type": "new", "x": 1},
            ],
        }
    ],
    "a made picture": [
        {
            "type": "image_generation_call",
            "id": "ig_1",
            "status": "completed",
            "result": "iVBORw0KGgo=",
            "output_format": "png",
            "revised_prompt": "a cat",
            "size": "1024x1024",
        },
        {"type": "image_generation_call", "id": "ig_2"},
    ],
    "MCP": [
        {"type": "mcp_list_tools", "id": "mcpl_1", "server_label": "s", "tools": [{"name": "t", "input_schema": {}}]},
        {"type": "mcp_approval_request", "id": "mcpr_1", "name": "t", "arguments": "{}", "server_label": "s"},
        {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": True},
        {
            "type": "mcp_call",
            "id": "mcp_1",
            "name": "t",
            "arguments": "{}",
            "server_label": "s",
            "output": "o",
            "approval_request_id": "mcpr_1",
            "status": "completed",
        },
        {"type": "mcp_call", "id": "mcp_2", "name": "t", "arguments": "{}", "server_label": "s", "error": "broken"},
        {
            "type": "mcp_call",
            "id": "mcp_3",
            "name": "t",
            "arguments": "{}",
            "server_label": "s",
            "error": {"type": "http_error", "code": 500, "message": "m"},
        },
    ],
    "a computer": [
        {
            "type": "computer_call",
            "id": "cu_1",
            "call_id": "call_1",
            "action": {"type": "click", "x": 1, "y": 2, "button": "left"},
            "pending_safety_checks": [{"id": "sc_1"}],
            "status": "completed",
        },
        {
            "type": "computer_call_output",
            "call_id": "call_1",
            "output": {"type": "computer_screenshot", "image_url": "data:image/png;base64,iVBORw0KGgo="},
            "acknowledged_safety_checks": [{"id": "sc_1"}],
        },
    ],
    "shells": [
        {
            "type": "local_shell_call",
            "id": "lsh_1",
            "call_id": "call_1",
            "status": "completed",
            "action": {"type": "exec", "command": ["ls"], "env": {}},
        },
        {"type": "local_shell_call_output", "id": "call_1", "output": "a.txt"},
        {
            "type": "shell_call",
            "call_id": "call_2",
            "action": {"commands": ["ls"], "timeout_ms": 1},
            "status": "completed",
        },
        {
            "type": "shell_call_output",
            "call_id": "call_2",
            "max_output_length": 100,
            "output": [{"stdout": "a.txt", "stderr": "", "outcome": {"type": "exit", "exit_code": 0}}],
        },
        {
            "type": "shell_call",
            "id": "sh_3",
            "call_id": "call_3",
            "action": {"commands": ["ls"]},
            "environment": {"type": "container_reference", "container_id": "c"},
        },
        {"type": "shell_call_output", "call_id": "call_3", "output": []},
    ],
    "patches": [
        {
            "type": "apply_patch_call",
            "id": "apc_1",
            "call_id": "call_1",
            "status": "completed",
            "operation": {"type": "delete_file", "path": "a"},
        },
        {"type": "apply_patch_call_output", "call_id": "call_1", "status": "failed", "output": "no such file"},
        {"type": "apply_patch_call_output", "call_id": "call_1", "status": "completed"},
    ],
    "a search of tools there": [
        {
            "type": "tool_search_call",
            "id": "tsc_1",
            "arguments": {"paths": ["a"]},
            "execution": "server",
            "status": "completed",
        },
        {
            "type": "tool_search_output",
            "id": "tso_1",
            "execution": "server",
            "status": "completed",
            "tools": [{"name": "a"}],
        },
    ],
    "a search of tools here": [
        {"type": "tool_search_call", "call_id": "call_1", "arguments": {"q": "a"}, "execution": "client"},
        {"type": "tool_search_output", "call_id": "call_1", "execution": "client", "tools": []},
    ],
    "a program": [
        {"type": "program", "id": "prog_1", "call_id": "call_1", "code": "f()", "fingerprint": "x"},
        {"type": "program_output", "id": "po_1", "call_id": "call_1", "result": "1", "status": "completed"},
    ],
    "items that are no block": [
        {"type": "compaction", "id": "cmp_1", "encrypted_content": "sealed"},
        {"type": "compaction_trigger"},
        {"type": "item_reference", "id": "msg_9"},
        {"id": "msg_10"},
        {"type": "additional_tools", "role": "developer", "tools": []},
        {"type": "configuration_update", "reasoning": {"effort": "low"}},
        {"type": "from_the_future", "x": [1]},
    ],
    "a call of another shape": [{"type": "function_call", "call_id": 7, "name": "add", "arguments": "{}"}],
    "what every item may have besides": [
        {**MESSAGE, "content": [{**TEXT, "odd": 1}], "odd": 2},
        {"type": "function_call", "call_id": "c", "name": "n", "arguments": "{}", "odd": 3},
        {"type": "function_call_output", "call_id": "c", "output": "o", "odd": 4},
        {"role": "user", "content": [{"type": "input_text", "text": "u", "prompt_cache_breakpoint": {"mode": "x"}}]},
        {
            "type": "message",
            "id": "msg_u",
            "role": "user",
            "status": "completed",
            "content": [{"type": "new"}],
            "odd": 5,
        },
    ],
    "parts where they are not usual": [
        {
            "role": "assistant",
            "content": [{"type": "input_text", "text": "a"}, {"type": "input_image", "file_id": "f"}],
        },
        {"role": "user", "content": [{"type": "output_text", "text": "b"}]},
        {"role": "user", "content": []},
        {"role": "user", "content": [{"type": "input_file", "file_data": "data:text/plain;charset=utf-8;base64,aGk="}]},
        {"role": "user", "content": [{"type": "input_file", "file_data": "data:application/pdf;base64,JVBERg=="}]},
        {"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}]},
    ],
}


@pytest.mark.parametrize("name", HISTORIES)
def test_histories_back_and_there(name: str) -> None:
    """Items of every kind go back as they were, in their place."""
    items = HISTORIES[name]
    call = read({"role": "user", "content": "Hi"}, *items)
    back = sent(call)
    expected = {"input": [{"role": "user", "content": "Hi"}, *items]}
    assert canonical({"input": back["input"]}) == canonical(expected)
    assert responses().translate_request_to_ell2a(back) == call


def test_only_listed_items_are_opaque() -> None:
    """An item of the wire's own types is a block of the vocabulary, or one of the listed kinds."""
    for name, items in HISTORIES.items():
        if name in ("a call of another shape", "items that are no block"):
            continue
        for message in read(*items).messages:
            for block in message.content:
                assert not isinstance(block, OpaqueBlock) or block.kind in {*OPAQUE_KINDS, "new"}, name


def test_who_runs_a_call() -> None:
    """A call that the provider runs is marked so; one that this program answers is among the agent calls."""
    ours = ("computer", "local_shell", "shell", "apply_patch")
    items = [
        item for name in ("a computer", "shells", "patches", "a program", "a web search") for item in HISTORIES[name]
    ]
    calls = [b for m in read(*items).messages for b in m.content if isinstance(b, AgentCallBlock)]
    assert [c.name for c in calls if not c.executed_by_provider] == list(ours)
    assert [c.name for c in calls if c.executed_by_provider] == ["shell", "program", "web_search"]


def test_a_changed_call_says_the_change() -> None:
    """Another name or another argument of a provider's own call appears in the request, whatever came with the call."""
    (item,) = HISTORIES["a web search"]
    (block,) = read(item).messages[0].content
    assert isinstance(block, AgentCallBlock)
    other = block.model_copy(update={"arguments": {"action": {"type": "search", "query": "other"}}})
    assert sent(call_of(Message(role="assistant", content=[other])))["input"][0]["action"]["query"] == "other"
    renamed = block.model_copy(update={"name": "look_up", "executed_by_provider": False})
    assert sent(call_of(Message(role="assistant", content=[renamed])))["input"][0]["name"] == "look_up"


def test_a_result_goes_out_as_its_call_asks() -> None:
    """What a program gives back for a provider's own agent has the form that the agent's item wants."""
    found = {}
    for name in ("a computer", "shells", "patches", "a custom call"):
        call = read(HISTORIES[name][0])
        called = call.messages[0].content[0]
        assert isinstance(called, AgentCallBlock)
        content: list[Any] = (
            [ImageBlock(data=PNG, media_type="image/png")] if name == "a computer" else [TextBlock(text="r")]
        )
        result = Message(role="user", content=[AgentResultBlock(call_id=called.id, content=content)])
        found[name] = sent(call_of(call.messages[0], result))["input"][1]
    assert found["a computer"]["output"]["type"] == "computer_screenshot"
    assert found["shells"] == {"type": "local_shell_call_output", "id": "call_1", "output": "r"}
    assert found["patches"] == {
        "type": "apply_patch_call_output",
        "call_id": "call_1",
        "status": "completed",
        "output": "r",
    }
    assert found["a custom call"]["type"] == "custom_tool_call_output"


def test_words_printed_by_a_shell() -> None:
    """Plain words as the result of a shell are what it printed; a list of outputs goes out as it is."""
    call = AgentCallBlock(
        id="c", name="shell", arguments={"action": {"commands": ["ls"]}}, native={"form": "shell_call"}
    )
    for text, expected in (
        ("a.txt", [{"stdout": "a.txt", "stderr": "", "outcome": {"type": "exit", "exit_code": 0}}]),
        ('[{"stdout":"x"}]', [{"stdout": "x"}]),
    ):
        result = Message(role="user", content=[AgentResultBlock(call_id="c", content=[TextBlock(text=text)])])
        assert sent(call_of(Message(role="assistant", content=[call]), result))["input"][1]["output"] == expected


@pytest.mark.parametrize(
    ("block", "role", "words"),
    [
        (VideoBlock(url="https://example.org/v"), "user", "video"),
        (AudioBlock(url="https://example.org/a"), "user", "sound"),
        (ThinkingBlock(text="t"), "user", "thinking"),
        (OpaqueBlock(wire="anthropic-messages", kind="x", raw={}), "assistant", "anthropic-messages"),
        (AgentCallBlock(id="s", name="bash", arguments={"a": 1}, executed_by_provider=True), "assistant", "bash"),
    ],
)
def test_what_the_wire_cannot_carry(block: Any, role: Any, words: str) -> None:
    """A block that the wire has no place for is refused in a user's own call, and dropped with the reason in a replay."""
    call = call_of(Message(role=role, content=[TextBlock(text="t"), block]))
    with pytest.raises(UnsupportedCapability, match=words):
        sent(call)
    report = Report("openai", replay=True)
    responses().translate_ell2a_to_provider(call, report)
    assert [item.action for item in report.items if item.path == "messages.0.content.1"] == ["dropped"]


def test_a_parsed_block_goes_as_its_text() -> None:
    """A structured output of an earlier answer goes back as the JSON text that it was."""
    call = call_of(Message(role="assistant", content=[ParsedBlock(value={"a": 1})]))
    assert sent(call)["input"] == [{"type": "message", "role": "assistant", "content": '{"a":1}'}]


# --- agents, choice, format ---


@pytest.mark.parametrize(
    "choice",
    [
        "auto",
        "none",
        "required",
        {"type": "function", "name": "add"},
        {"type": "custom", "name": "grammar"},
        {"type": "web_search"},
        {
            "type": "allowed_tools",
            "mode": "auto",
            "tools": [{"type": "function", "name": "add"}, {"type": "web_search"}],
        },
    ],
)
def test_choices(choice: Any) -> None:
    """Each kind of choice is a universal one, and goes back as it came."""
    tools = [
        {"type": "function", "name": "add", "parameters": {"type": "object"}, "strict": False},
        {"type": "custom", "name": "grammar"},
        {"type": "web_search"},
    ]
    call = read({"role": "user", "content": "Hi"}, tools=tools, tool_choice=choice)
    assert call.agent_choice is not None
    assert "tool_choice" not in call.api_params
    assert sent(call)["tool_choice"] == choice


@pytest.mark.parametrize("choice", [{"type": "mcp", "server_label": "s", "name": "t"}, {"type": "new"}, 7])
def test_a_choice_of_no_known_form(choice: Any) -> None:
    """A choice that has no universal form stays among the params, and goes back."""
    call = read({"role": "user", "content": "Hi"}, tool_choice=choice)
    assert call.api_params == {"tool_choice": choice}
    assert sent(call)["tool_choice"] == choice


def test_agents_there_and_back() -> None:
    """Functions are agents, all else is the provider's own; a function without a schema stays without one."""
    tools = [
        {"type": "function", "name": "a", "parameters": {"type": "object", "properties": {}}, "strict": None},
        {"type": "function", "name": "b", "description": "B.", "parameters": None, "defer_loading": True},
        {"type": "mcp", "server_label": "s", "server_url": "https://example.org", "require_approval": "never"},
        {"type": "image_generation"},
    ]
    call = read({"role": "user", "content": "Hi"}, tools=tools)
    assert [type(agent).__name__ for agent in call.agents] == ["AgentSpec", "AgentSpec", "ServerAgent", "ServerAgent"]
    assert canonical({"tools": sent(call)["tools"]}) == canonical({"tools": tools})


@pytest.mark.parametrize(
    "text",
    [
        {"format": {"type": "json_object"}},
        {"format": {"type": "text"}, "verbosity": "low"},
        {"format": {"type": "json_schema", "name": "a b", "schema": {"type": "object"}, "strict": True}},
        {"format": {"type": "grammar", "syntax": "lark"}},
        {"verbosity": "low"},
    ],
)
def test_formats(text: dict[str, Any]) -> None:
    """A format is `response_format`, one of no known form stays in `text`; either goes back as it came."""
    call = read({"role": "user", "content": "Hi"}, text=text)
    known = text.get("format", {}).get("type") in ("json_object", "text", "json_schema")
    assert (call.response_format is not None) == known
    assert sent(call)["text"] == text


@pytest.mark.parametrize("native", [{"model": 1}, {"model": "m", "input": 7}, [], "x"])
def test_no_request(native: Any) -> None:
    """What is no request of the wire is refused, with what was wrong."""
    with pytest.raises(InvalidParams):
        responses().translate_request_to_ell2a(native)


def test_n_is_refused() -> None:
    """The wire has no param for several answers: it is refused where the call is made."""
    with pytest.raises(InvalidParams, match="n"):
        ell2a.call("openai/gpt-4.1", "Hi", wire=WIRE, n=2)
