"""Every recorded answer of our wires: real SDK, provider, log; and what the log gives back agrees with the truth."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anthropic
import openai
import pytest

from ell2a import providers
from ell2a.errors import CallError
from ell2a.log import CallLog
from ell2a.providers import Definition, Stream

WIRES = {
    "openai-chat": ("openai", "/v1"),
    "openai-responses": ("openai", "/v1"),
    "anthropic-messages": ("anthropic", ""),
}


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def told(messages: list[Any]) -> dict[str, Any]:
    """What a logged answer says, in the words of a truth row."""
    blocks = [block for message in messages for block in message["content"]]
    return {
        "text": "".join(b.get("text") or "" for b in blocks if b["type"] == "text"),
        "agents": [b["name"] for b in blocks if b["type"] == "agent_call" and not b["executed_by_provider"]],
        "finish": [(m["finish_reason"] or {}).get("raw") for m in messages],
    }


def expected(truth: dict[str, Any]) -> dict[str, Any]:
    return {
        "text": "".join(c["text"] or "" for c in truth["choices"]),
        "agents": [t["name"] for c in truth["choices"] for t in c["tool_calls"]],
        "finish": [c["finish_reason"] for c in truth["choices"]],
    }


@pytest.mark.filterwarnings("ignore:The model .* is deprecated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ell2a.providers.requirements.CapabilityUnknown")
@pytest.mark.parametrize("wire", WIRES)
def test_recorded_answers_reach_the_log(wire: str, recordings: Path, replay_server: str, tmp_path: Path) -> None:
    """At least 99 % agree in text, agent calls and finish reason as the log gives them back."""
    name, path = WIRES[wire]
    provider = providers.get(name, wire)
    made: Any = {"openai": openai.OpenAI, "anthropic": anthropic.Anthropic}[name]
    client = made(api_key="k", base_url=f"{replay_server}{path}", max_retries=0)
    truths = {t["id"]: t for t in rows(recordings / "truth.jsonl.gz") if t["wire"] == wire}
    log = CallLog.open(tmp_path / "log.db")
    asked, missed = 0, dict[str, str]()
    for recording in rows(recordings / f"{wire}.jsonl.gz"):
        truth = truths[recording["id"]]
        if recording["status"] != 200 or truth.get("error") or not truth["decodable"] or not truth["choices"]:
            continue
        asked += 1
        call = provider.translate_request_to_ell2a(recording["request"])
        definition = Definition(
            provider=provider,
            model=call.model,
            agents=tuple(call.agents),
            agent_choice=call.agent_choice,
            response_format=None,
            stream=call.stream,
            api_params=call.api_params,
            options={"extra_headers": {"x-recording-id": recording["id"]}, "timeout": 60},
        )
        observer = log.observer()
        try:
            answer = provider.call_model(client, messages=call.messages, observer=observer, definition=definition)
            response = answer.response if isinstance(answer, Stream) else answer
        except CallError as error:
            missed[recording["id"]] = f"{type(error).__name__}: {error}"
            continue
        assert response.call_id is not None
        logged, wanted = told(list(log.call(response.call_id).response_messages)), expected(truth)
        if logged != wanted:
            missed[recording["id"]] = f"{logged} is not {wanted}"
    log.close()
    client.close()
    assert asked > 300
    assert len(missed) / asked <= 0.01, missed
