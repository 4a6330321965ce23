"""What models, users, agents and providers write is shown and never obeyed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import httpx2
import openai
import pytest
from fastapi.testclient import TestClient

from ell2a import providers
from ell2a.calls import AgentSpec
from ell2a.errors import CallError
from ell2a.log import CallLog
from ell2a.messages import AgentCallBlock, AgentResultBlock, Message, TextBlock, assistant, user
from ell2a.studio.json_tree import tree
from ell2a.studio.prose import coded, markdown, plain

CORPUS = (
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><img src onerror=alert(1)>",
    "<iframe src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/pixel.png)",
    "![x](//evil.example/pixel.png)",
    "[![x](https://evil.example/p.png)](https://evil.example)",
    "![x][1]\n\n[1]: https://evil.example/p.png",
    "<img src=https://evil.example/p.png>",
    "<style>@import 'https://evil.example/x.css'</style>",
    "<link rel=stylesheet href=//evil.example>",
    '<div style="background:url(https://evil.example/p.png)">x</div>',
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action=https://evil.example><button>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<object data=//evil.example></object>",
    "<embed src=//evil.example>",
    "<video src=//evil.example onerror=alert(1)>",
    "<div hx-get=/api/calls hx-trigger=load>x</div>",
    "<div data-hx-post=/calls/x/replay data-hx-trigger=load>x</div>",
    "<button hx-on:click=alert(1)>x</button>",
    "<div hx-ext=sse sse-connect=//evil.example>x</div>",
    "</p></div></main><script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "--><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "{{ 7*7 }}{% include '/etc/passwd' %}",
    "{{ ''.__class__.__mro__ }}",
    "`</code><script>alert(1)</script>`",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "# <img src=x onerror=alert(1)>",
    "|<script>alert(1)</script>|\n|-|\n|<img src=x onerror=alert(1)>|",
    "<a href='https://ok.example' onclick=alert(1)>x</a>",
    "\x00<script>alert(1)</script>",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "\u202e<script>alert(1)</script>",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "<\u200bscript>alert(1)</script>",
    "\ud800<script>alert(1)</script>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<template><script>alert(1)</script></template>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<x onclick=alert(1)>x</x>",
    '[a](https://x" onmouseover="alert(1))',
    "[a](https://x 'y\" onmouseover=\"alert(1)')",
    "https://evil.example/auto",
    "<https://evil.example/auto>",
    '<!--<img src="--><img src=x onerror=alert(1)//">',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
)
"""HTML, markdown, SVG, addresses, htmx attributes, templates and Unicode."""

_ALLOWED_IN_PROSE = {"p", "br", "hr", "em", "strong", "s", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a", "h3", "h4", "h5",
                     "h6", "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip


class Elements(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {k: v or "" for k, v in attrs}))

    handle_startendtag = handle_starttag


@pytest.mark.parametrize("text", CORPUS)
def test_prose_is_harmless(text: str) -> None:
    """Markdown gives a few plain elements, links to the web alone, and nothing that loads or runs."""
    for tag, attributes in Elements(str(markdown(text))).found:
        assert tag in _ALLOWED_IN_PROSE, (tag, attributes)
        assert set(attributes) <= {"href", "title", "rel", "start", "scope"}, attributes
        if "href" in attributes:
            assert attributes["href"].startswith(("http://", "https://", "mailto:"))
            assert "noopener" in attributes["rel"]


@pytest.mark.parametrize("text", CORPUS)
def test_plain_text_and_trees_are_escaped(text: str) -> None:
    """What is shown as it is, as code, or as a leaf or key of JSON, stays text."""
    assert Elements(str(plain(text))).found == []
    assert {tag for tag, _ in Elements(str(coded(text))).found} <= {"code"}
    for tag, attributes in Elements(str(tree({text: [text, {"a": text}]}))).found:
        assert tag in {"details", "summary", "ul", "li", "span"}
        assert set(attributes) <= {"class", "open"}


def _answer(payload: str) -> dict[str, Any]:
    payload = payload.encode("utf-8", "replace").decode()
    asked = {
        "id": payload,
        "type": "function",
        "function": {"name": payload, "arguments": json.dumps({payload: payload})},
    }
    message = {"role": "assistant", "content": payload, "tool_calls": [asked]}
    choice = {"index": 0, "finish_reason": payload, "message": message}
    return {"id": payload, "object": "chat.completion", "created": 1, "model": payload, "choices": [choice],
            "system_fingerprint": payload, "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}  # fmt: skip


def client_of(answer: dict[str, Any], status: int = 200) -> Any:
    """The real SDK over a transport that gives one answer."""
    transport = httpx2.MockTransport(lambda _: httpx2.Response(status, json=answer, headers={"x-request-id": "req_1"}))
    return openai.OpenAI(api_key="sk-test", max_retries=0, http_client=openai.DefaultHttpxClient(transport=transport))


def poison(log: CallLog, payload: str) -> list[str]:
    """Two calls, one answered and one refused, with the payload in every place that others than we write."""
    payload = payload.encode("utf-8", "replace").decode()
    agent = AgentSpec(name="look", description=payload, input_schema={"type": "object", "description": payload})
    said = [
        user(payload),
        Message(role="assistant", content=[AgentCallBlock(id=payload, name=payload, arguments={payload: payload})]),
        Message(
            role="user", content=[AgentResultBlock(call_id=payload, content=[TextBlock(text=payload)], is_error=True)]
        ),
        assistant(payload),
        user(payload),
    ]
    provider, ids = providers.get("openai"), []
    observed = {"observer": log.observer(place=payload), "messages": said, "agents": [agent]}
    answer = provider.call_model(client=client_of(_answer(payload)), model="gpt-4o", **observed)  # type: ignore[arg-type]
    ids.append(str(getattr(answer, "call_id", "")))
    with pytest.raises(CallError) as refused:
        provider.call_model(
            client=client_of({"error": {"message": payload, "code": payload}}, 400),
            model="gpt-4o",
            **observed,  # type: ignore[arg-type]
        )
    ids.append(str(refused.value.call_id))
    return ids


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[CallLog, list[str]]]:
    """A log full of payloads."""
    log = CallLog.open(tmp_path_factory.mktemp("poisoned") / "calls.db")
    ids = [i for payload in CORPUS for i in poison(log, payload)]
    yield log, ids
    log.close()


def test_no_page_obeys_a_payload(poisoned: tuple[CallLog, list[str]]) -> None:
    """In every view of every poisoned call: no element that we did not write, no handler, no address elsewhere."""
    from ell2a.studio.app import create_app

    log, ids = poisoned
    with TestClient(create_app(log), base_url="http://127.0.0.1:4242") as client:
        for at, call_id in enumerate(ids):
            # The conversation of each, the other views in turn: all places times all payloads would take minutes.
            views = ["", ("/wire", "/params", "/timing", "/replays", "/replay?to=sandbox/sandbox-small")[at % 5]]
            for view in views:
                check(client.get(f"/calls/{call_id}{view}").text, view)
        pairs = [f"/calls/compare?id={a}&id={b}" for a, b in zip(ids[::6], ids[1::6], strict=False)]
        lists = [
            "/calls",
            "/replays",
            "/usage",
            *(f"/calls?q={p}" for p in ("<script>", '"><img src=x onerror=alert(1)>')),
        ]
        for path in [*pairs, *lists, "/calls/<script>alert(1)</script>", "/providers/<img src=x onerror=alert(1)>"]:
            check(client.get(path).text, path)


_OURS = {
    "html",
    "head",
    "meta",
    "title",
    "link",
    "script",
    "body",
    "a",
    "header",
    "i",
    "nav",
    "form",
    "label",
    "input",
    "span",
    "button",
    "main",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "small",
    "dl",
    "dt",
    "dd",
    "article",
    "b",
    "strong",
    "em",
    "code",
    "pre",
    "details",
    "summary",
    "ul",
    "ol",
    "li",
    "aside",
    "svg",
    "rect",
    "path",
    "footer",
    "time",
    "table",
    "caption",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "th",
    "td",
    "kbd",
    "section",
    "figure",
    "figcaption",
    "datalist",
    "option",
    "fieldset",
    "legend",
    "textarea",
    "blockquote",
    "br",
    "hr",
    "s",
    "del",
    "ins",
    "q",
    "colgroup",
    "col",
}


def check(page: str, where: str) -> None:
    """Raises where a page holds an element, attribute or address that only a payload can have brought."""
    for tag, attributes in Elements(page).found:
        assert tag in _OURS, (where, tag, attributes)
        assert not [n for n in attributes if n.startswith("on") or n == "style"], (where, tag, attributes)
        if tag == "script":
            assert attributes["src"].startswith("/static/"), where
        for name in ("src", "action", "hx-get", "hx-post", "formaction"):
            assert attributes.get(name, "/").startswith("/"), (where, tag, attributes)
            assert not attributes.get(name, "/").startswith("//"), (where, tag, attributes)
        href = attributes.get("href", "/")
        assert href.startswith(("/", "#", "http://", "https://", "mailto:")), (where, href)
        assert not href.startswith("//"), (where, href)
