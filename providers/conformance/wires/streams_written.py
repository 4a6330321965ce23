"""Server-sent events out of plain JSON, for the samples of the wires beside this file."""

from __future__ import annotations

import json
from typing import Any


def sent(*events: Any, named: bool = False, done: bool = False) -> bytes:
    """The bytes of a stream; `named` puts each event's `type` before it, `done` the wire's last line behind them."""
    lines = []
    for event in events:
        name = f"event: {event['type']}\n" if named else ""
        lines.append(f"{name}data: {json.dumps(event, ensure_ascii=False)}\n\n")
    if done:
        lines.append("data: [DONE]\n\n")
    return "".join(lines).encode()
