"""The routes, one file a subject. A handler reads, builds the page object, and renders."""

from ell2a.studio.routes import (
    api_calls,
    api_docs,
    api_providers,
    api_usage,
    calls,
    login,
    one_call,
    providers,
    replays,
    settings,
    usage,
)

ROUTERS = (
    # What stands under /calls by name comes before /calls/{call_id}.
    calls.router,
    replays.router,
    one_call.router,
    providers.router,
    usage.router,
    settings.router,
    login.router,
    api_calls.router,
    api_providers.router,
    api_usage.router,
    api_docs.router,
)
