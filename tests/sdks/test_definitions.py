"""Definitions with every version of the SDKs: names, types, routes, and what is refused."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from sdks.conftest import Wire
from sdks.installed import is_installed

import ell2a
from ell2a.errors import InvalidParams
from ell2a.providers import param_check, requirements

REQUIRED = {"openai": {"messages", "model"}, "anthropic": {"max_tokens", "messages", "model"}}

TYPES = {
    "openai": {
        "max_completion_tokens": "int | None",
        "stop": "str | list[str] | None",
        "logit_bias": "dict[str, int] | None",
        "parallel_tool_calls": "bool",
    },
    "anthropic": {
        "max_tokens": "int",
        "stop_sequences": "list[str]",
        "service_tier": '"auto" | "standard_only"',
        "temperature": "float",
    },
}

GOOD: dict[str, dict[str, Any]] = {
    "openai": {"temperature": 0.5, "stop": ["END"], "seed": 3, "max_completion_tokens": 50, "metadata": {"a": "b"}},
    "anthropic": {"temperature": 0.5, "stop_sequences": ["END"], "top_k": 3, "max_tokens": 50, "top_p": 1},
}

BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("openai", {"tempature": 1}, "tempature", "did you mean `temperature`?"),
    ("openai", {"temperature": "hot"}, "temperature", "'hot' is not float | None"),
    ("openai", {"temperature": 7.5}, "temperature", "it takes 0 to 2"),
    ("openai", {"max_output_tokens": 5}, "max_output_tokens", "here it is `max_completion_tokens`"),
    ("openai", {"audio": {"format": "mp3", "voic": "alloy"}}, "audio.voic", "did you mean 'voice'?"),
    ("openai", {"reasoning_effort": "hihg"}, "reasoning_effort", "did you mean 'high'?"),
    ("openai", {"tools": []}, "tools", "`agents=[...]`"),
    ("anthropic", {"tempature": 1}, "tempature", "did you mean `temperature`?"),
    ("anthropic", {"temperature": "hot"}, "temperature", "'hot' is not float"),
    ("anthropic", {"temperature": 1.5}, "temperature", "it takes 0 to 1"),
    ("anthropic", {"top_k": 1.5}, "top_k", "1.5 is not int"),
    ("anthropic", {"stop": "END"}, "stop", "here it is `stop_sequences`"),
    ("anthropic", {"thinking": {"type": "enbled"}}, "thinking.type", "did you mean 'enabled'?"),
    ("anthropic", {"output_config": {"efort": "high"}}, "output_config.efort", "did you mean 'effort'?"),
    ("anthropic", {"system": "Be brief."}, "system", "a system message"),
]


def test_every_argument_is_read(wire: Wire) -> None:
    """All arguments of the SDK's function are params, with the types of this version; none is unreadable."""
    provider = wire.provider
    source, params = provider.param_source(), provider.available_params()
    function = inspect.unwrap(provider.provider_call_function())
    assert source.fault is None
    assert set(inspect.signature(function).parameters) - {"self"} <= set(params)
    assert {name for name, param in params.items() if param.required} == REQUIRED[wire.package]
    assert {name: params[name].type for name in TYPES[wire.package]} == TYPES[wire.package]
    shown = [param.as_json() for param in params.values() if param.kind == "param"]
    assert [one["name"] for one in shown if "Omit" in one["type"] or "NotGiven" in one["type"]] == []
    assert [one["name"] for one in shown if not one["doc"]] == []


@pytest.mark.parametrize("name", ["temperature", "top_p", "top_k"])
def test_sampling_params_go_where_the_installed_sdk_takes_them(wire: Wire, name: str) -> None:
    """anthropic 1.0 took them out of its signature: from then on they go by `extra_body`, before as arguments."""
    if wire.package == "openai" and name == "top_k":
        assert name not in wire.provider.available_params()
        return
    beyond = wire.package == "anthropic" and is_installed("anthropic", since="1")
    assert wire.provider.available_params()[name].route == ("extra_body" if beyond else "argument")
    arguments = wire.provider.provider_call_arguments({"model": "m", name: 0})
    assert arguments == ({"model": "m", "extra_body": {name: 0}} if beyond else {"model": "m", name: 0})


@pytest.mark.parametrize(
    ("package", "params", "path", "words"),
    [row for row in BAD if is_installed(row[0])],
    ids=lambda value: str(value)[:40],
)
def test_mistakes_are_refused(package: str, params: dict[str, Any], path: str, words: str) -> None:
    """A mistake is one fault with its path and what to write instead, whichever version is installed."""
    with pytest.raises(InvalidParams) as caught:
        ell2a.providers.get(package).define("some-model", **params)
    assert [fault.path for fault in caught.value.faults] == [path]
    assert words in str(caught.value.faults[0])


def test_good_params_reach_the_wire(wire: Wire) -> None:
    """What was defined stands in the body that the server gets, name by name and value by value."""
    params = GOOD[wire.package]
    ell2a.call(wire.model(), "Describe granite", **params)
    assert {name: wire.sent[name] for name in params} == params
    assert "extra_body" not in wire.sent


def test_a_zero_is_sent(wire: Wire) -> None:
    """0.0 is a wish like any other, by either route."""
    ell2a.call(wire.model(temperature=0.0), "Describe granite", max_tokens=40)
    assert wire.sent["temperature"] == 0.0


def test_a_call_checks_nothing_again(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """Params and what a definition asks of a model are checked where it is defined, and in none of a hundred calls."""
    checked: list[str] = []

    def noted(module: Any, name: str) -> None:
        real = getattr(module, name)

        def counted(*given: Any, **named: Any) -> Any:
            checked.append(name)
            return real(*given, **named)

        monkeypatch.setattr(module, name, counted)

    noted(param_check, "check")
    noted(param_check, "faults_in")
    noted(requirements, "of_definition")

    @ell2a.simple(wire.model(), **GOOD[wire.package])
    def about(what: str) -> str:
        return f"Describe {what}"

    assert checked.count("check") == checked.count("of_definition") == 1
    assert checked.count("faults_in") >= len(GOOD[wire.package])
    checked.clear()
    for number in range(100):
        about(f"granite {number}")
    assert checked == []
