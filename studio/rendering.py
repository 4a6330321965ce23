"""From a page object to HTML. Templates hold markup; what they show was decided in the page object."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar, Protocol

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from ell2a.studio import formats, json_tree, prose
from ell2a.studio.files import static_url
from ell2a.studio.frame import frame
from ell2a.studio.state import Studio


class Page(Protocol):
    """A page object: a frozen dataclass with its template. Its fields are all that the template may use."""

    template: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def title(self) -> str: ...

    @property
    def section(self) -> str | None:
        """The part of the navigation that it belongs to."""
        ...


@cache
def environment() -> Environment:
    """The templates, escaping everything; an undefined name is an error."""
    found = Environment(
        loader=FileSystemLoader(str(files("ell2a.studio") / "templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters.update(
        number=formats.number,
        short_number=formats.short_number,
        money=formats.money,
        duration=formats.duration,
        size=formats.size,
        share=formats.share,
        iso=formats.iso,
        clock=formats.clock,
        day=formats.day,
        markdown=prose.markdown,
        plain=prose.plain,
        coded=prose.coded,
        tree=json_tree.tree,
    )
    found.globals.update(static_url=static_url, plural=formats.plural)
    return found


def wants_fragment(request: Request) -> bool:
    """Whether htmx asks for a part of a page, to be put into one that is shown already."""
    return request.headers.get("hx-request-type") == "partial"


def render(
    request: Request, studio: Studio, page: Page, *, fragment: str | None = None, status: int = 200
) -> HTMLResponse:
    """The page, or where htmx asks for a part of it, the fragment template that the page includes too."""
    values = {f.name: getattr(page, f.name) for f in fields(page)}
    part = fragment is not None and wants_fragment(request)
    name = fragment if part and fragment is not None else page.template
    if not part:
        values["frame"] = frame(studio, page.section)
        values["title"] = page.title
    html = environment().get_template(name).render(values, page=page)
    return HTMLResponse(html, status_code=status, headers={"vary": "HX-Request-Type"})
