"""The studio as an ASGI app: pages, their JSON twins, and the rules that stand before all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.types import ASGIApp, Scope

import ell2a
from ell2a.studio import files, problems
from ell2a.studio.access import TokenCheck
from ell2a.studio.address import Address, TokenRequired
from ell2a.studio.routes import ROUTERS
from ell2a.studio.security import Guard
from ell2a.studio.state import Studio

if TYPE_CHECKING:
    from ell2a.log import CallLog


class StudioApp(FastAPI):
    """FastAPI with the guard outermost, so that the answer to a failure of ours carries its headers too."""

    def build_middleware_stack(self) -> ASGIApp:
        return Guard(super().build_middleware_stack(), lambda: self.studio.address, self._allows)

    def _allows(self, scope: Scope) -> bool:
        return self.studio.access.allows(scope)

    @property
    def studio(self) -> Studio:
        """The state of this studio."""
        found: Studio = self.state.studio
        return found


def create_app(
    log: CallLog,
    *,
    host: str = "127.0.0.1",
    port: int = 4242,
    demo: str | None = None,
    token: str | None = None,
) -> StudioApp:
    """The studio of a log. Replays that it runs are written to the same log.

    `host` and `port` are where it will listen: requests for any other Host are refused. `demo` is a short text
    that marks every page as a show of sandbox calls. Raises TokenRequired where the host can be reached from
    other machines and no token is given.
    """
    address = Address(host, port)
    if not address.is_loopback and not token:
        raise TokenRequired(host)
    app = StudioApp(
        title="ell2a studio",
        version=ell2a.__version__,
        summary="Logged calls of language models, the providers, and replays, as JSON.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
    )
    app.state.studio = Studio(log=log, address=address, demo=demo, access=TokenCheck(token))
    problems.install(app)
    app.include_router(files.router)
    for router in ROUTERS:
        app.include_router(router)
    return app
