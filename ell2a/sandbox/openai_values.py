"""Values that stand in requests of both of OpenAI's wires: names, schemas, data URLs, efforts of reasoning."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from ell2a.sandbox import media
from ell2a.sandbox.checked import Checked
from ell2a.sandbox.conversation import Media, Thinking
from ell2a.sandbox.models import Model

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")
_EFFORT_TOKENS = {"minimal": 16, "low": 32, "medium": 64}
"""The most reasoning tokens of an effort; higher ones have no bound."""
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}\Z")


def name(at: Checked) -> str:
    """The name of an agent or of a schema. Raises Fault."""
    if not _NAME.match(at.string()):
        raise at.fault(f"{at.value!r} has other signs than letters, digits, '_' and '-', or is longer than 64")
    return str(at.value)


def schema(at: Checked, *, strict: bool) -> dict[str, Any]:
    """A JSON schema; a strict one closes every object and requires every property. Raises Fault."""
    found = at.schema(closed=strict)
    if strict:
        _check_all_required(found, at)
    return found


def thinking(effort: Checked | None, model: Model, *, shown: bool = False) -> Thinking:
    """How much is reasoned at an effort, which may not be given. Raises Fault."""
    if model.thinking == "no":
        return Thinking()
    default = "medium" if model.thinking == "always" else "none"
    asked = effort.one_of(*EFFORTS) if effort else default
    if effort and asked == "none" and model.thinking == "always":
        raise effort.fault(f"{model.name} always reasons", "unsupported_value")
    return Thinking(on=asked != "none", budget=_EFFORT_TOKENS.get(asked), shown=shown)


def image(url: Checked) -> Media:
    """A picture by its address or its bytes. Raises Fault."""
    said = url.string(empty=False)
    if not said.startswith("data:"):
        if not said.startswith(("http://", "https://")):
            raise url.fault("is neither a URL nor a data URL", "invalid_image_url")
        return Media("image", url=said)
    data = data_url(url)
    if media.media_type(data) not in media.PICTURES:
        raise url.fault("is no PNG, JPEG, GIF or WebP", "invalid_image_format")
    return Media("image", media.media_type(data), data)


def data_url(at: Checked) -> bytes:
    """The bytes of a data URL. Raises Fault."""
    head, comma, data = at.string().partition(",")
    if not comma or not head.startswith("data:") or not head.endswith(";base64"):
        raise at.fault("is no data URL of the form `data:TYPE;base64,DATA`")
    return decoded(at, data)


def decoded(at: Checked, data: str) -> bytes:
    """The bytes of some base64. Raises Fault."""
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error:
        raise at.fault("is not base64") from None


def _check_all_required(found: Any, at: Checked) -> None:
    if isinstance(found, list):
        for inner in found:
            _check_all_required(inner, at)
    elif isinstance(found, dict):
        properties = found.get("properties")
        missing = [p for p in properties if p not in found.get("required", ())] if isinstance(properties, dict) else []
        if missing:
            raise at.fault(
                f"a strict schema names every property in `required`; missing: {', '.join(missing)}", "invalid_schema"
            )
        for inner in found.values():
            _check_all_required(inner, at)
