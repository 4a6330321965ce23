"""Laws 2 and 5 in their strict form on the recordings: a translator that kept a copy would fail.

Strict (docs/design.md): each universal field is changed, and the change must appear in the request; each leaf of an answer is
changed, and a message or a named field of the metadata must change with it. `usage.raw`, what stands in `other` under no listed
name, and opaque blocks of no listed kind do not count; `native` holds listed keys alone, and no copy of a universal field.
The judges are those of the conformance kit.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from ell2a.providers import registry
from ell2a.providers.conformance import back_and_there, nothing_unaccounted
from ell2a.providers.conformance.samples import AnswerSample
from ell2a.providers.conformance.subject import Subject
from ell2a.providers.conformance.wires.openai_chat import OpenAIChatConformance
from ell2a.providers.openai_responses.equivalences import EQUIVALENCES
from ell2a.providers.openai_responses.opaque_kinds import OPAQUE_KINDS
from ell2a.providers.openai_responses.response_leaves import MEANINGLESS, OTHER, SETTINGS

Row = dict[str, Any]

LONGEST = 60_000
"""Characters of JSON up to which a recording is tried: each leaf is changed in turn, and a picture is one leaf."""

COST = {"usage.cost": "it is read into `metadata.cost`, which the judge leaves out since prices are put there too"}


class Responses(Subject):
    """The wire openai-responses, as its recordings have it."""

    provider = registry.get("openai", "openai-responses")
    equivalences = EQUIVALENCES
    meaningless = {**MEANINGLESS, **SETTINGS, **COST}
    other_fields = {**OTHER, "usage": "what the usage tells that the vocabulary has no count for"}
    opaque_kinds = OPAQUE_KINDS
    untold = {"agent_result.is_error": "the wire has no flag for it, but for patches"}
    answer_message = "output"


class Chat(OpenAIChatConformance):
    """The wire openai-chat, spoken to the service of one recording."""


def rows(recordings: Path, wire: str) -> list[Row]:
    """The recordings of a wire, the longest left out."""
    with gzip.open(recordings / f"{wire}.jsonl.gz", "rt", encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    return [row for row in found if len(json.dumps(row["request"])) < LONGEST]


@pytest.mark.parametrize(
    ("wire", "ending", "kind", "least"),
    [("openai-responses", "/responses", Responses, 400), ("openai-chat", "/chat/completions", Chat, 800)],
)
def test_every_change_of_a_request_appears(recordings: Path, wire: str, ending: str, kind: Any, least: int) -> None:
    """Law 2, strict: whatever universal field of a recorded request is changed, the native request changes with it."""
    tried = 0
    for row in rows(recordings, wire):
        subject: Subject = kind()
        url = f"https://{row['host']}{row['path'].removesuffix(ending)}"
        subject.__dict__["instance"] = registry.provider_at(url, wire)
        back_and_there._hold_for(subject, row["request"])  # the judge of one request
        tried += 1
    assert tried >= least


def test_every_leaf_of_an_answer_counts(recordings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law 5, strict: whatever leaf of a recorded answer is changed, a message or a named field changes with it."""
    # Answers of another shape are tried by the kit itself, on its samples.
    monkeypatch.setattr(nothing_unaccounted, "odd_versions", lambda _: [])
    subject, tried = Responses(), 0
    for row in rows(recordings, "openai-responses"):
        if row["status"] == 200 and row["response_kind"] == "json" and len(json.dumps(row["response"])) < LONGEST:
            sample = AnswerSample(row["id"], row["response"], request=row["request"])
            nothing_unaccounted._hold_for(subject, sample)  # the judge of one answer
            tried += 1
    assert tried > 320
