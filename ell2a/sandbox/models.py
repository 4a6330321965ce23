"""The sandbox's models: what each can do, how fast it is, and what goes wrong with it on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Trouble = Literal[
    "flaky",
    "rate_limited",
    "overloaded",
    "server_error",
    "denied",
    "filtered",
    "refusing",
    "silent",
    "broken_stream",
    "error_in_stream",
    "no_json",
]
"""What goes wrong. Each is one function or branch of `ell2a.sandbox.troubles`."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model of the sandbox."""

    name: str
    about: str
    sentences: int = 3
    """How many sentences an ordinary answer has."""
    thinking: Literal["no", "on request", "always"] = "no"
    sampling: bool = True
    """Whether it takes temperature, top_p and their kin; models that always think do not."""
    images: bool = True
    context: int = 200_000
    """The most tokens of a request and its answer."""
    max_output: int = 16_384
    first_piece: float = 0.15
    """Seconds to the first token, times the sandbox's pace."""
    piece: float = 0.005
    """Seconds between two tokens, times the sandbox's pace."""
    wait: float = 0.0
    """Seconds that an answer takes in any case."""
    trouble: Trouble | None = None

    @property
    def version(self) -> str:
        """The name that stands in an answer, as other services answer with a dated name."""
        return f"{self.name}-v1"


MODELS: tuple[Model, ...] = (
    Model("sandbox-small", "quick and brief; does not think", sentences=2, first_piece=0.1, piece=0.003),
    Model("sandbox-large", "several paragraphs; thinks when asked to", sentences=6, thinking="on request", piece=0.007),
    Model("sandbox-thinking", "always thinks first; takes no temperature", 3, "always", sampling=False, piece=0.006),
    Model("sandbox-text", "takes no images and no documents", images=False),
    Model("sandbox-narrow", "has room for 512 tokens only: longer requests are refused", context=512, max_output=256),
    Model("sandbox-slow", "takes two seconds to begin, and a while after", wait=2.0, piece=0.03),
    Model("sandbox-refusing", "refuses every request", trouble="refusing"),
    Model("sandbox-filtered", "a filter stops every request", trouble="filtered"),
    Model(
        "sandbox-flaky",
        "answers 429 with `retry-after: 1` to the first try of a request, then answers",
        trouble="flaky",
    ),
    Model("sandbox-limited", "answers 429 with `retry-after: 20` to every request", trouble="rate_limited"),
    Model(
        "sandbox-overloaded", "is overloaded: 529 on anthropic-messages, 503 on OpenAI's wires", trouble="overloaded"
    ),
    Model("sandbox-down", "answers 500 to every request", trouble="server_error"),
    Model("sandbox-forbidden", "answers 403 to every request: no key may use it", trouble="denied"),
    Model("sandbox-silent", "takes the request and never answers", trouble="silent"),
    Model("sandbox-broken-stream", "the connection breaks in the middle of the answer", trouble="broken_stream"),
    Model("sandbox-error-stream", "an error stands in the middle of the stream", trouble="error_in_stream"),
    Model("sandbox-garbled", "answers 200 with a page of HTML, as a proxy in the way would", trouble="no_json"),
)

_BY_NAME = {name: m for m in MODELS for name in (m.name, m.version)}


def model_named(name: str) -> Model | None:
    """The model of a name or a version; None where there is none."""
    return _BY_NAME.get(name)
