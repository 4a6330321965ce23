"""Laws 2 and 5 in their strict form on every recording of the three wires: a translator that kept copies would fail.

Law 2: a recorded request comes back as it was, and whatever universal field is changed in between, the native request changes
with it. Law 5: whatever leaf of a recorded answer is changed, a message or a named field of the metadata changes with it;
`other`, `usage.raw` and opaque blocks of unlisted kinds do not count, and the leaves that each wire declares to be without
meaning on any other are kept in `other`. `native` holds listed keys alone, and no copy of a universal field. Law 3, which has
no other form, is held by each wire's test of its recordings.

The ordinary run changes some fields of each recording, always the same ones; the slow run changes all.
"""

from __future__ import annotations

import copy
from pathlib import Path
from random import Random
from typing import Any

import pytest
from wires.recorded import WIRES, Row, Wire, answer_of, rows, subject_of

from ell2a.calls import Ell2aCall, Ell2aResponse
from ell2a.messages import OpaqueBlock
from ell2a.providers.conformance import back_and_there, extras, meaning
from ell2a.providers.conformance.broken import LawBroken
from ell2a.providers.conformance.subject import Subject
from ell2a.providers.conformance.trees import Path as Leaf
from ell2a.providers.conformance.trees import leaves, listed, pattern, replaced

MOST = 12
"""Fields of a recording that the ordinary run changes."""

NO_REQUEST = {
    "592a8803b5693c1d": "its only message is a bare string, which the service refused: it comes back as it was, opaque"
}
"""Recordings whose request is of another shape than the wire's."""

NO_ANSWER = dict.fromkeys(
    ("8990837ac99662de", "8558dfd03cfdb0a3"), "a test endpoint that tells of the request, and is no model"
)
"""Recordings of status 200 that are no answer of the wire."""

MISCOUNTED = {
    "RESOURCE.services.ai.azure.com": "xAI's models say more cached tokens than input, since a hidden beginning is cached;"
    " the truth has it so",
    "openrouter.ai": "of some tokens it says both that they were read from the cache and that they were written to it",
}
"""Services that contradict themselves in a few of their counts."""

ALL = pytest.mark.parametrize("wire", WIRES, ids=[wire.name for wire in WIRES])
RUNS = pytest.mark.parametrize("most", [MOST, pytest.param(None, marks=pytest.mark.slow)], ids=["some", "every"])


@RUNS
@ALL
def test_every_change_of_a_request_appears(recordings: Path, wire: Wire, most: int | None) -> None:
    """Law 2, strict, on every recorded request of any length."""
    broken, changed = {}, 0
    for row in rows(recordings, wire.name):
        try:
            changed += back_and_there.hold_for(subject_of(wire, row), row["request"], most=most)
        except LawBroken as why:
            broken[row["id"]] = str(why)
    kept = len(rows(recordings, wire.name)) - len(broken)
    print(f"law 2, {wire.name}: {kept} of {kept + len(broken)} requests, {changed} cases")  # noqa: T201  # the numbers are what the run is for
    assert broken.keys() <= NO_REQUEST.keys(), broken
    assert all("opaque, kind 'message'" in why for why in broken.values())
    assert kept > 300


@RUNS
@ALL
def test_every_leaf_of_an_answer_counts(recordings: Path, wire: Wire, most: int | None) -> None:
    """Law 5, strict, on every recorded answer of any length, streams as what they amount to."""
    unaccounted: dict[str, list[str]] = {}
    answered, changed, miscounted = 0, 0, list[str]()
    for row, subject, call, body in answers(recordings, wire):
        response = subject.instance.translate_provider_to_ell2a(copy.deepcopy(body), call)
        extras.check_messages(subject, 5, response.messages)
        if not counted(row, response):
            miscounted.append(row["host"])
        before, beside = accounted(subject, response), response.metadata.other
        for path, value in some_of(list(leaves(body)), most):
            if listed(path, wire.meaningless):
                continue
            changed += 1
            after = subject.instance.translate_provider_to_ell2a(replaced(body, path, other(value)), call)
            if accounted(subject, after) != before:
                continue
            if not listed(path, wire.alone) or after.metadata.other == beside:
                unaccounted.setdefault(pattern(path), []).append(row["id"])
        answered += 1
    print(f"law 5, {wire.name}: {answered} answers, {changed} leaves")  # noqa: T201  # the numbers are what the run is for
    assert unaccounted == {}
    assert set(miscounted) <= MISCOUNTED.keys()
    assert len(miscounted) < 20
    assert answered > 300


def answers(recordings: Path, wire: Wire) -> list[tuple[Row, Subject, Ell2aCall, Any]]:
    """Every recorded answer with its subject and the call that it answers."""
    found = []
    for row in rows(recordings, wire.name):
        if row["status"] == 200 and row["id"] not in NO_ANSWER:
            subject = subject_of(wire, row)
            call = subject.instance.translate_request_to_ell2a(copy.deepcopy(row["request"]))
            found.append((row, subject, call, answer_of(subject.instance, row)))
    return found


def accounted(subject: Subject, response: Ell2aResponse) -> Any:
    """What counts of a translated answer."""
    metadata = response.metadata.model_dump(mode="json", exclude={"other"})
    if metadata["usage"]:
        del metadata["usage"]["raw"]
    messages = []
    for message in response.messages:
        kept = [b for b in message.content if not isinstance(b, OpaqueBlock) or subject.is_named(b)]
        messages.append(message.model_copy(update={"content": kept}).model_dump(mode="json"))
    return messages, metadata


def counted(row: Row, response: Ell2aResponse) -> bool:
    """Whether no part of a count is larger than the count."""
    if response.metadata.usage is not None:
        try:
            meaning.counts(5, row["id"], response.metadata.usage)
        except LawBroken:
            return False
    return True


def some_of(found: list[tuple[Leaf, Any]], most: int | None) -> list[tuple[Leaf, Any]]:
    """All leaves, or some, always the same ones."""
    return found if most is None or len(found) <= most else Random(len(found)).sample(found, most)


def other(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int | float) else f"{value}~"


@ALL
def test_every_entry_has_a_reason(wire: Wire) -> None:
    """Each leaf that is declared to say nothing, or nothing on another wire, has a sentence on why, and none is both."""
    declared = {**wire.meaningless, **wire.alone, **wire.subject.opaque_kinds, **wire.subject.untold}
    assert all(len(reason) > 10 for reason in declared.values())
    assert not wire.meaningless.keys() & wire.alone.keys()
    assert all(equivalence.reason for equivalence in wire.subject.equivalences)
