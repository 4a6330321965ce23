"""Words find the messages that hold them, and the calls in which those are new."""

from __future__ import annotations

import pytest
from log.samples import logged

from ell2a.log import CallFilter, CallLog
from ell2a.messages import AgentCallBlock, AgentResultBlock, TextBlock, ThinkingBlock, assistant, system, user


def _found(log: CallLog, q: str) -> list[str]:
    return [c.id for c in log.calls(CallFilter(q=q)).items]


@pytest.mark.parametrize(
    "q",
    [
        "heron",
        "HERON",
        '"grey heron"',
        "her*",
        "café",
        "cafe",
        "CAFÉ",
        "天气",
        "天",
        '"今天天气"',
        "ひこうき",
        "อากาศ",
        "مرحبا",
        "naïve",
        "pondering",
        "weather",
        "Reykjavík",
        "minus12",
        "grey -absent",
        "snake_case",
        "heron café",
    ],
)
def test_words_of_every_part_of_a_call_find_it(log: CallLog, q: str) -> None:
    """Prompts, answers, thinking, agents' names, arguments and results are searched, in every script."""
    said = [
        user("A grey heron at the café; naïve snake_case words. 今天天气很好。ひこうき สภาพอากาศดี مرحبا بالعالم"),
        assistant([AgentCallBlock(id="1", name="weather", arguments={"city": "Reykjavík"})]),
        user([AgentResultBlock(call_id="1", content=[TextBlock(text="minus12 degrees")])]),
    ]
    call_id = logged(log, said, [ThinkingBlock(text="pondering"), TextBlock(text="Cold.")])
    logged(log, "something else entirely", "quite so")
    assert _found(log, q) == [call_id]


@pytest.mark.parametrize("q", ["ero", "absent", '"heron grey"', "天地", '"气天"', "heron -grey", "nothing*"])
def test_other_words_do_not(log: CallLog, q: str) -> None:
    """Half a word, words in another order, and characters that stand apart are not found."""
    logged(log, "A grey heron. 今天天气很好 地")
    assert _found(log, q) == []


@pytest.mark.parametrize(
    "q",
    [
        *("'", '"', '""', "*", "a*b", "(", ")", "a OR", "NEAR(a b)", "-", "--", "a:b:c", "x AND", "^a", "{a b}"),
        *("a'; DROP TABLE calls --", "\\", "%", "_", "\0", "a\0b", "🙂", "\ud83d", "!!!", "col:text", "a & b | !c"),
        *("<->", ":*", "é" * 3000, '"a" "b'),
    ],
)
def test_whatever_is_typed_is_safe(log: CallLog, q: str) -> None:
    """No character that a person types is an operator, or an error."""
    logged(log, "a b")
    log.calls(CallFilter(q=q))
    log.calls(CallFilter(q=f"-{q} b"))
    assert log.count().number == 1


def test_a_message_is_found_where_it_is_new(log: CallLog) -> None:
    """A question and its answer are found in their call, not in every later call of the conversation."""
    first = logged(log, "the first question", "the zebra answer")
    history = [user("the first question"), assistant("the zebra answer")]
    second = logged(log, [*history, user("and the giraffe?")], "none")
    third = logged(log, [*history, user("and the giraffe?"), assistant("none"), user("thanks")], "bye")
    assert _found(log, "zebra") == [first]
    assert _found(log, "giraffe") == [second]
    assert _found(log, "thanks") == [third]


def test_a_shared_system_prompt_is_found_once(log: CallLog) -> None:
    """A prompt that leads a hundred calls is found as a prompt, in the first of them."""
    ids = [logged(log, [system("You are a kindly walrus."), user(f"{n}")]) for n in range(4)]
    assert _found(log, "walrus") == [ids[0]]


def test_the_same_question_is_found_in_each_call_that_asks_it(log: CallLog) -> None:
    """A prompt run again is new in each of its calls."""
    ids = [logged(log, "the same question") for _ in range(3)]
    assert _found(log, "same") == ids[::-1]


def test_examples_given_with_a_call_are_found_in_it(log: CallLog) -> None:
    """Messages that no call said before are new where they stand, wherever that is."""
    call_id = logged(log, [user("example input: okapi"), assistant("example output: tapir"), user("now")])
    assert _found(log, "okapi") == [call_id]
    assert _found(log, "tapir") == [call_id]
