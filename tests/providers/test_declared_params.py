"""Params declared elsewhere than in a signature: pydantic models, nested dicts and botocore's shapes are checked like any other."""

from __future__ import annotations

from typing import Any, Literal

import botocore.session  # type: ignore[import-untyped]
import pytest
from pydantic import BaseModel, ConfigDict, Field

from ell2a.errors import InvalidParams
from ell2a.providers import ProviderRow, param_check, signature_params
from ell2a.providers.declared_params import source_in
from ell2a.providers.params import Param, ParamSource, Range
from ell2a.providers.wire_params import ParamNote


class Thinking(BaseModel):
    """How long it thinks."""

    model_config = ConfigDict(extra="forbid")

    budget: int = Field(ge=0, le=1000, description="Tokens.")
    shown: bool = False


class Config(BaseModel):
    """A config model as google-genai has one."""

    model_config = ConfigDict(extra="forbid")

    temperature: float | None = Field(default=None, ge=0, le=2, description="How random.")
    top_k: int = Field(default=40, alias="topK")
    kind: Literal["plain", "careful"] | None = None
    stop: list[str] | None = Field(default=None, max_length=3)
    thinking: Thinking | None = None
    model: str
    old: int | None = Field(default=None, deprecated="write `kind`")


NESTED = {
    "options": {"temperature": ParamNote(float, range=Range(0, 1), doc="How random."), "seed": int, "deep": {"n": int}},
    "think": bool | Literal["low", "high"],
}


def converse() -> Any:
    """The input shape of Bedrock's Converse, read from botocore's own files: no client, no network."""
    return botocore.session.get_session().get_service_model("bedrock-runtime").operation_model("Converse").input_shape


SOURCES = {"pydantic": source_in(Config), "nested": source_in(NESTED), "botocore": source_in(converse())}


def params(source: ParamSource) -> dict[str, Param]:
    row = ProviderRow(name="here", title="Here", wires={"w": "http://localhost"})
    made = signature_params.params_of(source, owned={}, notes={}, universal={}, row=row, wire="openai-chat", model=None)
    return dict(made)


def test_what_a_model_class_declares() -> None:
    """Names by their alias, types, defaults, ranges, words, what is required and what is deprecated."""
    found = params(SOURCES["pydantic"])
    assert found["temperature"].type == "float | None"
    assert found["temperature"].range == Range(0, 2)
    assert found["temperature"].doc == "How random."
    assert found["topK"].default == "40"
    assert found["model"].required
    assert not found["kind"].required
    assert found["old"].deprecated == "write `kind`"
    assert found["temperature"].sources["type"] == "Config"


def test_what_a_botocore_shape_declares() -> None:
    """Members with types, ranges and docs, required ones marked; a structure that holds itself is no loop."""
    found = params(SOURCES["botocore"])
    assert found["modelId"].required
    assert found["inferenceConfig"].type == "InferenceConfiguration"
    assert found["messages"].type.startswith("list[")
    assert found["system"].doc
    assert "<" not in (found["system"].doc or "")


@pytest.mark.parametrize(
    ("kind", "given", "path", "hint"),
    [
        ("pydantic", {"tempature": 1}, "tempature", "temperature"),
        ("pydantic", {"temperature": "hot"}, "temperature", ""),
        ("pydantic", {"temperature": 2.5}, "temperature", "0 to 2"),
        ("pydantic", {"kind": "carful"}, "kind", "careful"),
        ("pydantic", {"stop": ["a", "b", "c", "d"]}, "stop", "at most 3"),
        ("pydantic", {"thinking": {"buget": 3}}, "thinking.buget", "budget"),
        ("pydantic", {"thinking": {"budget": 1001}}, "thinking.budget", "0 to 1000"),
        ("pydantic", {"thinking": {}}, "thinking.budget", "it takes int"),
        ("nested", {"options": {"temprature": 0.1}}, "options.temprature", "temperature"),
        ("nested", {"options": {"temperature": 1.5}}, "options.temperature", "0 to 1"),
        ("nested", {"options": {"deep": {"n": "3"}}}, "options.deep.n", "without quotes"),
        ("nested", {"think": "hgh"}, "think", "high"),
        ("nested", {"option": {}}, "option", "options"),
        ("botocore", {"inferenceConfig": {"maxTokns": 3}}, "inferenceConfig.maxTokns", "maxTokens"),
        ("botocore", {"inferenceConfig": {"temperature": 1.5}}, "inferenceConfig.temperature", "0 to 1"),
        ("botocore", {"inferenceConfig": {"maxTokens": 0}}, "inferenceConfig.maxTokens", "at least 1"),
        ("botocore", {"messages": [{"role": "usr", "content": []}]}, "messages.0.role", "user"),
        ("botocore", {"toolConfig": {}}, "toolConfig.tools", ""),
    ],
)
def test_a_bad_value_is_told_with_its_path(kind: str, given: dict[str, Any], path: str, hint: str) -> None:
    """Names, nested names, types, literals and ranges: one fault with its path and what was meant."""
    source = SOURCES[kind]
    with pytest.raises(InvalidParams) as caught:
        param_check.check("here", source, params(source), given)
    (fault,) = caught.value.faults
    assert fault.path == path
    assert hint in f"{fault.problem} {fault.hint}"


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("pydantic", {"temperature": 1, "topK": 3, "kind": "plain", "thinking": {"budget": 5}, "stop": ["a"]}),
        ("nested", {"options": {"temperature": 0.5, "deep": {"n": 3}}, "think": True}),
        (
            "botocore",
            {
                "modelId": "m",
                "messages": [{"role": "user", "content": [{"text": "hi"}]}],
                "inferenceConfig": {"maxTokens": 5, "stopSequences": ["x"]},
                "additionalModelRequestFields": {"any": ["thing"]},
            },
        ),
    ],
)
def test_a_good_value_is_taken(kind: str, given: dict[str, Any]) -> None:
    """No false alarm."""
    param_check.check("here", SOURCES[kind], params(SOURCES[kind]), given)


def test_what_declares_nothing_is_told_so() -> None:
    """A value that is none of the three kinds is refused with what may stand there."""
    with pytest.raises(TypeError, match="pydantic model class, a dict"):
        source_in(7)
