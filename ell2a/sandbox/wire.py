"""What a wire of the sandbox has to do: read requests, write answers and faults."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from ell2a.sandbox.answers import Answer
from ell2a.sandbox.conversation import Conversation
from ell2a.sandbox.faults import Fault
from ell2a.sandbox.models import Model

Method = Literal["GET", "POST", "DELETE"]


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event."""

    data: Any
    """JSON, or a string that is sent as it is."""
    name: str | None = None
    is_piece: bool = False
    """It brings content, and so comes at the model's speed."""

    def encode(self) -> bytes:
        """The event's bytes."""
        data = self.data if isinstance(self.data, str) else json.dumps(self.data, ensure_ascii=False)
        named = f"event: {self.name}\n" if self.name else ""
        return f"{named}data: {data}\n\n".encode()


class Wire(ABC):
    """One request and response format."""

    name: ClassVar[str]
    path: ClassVar[str]
    request_id_header: ClassVar[str]

    @abstractmethod
    def check_headers(self, headers: Mapping[str, str]) -> None:
        """Raises Fault where a header that the wire needs is missing, or the key is not accepted."""

    @abstractmethod
    def read(self, body: Any, model: Model) -> Conversation:
        """The conversation that a request body is. Raises Fault."""

    @abstractmethod
    def whole(self, answer: Answer, conversation: Conversation, model: Model) -> dict[str, Any]:
        """The body of an answer."""

    @abstractmethod
    def events(self, answer: Answer, conversation: Conversation, model: Model) -> Iterator[Event]:
        """The events of a streamed answer."""

    @abstractmethod
    def fault(self, fault: Fault, request_id: str) -> tuple[int, dict[str, Any]]:
        """Status and body of a fault."""

    @abstractmethod
    def fault_event(self, fault: Fault, request_id: str, number: int) -> Event:
        """A fault in the middle of a stream, after so many events."""

    def stored(self, method: Method, path: str) -> dict[str, Any] | None:
        """What is served of kept answers below the wire's own path; None where nothing is. Raises Fault."""
        del method, path
        return None

    @abstractmethod
    def model_list(self) -> dict[str, Any]:
        """The body of `GET /v1/models`."""

    @abstractmethod
    def model_body(self, model: Model) -> dict[str, Any]:
        """The body of `GET /v1/models/{id}`."""


def model_name(body: Any, wire: Wire) -> str:
    """The model that a request body names. Raises Fault."""
    if not isinstance(body, dict):
        raise Fault("invalid", f"the body of a request is a JSON object, not {type(body).__name__}")
    name = body.get("model")
    if not isinstance(name, str) or not name:
        raise Fault(
            "invalid",
            f"`model` is required: the name of one of the models that {wire.path[:3]}/models lists",
            param="model",
        )
    return name
