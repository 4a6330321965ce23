"""What both of LangChain's packages are asked to do with their model."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from clients.conftest import Logged
from pydantic import BaseModel

ASK = "Tell me of the harbour"


class City(BaseModel):
    """A city."""

    name: str
    people: int


def weather(city: str) -> str:
    """Tell the weather of a city."""
    return f"15 degrees in {city}"


async def all_ways(model: Any, logged: Logged) -> None:
    """Whole and streamed, sync and async; each answer is the log's."""
    said = [
        _text(model.invoke(ASK)),
        _text(await model.ainvoke(ASK)),
        "".join(_text(piece) for piece in model.stream(ASK)),
        "".join([_text(piece) async for piece in model.astream(ASK)]),
    ]
    assert logged.texts() == said
    assert [call.summary.stream for call in logged()] == [False, False, True, True]


async def structured(model: Any, logged: Logged) -> None:
    """A class out of an answer."""
    assert isinstance(model.with_structured_output(City).invoke("Tell me of Oslo"), City)
    assert isinstance(await model.with_structured_output(City).ainvoke("Tell me of Oslo"), City)
    assert len(logged()) == 2


def agent(model: Any, logged: Logged) -> None:
    """An agent with a tool: the call, its result, and the answer."""
    made = import_module("langchain.agents").create_agent(model, tools=[weather])
    last = made.invoke({"messages": [("user", "What is the weather in Oslo?")]})["messages"][-1]
    assert logged.agent_calls()[0] == ["weather"]
    assert logged.agent_results()[-1][0].startswith("15 degrees in")
    assert logged.texts()[-1] == _text(last)


def _text(message: Any) -> str:
    text = message.text
    return str(text() if callable(text) and not isinstance(text, str) else text)
