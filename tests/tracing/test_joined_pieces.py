"""What a traced stream amounts to is the same, whether its events are taken in one by one or in runs."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ell2a.calls import Ell2aCall, leaves_of
from ell2a.providers import get
from ell2a.providers.flight import Flight
from ell2a.providers.gathering import Gathering
from ell2a.providers.sse import SseDecoder, events_of
from ell2a.tracing.sent import report_of

WIRES = {"openai-chat": "openai", "openai-responses": "openai", "anthropic-messages": "anthropic"}


def streams(recordings: Path, wire: str) -> list[bytes]:
    """The bodies of the recorded streams of a wire."""
    with gzip.open(recordings / f"{wire}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row["response"].encode() for row in rows if row["stream"] and isinstance(row["response"], str)]


@pytest.mark.parametrize("wire", WIRES)
def test_runs_amount_to_the_same(recordings: Path, wire: str) -> None:
    """Each recorded stream: the same answer, as many chunks of the same sizes, and the same first piece of content."""
    provider: Any = get(WIRES[wire], wire)
    call = Ell2aCall(model="any", provider=provider.name, wire=wire, messages=[])
    fewer = 0
    for body in streams(recordings, wire):
        found = [sse for _, sse in events_of(body)]
        arrivals = [(float(at), len(sse.data)) for at, sse in enumerate(found)]
        alone, together = (Flight(provider, call, {}, []) for _ in range(2))
        one_by_one, in_runs = Gathering(alone), Gathering(together)
        for sse, (at, size) in zip(found, arrivals, strict=True):
            one_by_one.take(provider.event(sse), size, at)
        in_runs.take_all(provider.events(found), arrivals)
        assert in_runs._accumulator.response() == one_by_one._accumulator.response()
        assert (in_runs.has_end, in_runs._begun) == (one_by_one.has_end, one_by_one._begun)
        assert [chunk.size for chunk in together.chunks] == [chunk.size for chunk in alone.chunks]
        assert (together.first_token_ms is None) == (alone.first_token_ms is None)
        fewer += len(list(provider.joined(provider.events(found)))) < len(found)
    assert fewer


LINES = st.sampled_from(
    [
        b'data: {"a":1}',
        b"data:x",
        b"data: y",
        b"event: e",
        b"event:f",
        b": ping",
        b"error: bad",
        b"",
        b"",
        b"",
        b"\xef\xbb\xbf",
    ]
)


@given(st.lists(LINES), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_events_of_a_whole_body(lines: list[bytes], end: bytes) -> None:
    """A whole body is cut as it would be piece by piece, and each event ends no later than where it was complete."""
    body = end.join(lines)
    found = list(events_of(body))
    # A CR at the very end may be half of a CRLF: only more would tell.
    decoder = SseDecoder()
    assert [sse for _, sse in found] == list(decoder.feed(body))
    ends = [at for at, _ in found]
    assert ends == sorted(ends)
    assert all(at <= len(body) for at in ends)


@pytest.mark.parametrize("wire", WIRES)
def test_the_report_tells_where_each_part_went(recordings: Path, wire: str) -> None:
    """Of each recorded request: its report has all leaves of the call, and the `to` of a block leads into the native request."""
    provider: Any = get(WIRES[wire], wire)
    with gzip.open(recordings / f"{wire}.jsonl.gz", "rt", encoding="utf-8") as lines:
        requests = [json.loads(line)["request"] for line in lines]
    for native in requests:
        call = provider.translate_request_to_ell2a(native)
        report, fault = report_of(provider, call)
        assert fault is None
        assert sorted(item.path for item in report) == sorted(leaves_of(call))
        assert not {item.action for item in report} & {"dropped", "refused", "clamped"}
        sent = provider.translate_ell2a_to_provider(call)
        for item in report:
            if isinstance(item.to, str) and item.path.startswith("messages.") and "native" not in item.path:
                assert _leads_into(sent, item.to), (item.path, item.to)


def _leads_into(native: Any, place: str) -> bool:
    for name in place.split("."):
        if isinstance(native, list):
            if not name.isdecimal() or int(name) >= len(native):
                return False
            native = native[int(name)]
        elif isinstance(native, dict):
            if name not in native:
                return False
            native = native[name]
        else:
            # A content, or a message of no documented shape, that is a string is its one block.
            return isinstance(native, str) and name in ("content", "0")
    return True
