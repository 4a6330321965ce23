"""The last check before a request leaves: providers whose translation is broken on purpose, with every version of the SDKs."""

from __future__ import annotations

from typing import Any

import pytest
from sdks.conftest import Wire

import ell2a
from ell2a.errors import BadConversion, ContractError
from ell2a.log.views import CallFilter
from ell2a.messages import user
from ell2a.providers import Provider, Report
from ell2a.providers.signature_params import call_names

Native = dict[str, Any]


def broken(
    provider: Provider, *, lacking: str | None = None, stray: str | None = None, argument: str | None = None
) -> Any:
    """The provider with a fault: a name that it leaves out, one that it writes into the body, one that it hands to the SDK."""
    kind: Any = type(provider)

    class Broken(kind):  # type: ignore[misc]
        def translate_ell2a_to_provider(self, call: ell2a.Ell2aCall, report: Report | None = None) -> Native:
            native: Native = super().translate_ell2a_to_provider(call, report)
            if lacking:
                del native[lacking]
            return {**native, **({stray: 1} if stray else {})}

        def provider_call_arguments(self, native: Native) -> Native:
            return {**super().provider_call_arguments(native), **({argument: 1} if argument else {})}

    return Broken(provider.row)


def refused(wire: Wire, provider: Provider) -> BadConversion:
    """What a call of the provider raises; nothing has left, and nothing is in the log."""
    asked = len(wire.server.requests)
    log = ell2a.current_log()
    assert log is not None
    with pytest.raises(BadConversion) as caught:
        provider.call_model(
            messages=[user("Hello")],
            definition=provider.define("sandbox-small", max_tokens=5),
            observer=log.observer(),
        )
    assert len(wire.server.requests) == asked
    assert list(log.calls(CallFilter()).items) == []
    return caught.value


@pytest.mark.parametrize("name", ["messages", "model"])
def test_what_the_function_requires_and_is_not_there(wire: Wire, name: str) -> None:
    """A request without a required param is refused before it leaves, and the param is named."""
    error = refused(wire, broken(wire.provider, lacking=name))
    assert (error.missing, error.unknown) == ((name,), ())
    assert f"`{name}` is required and not there" in str(error)
    assert "sandbox/sandbox-small" in str(error)


def test_a_name_that_nobody_knows(wire: Wire) -> None:
    """A misspelt name does not slip into `extra_body` unseen."""
    error = refused(wire, broken(wire.provider, stray="tempature"))
    assert (error.missing, error.unknown) == ((), ("extra_body.tempature",))
    assert "`extra_body.tempature` is not known" in str(error)


def test_an_argument_that_the_function_lacks(wire: Wire) -> None:
    """An argument that the SDK's function does not take is told by us, not by a TypeError of the SDK."""
    error = refused(wire, broken(wire.provider, argument="prompt"))
    assert (error.missing, error.unknown) == ((), ("prompt",))


def test_all_faults_at_once(wire: Wire) -> None:
    """Every name is told, and the error is of the family that a provider's author mends."""
    error = refused(wire, broken(wire.provider, lacking="messages", stray="tempature", argument="prompt"))
    assert (error.missing, error.unknown) == (("messages",), ("prompt", "extra_body.tempature"))
    assert isinstance(error, ContractError)


async def test_awaited_calls_are_checked_too(wire: Wire) -> None:
    """The async half of the call path has the same check."""
    provider = broken(wire.provider, lacking="messages")
    with pytest.raises(BadConversion):
        await provider.acall_model(messages=[user("Hello")], definition=provider.define("sandbox-small", max_tokens=5))


def test_what_the_user_wrote_is_vouched_for(wire: Wire) -> None:
    """A param newer than the SDK goes out by the user's own `extra_body`; here the service is the one that refuses it."""
    with pytest.raises(ell2a.errors.BadRequest, match="brand_new"):
        ell2a.call(wire.model(), "Hello", max_tokens=5, extra_body={"brand_new": 1})
    assert wire.sent["brand_new"] == 1


def test_what_is_required_is_read_from_the_function(wire: Wire) -> None:
    """The required names are those without a default in the installed version's signature."""
    names = call_names(wire.provider.provider_call_function())
    assert {"model", "messages"} <= set(names.required) <= names.taken
    assert "extra_body" in names.taken
    assert "self" not in names.taken
