"""Asking a provider for its models: the endpoint of its row or of its wire, all pages, as the JSON that came."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from ell2a.errors import CallError, NotFound
from ell2a.providers import clients
from ell2a.providers.answer import ModelsAnswer
from ell2a.providers.listed_models import Entry, ModelListing, entries, listings_for, next_page
from ell2a.providers.listings import Listing

if TYPE_CHECKING:
    from ell2a.providers.provider import Provider

Progress = Callable[[str], None]
"""Is told in words how far it is."""

MOST_PAGES = 100


def list_models(provider: Provider, *, client: Any = None, progress: Progress | None = None) -> ModelListing:
    """All models that the provider's own endpoint lists, each entry as it came.

    `client`: a client of the SDK; without one, that which calls are made with. Raises MissingSdk, MissingKey, and
    whatever CallError the answer means; NotFound where there is no such endpoint.
    """
    tell = progress or _untold
    used = client if client is not None else clients.client_for(provider, "", None, asynchronous=False)
    missing: NotFound | None = None
    for listing in listings_for(provider.row, provider.wire):
        try:
            return _listed(provider, used, listing, tell)
        except NotFound as error:
            tell(f"{provider.name} has no {listing.name} listing of models")
            missing = error
    raise _no_endpoint(provider, missing) from missing


def _listed(provider: Provider, client: Any, listing: Listing, tell: Progress) -> ModelListing:
    base = _folder(str(getattr(client, "base_url", "") or provider.row.base_url(provider.wire)))
    address = None if listing.address is None else urljoin(base, listing.address)
    tell(f"asking {provider.name} at {_shown(address or base)}")
    found: dict[str, Entry] = {}
    asked = ""
    for number, page in enumerate(_pages(provider, client, listing, address), start=1):
        found |= entries(listing, page.body, provider=provider.name)
        asked = asked or _shown(page.url)
        tell(f"page {number}: {len(found)} models so far")
    if listing.detail is not None:
        found = _detailed(provider, client, urljoin(base, listing.detail), found, tell)
    return ModelListing(provider.name, asked, listing.name, found)


def _pages(provider: Provider, client: Any, listing: Listing, address: str | None) -> Iterator[ModelsAnswer]:
    headers = {listing.key_header: str(getattr(client, "api_key", "") or "")} if listing.key_header else {}
    query = dict(listing.paging.first) if listing.paging else {}
    asked: list[dict[str, str]] = []
    while query not in asked:
        asked.append(query)
        if len(asked) > MOST_PAGES:
            raise CallError(
                f"{provider.name}: its models endpoint gave more than {MOST_PAGES} pages.", provider=provider.name
            )
        page = provider.ask_models(client, address, query=query, headers=headers)
        yield page
        more = next_page(listing, page.body)
        if more is None:
            return
        query = more
    # A cursor that leads back to a page that was read has no end.
    raise CallError(
        f"{provider.name}: its models endpoint names the page {query} again and again.", provider=provider.name
    )


def _detailed(
    provider: Provider, client: Any, address: str, found: dict[str, Entry], tell: Progress
) -> dict[str, Entry]:
    whole: dict[str, Entry] = {}
    for number, (model, entry) in enumerate(found.items(), start=1):
        tell(f"{number} of {len(found)}: {model}")
        whole[model] = {**entry, "show": provider.ask_models(client, address, body={"model": model}).body}
    return whole


def _untold(words: str) -> None:
    del words


def _folder(url: str) -> str:
    return url if url.endswith("/") else f"{url}/"


def _shown(url: str) -> str:
    """An address without a name, a password or a query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _no_endpoint(provider: Provider, missing: NotFound | None) -> NotFound:
    why = f" (it answered: {missing.message})" if missing else ""
    return NotFound(
        f"{provider.name} lists no models that ell2a can ask for on {provider.wire}{why}. Any model is written as"
        f" `{provider.name}/MODEL`; what you know of one is said by `ell2a.register_model(MODEL, provider={provider.name!r},"
        " capabilities={...})`.",
        provider=provider.name,
        status=missing.status if missing else None,
        request_id=missing.request_id if missing else None,
        body=missing.body if missing else None,
    )
