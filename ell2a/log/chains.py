"""Messages and native lists as chains: a conversation of n turns costs O(n) rows, since its beginning is there already.

Each link is a row (id, parent, content); its id is the content id of its parent's id and its content. A call
holds the id of its last link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ell2a.log.bodies import Lifted, pack
from ell2a.log.content import chain_ids, content_id, json_bytes, json_value
from ell2a.log.redaction import Redactor
from ell2a.messages import AgentResultBlock, Block, MediaBlock, Message

_NO_FINISH: set[str] = {"finish_reason"}
"""Why a model stopped belongs to its answer, not to the message: said again as history it is the same message."""


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message on its way to the log."""

    id: bytes
    role: str
    json: bytes
    """Its JSON, without bytes of media and without secrets."""


def stored_message(message: Message, lifted: Lifted, redactor: Redactor) -> StoredMessage:
    """The form in which a message is kept; the bytes of its media go to `lifted`."""
    if any(isinstance(b, (MediaBlock, AgentResultBlock)) for b in message.content):
        content = [_without_bytes(block, lifted, redactor) for block in message.content]
        value = message.model_copy(update={"content": content}).model_dump(mode="json", exclude=_NO_FINISH)
        _drop_data(value["content"])
        text = json_bytes(value)
    else:
        text = _text_of(message)
    if redactor.touches(text):
        text = json_bytes(redactor.value(json_value(text)))
    return StoredMessage(content_id(text), message.role, text)


def _text_of(message: Message) -> bytes:
    try:
        return bytes(message.__pydantic_serializer__.to_json(message, exclude=_NO_FINISH))
    except ValueError:
        # Half a surrogate pair, which providers do send, has no UTF-8.
        return json_bytes(message.model_dump(mode="json", exclude=_NO_FINISH))


def _without_bytes(block: Block, lifted: Lifted, redactor: Redactor) -> Block:
    if isinstance(block, MediaBlock) and block.data is not None:
        name = lifted.blob(redactor.data(block.data), block.media_type)
        return block.model_copy(update={"data": None, "blob": name})
    if isinstance(block, AgentResultBlock):
        return block.model_copy(update={"content": [_without_bytes(b, lifted, redactor) for b in block.content]})
    return block


def _drop_data(blocks: list[dict[str, Any]]) -> None:
    for block in blocks:
        block.pop("data", None)
        if block["type"] == "agent_result":
            _drop_data(block["content"])


def leading_system(messages: Sequence[Message]) -> int:
    """How many system messages stand at the beginning."""
    count = 0
    for message in messages:
        if message.role != "system":
            break
        count += 1
    return count


def trailing_input(messages: Sequence[Message]) -> int:
    """How many messages stand after the model's last one: what this call newly says."""
    count = 0
    for message in reversed(messages):
        if message.role != "user":
            break
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a chain on its way to the log."""

    id: bytes
    parent: bytes | None
    content: bytes
    """The id of a message, or the JSON of a native item."""


def links(contents: Sequence[bytes], ids: Sequence[bytes]) -> list[Link]:
    """The links of a whole chain. `ids` are the content ids of the contents."""
    chain = chain_ids(list(ids))
    return [Link(id, chain[n - 1] if n else None, contents[n]) for n, id in enumerate(chain)]


def split_request(request: dict[str, Any], redactor: Redactor) -> tuple[dict[str, Any], list[list[Any]], list[Link]]:
    """A native request as a skeleton, where its lists go, and the links of these lists.

    A list of objects under a top-level key is a chain. Its leading system items stay in the skeleton, since a
    clock in one of them would re-link every turn. `places` holds `[key, items left in the skeleton, chain id]`.
    """
    skeleton: dict[str, Any] = {}
    places: list[list[Any]] = []
    chain: list[Link] = []
    for key, value in request.items():
        if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
            skeleton[key] = value
            continue
        head = _leading_system_items(value)
        skeleton[key] = value[:head]
        if head < len(value):
            items = [_item(item, redactor) for item in value[head:]]
            of_key = links(items, [content_id(item) for item in items])
            chain += of_key
            places.append([key, head, of_key[-1].id.hex()])
    return skeleton, places, chain


def _item(item: Any, redactor: Redactor) -> bytes:
    text = json_bytes(item)
    return json_bytes(redactor.value(item)) if redactor.touches(text) else text


def _leading_system_items(items: list[dict[str, Any]]) -> int:
    count = 0
    for item in items:
        if item.get("role") not in ("system", "developer"):
            break
        count += 1
    return count


def packed_item(link: Link, lifted: Lifted, redactor: Redactor) -> bytes:
    """The body of a native item's row."""
    return pack(json_value(link.content), lifted, redactor)
