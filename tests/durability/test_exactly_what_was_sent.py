"""The request shown later is the one that was sent, given back by the log alone: no translator is in reach."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import ell2a
from ell2a import providers
from ell2a.errors import BadRequest
from ell2a.log import CallLog
from ell2a.providers import Definition

PROGRAM = Path(__file__).with_name("reading_alone.py")
WIRES = {
    "openai-chat": ("openai", "/v1"),
    "openai-responses": ("openai", "/v1"),
    "anthropic-messages": ("anthropic", ""),
}
REFUSAL = b'{"error": {"message": "this server only listens", "type": "invalid_request_error"}}'


class Listener(ThreadingHTTPServer):
    """A server that keeps every body, by the name in `x-recording-id`, and refuses the request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bodies: dict[str, bytes] = {}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        assert isinstance(self.server, Listener)
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.bodies[self.headers["x-recording-id"]] = body
        self.send_response(400)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(REFUSAL)))
        self.end_headers()
        self.wfile.write(REFUSAL)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A server that listens."""
    server = Listener()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def _client(name: str, url: str) -> Any:
    import anthropic
    import openai

    made: Any = {"openai": openai.OpenAI, "anthropic": anthropic.Anthropic}[name]
    return made(api_key="k", base_url=url, max_retries=0)


def _read_alone(store: Path, ids: list[str]) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(store)], input="\n".join(ids), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.filterwarnings("ignore:The model .* is deprecated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ell2a.providers.requirements.CapabilityUnknown")
@pytest.mark.parametrize("every", [12, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("wire", WIRES)
def test_the_log_alone_gives_it_back(
    wire: str, every: int, recordings: Path, listener: Listener, tmp_path: Path
) -> None:
    """Requests of all wires, of every recorded kind: what the log gives back is what the server received."""
    name, path = WIRES[wire]
    provider = providers.get(name, wire)
    log = CallLog.open(tmp_path / "calls.db")
    client = _client(name, f"http://127.0.0.1:{listener.server_port}{path}")
    asked: dict[str, str] = {}
    with gzip.open(recordings / f"{wire}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines][::every]
    for row in rows:
        call = provider.translate_request_to_ell2a(row["request"])
        definition = Definition(
            provider=provider,
            model=call.model,
            agents=tuple(call.agents),
            agent_choice=call.agent_choice,
            response_format=call.response_format,
            stream=call.stream,
            api_params=call.api_params,
            options={"extra_headers": {"x-recording-id": row["id"]}, "timeout": 60},
        )
        with pytest.raises(BadRequest) as told:
            provider.call_model(client, messages=call.messages, observer=log.observer(), definition=definition)
        assert told.value.call_id is not None
        asked[row["id"]] = told.value.call_id
    log.close()
    client.close()
    shown = _read_alone(tmp_path / "calls.db", list(asked.values()))
    differ = [id for id, call in zip(asked, shown, strict=True) if call["request"] != json.loads(listener.bodies[id])]
    assert differ == []
    assert len(asked) > 300 / every


def test_attempts_place_and_chunk_times(tmp_path: Path) -> None:
    """How often it was tried and with what status, the line of the user's code, and when each piece of a stream came."""
    with ell2a.sandbox.Sandbox(activate=True) as sandbox:
        ell2a.init(store=tmp_path / "calls.db")
        again = ell2a.call("sandbox/sandbox-flaky", "Try again")
        stream = ell2a.call("sandbox/sandbox-small", "Bit by bit", stream=True)
        pieces = sum(1 for _ in stream)
        sent = [asked.body for asked in sandbox.requests]
        ell2a.init(store="off")
    tried, streamed = _read_alone(tmp_path / "calls.db", [str(again.call_id), stream.call_id])
    assert [attempt["number"] for attempt in tried["metadata"]["attempts"]] == [1, 2]
    assert tried["metadata"]["attempts"][-1]["status"] == 200
    assert Path(tried["place"].rpartition(":")[0]).name == Path(__file__).name
    lines = Path(__file__).read_text().splitlines()
    assert "sandbox-flaky" in lines[int(tried["place"].rpartition(":")[2]) - 1]
    assert tried["request"] == sent[-2]
    assert streamed["request"] == sent[-1]
    times = [at for at, _ in streamed["chunks"]]
    assert len(times) >= pieces > 3
    assert times == sorted(times)
    assert times[0] > 0
    assert all(size > 0 for _, size in streamed["chunks"])
    assert times[-1] <= streamed["metadata"]["timing"]["duration_ms"] + 1
