"""The JSON twins, as the design lists them; errors are problem JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ell2a.calls import CallStatus
from ell2a.log import CallLog

from .conftest import Sample, call

WHOLE = {
    "id", "status", "provider", "wire", "model", "lmp", "messages", "agents", "response_format", "stream", "api_params", "response",
    "metadata", "request", "response_raw", "translation", "error", "replay_of", "replays",
}  # fmt: skip
"""The fields that the design names."""


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert set(told) == {"type", "title", "status", "detail"}
    assert told["status"] == status
    return told


def test_the_list_of_calls(client: TestClient, sample: Sample) -> None:
    """Newest first, with a cursor to the next page; the pages together are all calls."""
    whole = client.get("/api/calls").json()
    assert whole["next"] is None
    ids = [c["id"] for c in whole["items"]]
    assert set(ids) >= set(sample.ids.values())
    starts = [c["started_at"] for c in whole["items"]]
    assert starts == sorted(starts, reverse=True)
    seen, cursor = [], None
    while True:
        page = client.get("/api/calls", params={"limit": 3, **({"cursor": cursor} if cursor else {})}).json()
        seen += [c["id"] for c in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ids


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({"status": "error"}, {"error"}),
        ({"q": "status:error"}, {"error"}),
        ({"q": "harbour"}, {"text", "error"}),
        ({"q": "harbour -tonight"}, {"text"}),
        ({"q": "has:images"}, {"image"}),
        ({"q": "is:replay"}, {"replay"}),
        ({"model": "sandbox-thinking"}, {"thinking"}),
        ({"provider": "sandbox", "q": "has:structured"}, {"parsed"}),
        ({"provider": "openai"}, set()),
        ({"until": "2001-01-01T00:00:00Z"}, set()),
    ],
)
def test_filters(client: TestClient, sample: Sample, params: dict[str, str], names: set[str]) -> None:
    """Each param narrows the list, and `q` is the filter grammar with plain words."""
    found = {c["id"] for c in client.get("/api/calls", params=params).json()["items"]}
    assert found & set(sample.ids.values()) == {sample.ids[n] for n in names}


def test_a_whole_call(client: TestClient, sample: Sample) -> None:
    """A call has the fields of the design, with metadata, report and the native bodies."""
    told = client.get(f"/api/calls/{sample.params}").json()
    assert set(told) >= WHOLE
    assert told["status"] == "ok"
    assert told["api_params"]["seed"] == 7
    assert told["request"]["seed"] == 7
    assert told["response"]["messages"][0]["role"] == "assistant"
    assert told["metadata"]["usage"]["input_tokens"] > 0
    assert {i["path"] for i in told["translation"]} >= {"model", "api_params.seed", "messages.0.content.0"}
    assert sample.replay in told["replays"]
    assert client.get(f"/api/calls/{sample.replay}").json()["replay_of"] == sample.params
    failed = client.get(f"/api/calls/{sample.error}").json()
    assert failed["status"] == "error"
    assert failed["error"]["status"] == 403
    assert failed["response"] is None


def test_the_row_and_the_whole_agree(client: TestClient, sample: Sample) -> None:
    """What a list tells of a call is what the call tells."""
    for row in client.get("/api/calls").json()["items"]:
        whole = client.get(f"/api/calls/{row['id']}").json()
        for name in ("id", "status", "provider", "wire", "model", "lmp", "stream", "replay_of"):
            assert row[name] == whole[name], name
        usage = whole["metadata"].get("usage") or {}
        assert row["input_tokens"] == usage.get("input_tokens")
    assert sample.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/calls/01NOPE", 404),
        ("/api/nope", 404),
        ("/api/providers/opnai", 404),
        ("/api/providers/openai?wire=anthropic-messages", 404),
        ("/api/providers/compare?name=openai", 422),
        ("/api/providers/compare", 422),
        ("/api/calls?limit=0", 422),
        ("/api/calls?limit=many", 422),
        ("/api/calls?cursor=garbage", 422),
        ("/api/calls?status=fine", 422),
        ("/api/calls?since=yesterdayish", 422),
        ("/api/usage?by=colour", 422),
    ],
)
def test_what_is_wrong_is_a_problem(client: TestClient, path: str, status: int) -> None:
    """Errors say what was wrong in problem JSON, never in HTML."""
    assert problem(client.get(path), status)["detail"]


def test_a_wrong_method_is_a_problem(client: TestClient) -> None:
    """A method that an address lacks is 405, and says which it has."""
    answer = client.delete("/api/calls")
    problem(answer, 405)
    assert "GET" in answer.headers["allow"]


def test_a_fault_of_ours_is_a_problem_without_insides(client: TestClient, sample: Sample) -> None:
    """What nobody foresaw is a 500 that tells no more than its kind."""
    app: Any = client.app
    kept = app.studio.log
    app.studio.log = None
    try:
        told = problem(client.get("/api/calls"), 500)
    finally:
        app.studio.log = kept
    assert "AttributeError" in told["detail"]
    assert "NoneType" not in told["detail"]
    assert sample.text


def test_providers(client: TestClient) -> None:
    """The list, one of them with its params, and two side by side."""
    listed = {p["name"]: p for p in client.get("/api/providers").json()}
    assert {"openai", "anthropic", "sandbox"} <= set(listed)
    openai = listed["openai"]
    assert openai["capabilities"]["streaming"]["state"] == "yes"
    assert openai["capabilities"]["streaming"]["source"]
    assert openai["key"] == {"variables": ["OPENAI_API_KEY"], "needed": True, "present": False, "unset": []}
    one = client.get("/api/providers/anthropic").json()
    params = {p["name"]: p for p in one["params"]}
    assert params["temperature"]["route"] == "extra_body"
    assert params["messages"]["allowed"] is False
    assert params["messages"]["why_not"]
    both = client.get("/api/providers/compare?name=openai&name=anthropic").json()
    assert [p["name"] for p in both["providers"]] == ["openai", "anthropic"]
    rows = {r["name"]: r for r in both["params"] if r["group"] == "universal"}
    assert [c[0]["name"] for c in rows["stop"]["params"]] == ["stop", "stop_sequences"]
    assert rows["seed"]["params"][1] == []
    assert rows["seed"]["differs"] is True


def test_usage(client: TestClient, sample: Sample) -> None:
    """Sums by group agree with the calls, and an unknown cost is null."""
    calls = client.get("/api/calls?limit=500").json()["items"]
    for by in ("model", "provider", "day"):
        told = client.get("/api/usage", params={"by": by}).json()
        assert told["by"] == by
        assert sum(r["calls"] for r in told["items"]) == len(calls), by
    # The sample calls were made without a prompt function.
    assert client.get("/api/usage?by=lmp").json()["items"] == []
    models = {r["key"]: r for r in client.get("/api/usage?by=model").json()["items"]}
    own = [c for c in calls if c["model"] == "sandbox-thinking"]
    assert models["sandbox-thinking"]["input_tokens"] == sum(c["input_tokens"] for c in own)
    assert models["sandbox-thinking"]["cost"] is None
    assert models["sandbox-thinking"]["cost_unknown"] == len(own)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert client.get("/api/usage", params={"since": tomorrow}).json()["items"] == []
    assert sample.thinking


def test_healthz(client: TestClient) -> None:
    """The sign of life."""
    assert client.get("/healthz").json() == {"status": "ok"}


def test_openapi_describes_every_address(client: TestClient) -> None:
    """The OpenAPI document has each address of the design with words and a schema, and the page of it loads nothing."""
    document = client.get("/api/openapi.json").json()
    listed = {"/api/calls", "/api/calls/{call_id}", "/api/providers", "/api/providers/{name}", "/api/providers/compare",
              "/api/providers/{name}/snapshots", "/api/providers/{name}/refresh",
                  "/api/calls/{call_id}/replay/plan", "/api/calls/{call_id}/replay", "/api/usage", "/healthz"}  # fmt: skip
    assert set(document["paths"]) == listed
    for path, methods in document["paths"].items():
        for told in methods.values():
            assert told["description"], path
            schema = told["responses"]["200"]["content"]["application/json"]["schema"]
            assert schema, path
    page = client.get("/api").text
    for path in listed:
        assert path in page


def test_what_comes_matches_what_is_described(client: TestClient, sample: Sample) -> None:
    """Each answer validates against its schema in the OpenAPI document."""
    import jsonschema

    document = client.get("/api/openapi.json").json()

    def check(path: str, described: str) -> None:
        schema = document["paths"][described]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.validate(client.get(path).json(), {**schema, "components": document["components"]})

    check("/api/calls", "/api/calls")
    for call_id in sample.ids.values():
        check(f"/api/calls/{call_id}", "/api/calls/{call_id}")
    check("/api/providers", "/api/providers")
    check("/api/providers/openai", "/api/providers/{name}")
    check("/api/providers/compare?name=openai&name=sandbox/sandbox-small", "/api/providers/compare")
    check("/api/usage", "/api/usage")
    check("/healthz", "/healthz")


def test_every_status_is_shown(own: TestClient, log: CallLog) -> None:
    """A stream that was left early is `partial`, in the list and on its page."""
    from typing import get_args

    from ell2a import providers
    from ell2a.messages import user

    stream: Any = providers.get("sandbox").call_model(
        model="sandbox-large", messages=[user("Tell me a long story of bees.")], observer=log.observer(), stream=True
    )
    next(iter(stream))
    stream.close()
    (row,) = own.get("/api/calls").json()["items"]
    assert row["status"] == "partial"
    assert row["status"] in get_args(CallStatus)
    page = own.get(f"/calls/{row['id']}").text
    assert "not read to its end" in page


def test_numbers_that_json_lacks_become_null() -> None:
    """NaN and infinity, which a provider's body may hold, do not break the JSON."""
    from ell2a.studio.json_answer import json_answer

    assert json.loads(bytes(json_answer({"a": float("nan"), "b": float("inf")}).body)) == {"a": None, "b": None}


def test_calls_of_a_span(own: TestClient, log: CallLog) -> None:
    """`since` and `until` bound the start of a call."""
    call_id = call(log, "sandbox-small", "now")
    at = datetime.fromisoformat(own.get("/api/calls").json()["items"][0]["started_at"])
    before, after = ((at + timedelta(seconds=s)).isoformat() for s in (-1, 1))

    def found(**span: str) -> list[str]:
        return [c["id"] for c in own.get("/api/calls", params=span).json()["items"]]

    assert found(since=before, until=after) == [call_id]
    assert found(until=before) == []
    assert found(since=after) == []
