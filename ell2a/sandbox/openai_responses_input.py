"""Reading the items of a request of the wire openai-responses: who said, called, thought and found out what."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ell2a.sandbox import media, openai_values
from ell2a.sandbox.checked import Checked
from ell2a.sandbox.conversation import AgentCall, AgentResult, Media, Part, Role, Text, Thought, Turn
from ell2a.sandbox.faults import Fault
from ell2a.sandbox.models import Model
from ell2a.sandbox.openai_faults import tell
from ell2a.sandbox.signing import is_signed
from ell2a.sandbox.stored_responses import StoredResponses

_ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant", "system": "system", "developer": "system"}
_ANY = ("type", "id", "status")
_KEYS: dict[str, tuple[str, ...]] = {
    "message": (*_ANY, "role", "content", "phase"),
    "function_call": (*_ANY, "call_id", "name", "arguments"),
    "function_call_output": (*_ANY, "call_id", "output"),
    "reasoning": (*_ANY, "summary", "content", "encrypted_content"),
    "item_reference": ("type", "id"),
    "web_search_call": (*_ANY, "action"),
    "file_search_call": (*_ANY, "queries", "results"),
    "code_interpreter_call": (*_ANY, "code", "container_id", "outputs"),
    "image_generation_call": (
        *_ANY,
        "result",
        "revised_prompt",
        "size",
        "quality",
        "background",
        "output_format",
        "action",
    ),
}
"""Type of item -> its keys. Source: openai 3.54.0, `types.responses.response_input_item_param`."""


def listed(given: Checked | None) -> list[dict[str, Any]]:
    """The items of an input, as the service lists them: a text is one message of the user's."""
    if given is None:
        return []
    if isinstance(given.value, str):
        said = {"type": "input_text", "text": given.string()}
        return [{"type": "message", "role": "user", "content": [said]}]
    return [dict(item.object().value) for item in given.items()]


class InputReader:
    """Reads the items of one request. Raises Fault."""

    def __init__(self, model: Model, stored: StoredResponses) -> None:
        self._model, self._stored = model, stored

    def turns(self, before: Sequence[dict[str, Any]], given: Sequence[dict[str, Any]]) -> list[Turn]:
        """The turns of the stored items, which were checked when they came, and of those that came now."""
        items = [Checked(item, tell, ("input", at)) for at, item in enumerate(given)]
        earlier = [Checked(item, tell, ("previous_response_id", at)) for at, item in enumerate(before)]
        items = [*earlier, *(self._resolved(item) for item in items)]
        self._check_pairs(items)
        return list(_joined(turn for item in items for turn in self._turn(item)))

    def _resolved(self, item: Checked) -> Checked:
        """The item itself, or the stored one that it refers to."""
        kind = self._kind(item)
        if kind != "item_reference":
            item.object(_KEYS[kind])
            return item
        found = self._stored.item(item["id"].string())
        if found is None:
            raise _not_stored(item)
        return Checked(found, tell, item.path)

    def _kind(self, item: Checked) -> str:
        if "type" not in item and "role" in item:
            return "message"
        if "type" not in item and "id" in item and len(item.value) == 1:
            return "item_reference"
        return item["type"].one_of(*_KEYS)

    def _check_pairs(self, items: Sequence[Checked]) -> None:
        calls = [i["call_id"].string(empty=False) for i in items if self._kind(i) == "function_call"]
        results = [i["call_id"].string(empty=False) for i in items if self._kind(i) == "function_call_output"]
        for at, item in enumerate(items):
            kind = self._kind(item)
            if kind == "function_call_output" and item.value["call_id"] not in calls:
                raise _fault(f"No tool call found for function call output with call_id {item.value['call_id']}.")
            if kind == "function_call" and item.value["call_id"] not in results:
                raise _fault(f"No tool output found for function call {item.value['call_id']}.")
            if kind == "reasoning" and not self._followed(items[at + 1 :]):
                raise _fault(
                    f"Item '{item.value.get('id')}' of type 'reasoning' was provided without its required following item."
                )

    def _followed(self, rest: Sequence[Checked]) -> bool:
        """Whether what follows some reasoning is the model's own."""
        if not rest:
            return False
        kind = self._kind(rest[0])
        return kind != "function_call_output" and (kind != "message" or rest[0]["role"].value == "assistant")

    # --- one item ---

    def _turn(self, item: Checked) -> Iterator[Turn]:
        kind = self._kind(item)
        if kind == "message":
            yield self._message(item)
        elif kind == "function_call":
            yield Turn("assistant", (_call(item),))
        elif kind == "function_call_output":
            yield Turn("user", (AgentResult(item["call_id"].string(), self._output(item["output"])),))
        elif kind == "reasoning":
            yield Turn("assistant", (self._thought(item),))
        # What the service's own agents did is in the answer already, which came with it.

    def _message(self, message: Checked) -> Turn:
        role = message["role"].one_of(*_ROLES)
        content = message["content"]
        if isinstance(content.value, str):
            return Turn(_ROLES[role], (Text(content.value),))
        kinds = ("output_text", "refusal") if role == "assistant" else ("input_text", "input_image", "input_file")
        return Turn(_ROLES[role], tuple(self._part(part, kinds) for part in content.items(at_least=1)))

    def _output(self, output: Checked) -> tuple[Part, ...]:
        if isinstance(output.value, str):
            return (Text(output.value),)
        return tuple(self._part(part, ("input_text", "input_image", "input_file")) for part in output.items())

    def _part(self, part: Checked, kinds: tuple[str, ...]) -> Part:
        kind = part.object()["type"].one_of(*kinds)
        if kind in ("input_text", "output_text"):
            return Text(part["text"].string())
        if kind == "refusal":
            return Text(part["refusal"].string())
        if not self._model.images:
            raise part.fault(f"{self._model.name} takes text alone", "unsupported_value")
        return _image(part) if kind == "input_image" else _file(part)

    def _thought(self, item: Checked) -> Thought:
        text = "".join(s.object()["text"].string() for s in item["summary"].items())
        sealed = item.given("encrypted_content")
        if sealed is not None:
            if not is_signed("", sealed.string()):
                raise sealed.fault("could not be verified: send it back as it came", "invalid_encrypted_content")
            return Thought(text, sealed.string())
        if self._stored.item(item["id"].string()) is None:
            raise _not_stored(item)
        return Thought(text)


def _joined(turns: Iterator[Turn]) -> Iterator[Turn]:
    """Items of the model's that follow each other are one turn: calls side by side are one round."""
    last: Turn | None = None
    for turn in turns:
        if last is not None and last.role == turn.role == "assistant":
            last = Turn("assistant", (*last.parts, *turn.parts))
            continue
        if last is not None:
            yield last
        last = turn
    if last is not None:
        yield last


def _call(item: Checked) -> AgentCall:
    try:
        arguments = json.loads(item["arguments"].string() or "{}")
    except ValueError:
        arguments = {}
    name = openai_values.name(item["name"])
    return AgentCall(item["call_id"].string(empty=False), name, arguments if isinstance(arguments, dict) else {})


def _image(part: Checked) -> Media:
    part.object(("type", "image_url", "file_id", "detail"))
    if "detail" in part:
        part["detail"].one_of("auto", "low", "high", "original")
    if "file_id" in part:
        raise _no_file(part)
    return openai_values.image(part["image_url"])


def _file(part: Checked) -> Media:
    part.object(("type", "file_data", "file_id", "file_url", "filename", "detail"))
    if "file_id" in part:
        raise _no_file(part)
    title = part["filename"].string() if "filename" in part else None
    if "file_url" in part:
        return Media("document", url=part["file_url"].string(empty=False), title=title)
    data = openai_values.data_url(part["file_data"])
    return Media("document", media.media_type(data), data, title=title)


def _no_file(part: Checked) -> Fault:
    return part["file_id"].fault(f"no file has the id {part['file_id'].value!r}: the sandbox keeps none")


def _not_stored(item: Checked) -> Fault:
    return Fault(
        "not_found",
        f"Item with id '{item.value.get('id')}' not found. Items are not persisted when `store` is set to false."
        " Try again with `store` set to true, or remove this item from your input.",
        param="input",
    )


def _fault(message: str) -> Fault:
    return Fault("invalid", message, param="input")
