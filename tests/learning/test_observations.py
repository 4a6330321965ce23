"""Refused calls: their words become facts about the model, dated, with the call; a param warns, a capability refuses."""

# ruff: noqa: E501  # one case a line

from __future__ import annotations

import gzip
import json
import warnings
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import ell2a
from ell2a import providers
from ell2a.calls import Observed
from ell2a.errors import BadRequest, CallError, UnsupportedCapability
from ell2a.log import CallLog
from ell2a.messages import image, user
from ell2a.providers import learned
from ell2a.providers.learned import HOLDS_DAYS, Observation
from ell2a.providers.observations import REFUSALS, RULES, observed_in
from ell2a.providers.observed_params import ParamRefusedBefore

from .conftest import Service

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f0003860180"
    "5a347d6b0000000049454e44ae426082"
)

SHOWN: list[tuple[str, dict[str, Any], list[tuple[str, str, Any]]]] = [
    ("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", {"max_tokens": 5}, [("param", "max_tokens", None)]),
    ("Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.", {"temperature": 0.2}, [("param", "temperature", None), ("capability", "temperature", None)]),
    ("Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values are: 'low'.", {"reasoning_effort": "minimal"}, [("param", "reasoning_effort", "minimal")]),
    ("Unsupported value: 'stream' does not support true with this model.", {"stream": True}, [("param", "stream", True), ("capability", "streaming", None)]),
    ("`temperature` is deprecated for this model.", {"temperature": 1}, [("param", "temperature", None), ("capability", "temperature", None)]),
    ("tools is not supported in this model. For a list of supported models, see the guide.", {"tools": []}, [("param", "tools", None), ("capability", "function_calling", None)]),
    ("`tool calling` is not supported with this model", {}, [("capability", "function_calling", None)]),
    ("Model grok-4 does not support parameter presencePenalty.", {"presence_penalty": 1}, [("param", "presence_penalty", None)]),
    ("'claude-3-5-haiku-20241022' does not support image input.", {}, [("capability", "image_input", None)]),
    ("No endpoints found that support image input", {}, [("capability", "image_input", None)]),
    ("registry.ollama.ai/library/gemma:2b does not support tools", {}, [("capability", "function_calling", None)]),
    ("This model does not support response format `json_schema`.", {}, [("capability", "structured_outputs", None)]),
    ("max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens for claude-x", {}, [("capability", "max_output_tokens", 64000)]),
]  # fmt: skip

SHOWS_NOTHING = [
    "You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png'].",
    "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
    "This model does not support image URLs from this host, send bytes.",
    "The file type you uploaded is not supported. Please try again with a pdf",
    "Unknown parameter: 'tempature'.",
]


@pytest.mark.parametrize(("words", "request_body", "expected"), SHOWN)
def test_words_of_a_refusal_show_what_is_not_taken(
    words: str, request_body: dict[str, Any], expected: list[tuple[str, str, Any]]
) -> None:
    """What providers say becomes params and capabilities, with the value or limit where it is told."""
    seen = observed_in(400, {"error": {"message": words}}, request_body)
    assert [(s.kind, s.name, s.value) for s in seen] == expected
    assert all(s.words == words for s in seen)


@pytest.mark.parametrize("words", SHOWS_NOTHING)
def test_words_of_something_else_show_nothing(words: str) -> None:
    """One bad picture, two params that cannot stand together, or a typo say nothing of the model."""
    assert observed_in(400, {"error": {"message": words}}, {"temperature": 1, "top_p": 1}) == ()


def test_other_statuses_and_params_that_were_not_sent_show_nothing() -> None:
    """A rate limit is no refusal, and a param that the request has not cannot be what was refused."""
    body = {"error": {"message": SHOWN[0][0]}}
    assert observed_in(429, body, {"max_tokens": 5}) == ()
    assert observed_in(400, body, {"max_completion_tokens": 5}) == ()


def test_recorded_errors_show_what_they_say(recordings: Path) -> None:
    """Of all real error bodies, exactly those that speak of the model's abilities are read, and as they mean it."""
    found = {}
    for file in sorted(recordings.glob("*.jsonl.gz")):
        if file.name.startswith("truth"):
            continue
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                call = json.loads(line)
                if call["status"] in REFUSALS:
                    asked = call["request"] if isinstance(call["request"], dict) else {}
                    for seen in observed_in(call["status"], call["response"], asked):
                        found[call["id"]] = (seen.kind, seen.name, seen.value)
    assert found == {
        "b113d84ec2c1d7c0": ("param", "messages.role", "developer"),
        "f4fe84521d499dff": ("param", "web_search_options", None),
        "a1f63649cea871c9": ("param", "output_config.effort", "xhigh"),
    }


def test_every_rule_has_a_source() -> None:
    """Where the words are known from stands beside each of them."""
    assert all(rule.source for rule in RULES)


def test_a_refused_param_warns_with_the_call(service: Service, acme: Callable[..., str], own_store: Path) -> None:
    """The next definition warns once, with the call's id, and is made; the param is shown as observed."""
    name = acme()
    service.refuses("Unsupported parameter: 'seed' is not supported with this model.")
    with pytest.raises(BadRequest) as refused:
        ell2a.call(f"{name}/m-param", "hi", seed=7)
    with pytest.warns(ParamRefusedBefore, match=str(refused.value.call_id)):
        providers.get(name).define("m-param", seed=7)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        providers.get(name).define("m-param", seed=8)
        providers.get(name).define("another", seed=7)
    params = providers.get(name).available_params(model="m-param")
    assert params["seed"].allowed
    shown = params["seed"].as_json()["observed"]
    assert (shown["call_id"], shown["as_of"]) == (refused.value.call_id, datetime.now(UTC).date().isoformat())
    assert params["temperature"].observed is None
    fact = providers.get(name).capabilities(model="m-param").seed
    assert (fact.state, fact.source, fact.call_id) == ("no", "observed", refused.value.call_id)
    assert own_store.exists()


def test_a_refused_value_warns_of_that_value_alone(service: Service, acme: Callable[..., str], own_store: Path) -> None:
    """Where others are taken, only the one that was refused is warned of."""
    del own_store
    name = acme()
    service.refuses("Unsupported value: 'reasoning_effort' does not support 'minimal' with this model.")
    with pytest.raises(BadRequest):
        ell2a.call(f"{name}/m-value", "hi", reasoning_effort="minimal")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        providers.get(name).define("m-value", reasoning_effort="low")
    with pytest.warns(ParamRefusedBefore, match="'minimal'"):
        providers.get(name).define("m-value", reasoning_effort="minimal")


def test_a_refused_capability_refuses_until_the_user_says_otherwise(
    service: Service, acme: Callable[..., str], own_store: Path
) -> None:
    """No second request leaves; the error names the call and what overrules it, and `register_model` does."""
    del own_store
    name = acme()
    asked = [user(["What is this?", image(PIXEL)])]
    service.refuses("This model does not support image input.")
    with pytest.raises(BadRequest) as refused:
        ell2a.call(f"{name}/m-eyes", asked)
    before = len(service.asked)
    with pytest.raises(UnsupportedCapability, match=f"observed.*{refused.value.call_id}.*register_model"):
        ell2a.call(f"{name}/m-eyes", asked)
    assert len(service.asked) == before
    ell2a.register_model("m-eyes", provider=name, capabilities={"image_input": True})
    with pytest.raises(CallError, match="answered 400"):
        ell2a.call(f"{name}/m-eyes", asked)


def test_one_row_a_day(service: Service, acme: Callable[..., str], own_store: Path) -> None:
    """However often a program is refused, the store keeps the first of the day."""
    del own_store
    name = acme()
    service.refuses("`seed` is deprecated for this model.")
    ids: list[str] = []
    for _ in range(3):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pytest.raises(BadRequest) as refused:
                ell2a.call(f"{name}/m-often", "hi", seed=1)
        ids.append(str(refused.value.call_id))
    log = ell2a.current_log()
    assert log is not None
    assert [(o.kind, o.name, o.call_id) for o in log.providers.observations(name, "m-often")].count(
        ("param", "seed", ids[0])
    ) == 1
    assert len(log.providers.observations(name)) == 2


def test_observations_on_each_database(service: Service, acme: Callable[..., str], store: str) -> None:
    """A refused call is kept with what it showed, on a file and on a server."""
    name = acme()
    service.refuses("max_tokens is too large: 9. This model supports at most 8 completion tokens", 400)
    log = CallLog.open(store)
    try:
        with pytest.raises(BadRequest) as refused:
            providers.get(name).call_model(model="m", messages=[user("hi")], observer=log.observer(), max_tokens=9)
        (seen,) = log.providers.observations(name)
        assert (seen.name, seen.value, seen.call_id) == ("max_output_tokens", 8, refused.value.call_id)
    finally:
        log.close()


def test_an_old_observation_settles_nothing() -> None:
    """A model may learn what it once refused."""
    today = date(2026, 11, 22)
    made = [
        Observation(Observed("param", "seed", "no"), "openai-chat", (today - timedelta(days=days)).isoformat(), "01X")
        for days in (HOLDS_DAYS, HOLDS_DAYS + 1)
    ]
    assert [seen.holds(today) for seen in made] == [True, False]


def test_what_cannot_be_read_is_not_known(tmp_path: Path) -> None:
    """A file that is no store, or none at all, teaches nothing and raises nothing."""
    broken = tmp_path / "calls.db"
    broken.write_bytes(b"no database")
    ell2a.init(store="off")
    from ell2a.learning import FileFacts

    for path in (broken, tmp_path / "missing.db"):
        assert FileFacts(path).of_model("openai", "gpt-4o") == learned.Learned()
        assert FileFacts(path).of_provider("openai") == {}
