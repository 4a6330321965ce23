"""Bad input to the translators of the three wires: recordings with parts made wrong, and JSON that hypothesis makes.

Whatever a service answers, nothing is raised from its translation; of a request nothing but ell2a's own errors. What could
not be read is kept, opaque or named in the metadata, and goes through the log. The ordinary run takes a fixed sample, the
slow one at least 50,000 cases.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing as closed
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from log.samples import opening
from wires.mutations import mutated
from wires.recorded import WIRES, Row, Wire, events_of, provider_of, rows
from wires.told import untold

from ell2a.calls import CallClosing, Ell2aCall, Ell2aResponse
from ell2a.errors import Ell2aError
from ell2a.log import CallLog
from ell2a.log.records import ClosingRecord, record_from_json
from ell2a.messages import Message
from ell2a.providers import Provider, registry
from ell2a.providers.conformance.trees import nodes

LONGEST = 6_000
"""Characters of JSON up to which a recording is made wrong: a longer one has no other shapes in it."""

NO_WIRE = ("8990837ac99662de", "8558dfd03cfdb0a3", "592a8803b5693c1d")
"""Recordings that are none of the wire's as they are: see test_strict_laws.py."""

_SAID_BY_PLACE = ("type", "role", "status", "finish_reason", "stop_reason", "execution", "detail")
"""Keys whose words a block says by what it is."""

SOME = {"answers": 300, "requests": 200, "streams": 80, "made up": 40, "stored": 15}
EVERY = {"answers": 9_000, "requests": 6_000, "streams": 2_000, "made up": 800, "stored": 300}
"""Cases a wire. Three wires make more than 54,000."""

ALL = pytest.mark.parametrize("wire", WIRES, ids=[wire.name for wire in WIRES])
RUNS = pytest.mark.parametrize("most", [SOME, pytest.param(EVERY, marks=pytest.mark.slow)], ids=["some", "many"])


def test_enough_cases() -> None:
    """The slow run has at least 50,000 cases."""
    assert len(WIRES) * sum(EVERY.values()) >= 50_000


@RUNS
@ALL
def test_wrong_answers(recordings: Path, wire: Wire, most: dict[str, int]) -> None:
    """An answer of another shape is translated without an error, its words kept, and goes through the log's records."""
    constants = set(vocabulary(rows(recordings, wire.name))[1])
    known: dict[str, tuple[Provider, Ell2aCall, set[str]]] = {}
    for case, random, row in cases(recordings, wire, "response", most["answers"], stream=False):
        if row["id"] not in known:
            provider = provider_of(wire, row)
            call = provider.translate_request_to_ell2a(row["request"])
            unsaid = untold(row["response"], said(provider.translate_provider_to_ell2a(row["response"], call)))
            known[row["id"]] = provider, call, unsaid
        provider, call, unsaid = known[row["id"]]
        body = mutated(row["response"], random)
        response = provider.translate_provider_to_ell2a(copy.deepcopy(body), call)
        lost = untold(body, said(response), wire.meaningless) - unsaid - constants
        assert not lost, (row["id"], case, lost)
        assert as_text(through_record(response).messages) == as_text(response.messages), (row["id"], case)


@RUNS
@ALL
def test_wrong_requests(recordings: Path, wire: Wire, most: dict[str, int]) -> None:
    """A request of another shape raises one of ell2a's errors, or becomes a call with all its words, which is written again."""
    read = 0
    constants = set(vocabulary(rows(recordings, wire.name))[1])
    known: dict[str, tuple[Provider, set[str]]] = {}
    for case, random, row in cases(recordings, wire, "request", most["requests"]):
        if row["id"] not in known:
            provider = provider_of(wire, row)
            call = provider.translate_request_to_ell2a(row["request"])
            known[row["id"]] = provider, untold(row["request"], call.model_dump())
        provider, unsaid = known[row["id"]]
        body = mutated(row["request"], random)
        try:
            call = provider.translate_request_to_ell2a(copy.deepcopy(body))
        except Ell2aError:
            continue
        lost = untold(body, call.model_dump()) - unsaid - constants
        assert not lost, (row["id"], case, lost)
        read += 1
        try:
            provider.translate_ell2a_to_provider(call)
        except Ell2aError:
            continue
    assert read > most["requests"] / 2


@RUNS
@ALL
def test_wrong_streams(recordings: Path, wire: Wire, most: dict[str, int]) -> None:
    """Events of another shape, and in another order, are accumulated and translated without an error."""
    for case, random, row in cases(recordings, wire, "response", most["streams"], stream=True):
        provider = provider_of(wire, row)
        call = provider.translate_request_to_ell2a(row["request"])
        accumulator = provider.accumulator()
        events = mutated(events_of(row), random)
        for event in events if isinstance(events, list) else [events]:
            list(accumulator.feed(event))
        response = provider.translate_provider_to_ell2a(accumulator.response(), call)
        assert as_text(through_record(response).messages) == as_text(response.messages), (row["id"], case)


@RUNS
@ALL
def test_wrong_answers_in_a_store(recordings: Path, wire: Wire, tmp_path: Path, most: dict[str, int]) -> None:
    """What could not be read is in the store as it came, and its messages come out as they went in."""
    with closed(CallLog.open(tmp_path / "log.db")) as log:
        for case, random, row in cases(recordings, wire, "response", most["stored"], stream=False):
            provider = provider_of(wire, row)
            call = provider.translate_request_to_ell2a(row["request"])
            body = mutated(row["response"], random)
            response = provider.translate_provider_to_ell2a(copy.deepcopy(body), call)
            made = opening(call.messages, provider=call.provider, wire=call.wire, model=call.model)
            end = CallClosing("ok", response.metadata, response=response, response_raw=body)
            log.observer().open(made).close(end)
            kept = log.call(made.call_id)
            assert as_text(log.load_response_messages(made.call_id)) == as_text(response.messages), (row["id"], case)
            assert json.dumps(kept.response_raw) == json.dumps(body), (row["id"], case)


@pytest.mark.parametrize("number", [2**63, 10**400, -1, float("inf"), float("nan"), "7"], ids=str)
@ALL
def test_odd_counts_and_words_in_a_store(wire: Wire, number: Any, tmp_path: Path) -> None:
    """Counts that no database takes, half a pair and NUL are in the store as they came; no record is lost for them."""
    words = "half \ud83d and \x00"
    counts = ("prompt_tokens", "completion_tokens", "input_tokens", "output_tokens", "cost", "cost_in_usd_ticks")
    block = {"type": "text", "text": words}
    body = {
        "choices": [{"index": 0, "message": {"role": "assistant", "content": words}, "finish_reason": "stop"}],
        "output": [{"type": "message", "role": "assistant", "content": [{**block, "type": "output_text"}]}],
        "content": [block],
        "usage": dict.fromkeys(counts, number),
    }
    provider = registry.get("anthropic" if wire.name == "anthropic-messages" else "openai", wire.name)
    made = opening("Hi", provider=provider.name, wire=wire.name)
    response = provider.translate_provider_to_ell2a(body, made.call)
    assert response.text == words
    with closed(CallLog.open(tmp_path / "log.db")) as log:
        log.observer().open(made).close(CallClosing("ok", response.metadata, response=response, response_raw=body))
        assert [message.text for message in log.load_response_messages(made.call_id)] == [words]
        assert json.dumps(log.call(made.call_id).response_raw) == json.dumps(body)


@RUNS
@ALL
def test_made_up_json(recordings: Path, wire: Wire, most: dict[str, int]) -> None:
    """JSON out of the wire's own words, put together anyhow, raises nothing but ell2a's errors, and no word of it is lost."""
    provider = provider_of(wire, rows(recordings, wire.name)[0])
    call = Ell2aCall(model="m", provider=provider.name, wire=wire.name, messages=[])
    words = vocabulary(rows(recordings, wire.name))
    bodies, constants = made_up(words), set(words[1])
    tried = []

    @settings(
        max_examples=most["made up"],
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(bodies)
    def law(body: dict[str, Any]) -> None:
        tried.append(1)
        response = provider.translate_provider_to_ell2a(copy.deepcopy(body), call)
        assert not untold(body, said(response), wire.meaningless) - constants
        assert as_text(through_record(response).messages) == as_text(response.messages)
        accumulator = provider.accumulator()
        list(accumulator.feed(copy.deepcopy(body)))
        provider.translate_provider_to_ell2a(accumulator.response(), call)
        try:
            read = provider.translate_request_to_ell2a(
                {"model": "m", "messages": [], "input": [], **copy.deepcopy(body)}
            )
        except Ell2aError:
            return
        assert not untold(body, read.model_dump()) - constants
        try:
            provider.translate_ell2a_to_provider(read)
        except Ell2aError:
            return

    law()
    assert len(tried) >= most["made up"] * 0.9


def vocabulary(recorded: tuple[Row, ...]) -> tuple[list[str], list[str]]:
    """The keys of a wire's recordings, and the words that stand under `type`, `role` and the like."""
    keys: dict[str, None] = {}
    words: dict[str, None] = {}
    for row in recorded[::7]:
        for path, value in nodes([row["request"], row["response"]]):
            if path and isinstance(path[-1], str):
                keys[path[-1]] = None
                if path[-1] in _SAID_BY_PLACE and isinstance(value, str):
                    words[value] = None
    return list(keys), list(words)


def made_up(words: tuple[list[str], list[str]]) -> st.SearchStrategy[Any]:
    """Objects with some of a wire's keys, and anything under them."""
    keys, kinds = words
    scalars = st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(kinds)
    )
    tops = ["choices", "content", "output", "usage", "message", "id", "model", "messages", "input", "tools", "type"]
    values = st.recursive(
        scalars,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.sampled_from(keys), inner, max_size=4),
            st.builds(
                lambda kind, more: {**more, "type": kind},
                st.sampled_from(kinds),
                st.dictionaries(st.sampled_from(keys), inner, max_size=4),
            ),
        ),
        max_leaves=20,
    )
    return st.dictionaries(st.sampled_from([*tops, *keys]), values, max_size=6)


def cases(
    recordings: Path, wire: Wire, side: str, most: int, *, stream: bool | None = None
) -> Iterator[tuple[int, Random, Row]]:
    """(number, its own dice, a recording), always the same ones."""
    taken = [
        row
        for row in rows(recordings, wire.name)
        if len(json.dumps(row[side])) < LONGEST and stream in (None, row["response_kind"] == "sse")
        if row["id"] not in NO_WIRE and (row["status"] == 200 or side == "request")
    ]
    for case in range(most):
        random = Random(case)
        yield case, random, random.choice(taken)


def said(response: Ell2aResponse) -> Any:
    """All that a translated answer says."""
    return [*(message.model_dump() for message in response.messages), response.metadata.model_dump()]


def as_text(messages: Sequence[Message]) -> str:
    """Messages as they are compared: what JSON has no number for is null."""
    return re.sub(r"(?<=[ \[])-?(inf|nan)(?=[,\]}])", "None", repr([message.model_dump() for message in messages]))


def through_record(response: Ell2aResponse) -> ClosingRecord:
    """What the log's record of an answer is once it was written and read."""
    record = ClosingRecord("0", "ok", response.metadata, response.messages)
    read = record_from_json(json.loads(json.dumps(record.as_json())))
    assert isinstance(read, ClosingRecord)
    return read
