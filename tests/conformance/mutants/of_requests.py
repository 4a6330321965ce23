"""Mutants of laws 1 and 2: what becomes of requests."""

from __future__ import annotations

import copy
import json
from typing import Any

from conformance.mutants.making import base_of, blocks_of_call, mutant, reading, writing

from ell2a.calls import Ell2aCall
from ell2a.messages import AgentResultBlock, Block, ImageBlock, OpaqueBlock, TextBlock
from ell2a.providers import Report

Native = dict[str, Any]


def _each(native: Native, change: Any) -> None:
    for message in native["messages"]:
        change(message)


# --- law 1 ---


def _drop_last(message: Native) -> None:
    if isinstance(message.get("content"), list) and len(message["content"]) > 1:
        message["content"].pop()


def _system_last(call: Ell2aCall) -> Ell2aCall:
    last = sorted(call.messages, key=lambda message: message.role == "system")
    return call.model_copy(update={"messages": last})


def _reverse_results(native: Native) -> None:
    for message in native["messages"]:
        if isinstance(message["content"], list) and message["content"][0]["type"] == "tool_result":
            message["content"].reverse()


def _written_anew(message: Native) -> None:
    for call in message.get("tool_calls") or ():
        call["function"]["arguments"] = json.dumps(json.loads(call["function"]["arguments"]))


def _swap_ids(message: Native) -> None:
    calls = message.get("tool_calls") or []
    if len(calls) > 1:
        calls[0]["id"], calls[1]["id"] = calls[1]["id"], calls[0]["id"]


def _undescribed(native: Native) -> None:
    for tool in native.get("tools", ()):
        tool["function"].pop("description", None)


def _weakened(native: Native) -> None:
    if native.get("tool_choice") == "required":
        native["tool_choice"] = "auto"


def _no_error(block: Block) -> Block:
    return block.model_copy(update={"is_error": False}) if isinstance(block, AgentResultBlock) else block


def _as_gif(block: Block) -> Block:
    is_picture = isinstance(block, ImageBlock) and block.data is not None
    return block.model_copy(update={"media_type": "image/gif"}) if is_picture else block


mutant("block-dropped", "anthropic", **writing(lambda native: _each(native, _drop_last)))
mutant("system-moved", "openai", **reading(_system_last))
mutant("results-reordered", "anthropic", **writing(_reverse_results))
mutant("is-error-lost", "anthropic", **blocks_of_call(_no_error))
mutant("arguments-reserialised", "openai", **writing(lambda native: _each(native, _written_anew)))
mutant("call-ids-swapped", "openai", **writing(lambda native: _each(native, _swap_ids)))
mutant("description-lost", "openai", **writing(_undescribed))
mutant("choice-weakened", "openai", **writing(_weakened))
mutant("media-type-mistaken", "openai", **blocks_of_call(_as_gif))

# --- law 2 ---


def _copying_read(self: Any, native: Native) -> Ell2aCall:
    call: Ell2aCall = base_of(self).translate_request_to_ell2a(self, native)
    first = call.messages[0].model_copy(update={"native": {"copy": copy.deepcopy(native["messages"])}})
    return call.model_copy(update={"messages": [first, *call.messages[1:]]})


def _copying_write(self: Any, call: Ell2aCall, report: Report | None = None) -> Native:
    native: Native = base_of(self).translate_ell2a_to_provider(self, call, report)
    kept = call.messages[0].native or {}
    return {**native, "messages": kept["copy"]} if "copy" in kept else native


mutant(
    "native-copies-everything",
    "openai",
    translate_request_to_ell2a=_copying_read,
    translate_ell2a_to_provider=_copying_write,
    native_keys={"copy": "the whole of the messages, so that nothing can be lost"},
)

_READ: dict[str, Native] = {}


def _remembering_read(self: Any, native: Native) -> Ell2aCall:
    _READ["last"] = copy.deepcopy(native)
    call: Ell2aCall = base_of(self).translate_request_to_ell2a(self, native)
    return call


def _remembering_write(self: Any, call: Ell2aCall, report: Report | None = None) -> Native:
    native: Native = base_of(self).translate_ell2a_to_provider(self, call, report)
    return copy.deepcopy(_READ.get("last", native))


def _unlisted(call: Ell2aCall) -> Ell2aCall:
    marked = [message.model_copy(update={"native": {"zq_unlisted": 1}}) for message in call.messages]
    return call.model_copy(update={"messages": marked})


def _without_stop(call: Ell2aCall) -> Ell2aCall:
    return call.model_copy(update={"api_params": {k: v for k, v in call.api_params.items() if k != "stop"}})


def _plain(block: Block) -> Block:
    return block.model_copy(update={"native": None})


def _opaque(block: Block) -> Block:
    if not isinstance(block, TextBlock):
        return block
    return OpaqueBlock(wire="anthropic-messages", kind="text", raw={"type": "text", "text": block.text})


mutant(
    "writes-what-it-read",
    "openai",
    translate_request_to_ell2a=_remembering_read,
    translate_ell2a_to_provider=_remembering_write,
)
mutant("native-key-unlisted", "openai", **reading(_unlisted))
mutant("stop-lost", "openai", **reading(_without_stop))
mutant("extras-lost", "anthropic", **blocks_of_call(_plain))
mutant("history-opaque", "anthropic", **blocks_of_call(_opaque))
