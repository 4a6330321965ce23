"""The last check before a request leaves, where params are declared by a pydantic model, a nested dict or a botocore shape."""

from __future__ import annotations

from typing import Any

import botocore.session  # type: ignore[import-untyped]
import httpx2
import pytest
from pydantic import BaseModel, ConfigDict

import ell2a
from ell2a.errors import BadConversion
from ell2a.messages import user
from ell2a.providers import ProviderRow, Report
from ell2a.providers.answer_places import AnswerPlaces
from ell2a.providers.json_chat import JsonChatProvider
from ell2a.providers.message_fields import Words

Native = dict[str, Any]

OWNED = dict.fromkeys(("model", "messages", "tools", "stream", "response_format"), "ell2a writes it")


class Thinking(BaseModel):
    model_config = ConfigDict(extra="forbid")

    budget: int
    shown: bool = False


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    model: str
    messages: list[dict[str, Any]]
    stream: bool = False
    seed: int | None = None
    thinking: Thinking | None = None
    several: list[Thinking] | None = None


NESTED = {"options": {"seed": int, "deep": {"n": int}}}
SHAPE = botocore.session.get_session().get_service_model("bedrock-runtime").operation_model("Converse").input_shape


class Chat(JsonChatProvider):
    """A wire whose translator writes what a test says, beside or in the place of what is right."""

    wire = "test-chat"
    path = "/chat"
    docs = "https://example.org/docs"
    can = ("streaming",)
    cannot = ()
    universal = {}
    native_keys = {}
    owned = OWNED
    message_fields = (Words("content"),)
    answer_places = AnswerPlaces(message="message", finish_reason="why", finish_kinds={"end": "stop"})
    written: Native = {}
    lacking: tuple[str, ...] = ()

    def translate_ell2a_to_provider(self, call: ell2a.Ell2aCall, report: Report | None = None) -> Native:
        native = {**super().translate_ell2a_to_provider(call, report), **self.written}
        return {name: value for name, value in native.items() if name not in self.lacking}


def sent(declaration: Any, written: Native, *lacking: str, **params: Any) -> list[httpx2.Request]:
    """The requests that left for a call of a wire with this declaration."""
    came: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        came.append(request)
        return httpx2.Response(200, json={"message": {"role": "assistant", "content": "Hi."}, "why": "end"})

    kind = type("Made", (Chat,), {"declaration": declaration, "written": written, "lacking": lacking})
    provider: Any = kind(ProviderRow(name="here", title="Here", wires={"test-chat": "http://here.invalid"}))
    client = httpx2.Client(base_url="http://here.invalid", transport=httpx2.MockTransport(answer))
    try:
        assert provider.call_model(client, "m", [user("Hello")], **params).text == "Hi."
    except BadConversion:
        assert came == []
        raise
    return came


CONVERSE = {"modelId": "m", "messages": [{"role": "user", "content": [{"text": "Hello"}]}]}


@pytest.mark.parametrize(
    ("declaration", "written", "lacking", "missing", "unknown"),
    [
        (Body, {}, ["messages"], ["messages"], []),
        (Body, {"sed": 1}, [], [], ["sed"]),
        (Body, {"thinking": {"budgt": 3}}, [], ["thinking.budget"], ["thinking.budgt"]),
        (Body, {"several": [{"budget": 1}, {"shown": True}]}, [], ["several.1.budget"], []),
        (NESTED, {"optons": {}}, [], [], ["optons"]),
        (NESTED, {"options": {"sed": 1, "deep": {"m": 1}}}, [], [], ["options.sed", "options.deep.m"]),
        (SHAPE, {}, [], ["modelId"], []),
        (SHAPE, {**CONVERSE, "inferenceConfg": {}}, [], [], ["inferenceConfg"]),
        (SHAPE, {**CONVERSE, "inferenceConfig": {"maxTokns": 3}}, [], [], ["inferenceConfig.maxTokns"]),
        (SHAPE, {**CONVERSE, "messages": [{"role": "user"}]}, [], ["messages.0.content"], []),
        (SHAPE, {**CONVERSE, "toolConfig": {}}, [], ["toolConfig.tools"], []),
    ],
)
def test_what_a_translator_writes_wrongly_does_not_leave(
    declaration: Any, written: Native, lacking: list[str], missing: list[str], unknown: list[str]
) -> None:
    """A required param that is missing, and a name that nothing knows, nested ones too, are told before a request leaves."""
    with pytest.raises(BadConversion) as caught:
        sent(declaration, written, *lacking)
    assert (list(caught.value.missing), list(caught.value.unknown)) == (missing, unknown)


@pytest.mark.parametrize(
    ("declaration", "written", "params"),
    [
        (Body, {"thinking": {"budget": 3}}, {"seed": 3}),
        (NESTED, {}, {"options": {"seed": 1, "deep": {"n": 2}}}),
        (SHAPE, {**CONVERSE, "additionalModelRequestFields": {"any": {"thing": 1}}}, {}),
    ],
)
def test_what_is_right_leaves(declaration: Any, written: Native, params: Native) -> None:
    """No false alarm: params of the user, what ell2a owns, and objects that may hold anything."""
    assert len(sent(declaration, written, **params)) == 1


def test_the_function_of_the_sdk_is_held_too() -> None:
    """Arguments that the function itself does not take are told, though the params are declared elsewhere."""

    class Astray(Chat):
        declaration = NESTED

        def provider_call_arguments(self, native: Native) -> Native:
            return {**super().provider_call_arguments(native), "boddy": 1}

    provider: Any = Astray(ProviderRow(name="here", title="Here", wires={"test-chat": "http://here.invalid"}))
    with pytest.raises(BadConversion, match="boddy"):
        provider.call_model(httpx2.Client(), "m", [user("Hello")])


def test_a_wire_says_which_argument_is_declared() -> None:
    """Where the params are the fields of one argument, the others are the function's own."""

    class InConfig(Chat):
        declaration = NESTED

        def provider_call_arguments(self, native: Native) -> Native:
            return {"url": "chat", "json": native, "params": {"optons": {}}}

        def declared_part(self, arguments: Any) -> Any:
            return arguments["params"]

    provider: Any = InConfig(ProviderRow(name="here", title="Here", wires={"test-chat": "http://here.invalid"}))
    with pytest.raises(BadConversion) as caught:
        provider.call_model(httpx2.Client(), "m", [user("Hello")])
    assert caught.value.unknown == ("optons",)
