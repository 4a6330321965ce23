"""The wire anthropic-messages: params, universal params, capabilities, clients and errors."""

from __future__ import annotations

from typing import Any

import anthropic
import pytest

from ell2a import errors, providers
from ell2a.calls import UniversalParams
from ell2a.errors import CallError, InvalidParams, MissingKey
from ell2a.providers import ProviderCapabilities
from ell2a.providers.anthropic_messages.params import NOTES, OWNED, UNIVERSAL
from ell2a.providers.anthropic_messages.tables import ERROR_RULES
from ell2a.providers.anthropic_messages.wire_facts import WIRE_FACTS
from ell2a.providers.errors import class_of
from ell2a.providers.universal import read_universal, write_universal

PROVIDER = providers.get("anthropic")


@pytest.mark.parametrize(
    ("params", "path", "hint"),
    [
        ({"messages": []}, "messages", "ell2a.call"),
        ({"system": "x"}, "system", "system message"),
        ({"tools": []}, "tools", "agents"),
        ({"tool_choice": {"type": "auto"}}, "tool_choice", "agent_choice"),
        ({"stream": True}, "stream", "stream=True"),
        ({"output_config": {"format": {}}}, "output_config.format", "response_format"),
        ({"output_format": {}}, "output_format", "response_format"),
        ({"workspace_id": "w"}, "workspace_id", "extra_headers"),
        ({"temperature": 1.5}, "temperature", "0 to 1"),
        ({"max_tokens": "x"}, "max_tokens", ""),
    ],
)
def test_params_that_are_refused(params: dict[str, Any], path: str, hint: str) -> None:
    """What ell2a owns, and what is out of range, is refused at definition, with what to write instead."""
    with pytest.raises(InvalidParams) as caught:
        PROVIDER.validate_call_params(None, "claude-sonnet-4-5", params)
    (fault,) = caught.value.faults
    assert fault.path == path
    assert hint in str(fault)


def test_params_that_are_taken() -> None:
    """The wire's own params pass, those that the SDK has no argument for too."""
    good = {
        "max_tokens": 1,
        "temperature": 0.0,
        "top_k": 0,
        "disable_parallel_tool_use": True,
        "stop_sequences": ["x"],
        "metadata": {"user_id": "u"},
    }
    PROVIDER.validate_call_params(None, "claude-sonnet-4-5", good)
    thinking = {"top_p": 1.0, "output_config": {"effort": "low"}, "thinking": {"type": "adaptive"}}
    PROVIDER.validate_call_params(None, "claude-opus-4-6", thinking)
    assert PROVIDER.available_params()["temperature"].route == "extra_body"


def test_models_without_sampling_params() -> None:
    """A model that is documented to refuse them is known by its name, dated or not; its neighbours are not."""
    assert not PROVIDER.available_params(None, "claude-opus-4-7")["temperature"].allowed
    assert not PROVIDER.available_params(None, "claude-sonnet-5-20260630")["top_k"].allowed
    assert PROVIDER.available_params(None, "claude-opus-4-6")["temperature"].allowed
    assert PROVIDER.available_params(None, "claude-sonnet-5-5")["temperature"].allowed


def test_every_universal_param_has_a_rule() -> None:
    """Each field of UniversalParams has a row that says how the wire takes it; two stand in the call itself."""
    assert UNIVERSAL.keys() | {"agent_choice", "response_format"} == UniversalParams.model_fields.keys()
    assert all(rule.source for rule in UNIVERSAL.values())


@pytest.mark.parametrize(
    ("universal", "value", "native", "action"),
    [
        ("max_tokens", 5, {"max_tokens": 5}, "kept"),
        ("temperature", 1.7, {"temperature": 1.0}, "clamped"),
        ("stop", ["x"], {"stop_sequences": ["x"]}, "renamed"),
        ("parallel_agent_calls", False, {"disable_parallel_tool_use": True}, "converted"),
        ("reasoning_effort", "high", {"output_config": {"effort": "high"}}, "converted"),
        ("reasoning_effort", "minimal", {"output_config": {"effort": "low"}}, "converted"),
        ("reasoning_budget", 100, {"thinking": {"type": "enabled", "budget_tokens": 1024}}, "converted"),
        ("user_id", "u", {"metadata": {"user_id": "u"}}, "converted"),
        ("seed", 1, {None: None}, "dropped"),
        ("n", 2, {None: None}, "dropped"),
    ],
)
def test_universal_params(universal: str, value: Any, native: dict[Any, Any], action: str) -> None:
    """A universal param becomes the wire's, and is read back out of it."""
    written = write_universal(UNIVERSAL, universal, value)
    assert {written.name: written.value} == native
    assert written.action == action
    if action in ("kept", "renamed") or (action == "converted" and not written.reason):
        assert written.name is not None
        assert read_universal(UNIVERSAL, {written.name: written.value}).values == {universal: value}


@pytest.mark.parametrize("rule", [r for r in UNIVERSAL.values() if r.read], ids=lambda rule: rule.universal)
def test_universal_values_of_another_shape_say_nothing(rule: Any) -> None:
    """A native value that is not of the param's form gives no universal one."""
    assert [rule.read(value) for value in (None, "x", 3, {}, {"type": "adaptive"})] == [None] * 5


def test_every_fact_has_a_source() -> None:
    """Each capability of the wire says where it is known from and when."""
    for name in ProviderCapabilities.model_fields:
        fact = getattr(WIRE_FACTS, name)
        assert fact.state == "unknown" or (fact.source == "wire" and fact.as_of and fact.detail), name
    assert PROVIDER.capabilities(None, "claude-sonnet-4-5").context_window.value == 200_000
    assert PROVIDER.capabilities().multiple_choices.state == "no"


def test_notes_have_sources() -> None:
    """Each row of the tables says where it is known from, and each owned param what to write instead."""
    assert all(note.source for note in NOTES.values())
    assert all(rule.source for rule in ERROR_RULES)
    assert all(OWNED.values())


@pytest.mark.parametrize(
    ("status", "kind", "message", "expected"),
    [
        (
            400,
            "invalid_request_error",
            "prompt is too long: 300000 tokens > 200000 maximum",
            errors.ContextLengthExceeded,
        ),
        (400, "invalid_request_error", "Your credit balance is too low to access the API.", errors.QuotaExhausted),
        (400, "invalid_request_error", "Output blocked by content filtering policy", errors.ContentFiltered),
        (400, "invalid_request_error", "max_tokens: Field required", errors.BadRequest),
        (401, "authentication_error", "invalid x-api-key", errors.AuthenticationFailed),
        (402, "billing_error", "pay", errors.QuotaExhausted),
        (403, "permission_error", "no", errors.PermissionDenied),
        (404, "not_found_error", "model: x", errors.NotFound),
        (413, "request_too_large", "too large", errors.BadRequest),
        (429, "rate_limit_error", "slow down", errors.RateLimited),
        (500, "api_error", "oops", errors.ServerError),
        (504, "timeout_error", "slow", errors.CallTimeout),
        (529, "overloaded_error", "Overloaded", errors.Overloaded),
        (None, "overloaded_error", "Overloaded", errors.Overloaded),
        (None, "api_error", "oops", errors.ServerError),
    ],
)
def test_errors(status: int | None, kind: str, message: str, expected: type[CallError]) -> None:
    """Status and type of the body give one of our errors; inside a stream the type alone does."""
    body = {"type": "error", "error": {"type": kind, "message": message}}
    assert class_of(status, body, ERROR_RULES) is expected


def test_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client is made from the row, with the key of the environment; without one the variable is named."""
    with pytest.raises(MissingKey, match="ANTHROPIC_API_KEY"):
        PROVIDER.make_client()
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    with PROVIDER.make_client() as client:
        assert isinstance(client, anthropic.Anthropic)
        assert str(client.base_url).rstrip("/") == "https://api.anthropic.com"
    assert isinstance(PROVIDER.make_client(asynchronous=True), anthropic.AsyncAnthropic)


def test_unreachable() -> None:
    """A server that is not there is an error of ours, with the SDK's as its cause."""
    with (
        anthropic.Anthropic(api_key="k", base_url="http://127.0.0.1:9", max_retries=0) as client,
        pytest.raises(errors.ConnectionFailed) as caught,
    ):
        PROVIDER.call_model(client=client, model="claude-opus-4-8", messages=[], max_tokens=1)
    assert isinstance(caught.value.__cause__, anthropic.APIConnectionError)
