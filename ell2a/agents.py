"""Agents: Python functions that a model may call."""

from __future__ import annotations

import asyncio
import inspect
import logging
import typing
from collections.abc import Callable, Coroutine
from typing import Any, Generic, ParamSpec, TypeVar

import docstring_parser
import pydantic_core
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic.errors import PydanticInvalidForJsonSchema, PydanticSchemaGenerationError
from pydantic.fields import FieldInfo

from ell2a.calls import AgentSpec
from ell2a.errors import InvalidAgent
from ell2a.messages import AgentCallBlock, AgentResultBlock, Block, TextBlock, coerce

P = ParamSpec("P")
R = TypeVar("R")

_log = logging.getLogger("ell2a.agents")


def agent(
    *, name: str | None = None, description: str | None = None, strict: bool | None = None
) -> Callable[[Callable[P, R]], Agent[P, R]]:
    """Offer a function to models: `@ell2a.agent()` above it, and the function in `agents=[...]`.

    The name and description are the function's own name and docstring unless given; the schema comes from its
    annotations and the docstring's list of arguments. `strict` asks the provider to hold the model to the schema.
    Raises InvalidAgent for a function whose arguments have no JSON schema.
    """

    def decorate(function: Callable[P, R]) -> Agent[P, R]:
        return Agent(function, name=name, description=description, strict=strict)

    return decorate


class Agent(Generic[P, R]):
    """A function that a model may call. Called by the program it is the function itself."""

    def __init__(
        self,
        function: Callable[P, R],
        *,
        name: str | None = None,
        description: str | None = None,
        strict: bool | None = None,
    ) -> None:
        if not callable(function):
            raise InvalidAgent(f"{function!r} cannot be an agent: it is no function.")
        self.function = function
        self._call: Callable[..., Any] = function
        self.__name__ = name or function.__name__
        self.__doc__ = function.__doc__
        self.__wrapped__ = function
        told = docstring_parser.parse(inspect.cleandoc(function.__doc__ or ""))
        self._arguments = _arguments_model(function, {p.arg_name: p.description for p in told.params if p.description})
        summary = "\n\n".join(part for part in (told.short_description, told.long_description) if part)
        self.spec: AgentSpec = AgentSpec(
            name=self.__name__,
            description=description or summary or None,
            input_schema=_schema(self._arguments, self.__name__),
            strict=strict,
        ).bind(self)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<agent {self.__name__}>"

    def run(self, call: AgentCallBlock) -> AgentResultBlock:
        """Run it as a model's call asks. What goes wrong becomes a result with `is_error`, for the model to read."""
        arguments = self._validated(call)
        if isinstance(arguments, AgentResultBlock):
            return arguments
        try:
            result = self._call(**arguments)
            if inspect.iscoroutine(result):
                result = _run_to_end(result)
            return AgentResultBlock(call_id=call.id, content=result_blocks(result))
        except Exception as exception:
            return self._raised(call, exception)

    async def arun(self, call: AgentCallBlock) -> AgentResultBlock:
        """`run`, awaited; a plain function runs in a thread, so that others go on."""
        arguments = self._validated(call)
        if isinstance(arguments, AgentResultBlock):
            return arguments
        try:
            if inspect.iscoroutinefunction(self.function):
                result = await self._call(**arguments)
            else:
                result = await asyncio.to_thread(self._call, **arguments)
            return AgentResultBlock(call_id=call.id, content=result_blocks(result))
        except Exception as exception:
            return self._raised(call, exception)

    def _validated(self, call: AgentCallBlock) -> dict[str, Any] | AgentResultBlock:
        if call.arguments is None and call.raw_arguments:
            return _error(call, f"the arguments are no JSON: {call.raw_arguments[:200]}")
        try:
            checked = self._arguments.model_validate(call.arguments or {})
        except ValidationError as error:
            faults = [
                f"{'.'.join(map(str, e['loc'])) or 'arguments'}: {e['msg']}" for e in error.errors(include_url=False)
            ]
            return _error(call, f"the arguments of {self.__name__} do not validate: {'; '.join(faults)}")
        return {name: getattr(checked, name) for name in type(checked).model_fields if name in checked.model_fields_set}

    def _raised(self, call: AgentCallBlock, exception: Exception) -> AgentResultBlock:
        # The model gets a line, the program's own log the traceback.
        _log.warning("the agent %s raised", self.__name__, exc_info=exception)
        return _error(call, f"{type(exception).__name__}: {exception}")


def result_blocks(result: Any) -> list[Block]:
    """The blocks that an agent's return value becomes: text and media as they are, anything else as JSON text."""
    if _has_media(result):
        return coerce(result)
    if isinstance(result, str):
        return [TextBlock(text=result)]
    return [TextBlock(text=pydantic_core.to_json(result, fallback=str).decode())]


def _has_media(result: Any) -> bool:
    if isinstance(result, (list, tuple)):
        return bool(result) and any(_has_media(part) for part in result)
    kind = type(result)
    return (
        (isinstance(result, BaseModel) and "type" in kind.model_fields and kind.__module__ == TextBlock.__module__)
        or isinstance(result, bytes)
        or any(c.__module__ == "PIL.Image" for c in kind.__mro__)
    )


def _error(call: AgentCallBlock, words: str) -> AgentResultBlock:
    return AgentResultBlock(call_id=call.id, content=[TextBlock(text=words)], is_error=True)


def _run_to_end(coroutine: Coroutine[Any, Any, Any]) -> Any:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    coroutine.close()
    raise InvalidAgent(
        "an async agent cannot be run to its end inside a running event loop: await message.acall_agents()"
    )


def _arguments_model(function: Callable[..., Any], told: dict[str, str]) -> type[BaseModel]:
    try:
        hints = typing.get_type_hints(function, include_extras=True)
    except (NameError, TypeError) as error:
        raise InvalidAgent(f"the annotations of {function.__qualname__} cannot be read: {error}") from error
    fields: dict[str, Any] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise InvalidAgent(
                f"{function.__qualname__}: `{parameter}` cannot be given by name, and a model gives arguments by name only."
            )
        default = ... if parameter.default is parameter.empty else parameter.default
        hint = hints.get(name, Any)
        fields[name] = (hint, default if isinstance(default, FieldInfo) else Field(default))
        if name in told and not _described(hint, default):
            fields[name] = (typing.Annotated[hint, Field(description=told[name])], fields[name][1])
    config = ConfigDict(extra="forbid", arbitrary_types_allowed=False, protected_namespaces=())
    try:
        return create_model(f"{function.__name__}_arguments", __config__=config, **fields)
    except (PydanticSchemaGenerationError, NameError) as error:
        raise InvalidAgent(f"{function.__qualname__}: an argument has no JSON form: {error}") from error


def _described(hint: Any, default: Any) -> bool:
    """Whether the annotation says itself what the argument is; the docstring then adds nothing."""
    marks = [*getattr(hint, "__metadata__", ()), default]
    return any(isinstance(mark, FieldInfo) and mark.description for mark in marks)


def _schema(arguments: type[BaseModel], name: str) -> dict[str, Any]:
    try:
        schema = arguments.model_json_schema()
    except PydanticInvalidForJsonSchema as error:
        raise InvalidAgent(f"{name}: an argument has no JSON schema: {error}") from error
    # The class's name means nothing to a model; the agent's own name stands beside the schema.
    schema.pop("title", None)
    return schema
