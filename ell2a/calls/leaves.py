"""The leaves of a call: the parts that a translation report accounts for, each by its path."""

from __future__ import annotations

from collections.abc import Iterator

from ell2a.calls.call import AgentSpec, Ell2aCall


def leaves_of(call: Ell2aCall) -> list[str]:
    """The paths of a call's parts, in its order.

    `model`; `messages.I.content.J` for each block, an agent's result being one block with all that is in it;
    `messages.I.native.KEY`, `messages.I.content.J.native.KEY`, `agents.I.native.KEY` and
    `response_format.native.KEY` for each native key; `agents.I`; `agent_choice` and `response_format` where they
    are given; `stream`; `api_params.NAME`. I and J count from 0.
    """
    return list(_leaves(call))


def _leaves(call: Ell2aCall) -> Iterator[str]:
    yield "model"
    for i, message in enumerate(call.messages):
        for j, block in enumerate(message.content):
            yield f"messages.{i}.content.{j}"
            yield from (f"messages.{i}.content.{j}.native.{key}" for key in block.native or ())
        yield from (f"messages.{i}.native.{key}" for key in message.native or ())
    for i, agent in enumerate(call.agents):
        yield f"agents.{i}"
        if isinstance(agent, AgentSpec):
            yield from (f"agents.{i}.native.{key}" for key in agent.native or ())
    if call.agent_choice is not None:
        yield "agent_choice"
    if call.response_format is not None:
        yield "response_format"
        yield from (f"response_format.native.{key}" for key in call.response_format.native or ())
    yield "stream"
    yield from (f"api_params.{name}" for name in call.api_params)
