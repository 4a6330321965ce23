"""LMPs: prompt functions. The function writes the prompt, the decorator makes the call."""

from __future__ import annotations

import functools
import hashlib
import inspect
import textwrap
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, Generic, ParamSpec

from ell2a.calling import arun, define, run
from ell2a.calls import Ell2aResponse
from ell2a.errors import NotAMessage
from ell2a.handles import ModelHandle
from ell2a.messages import Message, messages_of, system, user
from ell2a.providers.definition import Definition
from ell2a.providers.streams import AsyncStream, Stream

P = ParamSpec("P")


class Text(str):
    """The words of an answer: a string that remembers the response it came in."""

    __slots__ = ("message", "response")

    message: Message
    response: Ell2aResponse

    @classmethod
    def of(cls, response: Ell2aResponse, message: Message) -> Text:
        """The text of one choice of a response."""
        text = cls(message.text)
        text.response, text.message = response, message
        return text

    @property
    def call_id(self) -> str | None:
        """The call in the log."""
        return self.response.call_id


class Lmp(ABC, Generic[P]):
    """A prompt function that calls a model. Made by `simple` and `complex`."""

    def __init__(
        self, function: Callable[P, Any], definition: Definition, *, stream: bool | None, written: dict[str, Any]
    ) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.definition = definition
        self._stream = stream
        self._written = written
        self._takes_client = "client" in inspect.signature(function).parameters

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Make the call. `client=` goes to the call, unless the function has an argument of that name."""
        client = None if self._takes_client else kwargs.pop("client", None)
        if inspect.iscoroutinefunction(self.function):
            return self._acall(client, args, kwargs)
        answer = run(
            self.definition,
            self.prompt(*args, **kwargs),
            stream=self._stream,
            client=client,
            lmp=self.source,
        )
        return answer if isinstance(answer, Stream) else self._result(answer)

    async def _acall(self, client: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        given = await self.function(*args, **kwargs)
        answer = await arun(self.definition, self._messages(given), stream=self._stream, client=client, lmp=self.source)
        return answer if isinstance(answer, AsyncStream) else self._result(answer)

    def prompt(self, *args: P.args, **kwargs: P.kwargs) -> list[Message]:
        """The messages that these arguments make, with no call."""
        return self._messages(self.function(*args, **kwargs))

    def using(self, **changed: Any) -> Lmp[P]:
        """The same function with other settings: another `model`, a `client`, other params. Checked like a definition."""
        written = {**self._written, **changed}
        return type(self)(self.function, define(**written), stream=written.get("stream"), written=written)

    @functools.cached_property
    def source(self) -> Any:
        """The function as it stands now: name, module, source text and its hash."""
        from ell2a.log.views import LmpSource

        try:
            text = textwrap.dedent(inspect.getsource(self.function))
        except (OSError, TypeError):
            # Typed into a shell, or made by exec: there is no file to read.
            text = ""
        module = self.function.__module__
        name = self.function.__qualname__ if module == "__main__" else f"{module}.{self.function.__qualname__}"
        return LmpSource(name=name, module=module, source=text, hash=hashlib.sha256(text.encode()).hexdigest())

    @abstractmethod
    def _messages(self, given: Any) -> list[Message]:
        """The messages of what the function returned."""

    @abstractmethod
    def _result(self, response: Ell2aResponse) -> Any:
        """What a call of the prompt function gives."""

    def __repr__(self) -> str:
        made = self.definition
        return f"<{type(self).__name__.lower()} {self.function.__qualname__} on {made.provider.name}/{made.model}>"


class Simple(Lmp[P]):
    """Docstring in, string in, string out."""

    def _messages(self, given: Any) -> list[Message]:
        if not isinstance(given, str):
            raise NotAMessage(
                given, f"{self.function.__qualname__} is `simple`: it returns the user message as a string"
            )
        told = inspect.getdoc(self.function)
        return [*([system(told)] if told else []), user(given)]

    def _result(self, response: Ell2aResponse) -> Text | list[Text]:
        texts = [Text.of(response, message) for message in response.messages]
        return texts if len(texts) > 1 else texts[0]


class Complex(Lmp[P]):
    """Messages in, message out."""

    def _messages(self, given: Any) -> list[Message]:
        return messages_of(given)

    def _result(self, response: Ell2aResponse) -> Message | list[Message]:
        return response.messages if len(response.messages) > 1 else response.message


def simple(
    model: str | ModelHandle,
    *,
    agents: Iterable[Any] | None = None,
    agent_choice: Any = None,
    response_format: Any = None,
    client: Any = None,
    stream: bool | None = None,
    wire: str | None = None,
    **api_params: Any,
) -> Callable[[Callable[P, Any]], Simple[P]]:
    """Make a function a prompt: its docstring is the system message, the string it returns the user message.

    Calling it gives the answer's words, a `str` that also has `.message`, `.response` and `.call_id`; a list of these
    with n > 1; a stream with `stream=True`. An `async def` is awaited. Raises DefinitionError here, where it is
    defined, for anything that could never be sent.
    """
    written = _written(locals())
    return lambda function: Simple(function, define(**written), stream=stream, written=written)


def complex(
    model: str | ModelHandle,
    *,
    agents: Iterable[Any] | None = None,
    agent_choice: Any = None,
    response_format: Any = None,
    client: Any = None,
    stream: bool | None = None,
    wire: str | None = None,
    **api_params: Any,
) -> Callable[[Callable[P, Any]], Complex[P]]:
    """Make a function a prompt: it returns the messages. Calling it gives the answer as a `Message`; else as `simple`."""
    written = _written(locals())
    return lambda function: Complex(function, define(**written), stream=stream, written=written)


def _written(given: dict[str, Any]) -> dict[str, Any]:
    params = given.pop("api_params")
    agents = given.pop("agents")
    # An iterator of agents would be empty for the second definition made of it.
    return {**given, "agents": list(agents) if agents is not None else None, **params}
