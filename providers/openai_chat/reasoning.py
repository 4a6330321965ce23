"""Reasoning in messages: the several fields that services put it in, and thinking blocks.

OpenAI's own models show none on this wire. DeepSeek, Z.ai and Moonshot say `reasoning_content`, Groq and Ollama
`reasoning`, OpenRouter `reasoning` with signed `reasoning_details` beside it, Gemini's compatible endpoint a bare
signature. The field is no universal fact, so a block keeps it as `form`, and goes back in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ell2a.messages import ThinkingBlock
from ell2a.providers.openai_chat.native_keys import key_of, native_of

PLAIN_FIELDS = ("reasoning_content", "reasoning")
DETAILS = "reasoning_details"
SIGNATURE = "thought_signature"
WRAPPED = "extra_content"

_WORDS = ("text", "summary")
_DETAIL_FIELDS = (*_WORDS, "signature", "data")
"""The fields of an entry of `reasoning_details` that have a universal home: text, text, signature, redacted."""


def read_reasoning(message: Mapping[str, Any]) -> tuple[list[ThinkingBlock], set[str]]:
    """The thinking blocks of a message, and the fields that they account for."""
    details = _details(message.get(DETAILS))
    fields = {DETAILS} if details else set()
    said = {f: message[f] for f in PLAIN_FIELDS if isinstance(message.get(f), str)}
    repeated = [f for f, text in said.items() if details and text == "".join(words for _, words in details)]
    blocks = [_of_detail(detail, repeated) for detail, _ in details]
    own = {f: text for f, text in said.items() if f not in repeated}
    if len(own) == len(PLAIN_FIELDS) and len(set(own.values())) == 1:
        first, *others = own
        blocks.append(ThinkingBlock(text=own[first], native=native_of(form=first, also=others)))
    else:
        blocks += [ThinkingBlock(text=text, native=native_of(form=f)) for f, text in own.items()]
    signature = _signature(message)
    if signature is not None:
        blocks.append(signature)
        fields |= {SIGNATURE, *(key_of(signature.native, "also") or ())}
    return blocks, fields | set(said)


def write_reasoning(blocks: list[ThinkingBlock]) -> dict[str, Any]:
    """The fields of a message that hold these blocks, each of which has a `form`."""
    fields: dict[str, Any] = {}
    for block in blocks:
        form = str(key_of(block.native, "form"))
        also = key_of(block.native, "also") or ()
        if form == DETAILS:
            fields.setdefault(DETAILS, []).append(_to_detail(block))
        elif form == SIGNATURE:
            fields[SIGNATURE] = block.signature
        else:
            fields[form] = fields.get(form, "") + block.text
        for field in also:
            if field == WRAPPED:
                fields[WRAPPED] = _wrapped(block.signature)
            else:
                fields[field] = fields.get(field, "") + block.text
    return fields


def _details(given: Any) -> list[tuple[dict[str, Any], str]]:
    """The entries with their words; none where one of them is of a shape that blocks cannot hold."""
    if not isinstance(given, list) or not all(_readable(detail) for detail in given):
        return []
    return [(detail, detail.get("text") or detail.get("summary") or "") for detail in given]


def _readable(detail: Any) -> bool:
    if not isinstance(detail, dict):
        return False
    plain = all(isinstance(detail.get(name), str | None) for name in _DETAIL_FIELDS)
    return plain and sum(detail.get(name) is not None for name in _WORDS) <= 1


def _of_detail(detail: dict[str, Any], also: list[str]) -> ThinkingBlock:
    rest = {k: v for k, v in detail.items() if k not in _DETAIL_FIELDS}
    if detail.get("text") is None and detail.get("summary") is None:
        rest["words"] = None
    elif detail.get("summary") is not None:
        rest["words"] = "summary"
    return ThinkingBlock(
        text=detail.get("text") or detail.get("summary") or "",
        signature=detail.get("signature"),
        redacted=detail.get("data"),
        native=native_of(form=DETAILS, detail=rest or None, also=also or None),
    )


def _to_detail(block: ThinkingBlock) -> dict[str, Any]:
    detail = dict(key_of(block.native, "detail") or {})
    words = detail.pop("words", "text")
    if words is not None or block.text:
        detail[words or "text"] = block.text
    if block.signature is not None:
        detail["signature"] = block.signature
    if block.redacted is not None:
        detail["data"] = block.redacted
    return detail


def _signature(message: Mapping[str, Any]) -> ThinkingBlock | None:
    signature = message.get(SIGNATURE)
    if not isinstance(signature, str):
        return None
    also = [WRAPPED] if message.get(WRAPPED) == _wrapped(signature) else None
    return ThinkingBlock(signature=signature, native=native_of(form=SIGNATURE, also=also))


def _wrapped(signature: str | None) -> dict[str, Any]:
    return {"google": {"thought": True, "thought_signature": signature}}
