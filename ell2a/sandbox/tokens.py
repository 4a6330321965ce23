"""The sandbox's tokens: a simple count that anyone can check by hand.

A token is up to five letters or digits in a row, or one Chinese, Japanese or Korean character, or one
other sign; the spaces before it belong to it. Each turn costs three tokens more, each agent its name,
description and schema as JSON. A picture costs width x height / 750 (as Anthropic documents for its
own models), at least 16; a page of a PDF 250; sound 25 a kilobyte; a plain text its own tokens.
"""

from __future__ import annotations

import json
import math
import re

from ell2a.sandbox import media
from ell2a.sandbox.conversation import Agent, AgentCall, AgentResult, Media, Part, Text, Thought, Turn

_EAST_ASIAN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(rf"\s*(?:[{_EAST_ASIAN}]|(?:(?![{_EAST_ASIAN}_])\w){{1,5}}|[^\w\s]|_)|\s+")

_TURN = 3
_PIXELS = 750
_SMALLEST_PICTURE = 16
_PDF_PAGE = 250
_SOUND_KILOBYTE = 25
_ADDRESS_ONLY = 256
"""What a picture or document costs that is given by its address, which the sandbox does not open."""


def pieces(text: str) -> list[str]:
    """The tokens of a text; joined, they are the text."""
    return _TOKEN.findall(text)


def count(text: str) -> int:
    """How many tokens a text has."""
    return len(pieces(text))


def cut(text: str, most: int) -> str:
    """The beginning of a text, at most so many tokens long."""
    return "".join(pieces(text)[:most])


def of_turn(turn: Turn) -> int:
    """What a turn costs."""
    return _TURN + sum(_of_part(p) for p in turn.parts)


def of_agents(agents: tuple[Agent, ...]) -> int:
    """What the agents on offer cost."""
    return sum(count(f"{a.name} {a.description} {json.dumps(a.schema)}") for a in agents)


def of_call(call: AgentCall) -> int:
    """What a call of an agent costs."""
    return count(f"{call.name} {json.dumps(call.arguments, ensure_ascii=False)}")


def _of_part(part: Part) -> int:
    if isinstance(part, (Text, Thought)):
        return count(part.text)
    if isinstance(part, AgentCall):
        return of_call(part)
    if isinstance(part, AgentResult):
        return sum(_of_part(p) for p in part.parts)
    return _of_media(part)


def _of_media(part: Media) -> int:
    if not part.data:
        return _ADDRESS_ONLY
    if part.kind == "audio":
        return math.ceil(len(part.data) / 1024) * _SOUND_KILOBYTE
    if part.kind == "document":
        pages = media.pdf_pages(part.data)
        return pages * _PDF_PAGE if pages is not None else count(part.data.decode("utf-8", "replace"))
    size = media.picture_size(part.data)
    return max(_SMALLEST_PICTURE, math.ceil(size[0] * size[1] / _PIXELS)) if size else _ADDRESS_ONLY
