"""Journeys in a real browser, with script and without; nothing in the console, nothing stopped by the CSP, nothing asked elsewhere."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ell2a.log import CallLog
from ell2a.sandbox import Sandbox
from ell2a.studio.app import create_app

from .conftest import VERDICT, WEATHER, call
from .test_xss import CORPUS, poison

CHROMIUM = os.environ.get("ELL2A_TEST_CHROMIUM") or shutil.which("chromium") or ""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium by way of Playwright; skips where either is missing."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if not CHROMIUM:
        pytest.skip("no Chromium here (apt-get install chromium, or set ELL2A_TEST_CHROMIUM)")
    with playwright.sync_playwright() as running:
        launched = running.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
        )
        yield launched
        launched.close()


@pytest.fixture
def served(log: CallLog, sandbox: Sandbox) -> Iterator[tuple[str, CallLog]]:
    """A studio that listens, over a log of the test's own."""
    del sandbox
    import asyncio

    import uvicorn

    from ell2a.studio.serving import _listen

    app = create_app(log, port=0)
    listening = _listen("127.0.0.1", 0)
    from ell2a.studio.address import Address

    app.studio.address = Address("127.0.0.1", listening.getsockname()[1])
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    yield app.studio.address.url, log
    server.should_exit = True
    thread.join(10)
    listening.close()


class Watched:
    """A page, and all that went wrong on it."""

    def __init__(self, browser: Any, url: str, **context: Any) -> None:
        self.context = browser.new_context(base_url=url, **context)
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.faults: list[str] = []
        self.foreign: list[str] = []
        self.page.on("console", lambda m: self.faults.append(m.text) if m.type in {"error", "warning"} else None)
        self.page.on("pageerror", lambda e: self.faults.append(str(e)))
        self.page.on("dialog", self._dialog)
        self.page.on("request", lambda r: None if r.url.startswith((url, "data:")) else self.foreign.append(r.url))

    def _dialog(self, dialog: Any) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self.context.close()
        if kind is None:
            assert self.faults == []
            assert self.foreign == []


def test_find_a_call_and_replay_it(browser: Any, served: tuple[str, CallLog]) -> None:
    """The list, a call, the plan for another wire with its marks, the run, and both side by side; new calls wait in a bar."""
    url, log = served
    call(log, "sandbox-small", "Describe the harbour.", temperature=0.3, seed=7)
    call(log, "sandbox-forbidden", "Nobody may ask this.")
    with Watched(browser, url) as watched:
        page = watched.page
        page.goto("/calls")
        assert page.locator("tbody tr").count() == 2
        # What is typed is read as it is typed.
        page.keyboard.press("/")
        page.locator("#q").type("status:error has:agnets")
        page.locator("#q-read", has_text="Did you mean").wait_for()
        page.locator("#q").fill("harbour")
        page.keyboard.press("Enter")
        page.wait_for_url("**/calls?q=harbour")
        assert page.locator("tbody tr").count() == 1
        # A call that comes meanwhile waits in a bar.
        call(log, "sandbox-small", "And the harbour at night?")
        page.locator("a.fresh").wait_for()
        assert page.locator("tbody tr").count() == 1
        page.locator("a.fresh").click()
        page.locator("tbody tr >> nth=1").wait_for()
        page.get_by_text("Describe the harbour.").first.click()
        page.get_by_role("link", name="Replay on…").click()
        page.get_by_label("Provider and model").fill("sandbox/sandbox-large")
        page.get_by_role("button", name="Plan").click()
        page.get_by_role("link", name="anthropic-messages").click()
        page.locator("tr", has_text="seed").locator("td[data-mk=dropped]").wait_for()
        page.get_by_role("button", name="Run sandbox/sandbox-large").click()
        page.wait_for_url("**/calls/compare?**")
        assert page.locator(".cols > section").count() == 2
        assert "The original and 1 replay" in page.inner_text("main")
    assert log.calls().items[0].replay_of is not None


def test_a_choice_changes_the_plan(browser: Any, served: tuple[str, CallLog], monkeypatch: pytest.MonkeyPatch) -> None:
    """Choosing a way out of a refused item plans again in place, and the address says the same."""
    monkeypatch.setenv("DEEPSEEK_API_KEY", "sk-test")
    url, log = served
    original = call(log, "sandbox-small", "Judge: it broke.", response_format=VERDICT)
    with Watched(browser, url) as watched:
        page = watched.page
        page.goto(f"/calls/{original}/replay?to=deepseek/deepseek-chat")
        run = page.locator("form.runbar button[value=all]")
        assert run.is_disabled()
        page.get_by_text("Send without the schema").click()
        page.locator("td[data-mk=refused]").wait_for(state="detached")
        assert run.is_enabled()
        assert "choice.0" in page.url
        page.reload()
        assert page.locator("form.runbar button[value=all]").is_enabled()


def test_the_same_without_script(browser: Any, served: tuple[str, CallLog]) -> None:
    """With script disabled the same journey goes by links and forms alone."""
    url, log = served
    original = call(log, "sandbox-small", "Describe the harbour.")
    with Watched(browser, url, java_script_enabled=False) as watched:
        page = watched.page
        page.goto("/")
        page.locator("#q").fill("harbour")
        page.get_by_role("button", name="Apply").click()
        page.get_by_text("Describe the harbour.").first.click()
        for tab in ("Wire", "Params", "Timing", "Replays", "Conversation"):
            page.get_by_label("Views of this call").get_by_role("link", name=tab).click()
        page.get_by_role("link", name="Replay on…").click()
        page.get_by_role("link", name="sandbox/sandbox-small").click()
        page.get_by_role("button", name="Run sandbox/sandbox-small").click()
        assert page.locator(".cols > section").count() == 2
        # Selecting two calls shows the bar that compares them.
        page.goto("/calls")
        for box in page.locator("tbody input[type=checkbox]").all():
            box.check()
        page.get_by_role("button", name="Compare").click()
        assert page.locator(".cols > section").count() == 2
    assert len(log.call(original).replays) == 1


def test_every_page_is_quiet_and_fits(browser: Any, served: tuple[str, CallLog]) -> None:
    """No page has an error in the console, asks elsewhere, or is wider than its window, in both themes, wide and narrow."""
    url, log = served
    ids = [
        call(log, "sandbox-small", "Weather in Bergen?", agents=[WEATHER]),
        call(log, "sandbox-forbidden", "x" * 900),
    ]
    paths = ["/calls", "/replays", "/providers", "/providers/openai", "/usage", "/settings", "/api"]
    paths += ["/providers/compare?name=openai&name=anthropic", f"/calls/compare?id={ids[0]}&id={ids[1]}"]
    paths.append(f"/calls/{ids[0]}/replay?to=sandbox/sandbox-large")
    paths += [f"/calls/{i}{view}" for i in ids for view in ("", "/wire", "/params", "/timing", "/replays")]
    for width, scheme in ((1440, "light"), (390, "dark")):
        with Watched(browser, url, viewport={"width": width, "height": 900}, color_scheme=scheme) as watched:
            for path in paths:
                watched.page.goto(path)
                assert watched.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)


def test_an_empty_store_shows_its_first_call(browser: Any, served: tuple[str, CallLog]) -> None:
    """The page of an empty store tells of the first call by itself."""
    url, log = served
    with Watched(browser, url) as watched:
        watched.page.goto("/calls")
        assert "No calls yet" in watched.page.inner_text("h1")
        call(log, "sandbox-small", "The very first.")
        watched.page.locator("a.fresh").click()
        watched.page.get_by_text("The very first.").first.wait_for()


def test_the_theme_is_kept(browser: Any, served: tuple[str, CallLog]) -> None:
    """The switch changes the theme and the next page has it."""
    url, log = served
    call(log, "sandbox-small", "x")
    with Watched(browser, url, color_scheme="light") as watched:
        watched.page.goto("/calls")
        light = watched.page.evaluate("getComputedStyle(document.body).backgroundColor")
        watched.page.get_by_label("Switch theme").click()
        dark = watched.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert dark != light
        watched.page.goto("/usage")
        assert watched.page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_nothing_that_a_model_writes_runs(browser: Any, served: tuple[str, CallLog]) -> None:
    """Payloads from all places of a call, opened in every view: no dialog, no request elsewhere, no console error, no form sent."""
    url, log = served
    ids = [i for payload in CORPUS[::6] for i in poison(log, payload)]
    before = len(log.calls(limit=500).items)
    with Watched(browser, url) as watched:
        for at, call_id in enumerate(ids):
            view = ("", "/wire", "/params", "/replay?to=sandbox/sandbox-small")[at % 4]
            watched.page.goto(f"/calls/{call_id}{view}")
            watched.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        watched.page.goto(f"/calls/compare?id={ids[0]}&id={ids[1]}&id={ids[4]}")
        watched.page.goto("/calls")
        watched.page.wait_for_timeout(100)
    assert len(log.calls(limit=500).items) == before
