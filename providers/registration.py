"""What users say of their models."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from ell2a.errors import DefinitionError, InvalidParams, ParamFault, nearest
from ell2a.messages import JsonValue
from ell2a.providers import models, registry
from ell2a.providers.capabilities import Fact, ProviderCapabilities, no, yes
from ell2a.providers.models import RegisteredModel
from ell2a.providers.provider import Provider

CLIENT_WIRES: Mapping[tuple[str, str], str] = {
    ("openai", "OpenAI"): "openai-chat",
    ("openai", "AsyncOpenAI"): "openai-chat",
    ("anthropic", "Anthropic"): "anthropic-messages",
    ("anthropic", "AsyncAnthropic"): "anthropic-messages",
    ("anthropic", "AnthropicBedrock"): "anthropic-messages",
    ("anthropic", "AsyncAnthropicBedrock"): "anthropic-messages",
    ("anthropic", "AnthropicVertex"): "anthropic-messages",
    ("anthropic", "AsyncAnthropicVertex"): "anthropic-messages",
}
"""Package and class of an SDK's client -> the wire that it speaks by default. Subclasses speak it too."""


def register_model(
    name: str,
    *,
    provider: str | None = None,
    wire: str | None = None,
    default_client: Any = None,
    disallowed_params: Collection[str] | Mapping[str, str] | None = None,
    default_params: Mapping[str, Any] | None = None,
    capabilities: Mapping[str, bool | Fact | JsonValue] | None = None,
) -> RegisteredModel:
    """Say what you know of a model; it wins over every other source, and its bare name now means this provider.

    `provider`: its name; without it, it is found from the type and base URL of `default_client`, or from
    the table of known models. `disallowed_params`: names, or names with reasons. `default_params`: what a
    definition that does not say otherwise sends. `capabilities`: fields of ProviderCapabilities as True,
    False, a value (tokens, a date, a list of kinds) or a Fact.

    Raises InvalidParams for names that do not exist, UnknownProvider, and DefinitionError where no
    provider is told or found.
    """
    found_provider, found_wire = _provider_of(name, provider, wire, default_client)
    reasons = _reasons(disallowed_params or ())
    defaults = dict(default_params or {})
    faults = [
        ParamFault(f"default_params.{param}", "is disallowed for this model by the same registration")
        for param in defaults
        if param in reasons
    ]
    facts, unknown = _facts(capabilities or {})
    if faults or unknown:
        raise InvalidParams(f"register_model({name!r})", [*faults, *unknown])
    model = RegisteredModel(
        name=name,
        provider=found_provider,
        wire=found_wire,
        default_client=default_client,
        disallowed_params=reasons,
        default_params=defaults,
        capabilities=facts,
    )
    models.register(model)
    return model


def wire_of_client(client: Any) -> str | None:
    """The wire that a client of some SDK speaks by default, by its class; None where that is not known."""
    for kind in type(client).__mro__:
        wire = CLIENT_WIRES.get((kind.__module__.partition(".")[0], kind.__name__))
        if wire is not None:
            return wire
    return None


def _provider_of(name: str, provider: str | None, wire: str | None, client: Any) -> tuple[str, str | None]:
    if provider is not None:
        _refuse_other(name, registry.get(provider, wire), client)
        return provider, wire
    if client is None:
        found, _ = registry.resolve(name, wire)
        return found.name, wire
    spoken = wire or wire_of_client(client)
    base_url = str(getattr(client, "base_url", None) or "")
    if spoken is None or not base_url:
        raise DefinitionError(
            f"register_model({name!r}): which provider a {type(client).__name__} talks to is not known:"
            f" say `provider=`, one of {', '.join(registry.names())}."
        )
    there = registry.provider_at(base_url, spoken)
    if there.name not in registry.names():
        # Nobody else could find it by its name.
        registry.register_provider(there.name, wires={spoken: base_url}, any_model=True)
    return there.name, spoken


def _refuse_other(name: str, said: Provider, client: Any) -> None:
    """A client of one known service is not registered under the name of another.

    At a host that no row has, or on this machine, the user's word stands.
    """
    there = registry.provider_for_client(said, client)
    if there.name != said.name and not there.row.any_model:
        raise DefinitionError(
            f"register_model({name!r}): `default_client` talks to {there.name}, not {said.name}:"
            f" say provider={there.name!r}, or leave `provider` out."
        )


def _reasons(disallowed: Collection[str] | Mapping[str, str]) -> dict[str, str]:
    if isinstance(disallowed, Mapping):
        return dict(disallowed)
    names = [disallowed] if isinstance(disallowed, str) else disallowed
    return dict.fromkeys(names, "it was registered so, with `register_model`")


def _facts(said: Mapping[str, bool | Fact | JsonValue]) -> tuple[dict[str, Fact], list[ParamFault]]:
    facts: dict[str, Fact] = {}
    faults: list[ParamFault] = []
    for name, value in said.items():
        if name not in ProviderCapabilities.model_fields:
            near = nearest(name, ProviderCapabilities.model_fields)
            known = ", ".join(ProviderCapabilities.model_fields)
            hint = f"did you mean `{near}`?" if near else f"known are {known}"
            faults.append(ParamFault(f"capabilities.{name}", "there is no such capability", hint))
        elif value is None:
            faults.append(ParamFault(f"capabilities.{name}", "None says nothing", "write True, False or a value"))
        else:
            facts[name] = _fact(value)
    return facts, faults


def _fact(value: bool | Fact | JsonValue) -> Fact:
    if isinstance(value, Fact):
        return value
    today = datetime.now(UTC).date().isoformat()
    if value is False:
        return no("yours", as_of=today)
    return yes("yours", value=None if value is True else value, as_of=today)
