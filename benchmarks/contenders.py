"""The ways of making a call that are compared: the bare SDKs, what could be built on them by hand, and ell2a."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import anthropic
import openai
import pydantic_core
from rounds import Contender
from sqlmodel import Field, Session, SQLModel, create_engine

import ell2a

SYSTEM = "You know harbours, and answer in one sentence."
KEY = "stub-key-of-no-value"
OPENAI, ANTHROPIC = "gpt-4o", "claude-sonnet-4-5"

CALL_GOAL, STREAM_GOAL, TRACED_GOAL, TRACED_STREAM_GOAL = 1.05, 0.6, 1.35, 1.2


def prompt(number: int) -> str:
    """Another prompt for each call: none finds its message in the log."""
    return f"Tell me of pier {number}, who built it, and what the boats there bring home in a year."


def chat(number: int) -> dict[str, Any]:
    """The arguments of an OpenAI chat completion."""
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": prompt(number)}]
    return {"model": OPENAI, "messages": messages, "temperature": 0.2, "max_completion_tokens": 300}


def message(number: int) -> dict[str, Any]:
    """The arguments of an Anthropic message."""
    messages = [{"role": "user", "content": prompt(number)}]
    return {"model": ANTHROPIC, "system": SYSTEM, "messages": messages, "max_tokens": 300}


def response(number: int) -> dict[str, Any]:
    """The arguments of an OpenAI response."""
    asked = [{"role": "user", "content": prompt(number)}]
    return {"model": OPENAI, "instructions": SYSTEM, "input": asked, "temperature": 0.2, "max_output_tokens": 300}


class Clients:
    """The SDKs' own clients of a server."""

    def __init__(self, url: str) -> None:
        self.openai = openai.OpenAI(api_key=KEY, base_url=f"{url}/v1")
        self.anthropic = anthropic.Anthropic(api_key=KEY, base_url=url)
        self.async_openai = openai.AsyncOpenAI(api_key=KEY, base_url=f"{url}/v1")
        self.async_anthropic = anthropic.AsyncAnthropic(api_key=KEY, base_url=url)


# --- on the SDKs, by hand ---


def _bare_anthropic(clients: Clients) -> Callable[[int], Any]:
    return lambda number: clients.anthropic.messages.create(**message(number))


def _raw(clients: Clients) -> Callable[[int], Any]:
    def call(number: int) -> Any:
        raw = clients.openai.chat.completions.with_raw_response.create(**chat(number))
        return pydantic_core.from_json(raw.http_response.content)

    return call


def _raw_row(clients: Clients, folder: Path) -> Callable[[int], Any]:
    database = sqlite3.connect(folder / "row.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, request TEXT, response TEXT)")

    def call(number: int) -> Any:
        asked = chat(number)
        answer = clients.openai.chat.completions.create(**asked)
        row = (pydantic_core.to_json(asked).decode(), answer.model_dump_json())
        database.execute("INSERT INTO rows (request, response) VALUES (?, ?)", row)
        return answer

    return call


class _Row(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    request: str
    response: str


def _sqlmodel_row(clients: Clients, folder: Path) -> Callable[[int], Any]:
    engine = create_engine(f"sqlite:///{folder / 'sqlmodel.db'}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    SQLModel.metadata.create_all(engine)

    def call(number: int) -> Any:
        asked = chat(number)
        answer = clients.openai.chat.completions.create(**asked)
        with Session(engine) as session:
            session.add(_Row(request=pydantic_core.to_json(asked).decode(), response=answer.model_dump_json()))
            session.commit()
        return answer

    return call


def _read(stream: Iterator[Any]) -> None:
    for _ in stream:
        pass


# --- ell2a ---


def _ell2a(clients: Clients, wire: str, *, stream: bool = False) -> Callable[[int], Any]:
    """`ell2a.call` on a wire, logged or not as the settings say."""

    def call(number: int) -> Any:
        if wire == "anthropic-messages":
            model, params = f"anthropic/{ANTHROPIC}", {"max_tokens": 300, "client": clients.anthropic}
        else:
            limit = "max_completion_tokens" if wire == "openai-chat" else "max_output_tokens"
            model, params = f"openai/{OPENAI}", {"temperature": 0.2, limit: 300, "client": clients.openai}
        asked = [ell2a.system(SYSTEM), ell2a.user(prompt(number))]
        answer = ell2a.call(model, asked, wire=wire, stream=stream, **params)
        if stream:
            _read(iter(cast("Any", answer)))
        return answer.text

    return call


def _lmp(clients: Clients) -> Callable[[int], Any]:
    @ell2a.simple(f"openai/{OPENAI}", temperature=0.2, max_completion_tokens=300, client=clients.openai)
    def harbour(number: int) -> str:
        """You know harbours, and answer in one sentence."""
        return prompt(number)

    return cast("Callable[[int], Any]", harbour)


def _traced(client: Any) -> Any:
    """A client of ell2a's tracing; None where this version has none."""
    trace = getattr(ell2a, "trace", None)
    return None if trace is None else trace(client)


# --- awaited ---


def _in_loop(loop: asyncio.AbstractEventLoop, make: Callable[[int], Any]) -> Callable[[int], Any]:
    return lambda number: loop.run_until_complete(make(number))


async def _aread(stream: Any) -> None:
    async for _ in await stream:
        pass


async def _acall(clients: Clients, number: int) -> str:
    asked = [ell2a.system(SYSTEM), ell2a.user(prompt(number))]
    client = clients.async_openai
    answer = await ell2a.acall(
        f"openai/{OPENAI}", asked, client=client, wire="openai-chat", temperature=0.2, max_completion_tokens=300
    )
    return answer.text


async def _astream(clients: Clients, number: int) -> None:
    asked = [ell2a.system(SYSTEM), ell2a.user(prompt(number))]
    client = clients.async_openai
    await _aread(
        ell2a.acall(
            f"openai/{OPENAI}",
            asked,
            client=client,
            wire="openai-chat",
            stream=True,
            temperature=0.2,
            max_completion_tokens=300,
        )
    )


# --- the groups ---


def unlogged(clients: Clients) -> list[Contender]:
    """What is measured with the store off."""
    return [
        Contender("openai chat", "bare openai SDK", lambda n: clients.openai.chat.completions.create(**chat(n))),
        Contender("openai chat", "ell2a.call, store off", _ell2a(clients, "openai-chat")),
    ]


def calls(clients: Clients, folder: Path) -> list[Contender]:
    """Whole answers."""
    bare = clients.openai
    chosen = [
        Contender("openai chat", "bare openai SDK", lambda n: bare.chat.completions.create(**chat(n))),
        Contender("openai chat", "with_raw_response + from_json", _raw(clients)),
        Contender("openai chat", "bare + one raw sqlite3 row", _raw_row(clients, folder)),
        Contender("openai chat", "bare + sqlmodel add and commit", _sqlmodel_row(clients, folder)),
        Contender("openai chat", "ell2a.call", _ell2a(clients, "openai-chat"), CALL_GOAL),
        Contender("openai chat", "ell2a LMP (@ell2a.simple)", _lmp(clients)),
        Contender("anthropic messages", "bare anthropic SDK", _bare_anthropic(clients)),
        Contender("anthropic messages", "ell2a.call", _ell2a(clients, "anthropic-messages"), CALL_GOAL),
    ]
    if "openai-responses" in ell2a.providers.get("openai").row.wires:
        chosen += [
            Contender("openai responses", "bare openai SDK", lambda n: bare.responses.create(**response(n))),
            Contender("openai responses", "ell2a.call", _ell2a(clients, "openai-responses"), CALL_GOAL),
        ]
    traced, traced_anthropic = _traced(clients.openai), _traced(clients.anthropic)
    if traced is not None:
        chosen += [
            Contender("openai chat", "traced client", lambda n: traced.chat.completions.create(**chat(n)), TRACED_GOAL),
            Contender(
                "anthropic messages",
                "traced client",
                lambda n: traced_anthropic.messages.create(**message(n)),
                TRACED_GOAL,
            ),
        ]
    return _by_group(chosen)


def streams(clients: Clients) -> list[Contender]:
    """Streams of 55 events, read to the end."""
    bare, claude = clients.openai, clients.anthropic
    usage = {"stream": True, "stream_options": {"include_usage": True}}

    def chat_stream(client: Any) -> Callable[[int], None]:
        return lambda n: _read(client.chat.completions.create(**chat(n), **usage))

    def message_stream(client: Any) -> Callable[[int], None]:
        return lambda n: _read(client.messages.create(**message(n), stream=True))

    chat_group, messages_group, responses_group = (
        "openai chat, stream",
        "anthropic messages, stream",
        "openai responses, stream",
    )
    chosen = [
        Contender(chat_group, "bare openai SDK", chat_stream(bare)),
        Contender(chat_group, "ell2a.call", _ell2a(clients, "openai-chat", stream=True), STREAM_GOAL),
        Contender(messages_group, "bare anthropic SDK", message_stream(claude)),
        Contender(messages_group, "ell2a.call", _ell2a(clients, "anthropic-messages", stream=True), STREAM_GOAL),
    ]
    if "openai-responses" in ell2a.providers.get("openai").row.wires:
        chosen += [
            Contender(
                responses_group, "bare openai SDK", lambda n: _read(bare.responses.create(**response(n), stream=True))
            ),
            Contender(responses_group, "ell2a.call", _ell2a(clients, "openai-responses", stream=True), STREAM_GOAL),
        ]
    traced, traced_anthropic = _traced(bare), _traced(claude)
    if traced is not None:
        chosen += [
            Contender(chat_group, "traced client", chat_stream(traced), TRACED_STREAM_GOAL),
            Contender(messages_group, "traced client", message_stream(traced_anthropic), TRACED_STREAM_GOAL),
        ]
    return _by_group(chosen)


def awaited(clients: Clients, loop: asyncio.AbstractEventLoop) -> list[Contender]:
    """The same with asynchronous clients."""
    bare = clients.async_openai
    return [
        Contender("awaited", "bare openai SDK", _in_loop(loop, lambda n: bare.chat.completions.create(**chat(n)))),
        Contender("awaited", "ell2a.acall", _in_loop(loop, lambda n: _acall(clients, n)), CALL_GOAL),
        Contender(
            "awaited, stream",
            "bare openai SDK",
            _in_loop(loop, lambda n: _aread(bare.chat.completions.create(**chat(n), stream=True))),
        ),
        Contender("awaited, stream", "ell2a.acall", _in_loop(loop, lambda n: _astream(clients, n)), STREAM_GOAL),
    ]


def _by_group(contenders: list[Contender]) -> list[Contender]:
    groups = list(dict.fromkeys(one.group for one in contenders))
    return sorted(contenders, key=lambda one: groups.index(one.group))
