"""Every page: it renders from a real log, works without script, and holds nothing that the CSP would stop."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ell2a.errors import nearest
from ell2a.log import CallLog
from ell2a.studio import pages
from ell2a.studio.rendering import environment

from .conftest import PIXEL, Sample, call

VIEWS = ("", "/wire", "/params", "/timing", "/replays", "/replay")
PAGES = (
    "/calls", "/calls?q=status:error", "/calls?q=has:agnets&range=24h", "/calls?provider=sandbox", "/replays",
    "/providers", "/providers?need=seed", "/providers/openai", "/providers/anthropic?params=owned",
    "/providers/anthropic?model=claude-sonnet-4-5", "/providers/sandbox?wire=anthropic-messages",
    "/providers/compare", "/providers/compare?name=openai&name=anthropic",
    "/providers/compare?name=openai&name=anthropic&only=differences", "/usage", "/usage?by=day&range=all",
    "/usage?by=provider", "/usage?by=lmp&range=24h", "/settings", "/api",
)  # fmt: skip


class Markup(HTMLParser):
    """The elements of a page: (tag, attributes)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def html(client: TestClient, path: str, **more: Any) -> str:
    answer = client.get(path, **more)
    assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:400]}"
    assert answer.headers["content-type"].startswith("text/html")
    return answer.text


@pytest.mark.parametrize("path", PAGES)
def test_every_page_renders(client: TestClient, path: str) -> None:
    """Each address gives a whole page with a title, one heading and the navigation."""
    page = html(client, path)
    assert page.startswith("<!doctype html>")
    assert page.count("<h1") == 1
    assert 'aria-label="Studio"' in page


@pytest.mark.parametrize("view", VIEWS)
def test_every_call_has_every_view(client: TestClient, sample: Sample, view: str) -> None:
    """Calls that answered, streamed, thought, called agents, failed or are replays all have all views."""
    for name, call_id in sample.ids.items():
        assert call_id in html(client, f"/calls/{call_id}{view}"), name


def test_pages_hold_nothing_that_the_csp_stops(client: TestClient, sample: Sample) -> None:
    """No inline script, style or handler stands in any page, and every file is our own."""
    for path in [*PAGES, *(f"/calls/{sample.loop}{v}" for v in VIEWS), f"/calls/{sample.params}/replay?to=sandbox/x"]:
        for tag, attributes in Markup(html(client, path)).elements:
            assert tag != "style", path
            assert tag != "script" or (attributes.get("src") or "").startswith("/static/"), path
            assert not [a for a in attributes if a.startswith("on") or a == "style"], path
            for name in ("src", "href", "action"):
                assert (attributes.get(name) or "/").startswith(("/", "#")), (path, tag, attributes)


def test_what_a_page_says_of_a_call(client: TestClient, sample: Sample) -> None:
    """The conversation has the words, the agents beside their results, the structured output and the picture."""
    assert "<strong>harbour</strong>" in html(client, f"/calls/{sample.text}")
    loop = html(client, f"/calls/{sample.loop}")
    assert loop.count('class="act"') == 1
    assert "celsius" in loop
    parsed = html(client, f"/calls/{sample.parsed}")
    assert "<dt>stars</dt>" in parsed
    assert "Verdict" in parsed
    picture = re.search(r'<img src="(/blobs/[0-9a-f]{64})"', html(client, f"/calls/{sample.image}"))
    assert picture is not None
    assert client.get(picture[1]).content == PIXEL
    error = html(client, f"/calls/{sample.error}")
    assert "PermissionDenied" in error
    assert "What to do" in error
    assert "Thinking" in html(client, f"/calls/{sample.thinking}")
    assert "chunks" in html(client, f"/calls/{sample.stream}/timing")
    assert "shop/inbox.py:41" in html(client, f"/calls/{sample.text}")


def test_the_wire_stands_beside_the_universal(client: TestClient, sample: Sample) -> None:
    """Each item of the report is a row with the part, what happened, and what stands in the request."""
    page = html(client, f"/calls/{sample.params}/wire")
    rows = len(sample.log.call(sample.params).translation)
    assert page.count('<div class="duo-row" data-b=') == rows
    assert "&#34;seed&#34;" in page


def test_a_long_text_is_cut_and_shown_whole_elsewhere(client: TestClient, sample: Sample) -> None:
    """A long message shows its beginning with a link to a page that has all of it."""
    page = html(client, f"/calls/{sample.broken}")
    link = re.search(rf"/calls/{sample.broken}/text\?path=[\w.%]+", page)
    assert link is not None
    assert page.count("and on") < 2000
    assert html(client, link[0]).count("and on") >= 4000
    assert client.get(f"/calls/{sample.broken}/text?path=messages.9.content.0").status_code == 404


def test_a_long_conversation_is_shown_from_its_end(own: TestClient, log: CallLog) -> None:
    """Of many messages the last are shown, and the earlier are a link away."""
    from ell2a.messages import assistant, user

    said = [m for i in range(90) for m in (user(f"question {i}"), assistant(f"answer {i}"))]
    call_id = call(log, "sandbox-small", [*said, user("And now?")])
    page = html(own, f"/calls/{call_id}")
    assert "And now?" in page
    assert "question 3<" not in page
    assert f"/calls/{call_id}?before=121" in page
    assert "question 31<" in html(own, f"/calls/{call_id}?before=121")


def test_the_filter_is_one_state(client: TestClient, sample: Sample) -> None:
    """The text says how it is read, the facets edit it, and problems are told with what was meant."""
    page = html(client, "/calls?q=status:error+has:agnets")
    assert "status is error" in page
    assert "Did you mean" in page
    assert f"/calls/{sample.error}" in page
    assert f'href="/calls/{sample.text}"' not in page
    # The facet that is chosen leads to the text without it.
    assert re.search(r'href="/calls\?q=has%3Aagnets" aria-current="true"', page)
    typed = client.get("/calls/read?q=latency:>1s", headers={"HX-Request": "true"})
    assert "latency over 1 s" in typed.text
    assert "<html" not in typed.text


def test_pages_of_the_list_follow_a_cursor(own: TestClient, log: CallLog) -> None:
    """More than a page of calls is read page by page, none twice and none left out."""
    made = {call(log, "sandbox-small", f"call {i}") for i in range(53)}
    first = html(own, "/calls")
    older = re.search(r'href="(/calls\?cursor=[^"]+)"', first)
    assert older is not None
    second = html(own, older[1])
    seen = [re.findall(r'name="id" value="([^"]+)"', page) for page in (first, second)]
    assert (len(seen[0]), len(seen[1])) == (50, 3)
    assert set(seen[0]) | set(seen[1]) == made


def test_new_calls_are_told_and_move_nothing(own: TestClient, log: CallLog) -> None:
    """The list asks how many calls have come since: nothing with 204, else a bar that leads to them."""
    call(log, "sandbox-small", "first")
    asked = re.search(r'hx-get="(/calls/fresh[^"]+)"', html(own, "/calls"))
    assert asked is not None
    assert own.get(asked[1]).status_code == 204
    call(log, "sandbox-small", "second")
    call(log, "sandbox-small", "third")
    told = own.get(asked[1])
    assert "2 new calls" in told.text
    assert "<html" not in told.text


def test_an_empty_store_says_what_to_do(own: TestClient) -> None:
    """Without a call the page has a program to copy, and watches for the first one."""
    page = html(own, "/calls")
    assert "No calls yet" in page
    assert "@ell2a.simple" in page
    assert own.get("/calls/fresh").status_code == 204


@pytest.mark.parametrize("path", ["/calls/01NOPE", "/calls/01NOPE/wire", "/calls/01NOPE/replay", "/nowhere", "/providers/opnai",
                                  "/calls/compare?id=01A&id=01B"])  # fmt: skip
def test_what_is_not_there_is_a_page(client: TestClient, path: str) -> None:
    """An unknown call, provider or address is a 404 page that says so and leads on."""
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<h1>Not here</h1>" in answer.text
    if "opnai" in path:
        assert f"Did you mean &#39;{nearest('opnai', ['openai'])}&#39;" in answer.text


def test_compare_wants_two_to_six(client: TestClient, sample: Sample) -> None:
    """One call, or seven, are refused with a word; two stand side by side with their differences marked."""
    assert client.get(f"/calls/compare?id={sample.text}").status_code == 422
    page = html(client, f"/calls/compare?id={sample.params}&id={sample.replay}")
    assert "The original and 1 replay" in page
    assert "data-diff" in page
    assert "max_completion_tokens" in page
    only = html(client, f"/calls/compare?id={sample.params}&id={sample.replay}&rows=differences")
    rows = re.findall(r"<tr( data-diff)?><th scope=\"row\"", only)
    assert rows
    assert all(rows)


def test_htmx_gets_the_part_that_the_page_has_too(client: TestClient, sample: Sample) -> None:
    """A partial request gives a fragment, and the whole page contains the same."""
    whole = html(client, f"/calls/{sample.text}")
    part = html(client, f"/calls/{sample.text}", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert "<html" not in part
    assert part.strip() in whole


def test_unknown_is_never_zero(client: TestClient, sample: Sample) -> None:
    """A cost that nobody knows is called unknown."""
    assert "unknown" in html(client, f"/calls/{sample.text}")
    assert "$0<" not in html(client, "/usage")


def test_a_demo_is_marked_on_every_page(sample: Sample) -> None:
    """Where the calls are a show, each page says so."""
    from ell2a.studio.app import create_app

    with TestClient(create_app(sample.log, demo="All of this is played."), base_url="http://127.0.0.1:4242") as shown:
        for path in ("/calls", f"/calls/{sample.text}", "/providers", "/usage", "/calls/nope"):
            assert "All of this is played." in shown.get(path).text


def test_pages_are_documented_values() -> None:
    """Each page object is a frozen dataclass with a docstring and a template that exists; fragments begin with an underscore."""
    folder = Path(pages.__file__).parent
    found = 0
    for path in sorted(folder.glob("[a-z]*.py")):
        module = import_module(f"ell2a.studio.pages.{path.stem}")
        for kind in vars(module).values():
            if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.__name__:
                assert vars(kind)["__dataclass_params__"].frozen, kind
                assert (kind.__doc__ or "").endswith("."), kind
                if hasattr(kind, "template"):
                    found += 1
                    environment().get_template(kind.template)
                    assert not kind.template.startswith("_")
    assert found >= 15
    templates = folder.parent / "templates"
    for path in templates.glob("*.html"):
        whole = "extends" in path.read_text("utf-8") or path.name in {"base.html", "login.html"}
        assert whole is not path.name.startswith("_"), path.name


def test_templates_use_what_their_page_has(client: TestClient) -> None:
    """A name that the page object lacks is an error, so a template cannot drift from its page."""
    del client
    from ell2a.studio.pages.calls import CallsPage

    names = {f.name for f in fields(CallsPage)}
    source = environment().loader.get_source(environment(), "_calls.html")[0]  # type: ignore[union-attr]
    from jinja2 import meta

    used = meta.find_undeclared_variables(environment().parse(source)) - {"plural", "static_url"}
    assert used - names == set()
