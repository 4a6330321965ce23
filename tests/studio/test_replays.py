"""Replays from the studio: the plan first, the run, and the call beside its original."""

from __future__ import annotations

import html as entities
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from ell2a.log import CallLog
from ell2a.messages import user
from ell2a.sandbox import Sandbox
from ell2a.studio.replay_request import MAX_TARGETS, replay_url, targets_asked

from .conftest import VERDICT, Sample, call

OTHER = {"model": "sandbox/sandbox-large", "wire": "anthropic-messages"}


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    """The events of a stream: (name, data)."""
    found = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n", 1)
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_a_plan_accounts_for_every_part_and_sends_nothing(client: TestClient, sample: Sample, sandbox: Sandbox) -> None:
    """The plan as JSON has every leaf of the call, the native request and no side effect."""
    before, calls = len(sandbox.requests), len(client.get("/api/calls?limit=500").json()["items"])
    plan = client.post(f"/api/calls/{sample.params}/replay/plan", json=OTHER).json()
    assert set(plan) == {"target", "wire", "runnable", "items", "request", "estimated_cost"}
    assert plan["target"] == "sandbox/sandbox-large"
    assert plan["wire"] == "anthropic-messages"
    assert plan["runnable"] is True
    told = {i["path"]: i["action"] for i in plan["items"]}
    leaves = {i["path"] for i in client.get(f"/api/calls/{sample.params}").json()["translation"]}
    assert leaves <= set(told)
    assert told["api_params.seed"] == "dropped"
    assert told["api_params.max_completion_tokens"] == "renamed"
    assert plan["request"]["max_tokens"] == 90
    assert len(sandbox.requests) == before
    assert len(client.get("/api/calls?limit=500").json()["items"]) == calls


def test_a_run_is_a_new_call(own: TestClient, log: CallLog) -> None:
    """The run gives the id of a call that is logged as a replay of the original, on the other wire."""
    original = call(log, "sandbox-small", "Say it warmly.", temperature=0.3, max_completion_tokens=90)
    answer = own.post(f"/api/calls/{original}/replay", json={**OTHER, "changes": {"system": "Be brief."}})
    assert answer.status_code == 200
    new = own.get(f"/api/calls/{answer.json()['id']}").json()
    assert new["replay_of"] == original
    assert new["wire"] == "anthropic-messages"
    assert new["status"] == "ok"
    assert new["messages"][0]["content"][0]["text"] == "Be brief."
    assert own.get(f"/api/calls/{original}").json()["replays"] == [new["id"]]


def test_a_run_as_an_event_stream(own: TestClient, log: CallLog) -> None:
    """Where the client accepts events, the answer comes in pieces that make up what is logged, and ends with the id."""
    original = call(log, "sandbox-small", "Tell me of bees.")
    answer = own.post(f"/api/calls/{original}/replay", json=OTHER, headers={"accept": "text/event-stream"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = events(answer.text)
    assert [name for name, _ in told[:-1]] == ["delta"] * (len(told) - 1)
    name, end = told[-1]
    assert (name, end["status"]) == ("done", "ok")
    words = "".join(d["text"] for n, d in told if n == "delta" and d["kind"] == "text")
    new = own.get(f"/api/calls/{end['id']}").json()
    assert words == new["response"]["messages"][0]["content"][0]["text"]
    assert new["replay_of"] == original
    assert len(told) > 3


def test_a_run_that_fails_is_logged_and_told(own: TestClient, log: CallLog) -> None:
    """A provider that refuses gives a new call with its error, as JSON and as events."""
    original = call(log, "sandbox-small", "Anyone there?")
    body = {"model": "sandbox/sandbox-forbidden"}
    told = own.post(f"/api/calls/{original}/replay", json=body).json()
    assert told["status"] == "error"
    assert own.get(f"/api/calls/{told['id']}").json()["error"]["status"] == 403
    streamed = own.post(f"/api/calls/{original}/replay", json=body, headers={"accept": "text/event-stream"})
    name, end = events(streamed.text)[-1]
    assert (name, end["status"]) == ("done", "error")
    assert own.get(f"/api/calls/{end['id']}").json()["status"] == "error"


def test_a_refused_plan_is_not_run(own: TestClient, log: CallLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan with something to choose is 409 until a choice is made; nothing was sent, and the choices are in the plan."""
    monkeypatch.setenv("DEEPSEEK_API_KEY", "sk-test")
    original = call(log, "sandbox-small", "Judge: it broke.", response_format=VERDICT)
    body: dict[str, Any] = {"model": "deepseek/deepseek-chat"}
    plan = own.post(f"/api/calls/{original}/replay/plan", json=body).json()
    refused = [i for i in plan["items"] if i["action"] == "refused"]
    assert [i["path"] for i in refused] == ["response_format"]
    assert plan["runnable"] is False
    answer = own.post(f"/api/calls/{original}/replay", json=body)
    assert answer.status_code == 409
    assert "response_format" in answer.json()["detail"]
    assert len(own.get("/api/calls").json()["items"]) == 1
    chosen = own.post(
        f"/api/calls/{original}/replay/plan", json={**body, "changes": refused[0]["choices"][0]["changes"]}
    )
    assert chosen.json()["runnable"] is True


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"model": "nobody/x"}, 422),
        ({"model": "sandbox/sandbox-small", "wire": "morse"}, 422),
        ({"model": "no-such-model-anywhere"}, 422),
        ({"model": "sandbox/sandbox-small", "changes": {"drop": 7}}, 422),
        ({"model": "sandbox/sandbox-small", "changes": {"messages": []}}, 422),
        ({"model": "sandbox/sandbox-small", "changes": {"tempature": 1}}, 422),
        ({"model": "sandbox/sandbox-small", "changes": []}, 422),
        ({"model": "sandbox/sandbox-small", "extra": 1}, 422),
        ({"model": ""}, 422),
        ({}, 422),
    ],
)
def test_a_bad_request_is_a_problem(client: TestClient, sample: Sample, body: dict[str, Any], status: int) -> None:
    """What cannot be planned is told as a problem, at the plan and at the run."""
    for path in ("plan", ""):
        answer = client.post(f"/api/calls/{sample.text}/replay/{path}".rstrip("/"), json=body)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_that_is_no_json(client: TestClient, sample: Sample) -> None:
    """A form, or half of a JSON text, is no body for the API."""
    for content, kind in ((b"model=x", "application/x-www-form-urlencoded"), (b'{"model":', "application/json")):
        answer = client.post(f"/api/calls/{sample.text}/replay", content=content, headers={"content-type": kind})
        assert answer.status_code == 422


def test_the_page_tells_each_plan_side_by_side(client: TestClient, sample: Sample) -> None:
    """Two targets stand in two columns: each part with its mark and reason, the request, the cost, the run."""
    page = client.get(
        f"/calls/{sample.params}/replay",
        params={"to": ["sandbox/sandbox-large", "sandbox/sandbox-small"], "wire.0": "anthropic-messages"},
    ).text
    assert page.count('data-mk="dropped" data-to="sandbox/sandbox-large"') == 1
    assert 'data-mk="kept" data-to="sandbox/sandbox-small"' in page
    assert "Run all 2" in page
    assert "&#34;max_tokens&#34;" in page
    assert "Cost unknown" in page


def test_the_page_says_why_there_is_no_plan(client: TestClient, sample: Sample) -> None:
    """A target that is unknown, has no key or has changes that are no JSON is shown with the reason, beside those that can run."""
    page = client.get(
        f"/calls/{sample.text}/replay",
        params={"to": ["opnai/gpt-4o", "openai/gpt-4o", "sandbox/x", "sandbox/sandbox-small"], "changes.2": "{nope"},
    )
    assert page.status_code == 200
    assert "Did you mean &#39;openai&#39;" in page.text
    assert "OPENAI_API_KEY" in page.text
    assert "no JSON object" in page.text
    assert "Run the 1 that can" in page.text


def test_from_the_page_to_side_by_side(own: TestClient, log: CallLog) -> None:
    """Without script: plan by a link, run by a form, and the browser is led to original and replays side by side."""
    original = call(log, "sandbox-small", "Say it warmly.", temperature=0.3)
    start = own.get(f"/calls/{original}/replay").text
    assert "sandbox/sandbox-small" in start
    page = own.get(f"/calls/{original}/replay", params={"to": ["sandbox/sandbox-large", "sandbox/sandbox-small"]}).text
    form = page[page.index('<form class="runbar"') :]
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    assert [v for n, v in fields if n == "to"] == ["sandbox/sandbox-large", "sandbox/sandbox-small"]
    answer = own.post(f"/calls/{original}/replay", content=_form([*fields, ("run", "all")]), follow_redirects=False)
    assert answer.status_code == 303
    ids = parse_qs(urlsplit(answer.headers["location"]).query)["id"]
    assert ids[0] == original
    assert len(ids) == 3
    assert [own.get(f"/api/calls/{i}").json()["replay_of"] for i in ids[1:]] == [original, original]
    beside = own.get(answer.headers["location"]).text
    assert "The original and 2 replays" in beside
    assert beside.count('<section aria-label="sandbox-') == 3


def test_one_of_several_targets_can_be_run(own: TestClient, log: CallLog) -> None:
    """The button of one target runs that one alone."""
    original = call(log, "sandbox-small", "Say it.")
    fields = [("to", "sandbox/sandbox-large"), ("to", "sandbox/sandbox-small"), ("run", "1")]
    answer = own.post(f"/calls/{original}/replay", content=_form(fields), follow_redirects=False)
    ids = parse_qs(urlsplit(answer.headers["location"]).query)["id"]
    assert len(ids) == 2
    assert own.get(f"/api/calls/{ids[1]}").json()["model"] == "sandbox-small"


def test_a_choice_is_made_by_a_form(own: TestClient, log: CallLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused item has its ways out as radio buttons; sending the form gives a plan that runs."""
    monkeypatch.setenv("DEEPSEEK_API_KEY", "sk-test")
    original = call(log, "sandbox-small", "Judge: it broke.", response_format=VERDICT)
    page = own.get(f"/calls/{original}/replay", params={"to": "deepseek/deepseek-chat"}).text
    assert "Needs a choice" in page
    assert "Nothing can run yet" in page
    radio = re.search(r'<input type="radio" name="(choice\.0\.\d+)" value="([^"]+)"', page)
    assert radio is not None
    chosen = own.get(
        f"/calls/{original}/replay", params={"to": "deepseek/deepseek-chat", radio[1]: entities.unescape(radio[2])}
    ).text
    assert "Needs a choice" not in chosen
    assert "Run deepseek/deepseek-chat" in chosen
    # The choice is part of the form that runs it.
    assert 'name="changes.0"' in chosen[chosen.index('<form class="runbar"') :]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ([], 422),
        ([("to", "")], 422),
        ([("to", "opnai/x")], 422),
        ([("to", "sandbox/x"), ("changes.0", "[")], 409),
        ([("to", "sandbox/sandbox-small"), ("run", "9")], 422),
    ],
)
def test_a_form_that_cannot_be_run(
    client: TestClient, sample: Sample, fields: list[tuple[str, str]], status: int
) -> None:
    """A form without a target, or with one that cannot be, is a page that says so."""
    answer = client.post(f"/calls/{sample.text}/replay", content=_form(fields))
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert client.post("/calls/01NOPE/replay", content=_form([("to", "sandbox/x")])).status_code == 404


def test_a_target_without_a_key_is_left_out(own: TestClient, log: CallLog) -> None:
    """Of several targets those that can run do; one without its key sends nothing and makes no call."""
    original = call(log, "sandbox-small", "Say it.")
    fields = [("to", "openai/gpt-4o"), ("to", "sandbox/sandbox-small"), ("run", "all")]
    answer = own.post(f"/calls/{original}/replay", content=_form(fields), follow_redirects=False)
    assert len(parse_qs(urlsplit(answer.headers["location"]).query)["id"]) == 2
    alone = own.post(f"/calls/{original}/replay", content=_form(fields[:1]))
    assert alone.status_code == 409
    assert "OPENAI_API_KEY" in alone.text
    assert len(own.get("/api/calls").json()["items"]) == 2


def test_recorded_results_answer_agents(own: TestClient, log: CallLog, sample: Sample) -> None:
    """A replay never runs an agent: it stops where one is called, and says so."""
    del sample
    from .conftest import WEATHER

    original = call(log, "sandbox-small", [user("What is the weather in Bergen?")], agents=[WEATHER])
    told = own.post(f"/api/calls/{original}/replay", json=OTHER).json()
    new = own.get(f"/api/calls/{told['id']}").json()
    assert new["metadata"]["other"]["replay"]["stopped_at"] == ["get_weather"]


def test_targets_in_an_address() -> None:
    """The address and the page say the same: targets, wires, changes and choices, equal ones once."""
    asked = targets_asked([
        ("to", "a/x"), ("to", "b/y"), ("to", "a/x"), ("wire.1", "w"), ("changes.1", '{"drop": ["stream"]}'),
        ("choice.1.3", '{"drop": ["agents"], "n": 1}'), ("choice.10.1", '{"n": 2}'), ("other", "z"),
    ])  # fmt: skip
    assert [a.model for a in asked] == ["a/x", "b/y"]
    assert asked[1].wire == "w"
    assert asked[1].changes == {"drop": ["stream", "agents"], "n": 1}
    url = replay_url("01A", asked)
    query = [(k, v) for k, vs in parse_qs(urlsplit(url).query).items() for v in vs]
    assert targets_asked(query) == asked
    assert len(targets_asked([("to", f"a/{i}") for i in range(9)])) == MAX_TARGETS


def _form(fields: list[tuple[str, str]]) -> bytes:
    from urllib.parse import urlencode

    return urlencode([(n, entities.unescape(v)) for n, v in fields]).encode()
