"""Checking a call where it is defined: params, capabilities, and that the SDK is there."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ell2a.providers import models, requirements
from ell2a.providers.definition import Definition
from ell2a.providers.sdk import installed_version

from ell2a.calls import AgentChoice, AnyAgent, ResponseFormat
from ell2a.errors import InvalidParams, ParamFault

if TYPE_CHECKING:
    from ell2a.providers.provider import Provider

REQUEST_OPTIONS = ("timeout", "extra_headers", "extra_query")
"""Options of the SDK's request: they go to the SDK beside the body. `extra_body` is merged into the body."""


class SdkMissing(UserWarning):
    """A definition could not be checked, since the provider's package is not installed."""


def define(
    provider: Provider,
    model: str,
    *,
    client: Any,
    agents: Sequence[AnyAgent],
    agent_choice: AgentChoice | None,
    response_format: ResponseFormat | None,
    stream: bool,
    default_params: Mapping[str, Any],
    api_params: Mapping[str, Any],
) -> Definition:
    """See `Provider.define`."""
    registered = models.registered(provider.name, model)
    defaults = {**(registered.default_params if registered else {}), **default_params}
    params = {**defaults, **api_params}
    if registered:
        _refuse_disallowed(provider, model, registered.disallowed_params, api_params)
    if installed_version(provider.sdk.package) is None:
        warnings.warn(
            f"{provider.name}/{model} is defined but not checked: the package `{provider.sdk.package}` is not installed"
            f" ({provider.sdk.install}).",
            SdkMissing,
            stacklevel=5,
        )
    else:
        provider.validate_call_params(client, model, params)
    requirements.check(
        f"{provider.name}/{model}",
        provider.capabilities(client, model),
        requirements.of_definition(agents=agents, response_format=response_format, stream=stream, n=params.get("n")),
    )
    options = {name: params.pop(name) for name in REQUEST_OPTIONS if name in params}
    body = params.pop("extra_body", None) or {}
    return Definition(
        provider=provider,
        model=model,
        client=client,
        agents=tuple(agents),
        agent_choice=agent_choice,
        response_format=response_format,
        stream=stream,
        api_params={**params, **body},
        defaulted=frozenset(defaults) - frozenset(api_params),
        options=options,
    )


def _refuse_disallowed(
    provider: Provider, model: str, disallowed: Mapping[str, str], api_params: Mapping[str, Any]
) -> None:
    faults = [
        ParamFault(name, f"is not allowed for this model: {disallowed[name]}")
        for name in api_params
        if name in disallowed
    ]
    if faults:
        raise InvalidParams(f"{provider.name}/{model}", faults)
