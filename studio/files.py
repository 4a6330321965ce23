"""The two routes that give files: our own by known names, and the blobs of the log by their hash."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ell2a.studio.state import StudioDep

STATIC = {
    "studio.css": "text/css; charset=utf-8",
    "studio.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "vendor/htmx-4.0.1.min.js": "text/javascript; charset=utf-8",
}
"""The files under `/static/`, and nothing else: a name that is not here is not looked for."""

INLINE = re.compile(r"(image/(png|jpeg|gif|webp|avif|bmp)|audio/[\w.+-]+)", re.ASCII)
"""What a blob may be to be shown in the page. SVG and HTML can hold script and are only ever saved."""

_BLOB_CSP = "sandbox; default-src 'none'; frame-ancestors 'none'"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One of our own files, held in memory."""

    body: bytes
    media_type: str
    digest: str
    """The beginning of its SHA-256: part of the address, so that a browser may keep it for good."""


@cache
def static_file(name: str) -> StaticFile | None:
    """A file of the package by its known name."""
    if name not in STATIC:
        return None
    body = (files("ell2a.static") / name).read_bytes()
    return StaticFile(body, STATIC[name], hashlib.sha256(body).hexdigest()[:12])


def static_url(name: str) -> str:
    """The address of one of our own files. Raises KeyError for a name that is none."""
    found = static_file(name)
    if found is None:
        raise KeyError(name)
    return f"/static/{name}?v={found.digest}"


@router.get("/static/{name:path}")
def static(name: str, request: Request, v: str = "") -> Response:
    found = static_file(name)
    if found is None:
        raise HTTPException(404, f"there is no file {name!r}")
    etag = f'"{found.digest}"'
    # An address with the right digest never changes its meaning; any other is asked again each time.
    keep = "public, max-age=31536000, immutable" if v == found.digest else "no-cache"
    headers = {"etag": etag, "cache-control": keep}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(found.body, media_type=found.media_type, headers=headers)


@router.get("/blobs/{sha256}")
def blob(sha256: str, studio: StudioDep) -> Response:
    found = studio.log.blob(sha256) if re.fullmatch("[0-9a-f]{64}", sha256) else None
    if found is None:
        raise HTTPException(404, f"no blob of the log has the hash {sha256!r}")
    media_type = (found.media_type or "").split(";")[0].strip().lower()
    inline = INLINE.fullmatch(media_type) is not None
    headers = {
        "content-security-policy": _BLOB_CSP,
        "cache-control": "private, max-age=31536000, immutable",
        "content-disposition": "inline" if inline else f'attachment; filename="{sha256[:12]}{_suffix(media_type)}"',
    }
    return Response(found.data, media_type=media_type if inline else "application/octet-stream", headers=headers)


def _suffix(media_type: str) -> str:
    return {
        "application/pdf": ".pdf",
        "text/plain": ".txt",
        "application/json": ".json",
        "video/mp4": ".mp4",
        "image/svg+xml": ".svg",
    }.get(media_type, ".bin")
