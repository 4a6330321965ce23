"""Each recorded request, planned from each wire to each: what goes out is what the service behind the target takes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from replay.calls_of import chosen
from replay.native_rules import faults

from ell2a.calls import Ell2aCall
from ell2a.providers import registry
from ell2a.replay import plan_of

TARGETS = {
    "openai-chat": ("openai", "openai/gpt-4.1"),
    "openai-responses": ("openai", "openai/gpt-4.1"),
    "anthropic-messages": ("anthropic", "anthropic/claude-sonnet-4-5"),
}
"""Wire -> a provider that speaks it, and a model to replay on."""
PAIRS = [(source, target) for source in TARGETS for target in TARGETS if source != target]


def recorded(folder: Path, wire: str) -> Iterator[tuple[str, dict[str, Any], Ell2aCall]]:
    """Id, native request and call of each recording whose request the service took."""
    provider = registry.get(TARGETS[wire][0], wire)
    with gzip.open(folder / f"{wire}.jsonl.gz", "rt") as lines:
        for line in lines:
            entry = json.loads(line)
            if entry["status"] == 200:
                yield entry["id"], entry["request"], provider.translate_request_to_ell2a(entry["request"])


@pytest.mark.parametrize(("source", "target"), PAIRS, ids=lambda wire: wire)
def test_a_service_takes_what_is_replayed(recordings: Path, source: str, target: str) -> None:
    """Names, ids, turns, results after their calls, types of images, limits: all as the target's service wants them."""
    _, model = TARGETS[target]
    count = 0
    for id, _, call in recorded(recordings, source):
        plan = chosen(plan_of(call, model=model, wire=target))
        assert faults(target, dict(plan.request)) == [], id
        count += 1
    assert count > 300


@pytest.mark.parametrize("wire", TARGETS)
def test_the_same_service_is_sent_the_same(recordings: Path, wire: str) -> None:
    """A plan on the original's own provider and wire brings nothing in that the service would refuse."""
    provider, default = TARGETS[wire]
    for id, request, call in recorded(recordings, wire):
        model = f"{provider}/{call.model}" if call.model else default
        plan = chosen(plan_of(call, model=model, wire=wire))
        assert set(faults(wire, dict(plan.request))) <= set(faults(wire, request)), id
