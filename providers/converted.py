"""The last check before a request leaves: the arguments that a translation amounts to, held against the SDK's function.

Names only: values were checked where the call was defined, and what a translator writes is for its own tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ell2a.errors import BadConversion
from ell2a.providers.definition import Definition
from ell2a.providers.sdk import installed_version
from ell2a.providers.signature_params import call_names

if TYPE_CHECKING:
    from ell2a.providers.provider import Provider


def check(definition: Definition, native: dict[str, Any]) -> None:
    """Raises BadConversion, with every name at once, where the SDK's function would not take the request.

    In `extra_body` may stand what the wire's table or the provider's row knows, and what the user wrote there. Nothing
    is checked where the SDK is not installed, which the call itself tells, or where its function cannot be read.
    """
    provider = definition.provider
    if installed_version(provider.sdk.package) is None:
        return
    source = provider.param_source(definition.client, definition.model)
    if source.kind != "signature":
        return
    names = call_names(source.function)
    arguments = provider.provider_call_arguments(native)
    missing = [name for name in names.required if name not in arguments]
    unknown = [name for name in arguments if name not in names.taken]
    body = arguments.get("extra_body")
    if body:
        unknown += _strays(provider, definition, body)
    if missing or unknown:
        raise BadConversion(
            f"{provider.name}/{definition.model}", source.described_as, missing=missing, unknown=unknown
        )


def _strays(provider: Provider, definition: Definition, body: dict[str, Any]) -> list[str]:
    """The names in `extra_body` that nobody vouches for."""
    known = provider.available_params(definition.client, definition.model)
    return [f"extra_body.{name}" for name in body if name not in known and name not in definition.api_params]
