"""Providers as data: a row says what a service is called, where it is, and which wires it speaks."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from typing_extensions import TypedDict

from ell2a.errors import CallError, DefinitionError, nearest
from ell2a.providers.capabilities import Fact, ProviderCapabilities
from ell2a.providers.listings import LISTINGS
from ell2a.providers.server_agents import ServerAgentKind

_VARIABLE = re.compile(r"\{([A-Z0-9_]+)\}")


class Quirks(TypedDict, total=False):
    """Where a provider departs from the wire that it speaks: all that a row may say of it."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    max_tokens_param: str
    """The one name under which it takes the limit of output tokens, where the wire has several."""
    system_role: str
    """The role under which it takes the system message."""
    refused_params: dict[str, str]
    """Params of the wire that it does not take -> why, or what to write instead."""
    own_params: dict[str, str]
    """Params that it takes beyond the wire's -> what they are for. They go to `extra_body`, with any value."""
    more_values: dict[str, list[str]]
    """Params of the wire -> values that it takes beyond those that the SDK lists."""
    no_format_with_agents: str
    """It takes no format of the answer (a JSON schema, a JSON object) where agents are offered: where that is documented."""
    stream_usage: bool
    """False: it knows no `stream_options`; whether it tells the usage of a stream is its own affair."""
    reasoning_field: str
    """The field of an assistant's message under which it takes thinking back, such as `reasoning_content`."""
    tool_media: bool
    """True: the result of an agent may hold images and the like, not text alone."""
    document_urls: bool
    """True: it fetches documents by their URL."""


_NO_QUIRKS = Quirks()


class ClientClasses(BaseModel):
    """Clients of a wire's SDK that are made for one service: they find its address and key in the environment themselves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sync: str
    """The name of a class in the SDK's package, such as `AzureOpenAI`."""
    asynchronous: str
    needs: list[str] = Field(default_factory=list)
    """The environment variables, beside those of the key, that the classes need."""


class KnownFrom(NamedTuple):
    """Where one part of a row is known from."""

    part: str
    """A wire, or a field of the row such as `key`."""
    source: str
    uncertain: str | None
    """What of it no first-hand source says, and what it rests on."""


class ProviderRow(BaseModel):
    """One service as its users name it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    wires: dict[str, str]
    """Wire -> base URL, the default wire first. `{VARIABLE}` in a URL is read from the environment when a client is made."""
    key: list[str] = Field(default_factory=list)
    """Environment variables that may hold the API key, the first one preferred; none: it needs no key."""
    key_optional: bool = False
    """It may be set up to ask for a key, and often is not."""
    base_url_variable: str | None = None
    """An environment variable that, where it is set, replaces the base URL of the default wire, and of those at the same URL."""
    hosts: list[str] = Field(default_factory=list)
    """Further hosts at which the same service answers; `*` stands for any part of a name."""
    client: ClientClasses | None = None
    """The SDK's own clients for this service, where they are not those of the wire."""
    docs: str | None = None
    prices: str | None = None
    """The provider's id in genai-prices; None: its prices are not known."""
    models: str | None = None
    """The provider's id in the shipped model table."""
    listing: str | None = None
    """The form of its models endpoint, a name in `listings.py`, where it is not that of its wire."""
    any_model: bool = False
    """It serves whatever model it was started with, so a model name tells nothing."""
    first_party: bool = False
    """Its models are of its own making, so that a bare name of one means it."""
    quirks: Quirks = Field(default_factory=Quirks)
    """Where it departs from its default wire."""
    wire_quirks: dict[str, Quirks] = Field(default_factory=dict)
    """Another wire of it -> where it departs from that one: a quirk is of one wire, never of all."""
    facts: dict[str, Fact] = Field(default_factory=dict)
    """Capabilities that differ from the wire's, on all of its wires."""
    wire_facts: dict[str, dict[str, Fact]] = Field(default_factory=dict)
    """Wire -> capabilities that differ on this wire; they stand over `facts`."""
    server_agents: dict[str, dict[str, ServerAgentKind]] = Field(default_factory=dict)
    """Wire -> the agents that the service has of its own on it, by the `type` under which they are given in `agents=`."""
    runs_wire_agents: list[str] = Field(default_factory=list)
    """The wires whose own agents it runs all of: that is their maker. Of other services `server_agents` tells."""
    sources: dict[str, str] = Field(default_factory=dict)
    """What is known, a field of the row or one of its wires -> where from, where that is not `docs`."""
    uncertain: dict[str, str] = Field(default_factory=dict)
    """What no first-hand source says, a field of the row or one of its wires -> what it rests on."""

    @field_validator("wires")
    @classmethod
    def _are_addresses(cls, wires: dict[str, str]) -> dict[str, str]:
        if not wires:
            raise ValueError('it needs one at least, such as { openai-chat = "https://api.example.com/v1" }')
        for wire, url in wires.items():
            if not url.startswith(("http://", "https://", "{")):
                raise ValueError(f"{url!r}, of {wire}, is no address: it begins with https:// or http://")
        return wires

    @field_validator("facts")
    @classmethod
    def _are_capabilities(cls, facts: dict[str, Fact]) -> dict[str, Fact]:
        for name in facts:
            if name not in ProviderCapabilities.model_fields:
                near = nearest(name, ProviderCapabilities.model_fields)
                raise ValueError(f"there is no capability {name!r}" + (f"; did you mean {near!r}?" if near else ""))
        return facts

    @field_validator("listing")
    @classmethod
    def _is_a_listing(cls, name: str | None) -> str | None:
        if name is not None and name not in LISTINGS:
            near = nearest(name, LISTINGS)
            meant = f"did you mean {near!r}? Known" if near else "known"
            raise ValueError(f"there is no listing {name!r}; {meant}: {', '.join(LISTINGS)}")
        return name

    @model_validator(mode="after")
    def _names_its_own(self) -> ProviderRow:
        """What is said of a wire is of one that it speaks; what is sourced is a field or a wire."""
        for field, default in (("wire_quirks", 1), ("wire_facts", 0), ("server_agents", 0), ("runs_wire_agents", 0)):
            for wire in getattr(self, field):
                others = list(self.wires)[default:]
                if wire not in others:
                    known = ", ".join(others) or "none"
                    hint = "; of the default wire `quirks` says it" if wire in self.wires else ""
                    raise ValueError(f"{field}: {wire!r} is no such wire of it ({known}{hint})")
        for field in ("sources", "uncertain"):
            for name in getattr(self, field):
                if name not in self.wires and name not in type(self).model_fields:
                    raise ValueError(f"{field}: {name!r} is neither a field of a row nor a wire of it")
        return self

    def quirks_on(self, wire: str) -> Quirks:
        """Where it departs from one of its wires."""
        if wire == next(iter(self.wires)):
            return self.quirks
        return self.wire_quirks.get(wire, _NO_QUIRKS)

    def facts_on(self, wire: str | None) -> dict[str, Fact]:
        """Capabilities that differ from those of one of its wires."""
        return {**self.facts, **self.wire_facts.get(wire or "", {})}

    def known_from(self) -> list[KnownFrom]:
        """Where its wires, its key variables and whatever else has a source of its own are known from."""
        parts = dict.fromkeys([*self.wires, *(["key"] if self.key else []), *self.sources, *self.uncertain])
        of_wires = self.sources.get("wires")
        return [
            KnownFrom(
                part,
                self.sources.get(part) or (part in self.wires and of_wires) or self.docs or "nothing says",
                self.uncertain.get(part),
            )
            for part in parts
            if part != "wires"
        ]

    def base_url(self, wire: str, environ: Mapping[str, str] = os.environ) -> str:
        """The base URL of a wire. Raises CallError where a variable in it is not set."""
        url = self.wires[wire]
        default = next(iter(self.wires.values()))
        if self.base_url_variable and url == default and environ.get(self.base_url_variable):
            return environ[self.base_url_variable]
        missing = [name for name in _VARIABLE.findall(url) if not environ.get(name)]
        if missing:
            raise CallError(f"{self.name}: its address needs `{missing[0]}`, which is not set.", provider=self.name)
        return _VARIABLE.sub(lambda found: environ[found[1]].rstrip("/"), url)

    def unset(self, environ: Mapping[str, str] = os.environ) -> list[str]:
        """The variables, beside those of the key, that its address or its own client needs and that are not set."""
        url = next(iter(self.wires.values()))
        moved = bool(self.base_url_variable and environ.get(self.base_url_variable))
        in_address = [] if moved else _VARIABLE.findall(url)
        needed = dict.fromkeys([*in_address, *(self.client.needs if self.client else [])])
        return [name for name in needed if not environ.get(name)]

    def api_key(self, environ: Mapping[str, str] = os.environ) -> str | None:
        """The key, from the first variable that is set; None where none is."""
        return next((environ[name] for name in self.key if environ.get(name)), None)


@cache
def shipped_rows() -> dict[str, ProviderRow]:
    """The rows of `rows.toml`, by name."""
    source = files("ell2a.providers") / "rows.toml"
    return read_rows(source.read_text("utf-8"), origin="ell2a/providers/rows.toml")


def read_rows(text: str, *, origin: str) -> dict[str, ProviderRow]:
    """Rows out of TOML, one table a provider. Raises DefinitionError that names the file and the fault."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(f"{origin}: this is no TOML: {error}.") from error
    rows: dict[str, ProviderRow] = {}
    for name, table in tables.items():
        try:
            rows[name] = ProviderRow.model_validate({"name": name, "title": name, **table})
        except (ValidationError, TypeError) as error:
            inside = [str(part) for part in error.errors()[0]["loc"]] if isinstance(error, ValidationError) else []
            line = _line_of(text, [name, *inside])
            place = f"{origin}:{line}" if line else origin
            why = (
                "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
                if isinstance(error, ValidationError)
                else str(error)
            )
            raise DefinitionError(f"{place}: the provider row {name!r} has a fault: {why}.") from error
    return rows


def _line_of(text: str, wanted: list[str]) -> int | None:
    """The line, counted from 1, of the deepest header or key on the way to a value: `[acme.quirks]`, `system_role =`."""
    table: list[str] = []
    deepest, found = 0, None
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip()
        if words.startswith("["):
            here = table = words.strip("[]").split(".")
        else:
            here = [*table, words.partition("=")[0].strip(' "')]
        if here == wanted[: len(here)] and len(here) > deepest:
            deepest, found = len(here), number
    return found
