"""Providers as data: a row says what a service is called, where it is, and which wires it speaks."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from ell2a.providers.capabilities import Fact
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ell2a.errors import CallError, DefinitionError

_VARIABLE = re.compile(r"\{([A-Z0-9_]+)\}")


class ProviderRow(BaseModel):
    """One service as its users name it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    wires: dict[str, str]
    """Wire -> base URL, the default wire first. `{VARIABLE}` in a URL is read from the environment when a client is made."""
    key: list[str] = Field(default_factory=list)
    """Environment variables that may hold the API key, the first one preferred; none: it needs no key."""
    base_url_variable: str | None = None
    """An environment variable that, where it is set, replaces the base URL of the default wire."""
    docs: str | None = None
    prices: str | None = None
    """The provider's id in genai-prices; None: its prices are not known."""
    models: str | None = None
    """The provider's id in the shipped model table."""
    any_model: bool = False
    """It serves whatever model it was started with, so a model name tells nothing."""
    quirks: dict[str, Any] = Field(default_factory=dict)
    """Where it departs from the wire, by the names that the wire's table gives."""
    facts: dict[str, Fact] = Field(default_factory=dict)
    """Capabilities that differ from the wire's."""
    sources: dict[str, str] = Field(default_factory=dict)

    def base_url(self, wire: str, environ: Mapping[str, str] = os.environ) -> str:
        """The base URL of a wire. Raises CallError where a variable in it is not set."""
        if self.base_url_variable and wire == next(iter(self.wires)) and environ.get(self.base_url_variable):
            return environ[self.base_url_variable]
        url = self.wires[wire]
        missing = [name for name in _VARIABLE.findall(url) if not environ.get(name)]
        if missing:
            raise CallError(f"{self.name}: its address needs `{missing[0]}`, which is not set.", provider=self.name)
        return _VARIABLE.sub(lambda found: environ[found[1]], url)

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
            line = next((i for i, words in enumerate(text.splitlines(), 1) if words.strip() == f"[{name}]"), None)
            place = f"{origin}:{line}" if line else origin
            why = (
                "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
                if isinstance(error, ValidationError)
                else str(error)
            )
            raise DefinitionError(f"{place}: the provider row {name!r} has a fault: {why}.") from error
    return rows
