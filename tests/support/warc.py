"""Records of web archives, byte by byte as the standard has them, and a page to put into them."""

from __future__ import annotations

import uuid


def record(
    kind: str, url: str | None, block: bytes, content_type: str, *, date: str = "2024-03-05T01:02:03Z"
) -> bytes:
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{kind} {url}")
    target = f"WARC-Target-URI: {url}\r\n" if url else ""
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{name}>\r\nWARC-Date: {date}\r\n{target}"
        f"Content-Type: {content_type}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def response(
    url: str,
    body: bytes,
    *,
    status: str = "200 OK",
    kind: str = "text/html; charset=utf-8",
    headers: str = "",
) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{headers}\r\n".encode()
    return record("response", url, head + body, "application/http; msgtype=response")


def conversion(url: str, text: bytes) -> bytes:
    return record("conversion", url, text, "text/plain")


def article_page(number: int) -> bytes:
    """A page with a date in its meta tags, navigation, and an article of its own."""
    prose = "".join(
        f"<p>Pemerintah Kabupaten Contoh melepas ekspor {number * 10 + part} ton kopi arabika ke Jepang melalui pelabuhan, "
        f"kata bupati saat upacara pelepasan peti kemas ke-{part + 1} di halaman gudang koperasi petani.</p>"
        for part in range(5)
    )
    return (
        f"<!DOCTYPE html><html lang='id'><head><title>Ekspor kopi ke-{number} dilepas bupati - Suara Contoh</title>"
        "<meta property='article:published_time' content='2024-03-04T10:00:00+07:00'>"
        "<meta property='og:site_name' content='Suara Contoh'></head><body>"
        "<nav><ul><li><a href='/'>Beranda</a></li><li><a href='/ekonomi'>Ekonomi</a></li></ul></nav>"
        f"<article><h1>Ekspor kopi ke-{number} dilepas bupati</h1>{prose}</article>"
        "<footer>Hak cipta Suara Contoh 2024</footer></body></html>"
    ).encode()
