"""A server that answers calls of three wires at once with always the same answer: what is measured beside it is the client.

    python benchmarks/stub_server.py        prints its port, and serves until its standard input ends

It reads no more of a request than its path and whether it asks for a stream. A whole answer has a dozen words and a
usage; a stream has 55 pieces, sent together. Only this machine reaches it.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]

TEXT = "The harbour lies quiet this morning and the boats wait for the tide to turn"
WORDS = TEXT.split()
PIECES = 55
"""Events of a stream, the wire's own beginning and end among them."""

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_STREAM = re.compile(rb'"stream": ?true')


def _word(number: int) -> str:
    return WORDS[number % len(WORDS)] + " "


def _chat(*, stream: bool) -> list[Json]:
    head = {"id": "chatcmpl-stub0001", "created": 1760000000, "model": "gpt-4o-2024-08-06", "service_tier": "default"}
    usage = {
        "prompt_tokens": 28,
        "completion_tokens": 16,
        "total_tokens": 44,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
    head["system_fingerprint"] = "fp_stub"
    if not stream:
        message = {"role": "assistant", "content": TEXT, "refusal": None, "annotations": []}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return [{"object": "chat.completion", **head, "choices": [choice], "usage": usage}]
    head["object"] = "chat.completion.chunk"

    def chunk(delta: Json, finish: str | None = None) -> Json:
        return {**head, "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]}

    first = chunk({"role": "assistant", "content": "", "refusal": None})
    words = [chunk({"content": _word(n)}) for n in range(PIECES - 3)]
    return [first, *words, chunk({}, "stop"), {**head, "choices": [], "usage": usage}]


def _messages(*, stream: bool) -> list[Json]:
    usage = {
        "input_tokens": 28,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "output_tokens": 16,
        "service_tier": "standard",
    }
    message: Json = {
        "id": "msg_stub0001",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-5-20250929",
    }
    if not stream:
        message["content"] = [{"type": "text", "text": TEXT}]
        return [{**message, "stop_reason": "end_turn", "stop_sequence": None, "usage": usage}]
    begun = {
        **message,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {**usage, "output_tokens": 1},
    }
    words = [
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": _word(n)}}
        for n in range(PIECES - 5)
    ]
    return [
        {"type": "message_start", "message": begun},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *words,
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": 16},
        },
        {"type": "message_stop"},
    ]


def _responses(*, stream: bool) -> list[Json]:
    text = TEXT
    item = {"id": "msg_stub0001", "type": "message", "status": "completed", "role": "assistant", "content": []}
    part = {"type": "output_text", "annotations": [], "logprobs": [], "text": text}
    usage = {
        "input_tokens": 28,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 16,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 44,
    }
    whole: Json = {
        "id": "resp_stub0001",
        "object": "response",
        "created_at": 1760000000,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "model": "gpt-4o-2024-08-06",
        "output": [{**item, "content": [part]}],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": usage,
    }
    if not stream:
        return [whole]
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    place = {"item_id": item["id"], "output_index": 0}
    in_part = {**place, "content_index": 0}
    events: list[Json] = [
        {"type": "response.created", "response": begun},
        {"type": "response.output_item.added", "output_index": 0, "item": {**item, "status": "in_progress"}},
        {"type": "response.content_part.added", **in_part, "part": {**part, "text": ""}},
        *(
            {"type": "response.output_text.delta", **in_part, "delta": _word(n), "logprobs": []}
            for n in range(PIECES - 7)
        ),
        {"type": "response.output_text.done", **in_part, "text": text, "logprobs": []},
        {"type": "response.content_part.done", **in_part, "part": part},
        {"type": "response.output_item.done", "output_index": 0, "item": whole["output"][0]},
        {"type": "response.completed", "response": whole},
    ]
    return [{**event, "sequence_number": number} for number, event in enumerate(events)]


WIRES: dict[str, Callable[..., list[Json]]] = {
    "/v1/chat/completions": _chat,
    "/v1/messages": _messages,
    "/v1/responses": _responses,
}
"""Path -> its answer, or the events of its stream."""


def _whole(body: Json) -> bytes:
    data = json.dumps(body).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: req_stub\r\ncontent-length: {len(data)}\r\n\r\n"
    return head.encode() + data


def _streamed(events: list[Json], path: str) -> bytes:
    named = path != "/v1/chat/completions"
    lines = [(f"event: {e['type']}\n" if named else "") + f"data: {json.dumps(e)}\n\n" for e in events]
    if not named:
        lines.append("data: [DONE]\n\n")
    chunks = [f"{len(line.encode()):x}\r\n{line}\r\n" for line in lines]
    head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-request-id: req_stub\r\ntransfer-encoding: chunked\r\n\r\n"
    return (head + "".join(chunks) + "0\r\n\r\n").encode()


_ANSWERS = {
    (path.encode(), stream): _streamed(make(stream=True), path) if stream else _whole(make(stream=False)[0])
    for path, make in WIRES.items()
    for stream in (False, True)
}
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"


class _Connection(asyncio.Protocol):
    """One kept-alive connection."""

    def __init__(self) -> None:
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            found = _LENGTH.search(self._buffer, 0, end + 2)
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self._buffer) < whole:
                return
            request, self._buffer = self._buffer[:whole], self._buffer[whole:]
            path = request.split(b" ", 2)[1].partition(b"?")[0]
            stream = _STREAM.search(request, end) is not None
            self._transport.write(_ANSWERS.get((path, stream), _NOT_FOUND))


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # Whoever started it is gone when its input ends, however that came about.
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve())
