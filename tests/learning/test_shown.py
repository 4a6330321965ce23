"""What was learnt is shown: on the command line, in the API, and on the provider's page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cli.conftest import Run, run
from fastapi.testclient import TestClient

import ell2a
from ell2a.errors import BadRequest
from ell2a.studio.app import create_app

from .conftest import Service

__all__ = ["run"]

BASE = "http://127.0.0.1:4242"


@pytest.fixture
def taught(service: Service, acme: Callable[..., str], own_store: Path) -> Service:
    """A provider that was asked twice, with a change between, and one refused call."""
    del own_store
    name = acme("openrouter")
    service.lists({"id": "one", "context_length": 1000, "note": "<script>alert(1)</script>"}, {"id": "two"})
    ell2a.refresh(name)
    service.lists({"id": "one", "context_length": 4000, "note": "<script>alert(1)</script>"}, {"id": "three"})
    ell2a.refresh(name)
    service.refuses("Unsupported parameter: 'top_p' is not supported with this model.")
    with pytest.raises(BadRequest):
        ell2a.call("acme/one", "hi", top_p=0.5)
    return service


@pytest.fixture
def client(taught: Service) -> Iterator[TestClient]:
    """The studio of the process's own log."""
    del taught
    log = ell2a.current_log()
    assert log is not None
    with TestClient(create_app(log, port=4242), base_url=BASE, raise_server_exceptions=False) as made:
        yield made


def test_refresh_on_the_command_line(run: Run, service: Service, acme: Callable[..., str], own_store: Path) -> None:
    """The first list, the changes of the next, nothing the third time; as JSON the same; progress goes to stderr."""
    del own_store
    acme("openrouter")
    service.lists({"id": "one", "context_length": 1000}, {"id": "two"})
    first = run("providers", "refresh", "acme")
    assert (first.code, "two\tlisted" in first.out, "asking acme" in first.err) == (0, True, True)
    service.lists({"id": "one", "context_length": 4000})
    second = run("providers", "refresh", "acme")
    assert "two\tgone" in second.out
    assert "one\tchanged\tcontext_length\t1000\t4000" in second.out
    assert "nothing changed since snapshot 2" in run("providers", "refresh", "acme").out
    told = json.loads(run("providers", "refresh", "acme", "--json").out)
    assert (told["is_new"], told["number"], told["added"]) == (False, 2, [])
    assert "acme/one" in run("models", "acme/").out.splitlines()


def test_faults_on_the_command_line(run: Run, acme: Callable[..., str], own_store: Path) -> None:
    """An endpoint that is not there and a provider that is none end with one line and code 1."""
    del own_store
    acme()
    missing = run("providers", "refresh", "acme")
    assert (missing.code, "lists no models" in missing.err) == (1, True)
    assert run("providers", "refresh", "acmee").code == 1


def test_show_tells_what_was_learnt(run: Run, taught: Service) -> None:
    """Facts with source and date, the observation with its call, and the provider's own entry whole."""
    del taught
    shown = run("providers", "show", "acme", "--model", "one").out
    assert any(line.startswith("context_window\tyes\t4000\tprovider, 20") for line in shown.splitlines())
    assert any(line.startswith("top_p\t") and "observed: refused on" in line for line in shown.splitlines())
    assert any(line.startswith("param\tone\ttop_p\t") for line in shown.splitlines())
    assert "note\t" in shown


def test_the_api(client: TestClient, taught: Service) -> None:
    """Snapshots with their diffs, the refresh itself, and the facts; an unknown provider is 404, a failed one 502."""
    taught.lists({"id": "one", "context_length": 5000})
    answer = client.post("/api/providers/acme/refresh")
    assert (answer.status_code, answer.json()["number"], answer.json()["gone"]) == (200, 3, ["three"])
    found = client.get("/api/providers/acme/snapshots").json()
    assert [s["number"] for s in found] == [3, 2, 1]
    assert found[1]["changed"][0] == {
        "model": "one",
        "fields": [{"path": "context_length", "kind": "changed", "before": 1000, "after": 4000}],
    }
    told = client.get("/api/providers/acme?model=one").json()
    assert told["capabilities"]["context_window"]["value"] == 5000
    assert told["observations"][0]["name"] == "top_p"
    assert told["listed"]["entry"]["id"] == "one"
    assert client.get("/api/providers/nobody/snapshots").status_code == 404
    taught.get = lambda path, query: (500, {"error": {"message": "broken"}})
    assert client.post("/api/providers/acme/refresh").status_code == 502


def test_another_site_cannot_refresh(client: TestClient) -> None:
    """Asking costs a request with the user's key: only our own pages may."""
    for path in ("/api/providers/acme/refresh", "/providers/acme/refresh"):
        for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "http://127.0.0.1:4243"}):
            assert client.post(path, headers=headers).status_code == 403


def test_the_page_works_without_script(client: TestClient, taught: Service) -> None:
    """A form asks, and the page shows the diff, the observation with its call, and what the entry says, escaped."""
    page = client.get("/providers/acme?model=one").text
    assert 'method="post" action="/providers/acme/refresh' in page
    assert "<del>1000</del> → <ins>4000</ins>" in page
    assert "three" in page
    assert "<script>alert" not in page
    log = ell2a.current_log()
    assert log is not None
    assert f'href="/calls/{log.providers.observations("acme")[0].call_id}"' in page
    taught.lists({"id": "one", "context_length": 6000})
    answer = client.post("/providers/acme/refresh", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/providers/acme#learned")
    assert "<ins>6000</ins>" in client.get("/providers/acme").text
    taught.get = lambda path, query: (404, {})
    failed = client.post("/providers/acme/refresh")
    assert (failed.status_code, "lists no models" in failed.text) == (502, True)
