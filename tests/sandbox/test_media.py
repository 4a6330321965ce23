"""What the sandbox sees in files: sizes and types as their bytes tell, on both wires."""

from __future__ import annotations

import base64
import io
from typing import Any

import anthropic
import openai
import pytest
from PIL import Image

from ell2a.sandbox import media
from ell2a.studio.demo_files import pdf, picture


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def drawn(form: str, size: tuple[int, int], **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(buffer, form, **options)
    return buffer.getvalue()


def from_user(*content: dict[str, Any]) -> Any:
    """A user's message, in the form that both wires have; its content is in the form of one of them."""
    return {"role": "user", "content": list(content)}


@pytest.mark.parametrize(
    ("form", "options", "media_type"),
    [
        ("PNG", {}, "image/png"),
        ("JPEG", {}, "image/jpeg"),
        ("JPEG", {"progressive": True}, "image/jpeg"),
        ("GIF", {}, "image/gif"),
        ("WEBP", {}, "image/webp"),
        ("WEBP", {"lossless": True}, "image/webp"),
    ],
)
def test_reads_pictures_that_pillow_wrote(form: str, options: dict[str, Any], media_type: str) -> None:
    """Type and size of each kind of picture are those it was written with."""
    data = drawn(form, (123, 45), **options)
    assert media.media_type(data) == media_type
    assert media.picture_size(data) == (123, 45)


@pytest.mark.parametrize("cut", [0, 3, 12, 20])
def test_a_broken_picture_has_no_size(cut: int) -> None:
    """A picture that ends too early is no error, and has no size."""
    assert media.picture_size(drawn("PNG", (9, 9))[:cut]) is None
    assert media.picture_size(drawn("JPEG", (9, 9))[:cut]) is None


def test_the_demo_draws_a_real_png() -> None:
    """Pillow reads the demo's picture as it was meant."""
    with Image.open(io.BytesIO(picture(60, 30, (0, 0, 0), (90, 90, 90)))) as read:
        read.load()
        assert (read.size, read.format, read.getpixel((40, 10))) == ((60, 30), "PNG", (255, 214, 120))


def test_pictures_on_both_wires(openai_client: openai.OpenAI, anthropic_client: anthropic.Anthropic) -> None:
    """A picture is described by its bytes, and costs tokens by its size."""
    data = encoded(drawn("PNG", (320, 200)))
    by_openai: Any = openai_client.chat.completions.create(
        model="sandbox-small",
        messages=[
            from_user(
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}},
            )
        ],
    )
    source = {"type": "base64", "media_type": "image/png", "data": data}
    by_anthropic: Any = anthropic_client.messages.create(
        model="sandbox-small",
        max_tokens=300,
        messages=[from_user({"type": "text", "text": "What is this?"}, {"type": "image", "source": source})],
    )
    assert "image/png, 320 \u00d7 200 pixels" in by_openai.choices[0].message.content
    assert by_anthropic.content[0].text == by_openai.choices[0].message.content
    assert by_openai.usage.prompt_tokens > 320 * 200 / 750


def test_a_picture_that_is_none_is_refused(openai_client: openai.OpenAI, anthropic_client: anthropic.Anthropic) -> None:
    """Bytes that are no picture, or another than said, are refused with the place where they stand."""
    url = {"url": f"data:image/png;base64,{encoded(b'no picture')}"}
    with pytest.raises(openai.BadRequestError) as caught:
        openai_client.chat.completions.create(
            model="sandbox-small", messages=[from_user({"type": "image_url", "image_url": url})]
        )
    assert (caught.value.code, caught.value.param) == ("invalid_image_format", "messages[0].content[0].image_url.url")
    source = {"type": "base64", "media_type": "image/jpeg", "data": encoded(drawn("PNG", (5, 5)))}
    with pytest.raises(anthropic.BadRequestError, match="the bytes are image/png, not image/jpeg"):
        anthropic_client.messages.create(
            model="sandbox-small",
            max_tokens=30,
            messages=[from_user({"type": "image", "source": source})],
        )


def test_documents_on_both_wires(openai_client: openai.OpenAI, anthropic_client: anthropic.Anthropic) -> None:
    """A PDF is told by its pages, a text by its words."""
    data = encoded(pdf(["Harbour office", "Report"]))
    file = {"filename": "report.pdf", "file_data": f"data:application/pdf;base64,{data}"}
    by_openai: Any = openai_client.chat.completions.create(
        model="sandbox-small",
        messages=[from_user({"type": "file", "file": file})],
    )
    assert "“report.pdf”, application/pdf, 1 page" in by_openai.choices[0].message.content
    source = {"type": "text", "media_type": "text/plain", "data": "Four short words here"}
    by_anthropic: Any = anthropic_client.messages.create(
        model="sandbox-small",
        max_tokens=300,
        messages=[from_user({"type": "document", "source": source, "title": "note"})],
    )
    assert "“note”, text/plain, 4 words" in by_anthropic.content[0].text


def test_a_model_without_images_refuses_them(openai_client: openai.OpenAI) -> None:
    """`sandbox-text` takes text alone."""
    url = {"url": "https://example.com/a.png"}
    messages = [from_user({"type": "image_url", "image_url": url})]
    with pytest.raises(openai.BadRequestError) as caught:
        openai_client.chat.completions.create(model="sandbox-text", messages=messages)
    assert caught.value.param == "messages[0].content[0]"
