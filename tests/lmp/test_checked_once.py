"""What is checked when a function is defined is not checked again by its calls: counted in the running code, on every wire."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

import pytest

import ell2a
from ell2a.providers import (
    Provider,
    defining,
    get,
    param_check,
    param_rules,
    requirements,
    signature_params,
    value_walk,
)
from ell2a.providers.annotations import hint_of
from ell2a.sandbox import Sandbox

WIRES = {"openai-chat": "max_tokens", "openai-responses": "max_output_tokens", "anthropic-messages": "max_tokens"}
"""Wire -> its limit of output tokens."""

CHECKS: dict[str, Callable[..., Any]] = {
    "definition": defining.define,
    "params": param_check.check,
    "rules": param_rules.faults_against,
    "values": value_walk.faults_in,
    "capabilities": requirements.of_definition,
    "hints": hint_of.__wrapped__,
    "signature": signature_params._signature.__wrapped__,
}
"""What is done for a definition, by what it looks at."""


@contextmanager
def counted(provider: Provider) -> Iterator[Counter[str]]:
    """How often each of CHECKS, and each translation of the wire, ran in this block."""
    steps: dict[str, Any] = {
        **CHECKS,
        "request written": type(provider).translate_ell2a_to_provider,
        "answer read": type(provider).translate_provider_to_ell2a,
        "messages held against capabilities": requirements.check_messages,
    }
    names: dict[CodeType, str] = {step.__code__: name for name, step in steps.items()}
    ran: Counter[str] = Counter()

    def seen(frame: FrameType, event: str, argument: object) -> None:
        del argument
        if event == "call" and frame.f_code in names:
            ran[names[frame.f_code]] += 1

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        yield ran
    finally:
        sys.setprofile(before)


CALL = {"request written": 1, "answer read": 1, "messages held against capabilities": 1}
"""What a call does, whoever made its definition."""


@pytest.fixture(autouse=True)
def _sandbox() -> Iterator[None]:
    with Sandbox(activate=True):
        yield


@pytest.mark.parametrize("wire", WIRES)
def test_a_call_checks_nothing_again(wire: str) -> None:
    """Defining checks the params once, each value once; a call of the function writes, sends and reads, and checks none."""
    provider = get("sandbox", wire=wire)
    params: dict[str, Any] = {WIRES[wire]: 23, "temperature": 0.25, "top_p": 0.75}

    with counted(provider) as at_definition:

        @ell2a.simple("sandbox/sandbox-small", wire=wire, **params)
        def about(what: str) -> str:
            return f"Tell me of {what}."

    assert (at_definition["definition"], at_definition["params"]) == (1, 1)
    assert at_definition["rules"]
    assert at_definition["values"] == len(params)
    # Those of the params that are given, of the dozens that there are; none where an earlier test read them.
    assert at_definition["hints"] <= len(params)
    assert not CALL.keys() & at_definition.keys()
    for harbour in ("piers", "quays"):
        with counted(provider) as in_call:
            assert about(harbour)
        assert in_call == CALL


@pytest.mark.parametrize("wire", WIRES)
def test_a_call_without_a_definition_is_checked_once(wire: str) -> None:
    """`ell2a.call` defines and calls: its params are checked once; the same ones again are known to be in order."""
    provider = get("sandbox", wire=wire)
    params: dict[str, Any] = {WIRES[wire]: 29, "temperature": 0.125}
    with counted(provider) as first:
        ell2a.call("sandbox/sandbox-small", "Hi", wire=wire, **params)
    assert (first["definition"], first["params"], first["values"]) == (1, 1, len(params))
    assert {name: first[name] for name in CALL} == CALL
    with counted(provider) as again:
        ell2a.call("sandbox/sandbox-small", "Hello", wire=wire, **params)
    assert (again["definition"], again["params"], again["values"], again["hints"]) == (1, 0, 0, 0)
    assert {name: again[name] for name in CALL} == CALL


def test_types_are_resolved_for_the_given_params_alone() -> None:
    """Of an SDK's dozens of params a definition resolves the types of those that it gives."""
    hint_of.cache_clear()
    with counted(get("sandbox")) as ran:
        ell2a.simple("sandbox/sandbox-small", temperature=0.5, top_p=0.5)(lambda: "Hi")
    assert ran["hints"] == 2
