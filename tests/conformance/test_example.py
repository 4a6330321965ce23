"""The example of `docs/new-provider.md`: a wire in one file and one test class, which keeps every law and reads real answers."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from ell2a.providers import Provider
from ell2a.providers.conformance import LawBroken, Subject
from ell2a.providers.conformance.checking import held
from ell2a.providers.conformance.finding import subject_at
from ell2a.providers.conformance.laws import LAWS

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "ollama_chat.py"


@pytest.fixture(scope="module")
def subject() -> Subject:
    """The example with the samples of its test class."""
    return subject_at(f"{EXAMPLE}:OllamaChat")


@pytest.mark.parametrize("law", LAWS, ids=lambda law: f"law-{law.number}")
def test_the_example_keeps_every_law(law: Any, subject: Subject) -> None:
    """What newcomers start from is right, and each law was tried."""
    assert held(law, subject) > 0


def test_the_example_reads_recorded_answers(subject: Subject, recordings: Path) -> None:
    """Answers of real servers, whole and streamed, come out with their words and counts; requests come back."""
    provider: Provider = subject.instance
    with gzip.open(recordings / "ollama-chat.jsonl.gz", "rt", encoding="utf-8") as rows:
        found = [row for row in map(json.loads, rows) if row["status"] == 200]
    with gzip.open(recordings / "truth.jsonl.gz", "rt", encoding="utf-8") as rows:
        truth = {row["id"]: row for row in map(json.loads, rows)}
    for row in found:
        body = row["response"]
        if row["response_kind"] == "ndjson":
            accumulator = provider.accumulator()
            for line in body.splitlines():
                list(accumulator.feed(json.loads(line)))
            assert accumulator.done
            body = accumulator.response()
        response = provider.translate_provider_to_ell2a(body, provider.translate_request_to_ell2a(row["request"]))
        choice, told = truth[row["id"]]["choices"][0], truth[row["id"]]["usage"]
        assert response.text == choice["text"], row["id"]
        assert response.message.thinking == choice["thinking"], row["id"]
        assert [(c.name, c.arguments) for c in response.agent_calls] == [
            (c["name"], c["arguments"]) for c in choice["tool_calls"]
        ]
        assert response.metadata.usage is not None
        assert (response.metadata.usage.input_tokens, response.metadata.usage.output_tokens) == (
            told["input"],
            told["output"],
        )
    assert len(found) == 7


def test_a_wire_without_samples_is_told_so() -> None:
    """A law that cannot be tried is not held: the author is told what to give."""

    class Bare(Subject):
        provider = type(subject_at(f"{EXAMPLE}:OllamaChat").instance)

    for number in (3, 4, 5):
        with pytest.raises(LawBroken, match="give `"):
            held(LAWS[number - 1], Bare())
