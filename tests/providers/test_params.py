"""Params as they are read from the SDK's own signature, with what the wire's table and the provider's row add."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, ClassVar

import pytest
from openai import Omit, omit
from pydantic import ConfigDict, TypeAdapter, ValidationError

from ell2a.errors import InvalidParams
from ell2a.providers import Param, ParamSource, Range, SdkNeed, get, param_check, signature_params
from ell2a.providers.annotations import is_typed_dict, text_of
from ell2a.providers.param_check import ParamsUnchecked
from ell2a.providers.rows import ProviderRow
from ell2a.providers.value_walk import faults_in
from ell2a.providers.wire_params import ParamNote

CHAT = get("openai").available_params(model="gpt-4o")
MESSAGES = get("anthropic").available_params(model="claude-sonnet-4-5")
SDK = SdkNeed("openai", "openai", ("2.0.0", "3.54.0"))
ROW = ProviderRow(name="acme", title="Acme", wires={"openai-chat": "https://acme.example"})


def params_of(function: Any, notes: Mapping[str, ParamNote] | None = None) -> tuple[ParamSource, Mapping[str, Param]]:
    """The params of a function of an SDK that this test makes up."""
    source = signature_params.source_of(SDK, function)
    return source, signature_params.params_of(
        source, owned={}, notes=notes or {}, universal={}, row=ROW, wire="openai-chat", model="m"
    )


def test_types_are_read_as_people_write_them() -> None:
    """The SDK's marks for "not given" are gone, unions are flat, literals are in quotes."""
    assert CHAT["temperature"].type == "float | None"
    assert CHAT["stop"].type == "str | list[str] | None"
    assert CHAT["logit_bias"].type == "dict[str, int] | None"
    assert CHAT["verbosity"].type == '"low" | "medium" | "high" | None'
    assert MESSAGES["stop_sequences"].type == "list[str]"
    assert not [name for name, param in {**CHAT, **MESSAGES}.items() if param.kind == "param" and "Omit" in param.type]


def test_every_argument_of_the_sdk_is_there() -> None:
    """Each argument of the SDK's function is a param, and so are those that the wire takes beyond it."""
    from openai.resources.chat.completions import Completions

    assert signature_params.argument_names(Completions.create) <= set(CHAT)
    assert {"temperature", "top_p", "top_k"} <= set(MESSAGES)


def test_what_the_sdk_requires_is_known() -> None:
    """A param without a default is required; a default is told as text, and "not given" is none."""
    assert {name for name, param in MESSAGES.items() if param.required} == {"max_tokens", "messages", "model"}
    assert MESSAGES["max_tokens"].default is None
    assert MESSAGES["extra_headers"].default == "None"
    assert MESSAGES["thinking"].default is None


def test_params_that_the_signature_lacks_go_by_extra_body() -> None:
    """anthropic 1.0 took `temperature` out of its signature, and models still take it."""
    temperature = MESSAGES["temperature"]
    assert (temperature.route, temperature.type, str(temperature.range)) == ("extra_body", "float", "0 to 1")
    assert MESSAGES["thinking"].route == "argument"
    native = {"model": "m", "temperature": 0.0, "max_tokens": 5}
    sent = get("anthropic").provider_call_arguments(native)
    assert sent == {"model": "m", "max_tokens": 5, "extra_body": {"temperature": 0.0}}


def test_params_have_the_sdks_own_words() -> None:
    """What a param does is told by the docs of the SDK, for every one that is the provider's own."""
    assert "sampling temperature" in (CHAT["temperature"].doc or "")
    undescribed = [
        name for params in (CHAT, MESSAGES) for name, param in params.items() if param.kind == "param" and not param.doc
    ]
    assert undescribed == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("max_tokens", "deprecated in favor of `max_completion_tokens`"),
        ("functions", "Deprecated in favor of `tools`."),
        ("user", "being replaced by `safety_identifier`"),
        ("prompt_cache_retention", "Deprecated. Use `prompt_cache_options.ttl` instead."),
    ],
)
def test_deprecated_params_say_what_to_use(name: str, words: str) -> None:
    """A deprecated param says so, with what to use instead."""
    assert words in (CHAT[name].deprecated or "")


def test_params_in_use_are_not_called_deprecated() -> None:
    """Deprecated values of a param do not make the param deprecated."""
    assert {name for name, param in CHAT.items() if param.deprecated} == {
        "function_call", "functions", "max_tokens", "prompt_cache_retention", "user",
    }  # fmt: skip


def test_each_fact_says_where_it_is_from() -> None:
    """The type, the range, the route, the meaning and the refusal each name their source."""
    sources = CHAT["temperature"].sources
    assert sources["type"] == f"openai {version('openai')}, Completions.create"
    assert sources["range"].startswith("https://")
    assert sources["universal"]
    assert CHAT["messages"].sources["why_not"] == "ell2a"
    assert "groq" in get("groq").available_params()["logprobs"].sources["why_not"]


def test_kinds_of_params() -> None:
    """ell2a's own, the request's options and the provider's params are told apart."""
    assert {name for name, param in CHAT.items() if param.kind == "option"} == signature_params.OPTIONS
    assert {name for name, param in CHAT.items() if param.kind == "owned"} == set(
        get("openai").disallowed_provider_params()
    )
    assert CHAT["max_completion_tokens"].universal == "max_tokens"
    assert MESSAGES["stop_sequences"].universal == "stop"
    assert CHAT["seed"].allowed
    assert not CHAT["messages"].allowed


def test_the_public_form_is_plain_json() -> None:
    """A param as pages and the JSON API show it."""
    shown = MESSAGES["temperature"].as_json()
    assert shown["range"] == {"low": 0, "high": 1}
    assert (shown["route"], shown["allowed"], shown["universal"]) == ("extra_body", True, "temperature")


def test_no_key_and_no_client_are_needed() -> None:
    """Params are read from the SDK's class; with a missing key nothing is missing here."""
    assert get("openai").provider_call_function().__qualname__ == "Completions.create"


# --- functions that cannot be read ---


def test_a_function_that_names_no_params_is_said_to_be_unreadable() -> None:
    """Behind **keywords no name can be checked: that is warned of, and nothing but JSON is asked of the values."""

    def create(self: Any, **keywords: Any) -> None: ...

    source, params = params_of(create)
    assert (source.kind, source.function) == ("unreadable", None)
    with pytest.warns(ParamsUnchecked, match=r"takes \*\*keywords .* names and types are not checked"):
        param_check.check("acme/m", source, params, {"anything": 1})
    with pytest.warns(ParamsUnchecked), pytest.raises(InvalidParams, match="cannot stand in JSON"):
        param_check.check("acme/m", source, params, {"anything": object()})
    assert signature_params.argument_names(create) == frozenset()


def test_a_wire_table_is_checked_even_where_the_signature_is_not() -> None:
    """What the wire's table says of a param holds also where the function tells nothing."""

    def create(self: Any, **keywords: Any) -> None: ...

    source, params = params_of(create, {"heat": ParamNote(type=float, range=Range(0, 1), source="x")})
    with pytest.warns(ParamsUnchecked), pytest.raises(InvalidParams, match="`heat`: 5 is out of range"):
        param_check.check("acme/m", source, params, {"heat": 5})


def test_types_that_cannot_be_resolved_leave_the_names() -> None:
    """Where the annotations name what does not exist, the names are checked and the types are not."""

    def create(self: Any, *, heat: NoSuchType = 1, cold: int = 1) -> None: ...  # type: ignore[name-defined]  # noqa: F821

    source, params = params_of(create)
    assert source.kind == "signature"
    with pytest.warns(
        ParamsUnchecked, match="the type of `heat` .* 'NoSuchType' .* its name is checked, its value is not"
    ):
        param_check.check("acme/m", source, params, {"heat": "anything"})
    assert params["heat"].type == "NoSuchType"
    with pytest.raises(InvalidParams, match="did you mean `heat`"):
        param_check.check("acme/m", source, params, {"heta": 1})
    # The others are read all the same.
    with pytest.raises(InvalidParams, match="`cold`: 'much' is not int"):
        param_check.check("acme/m", source, params, {"cold": "much"})


def test_sentinels_are_known_by_name() -> None:
    """Every SDK has its own class for "not given"."""

    class Unset:
        """Another SDK's mark."""

    class Client:
        """An SDK of the test's own."""

        marks: ClassVar = Unset

        def create(self, *, a: int | Omit = omit, b: Sequence[str] | Unset | None = None) -> None: ...

    create = Client.create
    create.__globals__["Unset"] = Unset
    try:
        _, params = params_of(create)
        assert (params["a"].type, params["a"].default) == ("int", None)
        assert params["b"].type == "list[str] | None"
    finally:
        del create.__globals__["Unset"]
        signature_params._signature.cache_clear()


def test_long_lists_of_literals_are_cut() -> None:
    """A type with very many values stays readable."""
    assert text_of(MESSAGES["model"].annotation).count('"') <= 2 * 12
    assert " more" in MESSAGES["model"].type


def test_a_definition_is_cheap() -> None:
    """A definition with five scalar params takes under 2 ms once the SDK is imported: the median of fifty."""
    provider = get("openai")
    given: dict[str, Any] = {"temperature": 0.2, "max_tokens": 50, "top_p": 0.9, "seed": 1, "user": "u"}
    times = []
    for _ in range(50):
        begun = time.perf_counter()
        provider.define("gpt-4o", **given)
        times.append(time.perf_counter() - begun)
    assert sorted(times)[25] < 0.002


VALUES: list[Any] = [
    None, True, 0, 1, -1, 1.5, "x", "auto", "high", [], ["x"], [1], [["x"]], {}, {"type": "enabled"}, {"a": 1},
    {"type": "text", "text": "x"}, {"type": "nope"}, {"user_id": "x"}, [{"role": "user", "content": "x"}], ("x",),
    {"x"}, b"x", object(),
]  # fmt: skip


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_what_pydantic_refuses_is_refused(provider: str) -> None:
    """Every value that pydantic's strict check of the SDK's annotation refuses has a fault here too, for every param."""
    let_through = []
    for name, param in get(provider).available_params().items():
        adapter = TypeAdapter(param.annotation, config=_config(param.annotation))
        for value in VALUES:
            try:
                adapter.validate_python(value, strict=True)
            except ValidationError:
                if not faults_in(value, param.annotation, name):
                    let_through.append((name, value))
    assert let_through == []


def _config(annotation: Any) -> ConfigDict | None:
    return None if is_typed_dict(annotation) else ConfigDict(arbitrary_types_allowed=True)
