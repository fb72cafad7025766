"""Identity: ids are hashes of a JSON array of parts, never positions (DESIGN.md, "Identity")."""

from __future__ import annotations

import hashlib
import json

ID_LENGTH = 20  # hex digits = 80 bits: at 1e9 rows the chance of any collision is below 1e-6

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # json.dumps would make one each time
_STRING = json.encoder.encode_basestring  # what the encoder does with a string, without its detours


def make_id(*parts: str | int | None) -> str:
    """Hash parts into an id of 20 hex digits; the same parts always give the same id.

    Parts are joined as a JSON array, so ("a.b", "c") and ("a", "b.c") differ.
    """
    payload = f"[{','.join([_STRING(part) if type(part) is str else _JSON.encode(part) for part in parts])}]"
    return hashlib.sha256(payload.encode("utf-8", "surrogatepass")).hexdigest()[:ID_LENGTH]


def article_id(*, url: str | None, raw_path: str, record_key: tuple[str, ...] = ()) -> str:
    """The id of an article: of its canonical URL; where it has none, of its raw path.

    A record of a larger file adds what names it there (the member of a zip, its own id or the hash of its content;
    never its place, so that a record added before it changes nothing).
    """
    return make_id("article", url) if url else make_id("article", raw_path, *record_key)


def claim_id(*, article: str, text_sha256: str, claim_type: str, start: int, end: int, ordinal: int) -> str:
    """The id of a claim: article version, type, quote span and ordinal among equals."""
    return make_id("claim", article, text_sha256, claim_type, start, end, ordinal)


def text_sha256(text: str) -> str:
    """SHA-256 of a text in UTF-8, hex; marks the version of an article's text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
