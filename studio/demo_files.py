"""The pictures and documents that the demo shows to models, made here: nothing is shipped or downloaded."""

from __future__ import annotations

import struct
import zlib


def picture(width: int, height: int, low: tuple[int, int, int], high: tuple[int, int, int]) -> bytes:
    """A PNG: a sky between two colours, and a sun."""
    rows = bytearray()
    centre, radius = (width * 2 // 3, height // 3), height // 7
    for y in range(height):
        rows.append(0)
        sky = tuple(a + (b - a) * y // height for a, b in zip(low, high, strict=True))
        for x in range(width):
            in_sun = (x - centre[0]) ** 2 + (y - centre[1]) ** 2 < radius**2
            rows += bytes((255, 214, 120) if in_sun else sky)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def pdf(lines: list[str]) -> bytes:
    """A PDF of one page with some lines of Latin text."""
    words = "".join(f"({line}) Tj T* " for line in lines)
    content = f"BT /F1 14 Tf 18 TL 60 760 Td {words}ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
