"""The part of the demo that is played on the wire openai-responses: kept answers, sealed reasoning, agents of the service."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

import ell2a
from ell2a.errors import CallError
from ell2a.studio.demo_stage import Act

SMALL, LARGE, THINKING = "sandbox/sandbox-small", "sandbox/sandbox-large", "sandbox/sandbox-thinking"
RESPONSES = "openai-responses"
_CITIES = {"Bergen": "rain", "Genoa": "clear"}


class Berth(BaseModel):
    """Where a ship lies."""

    ship: str
    number: int


@ell2a.agent()
def get_tide(harbour: str) -> str:
    """The tide in a harbour now."""
    return f"{harbour}: {_CITIES.get(harbour, 'fog')}, rising"


def _ask(said: Any, model: str = SMALL, **params: Any) -> Any:
    return ell2a.call(model, said, wire=RESPONSES, **params)


def _tides() -> None:
    """The model calls two agents at once, and tells what they found."""
    asked = [ell2a.user("What is the tide in Bergen and in Genoa?")]
    answer = _ask(asked, agents=[get_tide])
    _ask([*asked, answer.message, answer.message.call_agents(agents={"get_tide": get_tide})], agents=[get_tide])


def _go_on() -> None:
    """The second request names the first answer, which the service has kept."""
    first = _ask("Describe the harbour of Genoa in one sentence.")
    _ask("And that of Bergen?", previous_response_id=first.metadata.response_id)


def _sealed() -> None:
    """Reasoning comes sealed, and goes back as it came."""
    params: dict[str, Any] = {"store": False, "include": ["reasoning.encrypted_content"]}
    asked = [ell2a.user("Why do tides come twice a day?")]
    answer = _ask(asked, THINKING, reasoning={"effort": "high", "summary": "auto"}, **params)
    _ask([*asked, answer.message, ell2a.user("And in the Baltic?")], THINKING, **params)


def _read_stream() -> None:
    for _ in _ask("Tell me a long story about a lighthouse.", LARGE, stream=True):
        pass


def _replayed_elsewhere() -> None:
    asked = _ask("Describe fog in one sentence.", temperature=0.3)
    ell2a.replay.plan(asked.call_id, model=LARGE, wire="anthropic-messages", max_tokens=400).run()


def _replayed_here() -> None:
    asked: Any = ell2a.call(SMALL, "What is the tide in Bergen?", agents=[get_tide])
    ell2a.replay.plan(asked.call_id, model=LARGE, wire=RESPONSES).run()


def _fails(model: str, **params: Any) -> Act:
    def act() -> None:
        try:
            _ask("Is the harbour open tonight?", model, **params)
        except CallError:
            return
        raise AssertionError(f"{model} was meant to fail on {RESPONSES}")

    return act


def acts() -> list[Act]:
    """What is played on this wire, the plainest first."""
    return [
        _tides,
        _go_on,
        _sealed,
        lambda: _ask("Search the web for the latest on ferries.", agents=[{"type": "web_search"}]),
        lambda: _ask("The Aurora lies at berth 7.", response_format=Berth),
        _read_stream,
        lambda: _ask("Tell me of containers in detail.", LARGE, max_output_tokens=40),
        _replayed_elsewhere,
        _replayed_here,
        _fails("sandbox/sandbox-overloaded"),
        _fails(SMALL, previous_response_id="resp_of_nobody"),
    ]
