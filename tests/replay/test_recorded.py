"""Recorded results of agents, and the conversation that they are found in."""

from __future__ import annotations

from replay.calls_of import assistant, user

import ell2a
from ell2a.calls import Ell2aResponse
from ell2a.log import CallLog
from ell2a.messages import AgentCallBlock, AgentResultBlock, TextBlock
from ell2a.replay import RecordedResults
from ell2a.sandbox import Sandbox


def called(id: str, **arguments: object) -> AgentCallBlock:
    return AgentCallBlock(id=id, name="find", arguments=arguments)


def result(id: str, text: str) -> AgentResultBlock:
    return AgentResultBlock(call_id=id, content=[TextBlock(text=text)])


def test_found_by_agent_and_arguments() -> None:
    """A result answers the same agent with the same arguments, in whatever order of keys, under the new call's id."""
    record = RecordedResults([assistant(called("a", x=1, y={"k": 1, "l": 2})), user(result("a", "found"))])
    answer = record.answer(assistant(called("b", y={"l": 2, "k": 1}, x=1)))
    assert answer is not None
    assert [(r.call_id, r.text) for r in answer.agent_results] == [("b", "found")]
    assert record.answer(assistant(called("c", x=2))) is None
    assert record.missing(assistant(called("c", x=2), called("d", x=1, y={"k": 1, "l": 2}))) == ["find"]


def test_all_or_nothing() -> None:
    """Where one of several calls is not on record there is no answer: half of the results would mislead the model."""
    record = RecordedResults([assistant(called("a", x=1)), user(result("a", "found"))])
    assert record.answer(assistant(called("b", x=1), called("c", x=2))) is None
    assert record.answer(assistant("no calls")) is None


def test_first_result_counts() -> None:
    """Of several results of the same call the first one is given."""
    said = [
        assistant(called("a", x=1)),
        user(result("a", "first")),
        assistant(called("b", x=1)),
        user(result("b", "second")),
    ]
    answer = RecordedResults(said).answer(assistant(called("c", x=1)))
    assert answer is not None
    assert answer.agent_results[0].text == "first"


def test_the_calls_that_go_on_a_conversation(sandbox: Sandbox, log: CallLog) -> None:
    """The later calls with this call's answer in their history are found, oldest first; other calls are not."""

    def made(*messages: ell2a.Message) -> Ell2aResponse:
        answer = ell2a.call("sandbox/sandbox-small", list(messages), wire="openai-chat")
        assert isinstance(answer, Ell2aResponse)
        return answer

    asked = [ell2a.system("Be brief."), ell2a.user("Hello")]
    first = made(*asked)
    made(*asked, ell2a.assistant("Something else."), ell2a.user("And?"))
    second = made(*asked, first.message, ell2a.user("And?"))
    made(ell2a.user("Unrelated"))
    third = made(*asked, first.message, ell2a.user("And?"), second.message, ell2a.user("More?"))
    reminded = made(ell2a.system("Be long."), asked[1], first.message, ell2a.user("Other?"))
    assert log.following(first.call_id or "") == [second.call_id, third.call_id, reminded.call_id]
    assert log.following(first.call_id or "", limit=1) == [second.call_id]
    assert log.following(third.call_id or "") == []
