"""Agents: functions offered to models."""

from __future__ import annotations

import logging
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

import ell2a
from ell2a.errors import InvalidAgent
from ell2a.messages import AgentCallBlock, AgentResultBlock, ImageBlock


class Place(BaseModel):
    city: str
    country: str = "FR"


@ell2a.agent()
def weather(
    place: Place, unit: Literal["C", "F"] = "C", days: Annotated[int, Field(ge=1, description="How many.")] = 1
) -> str:
    """Tell the weather.

    Slowly, but well.

    Args:
        place: Where.
    """
    return f"{place.city}, {place.country}: {days} x 15 {unit}"


@ell2a.agent(name="fails", description="Always.")
async def failing() -> str:
    raise RuntimeError("no luck")


def asked(name: str, arguments: Any, raw: str | None = None) -> AgentCallBlock:
    return AgentCallBlock(id="c1", name=name, arguments=arguments, raw_arguments=raw)


def test_spec() -> None:
    """Name, description and schema come from the function, its docstring and its annotations."""
    spec = weather.spec
    assert (spec.name, spec.description) == ("weather", "Tell the weather.\n\nSlowly, but well.")
    properties = spec.input_schema["properties"]
    assert spec.input_schema["required"] == ["place"]
    assert properties["days"]["description"] == "How many."
    assert properties["place"]["description"] == "Where."
    assert spec.input_schema["additionalProperties"] is False
    assert set(spec.model_dump()) >= {"name", "description", "schema", "strict"}


def test_it_stays_a_function() -> None:
    """The program calls it as before."""
    assert weather(Place(city="Paris")) == "Paris, FR: 1 x 15 C"


def test_run_validates_and_converts() -> None:
    """Arguments become what the annotations say, defaults stay the function's own."""
    result = weather.run(asked("weather", {"place": {"city": "Rome", "country": "IT"}, "days": 2}))
    assert (result.text, result.is_error, result.call_id) == ("Rome, IT: 2 x 15 C", False, "c1")


@pytest.mark.parametrize(
    ("arguments", "raw", "said"),
    [
        ({"place": {"city": 3}}, None, "place.city"),
        ({}, None, "place: Field required"),
        ({"place": {"city": "x"}, "plaice": 1}, None, "plaice"),
        (None, "{broken", "no JSON: {broken"),
        ([1], None, "do not validate"),
    ],
)
def test_bad_arguments_are_a_result(arguments: Any, raw: str | None, said: str) -> None:
    """Arguments that do not validate are told to the model, not raised."""
    result = weather.run(asked("weather", arguments, raw))
    assert result.is_error
    assert said in result.text


async def test_exceptions_are_a_result(caplog: pytest.LogCaptureFixture) -> None:
    """An exception in an agent is told to the model in a line, and to the program's log with its traceback."""
    with caplog.at_level(logging.WARNING, "ell2a.agents"):
        result = await failing.arun(asked("fails", {}))
    assert (result.is_error, result.text) == (True, "RuntimeError: no luck")
    assert "RuntimeError" in caplog.text


def test_results_of_all_kinds() -> None:
    """Text and media are themselves, anything else its JSON."""

    @ell2a.agent()
    def give(kind: str) -> Any:
        return {
            "dict": {"a": [1]},
            "none": None,
            "image": ell2a.image(b"\x89PNG\r\n\x1a\n..."),
            "mixed": ["see", ell2a.image("https://a/b.png")],
            "model": Place(city="Oslo"),
            "texts": ["a", "b"],
        }[kind]

    def result(kind: str) -> AgentResultBlock:
        return give.run(asked("give", {"kind": kind}))

    assert result("dict").text == '{"a":[1]}'
    assert result("none").text == "null"
    assert isinstance(result("image").content[0], ImageBlock)
    assert [b.type for b in result("mixed").content] == ["text", "image"]
    assert result("model").text == '{"city":"Oslo","country":"FR"}'
    assert result("texts").text == '["a","b"]'


def test_message_runs_its_agents() -> None:
    """`call_agents` gives one user message with the results in order; provider-run calls are left alone."""
    message = ell2a.assistant(
        [
            asked("weather", {"place": {"city": "A"}}),
            AgentCallBlock(id="c2", name="weather", arguments={"place": {}}),
            AgentCallBlock(id="c3", name="web_search", arguments={}, executed_by_provider=True),
        ]
    )
    reply = message.call_agents({"weather": weather})
    assert reply.role == "user"
    assert [(r.call_id, r.is_error) for r in reply.agent_results] == [("c1", False), ("c2", True)]


@pytest.mark.parametrize(
    "function",
    [lambda *args: None, lambda **kw: None, eval("lambda a, /: None")],  # positional-only, in one line
)
def test_what_cannot_be_an_agent(function: Any) -> None:
    """A function that cannot be called by names is refused where it is decorated."""
    with pytest.raises(InvalidAgent, match="by name"):
        ell2a.agent()(function)


def test_unreadable_annotations_are_refused() -> None:
    """An argument without a JSON form is refused where it is decorated."""

    class Odd:
        pass

    def odd(a: Any) -> None: ...

    odd.__annotations__["a"] = Odd
    with pytest.raises(InvalidAgent, match="no JSON form"):
        ell2a.agent()(odd)
