"""Checking a call where it is defined: params, capabilities, and that the SDK is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ell2a.calls import AgentChoice, AnyAgent, ResponseFormat
from ell2a.errors import InvalidParams, ModelNotOnWire, ParamFault
from ell2a.providers import end_of_life, learned, models, observed_params, requirements
from ell2a.providers.definition import Definition
from ell2a.providers.misspelt import warn_if_misspelt
from ell2a.providers.model_table import only_on
from ell2a.providers.models import RegisteredModel
from ell2a.providers.param_rules import with_extra_body
from ell2a.providers.sdk import installed_version, warn_if_untried
from ell2a.providers.warn import warn_caller

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
    from ell2a.providers.registry import provider_for_client

    provider = provider_for_client(provider, client)
    registered = models.registered(provider.name, model)
    _check_wire(provider, model, registered)
    defaults = {**(registered.default_params if registered else {}), **default_params}
    params = {**defaults, **api_params}
    disallowed = registered.disallowed_params if registered else {}
    _check_params(
        provider,
        model,
        client,
        disallowed,
        params,
        agents=agents,
        agent_choice=agent_choice,
        response_format=response_format,
        stream=stream,
    )
    if registered is None:
        warn_if_misspelt(provider.row, model)
    facts = provider.capabilities(client, model)
    end_of_life.warn_if_past(f"{provider.name}/{model}", facts.end_of_life)
    observed_params.warn_if_refused_before(provider.name, model, provider.wire, with_extra_body(params))
    requirements.check(
        f"{provider.name}/{model}",
        facts,
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


def _check_wire(provider: Provider, model: str, registered: RegisteredModel | None) -> None:
    """Raises ModelNotOnWire for a model that the provider serves on another of its wires; a user's own word stands over that."""
    found = only_on(provider.row.models, model) if provider.row.models else None
    if found is None or found.wire == provider.wire or found.wire not in provider.row.wires:
        return
    if registered is None or registered.wire != provider.wire:
        raise ModelNotOnWire(f"{provider.name}/{model}", provider.wire, wires=[found.wire], source=found.source)


def _check_params(
    provider: Provider,
    model: str,
    client: Any,
    disallowed: Mapping[str, str],
    params: Mapping[str, Any],
    **asked: Any,
) -> None:
    """Raises InvalidParams with the faults that the provider finds, and those against a user's own registration."""
    key = None if disallowed else _key_of(provider, model, client, params, asked)
    learnt = learned.of_model(provider.name, model)
    if key in _in_order and _in_order[key] is learnt:
        return
    body = params.get("extra_body")
    given = (
        {**params, **{f"extra_body.{name}": value for name, value in body.items()}}
        if isinstance(body, dict)
        else params
    )
    faults = [
        ParamFault(path, "is not allowed for this model", disallowed[name])
        for path in given
        if (name := path.removeprefix("extra_body.")) in disallowed
    ]
    allowed: tuple[str, ...] = ()
    if installed_version(provider.sdk.package) is None:
        warn_caller(
            f"{provider.name}/{model} is defined but not checked: the package `{provider.sdk.package}` is not installed"
            f" ({provider.sdk.install}).",
            SdkMissing,
        )
    else:
        warn_if_untried(provider.sdk)
        try:
            provider.validate_call_params(client, model, params, **asked)
        except InvalidParams as found:
            told = {fault.path for fault in faults}
            faults += [fault for fault in found.faults if fault.path not in told]
            allowed = found.allowed
    if faults:
        raise InvalidParams(f"{provider.name}/{model}", faults, allowed=allowed)
    if (
        key is not None
        and installed_version(provider.sdk.package)
        and provider.param_source(client, model).fault is None
    ):
        if len(_in_order) >= _MOST_IN_ORDER:
            _in_order.clear()
        _in_order[key] = learnt


_in_order: dict[tuple[Any, ...] | None, learned.Learned] = {}
"""Scalar params that were found in order, beside what was learnt of the model then: `ell2a.call` defines the same call
again and again."""
_MOST_IN_ORDER = 512
_SCALARS = frozenset({str, int, float, bool, type(None)})


def _key_of(
    provider: Provider, model: str, client: Any, params: Mapping[str, Any], asked: Mapping[str, Any]
) -> tuple[Any, ...] | None:
    """What decides on params; None where one of them is no scalar, or agents or a format are asked for."""
    kinds = tuple(map(type, params.values()))
    if not _SCALARS.issuperset(kinds) or any(value for name, value in asked.items() if name != "stream"):
        return None
    # 1, 1.0 and True are equal and not the same.
    return provider, model, type(client), asked.get("stream"), tuple(params), kinds, tuple(params.values())
