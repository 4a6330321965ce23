"""The guard, tested as an attacker would: on every route, by table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.routing import Route

from ell2a.studio.access import COOKIE
from ell2a.studio.address import Address, TokenRequired
from ell2a.studio.app import StudioApp, create_app
from ell2a.studio.security import CSP, MAX_BODY

from .conftest import BASE, PORT, Sample

TOKEN = "correct-horse-battery-staple"


def routes(app: StudioApp) -> Iterator[tuple[str, str]]:
    """(method, address) of every route, with something in the place of each parameter."""
    for route in _flat(app.routes):
        for method in sorted(route.methods or ()):
            yield method, re.sub(r"\{[^}]*\}", "x", route.path)


def _flat(found: list[Any]) -> Iterator[Route]:
    for route in found:
        if isinstance(route, (Route, APIRoute)):
            yield route
        else:
            original = getattr(route, "original_router", None) or getattr(route, "app", None)
            yield from _flat(getattr(original, "routes", []))


def test_there_are_routes_to_test(app: StudioApp) -> None:
    """The table below is not empty: pages, API, files and forms are in it."""
    found = set(routes(app))
    assert len(found) > 30
    assert {("GET", "/calls"), ("POST", "/calls/x/replay"), ("POST", "/api/calls/x/replay"), ("GET", "/blobs/x"), ("POST", "/login"),
            ("GET", "/api/openapi.json"), ("GET", "/healthz"), ("GET", "/static/x")} <= found  # fmt: skip


@pytest.mark.parametrize(
    "host",
    ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:4243", f"127.0.0.1.evil.example:{PORT}", f"localhost.:{PORT}",
     f"127.1:{PORT}", f"[::2]:{PORT}", f"::1:{PORT}", f"127.0.0.1:{PORT}@evil.example", f"127.0.0.1:{PORT}:80", "", ":4242",
     f"127.0.0.1:{PORT}0", "localhost:٤٢٤٢", f"[::1:{PORT}", f"0.0.0.0:{PORT}"],
)  # fmt: skip
def test_another_host_sees_nothing(client: TestClient, host: str) -> None:
    """A Host that is not ours with our port, by whatever spelling or rebinding, is refused."""
    answer = client.get("/calls", headers=[(b"host", host.encode("utf-8"))])
    assert answer.status_code == 403
    assert "harbour" not in answer.text


@pytest.mark.parametrize("host", [f"127.0.0.1:{PORT}", f"localhost:{PORT}", f"LOCALHOST:{PORT}", f"[::1]:{PORT}"])
def test_our_own_names_are_answered(client: TestClient, host: str) -> None:
    """Loopback by its three names, with our port, is us."""
    assert client.get("/calls", headers={"host": host}).status_code == 200


def test_two_hosts_are_refused(client: TestClient) -> None:
    """A request with two Host headers can mean two things, so it means nothing."""
    answer = client.get("/calls", headers=[("host", f"127.0.0.1:{PORT}"), ("host", "evil.example")])
    assert answer.status_code == 403


def test_no_route_is_without_the_guard(app: StudioApp, client: TestClient) -> None:
    """Every route refuses a foreign Host, and every answer carries the headers, refusals and failures too."""
    for method, path in routes(app):
        answer = client.request(method, path, headers={"host": "evil.example"})
        assert answer.status_code == 403, (method, path)
        assert answer.headers["content-security-policy"] == CSP
        answer = client.request(method, path, follow_redirects=False)
        assert "default-src 'none'" in answer.headers["content-security-policy"], (method, path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert not [name for name in answer.headers if name.startswith("access-control")]


FOREIGN = [
    {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"sec-fetch-site": "whatever"}, {"sec-fetch-site": ""},
    {"origin": "http://evil.example"}, {"origin": "null"}, {"origin": "http://127.0.0.1:4243"}, {"origin": "http://127.0.0.1"},
    {"origin": "https://127.0.0.1:4242"}, {"origin": "http://localhost:4242"}, {"origin": ""},
    {"origin": BASE, "sec-fetch-site": "cross-site"}, {"origin": "http://evil.example", "sec-fetch-site": "same-origin"},
    {"origin": f"{BASE}.evil.example"}, {"origin": f"{BASE}/"},
]  # fmt: skip
"""What a browser sends for a page that is not ours."""


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_another_site_changes_nothing(app: StudioApp, client: TestClient, headers: dict[str, str]) -> None:
    """No request that changes something is taken from another page, other ports of loopback included."""
    changing = [(m, p) for m, p in routes(app) if m not in {"GET", "HEAD"}]
    assert len(changing) >= 5
    for method, path in [*changing, ("PUT", "/calls"), ("DELETE", "/calls/x"), ("PATCH", "/api/calls")]:
        answer = client.request(method, path, headers={**headers, "accept": "text/event-stream"})
        assert answer.status_code == 403, (method, path)


@pytest.mark.parametrize(
    "headers", [{}, {"origin": BASE}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"},
                {"origin": BASE, "sec-fetch-site": "same-origin"}]
)  # fmt: skip
def test_our_own_page_and_programs_may_change(client: TestClient, headers: dict[str, str]) -> None:
    """Our own page, a typed address and a client without a browser pass, to be answered by the route."""
    answer = client.post("/api/calls/nope/replay/plan", json={"model": "sandbox/sandbox-small"}, headers=headers)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_reading_from_a_link_elsewhere_is_fine(client: TestClient) -> None:
    """An address can be shared: following it changes nothing and is answered."""
    assert client.get("/calls", headers={"sec-fetch-site": "cross-site"}).status_code == 200


def test_there_is_no_cors(client: TestClient) -> None:
    """A preflight gets no leave."""
    answer = client.options(
        "/api/calls", headers={"origin": "http://evil.example", "access-control-request-method": "POST"}
    )
    assert answer.status_code in {403, 405}
    assert "access-control-allow-origin" not in answer.headers


def test_an_oversized_body_is_refused(client: TestClient, sample: Sample) -> None:
    """A body over the limit is refused, whether its length is told or not; the studio goes on."""
    path = f"/api/calls/{sample.text}/replay/plan"
    told = client.post(path, content=b"x" * (MAX_BODY + 1), headers={"content-type": "application/json"})
    assert told.status_code == 413

    def pieces() -> Iterator[bytes]:
        for _ in range(9):
            yield b"x" * 1024 * 1024

    assert client.post(path, content=pieces(), headers={"content-type": "application/json"}).status_code == 413
    assert client.post(path, headers={"content-length": "-5"}).status_code == 413
    assert client.get("/calls").status_code == 200


def test_the_csp_is_the_one_written_down() -> None:
    """Nothing loads or runs but our own files; nothing frames us."""
    directives = dict(d.strip().split(" ", 1) for d in CSP.split(";"))
    assert directives == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "media-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


def test_no_key_is_in_any_page(client: TestClient, sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key in the environment is told as present, and its value nowhere."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-proj-very-secret-value-123456")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://user:hunter2@gateway.example/v1?key=hunter3")
    for path in ("/providers", "/providers/openai", "/settings", "/api/providers", "/api/providers/openai",
                 "/providers/compare?name=openai&name=groq", f"/calls/{sample.text}/replay?to=openai/gpt-4o"):  # fmt: skip
        text = client.get(path).text
        assert "very-secret" not in text, path
        assert "hunter" not in text, path
    assert client.get("/api/providers/openai").json()["key"]["present"] is True


# --- beyond this machine ---


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "studio.example"])
def test_another_address_needs_a_token(sample: Sample, host: str) -> None:
    """Listening where other machines reach it, without a token, is refused before anything listens."""
    with pytest.raises(TokenRequired):
        create_app(sample.log, host=host)
    with pytest.raises(TokenRequired):
        create_app(sample.log, host=host, token="")
    create_app(sample.log, host=host, token=TOKEN)


@pytest.fixture
def guarded(sample: Sample) -> Iterator[TestClient]:
    """A studio with a token, on all addresses."""
    app = create_app(sample.log, host="0.0.0.0", port=PORT, token=TOKEN)
    with TestClient(app, base_url=f"http://192.168.1.5:{PORT}", follow_redirects=False) as made:
        yield made


def test_without_the_token_nothing_is_told(guarded: TestClient, sample: Sample) -> None:
    """Every route but the form, its files and the sign of life wants the token."""
    app = guarded.app
    assert isinstance(app, StudioApp)
    for method, path in routes(app):
        answer = guarded.request(method, path, headers={"accept": "application/json"})
        is_open = path in {"/login", "/healthz", "/static/x"}
        assert (answer.status_code != 401) is is_open or (path, method) == ("/login", "POST"), (method, path)
    assert guarded.get("/calls", headers={"accept": "text/html"}).headers["location"] == "/login"
    form = guarded.get("/login").text
    assert "calls.db" not in form
    assert sample.text not in form


def test_the_token_opens_by_form_and_by_header(guarded: TestClient) -> None:
    """The form gives a cookie that scripts and other sites cannot use and that is not the token; programs send a header."""
    wrong = guarded.post("/login", data={"token": "guess"})
    assert wrong.status_code == 401
    assert "set-cookie" not in wrong.headers
    right = guarded.post("/login", data={"token": TOKEN})
    assert right.status_code == 303
    cookie = right.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert TOKEN not in right.headers["set-cookie"]
    assert guarded.get("/calls").status_code == 200
    guarded.cookies.clear()
    assert guarded.get("/api/calls", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert guarded.get("/api/calls", headers={"authorization": "Bearer guess"}).status_code == 401
    assert guarded.get("/api/calls", headers={"cookie": f"{COOKIE}={TOKEN}"}).status_code == 401
    assert guarded.get("/api/calls", headers=[(b"authorization", "Bearer tökén".encode())]).status_code == 401


def test_logging_out_takes_the_cookie_back(guarded: TestClient) -> None:
    """After logging out the pages want the token again."""
    guarded.post("/login", data={"token": TOKEN})
    assert guarded.get("/calls").status_code == 200
    guarded.post("/logout")
    assert guarded.get("/calls", headers={"accept": "text/html"}).status_code == 303


@pytest.mark.parametrize(
    ("listening", "asked", "ours"),
    [
        ("127.0.0.1", "127.0.0.1:4242", True),
        ("127.0.0.1", "localhost:4242", True),
        ("::1", "[::1]:4242", True),
        ("127.0.0.1", "192.168.1.5:4242", False),
        ("0.0.0.0", "192.168.1.5:4242", True),
        ("0.0.0.0", "[fe80::1]:4242", True),
        ("0.0.0.0", "rebound.example:4242", False),
        ("studio.example", "studio.example:4242", True),
        ("studio.example", "other.example:4242", False),
    ],
)
def test_which_hosts_are_ours(listening: str, asked: str, ours: bool) -> None:
    """Names are ours only as given; on all addresses every address in numbers is, and no name can be rebound to one."""
    assert Address(listening, 4242).owns(asked) is ours


def test_a_default_port_may_be_left_out() -> None:
    """On port 80 browsers send no port."""
    assert Address("127.0.0.1", 80).owns("127.0.0.1")
    assert not Address("127.0.0.1", 80).owns("127.0.0.1", scheme="https")
