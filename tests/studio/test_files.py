"""The routes that give files: our own by known names, blobs by their hash, and nothing else."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from fastapi.testclient import TestClient

from ell2a.calls import CallOpening, Ell2aCall, new_call_id
from ell2a.log import CallLog
from ell2a.messages import DocumentBlock, Message, document, image, user
from ell2a.studio import files as studio_files

from .conftest import Sample, call


def test_vendored_files_are_the_released_ones() -> None:
    """Each vendored file has the hash that stands beside it, and its licence is there."""
    vendor = files("ell2a.static") / "vendor"
    listed = [line.split() for line in (vendor / "SHA256SUMS").read_text("utf-8").splitlines()]
    sums = {name: digest for digest, name in listed}
    present = {f.name for f in vendor.iterdir()} - {"SHA256SUMS"}
    assert set(sums) == present
    for name, digest in sums.items():
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == digest, name
    assert "htmx.LICENSE" in present


def test_known_files_and_no_others(client: TestClient) -> None:
    """Files are found by the names in the table; paths lead nowhere."""
    for name, media_type in studio_files.STATIC.items():
        answer = client.get(studio_files.static_url(name))
        assert answer.status_code == 200
        assert answer.headers["content-type"] == media_type
        assert "immutable" in answer.headers["cache-control"]
        again = client.get(f"/static/{name}", headers={"if-none-match": answer.headers["etag"]})
        assert again.status_code == 304
    for path in ("../pyproject.toml", "..%2f..%2fpyproject.toml", "%2e%2e/%2e%2e/etc/passwd", "/etc/passwd", "vendor/", "__init__.py",
                 "vendor/SHA256SUMS", "studio.css%00", "studio.css/", "STUDIO.CSS"):  # fmt: skip
        assert client.get(f"/static/{path}").status_code == 404, path


def test_the_sheet_and_script_load_nothing_from_elsewhere() -> None:
    """No file of ours names another host."""
    for name in ("studio.css", "studio.js", "icon.svg"):
        text = (files("ell2a.static") / name).read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http" not in text, name


@pytest.mark.parametrize("name", ["x", "0" * 63, "0" * 64, "g" * 64, "0" * 64 + "%0a", "..%2f" + "0" * 64])
def test_a_blob_that_is_not_there(client: TestClient, name: str) -> None:
    """A name that is no hash, or the hash of nothing, is 404."""
    assert client.get(f"/blobs/{name}").status_code == 404


def test_a_picture_is_shown_and_sandboxed(client: TestClient, sample: Sample) -> None:
    """A picture of the log is given inline, as what it is, and could do nothing if it were something else."""
    block = sample.log.call(sample.image).messages[0]["content"][1]
    answer = client.get(f"/blobs/{block['blob']}")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"] == "inline"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert hashlib.sha256(answer.content).hexdigest() == block["blob"]


SAVED = [
    "image/svg+xml", "text/html", "application/xhtml+xml", "text/plain", "application/pdf", "IMAGE/SVG+XML", "",
    "image/svg+xml; charset=utf-8", "image/png\r\nx: y", "audio/x\nx",
]  # fmt: skip


@pytest.mark.parametrize("media_type", SAVED)
def test_what_can_hold_script_is_only_saved(own: TestClient, log: CallLog, media_type: str) -> None:
    """HTML, SVG and everything but pictures and sounds comes as an attachment of no type."""
    block = DocumentBlock(data=b"<svg onload='alert(1)'/>", media_type=media_type)
    asked = Ell2aCall(model="m", provider="p", wire="w", messages=[Message(role="user", content=[block])])
    opening = CallOpening(new_call_id(), asked, {}, [], None, None, datetime.now(UTC))
    log.observer().open(opening)
    answer = own.get(f"/blobs/{block.blob}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


def test_a_document_can_be_saved(own: TestClient, log: CallLog) -> None:
    """A document of a call is linked from its page and comes back whole."""
    pdf = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
    call_id = call(log, "sandbox-small", [user(["Read this", document(pdf, title="letter.pdf")])])
    blob = log.call(call_id).messages[0]["content"][1]["blob"]
    assert f"/blobs/{blob}" in own.get(f"/calls/{call_id}").text
    assert own.get(f"/blobs/{blob}").content == pdf


def test_a_picture_elsewhere_is_never_loaded(own: TestClient, log: CallLog) -> None:
    """A picture by URL is told by its address, and no page asks another host for it."""
    call_id = call(log, "sandbox-small", [user(["What is it?", image("https://tracker.example/pixel.png")])])
    page = own.get(f"/calls/{call_id}").text
    assert "tracker.example" in page
    assert "<img" not in page
