"""What a long conversation takes: its text once, and a few rows a turn."""

from __future__ import annotations

import random
import string
from typing import Any

import pytest
from log.samples import closing, opening
from sqlalchemy import func, select

from ell2a.calls import TranslationItem
from ell2a.log import CallLog
from ell2a.messages import Message, assistant, system, user

TABLES = ("messages", "histories", "request_items", "texts", "definitions", "occurrences")
_CONTENT = {
    "messages": "body",
    "request_items": "body",
    "texts": "body",
    "definitions": "body",
    "requests": "request",
    "answers": "response",
}


def _words(generator: random.Random, length: int) -> str:
    text = ""
    while len(text) < length:
        text += "".join(generator.choices(string.ascii_lowercase, k=generator.randint(2, 9))) + " "
    return text[:length]


def _converse(log: CallLog, turns: int, *, clock: bool = False, window: int | None = None) -> int:
    """A conversation of 1 KB messages; gives the bytes of its text."""
    generator = random.Random(turns)
    said: list[Message] = []
    size = 0
    for turn in range(turns):
        lead = [system(f"It is {turn} o'clock. " + "Be kind. " * 60 if clock else "Be kind. " * 60)]
        said.append(user(_words(generator, 1000)))
        sent = lead + (said[-window:] if window else said)
        request = {"messages": [{"role": m.role, "content": m.text} for m in sent]}
        report = [
            TranslationItem(path=f"messages.{i}.content.0", action="kept", to=f"messages.{i}.content")
            for i in range(len(sent))
        ]
        made = opening(sent, request=request, translation=report)
        answer = _words(generator, 1000)
        log.observer().open(made).close(closing(made, answer))
        said.append(assistant(answer))
        size += 2000
    return size


def _rows(log: CallLog) -> dict[str, int]:
    from ell2a.log import tables

    with log._here.reading() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(tables.metadata.tables[name])).scalar_one()
            for name in TABLES
        }


def _content_bytes(log: CallLog) -> int:
    from ell2a.log import tables

    total = 0
    with log._here.reading() as connection:
        for name, column in _CONTENT.items():
            size: Any = func.coalesce(func.sum(func.length(tables.metadata.tables[name].c[column])), 0)
            total += int(connection.execute(select(size)).scalar_one())
    return total


@pytest.mark.parametrize("clock", [False, True])
def test_a_conversation_of_n_turns_costs_o_of_n_rows(file_log: CallLog, clock: bool) -> None:
    """Twice the turns take twice the rows, not four times; a clock in the system message changes nothing."""
    _converse(file_log, 25, clock=clock)
    short = _rows(file_log)
    _converse(file_log, 50, clock=clock)
    long = {name: number - short[name] for name, number in _rows(file_log).items()}
    assert {name: n for name, n in long.items() if n > 2 * short[name] + 2} == {}
    assert short["histories"] <= 25 * (3 if clock else 2) + 1
    assert short["request_items"] <= 25 * 2


def test_a_conversation_takes_little_more_than_its_text(file_log: CallLog) -> None:
    """Messages, requests, responses and reports together, indexes aside: at most 1.2 times the text of 100 turns."""
    size = _converse(file_log, 100)
    assert _content_bytes(file_log) < 1.2 * size


def test_a_window_that_slides_repeats_no_text(file_log: CallLog) -> None:
    """An agent that forgets its oldest messages re-links what is left: rows of ids, not of words."""
    size = _converse(file_log, 60, window=20)
    assert _rows(file_log)["texts"] <= 60 * 2 + 1
    with file_log._here.reading() as connection:
        texts = connection.exec_driver_sql("SELECT sum(length(body)) FROM texts").scalar_one()
    assert texts < size


def test_the_same_call_again_shares_all_its_content(file_log: CallLog) -> None:
    """A prompt that is run a hundred times is stored once."""
    for _ in range(3):
        made = opening([system("S" * 500), user("U" * 500)])
        file_log.observer().open(made).close(closing(made, "A" * 500))
    assert _rows(file_log) == {
        "messages": 3,
        "histories": 2,
        "request_items": 1,
        "texts": 3,
        "definitions": 0,
        # The system prompt is found in the first call alone; question and answer in each.
        "occurrences": 7,
    }
