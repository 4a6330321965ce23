"""Model output as HTML: markdown without raw HTML, then sanitised. What a model writes is never trusted.

Markdown costs about 8 ms a kilobyte, so only the beginning of a long text is rendered; the rest is a
page of its own, as plain text.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from markupsafe import Markup, escape

MAX_MARKDOWN = 8_000
"""Characters of one text that are rendered as markdown."""
MAX_PLAIN = 20_000
"""Characters of one text that are shown where markdown is not asked for."""

_TAGS = frozenset({
    "p", "br", "hr", "em", "strong", "s", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
})  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "th": {"scope"}}
_TICKED = re.compile(r"`([^`\n]+)`")
_SCHEMES = frozenset({"http", "https", "mailto"})


def markdown(text: str) -> Markup:
    """Markdown as sanitised HTML: no raw HTML, no pictures from elsewhere, links that open apart."""
    import nh3

    rendered = _parser().render(text.encode("utf-8", "replace").decode())
    clean = nh3.clean(
        rendered,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer nofollow ugc",
        strip_comments=True,
    )
    return Markup(clean)  # noqa: S704  # nh3 has just sanitised it


def plain(text: str) -> Markup:
    """Text as it is, escaped; line breaks are kept by the sheet."""
    return escape(text.encode("utf-8", "replace").decode())


def coded(text: str) -> Markup:
    """One of our own sentences: escaped, with what stands between backticks as code."""
    return Markup(_TICKED.sub(r"<code>\1</code>", str(plain(text))))  # noqa: S704  # escaped just now


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).enable(
        ["table", "strikethrough"]
    )
    parser.add_render_rule("image", _picture)
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    return parser


def _picture(renderer: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    """A picture from elsewhere would tell its server who reads this: its address is shown as text."""
    token = tokens[index]
    alt = renderer.renderInlineAsText(token.children, options, env) if token.children else ""
    return f"<code>![{escape(alt)}]({escape(token.attrs.get('src', ''))})</code>"


def _heading(renderer: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    """A model's headings stand below the page's own two levels."""
    del renderer, options, env
    token = tokens[index]
    level = min(int(token.tag[1]) + 2, 6)
    return f"<{'/' if token.nesting == -1 else ''}h{level}>"
