"""Bytes to clean Unicode: encoding, mojibake, normal form, line ends."""

from __future__ import annotations

import codecs
import contextlib
import re
import unicodedata

import ftfy
from ftfy.badness import is_bad

# Curly quotes, widths and ligatures are content: only wrong decodings are repaired.
_REPAIR = ftfy.TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=True,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    remove_control_chars=False,
    normalization=None,
    explain=False,
)
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]")
_INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\u00ad]")
# Typesetters' hyphens and the minus sign, which readers take for the one on the keyboard; dashes stay.
_HYPHENS = re.compile(r"[\u2010\u2011\u2212]")
_SPACES = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t]")
# Typography alone is no sign of a wrong decoding; ftfy's own test takes ten times as long as this look.
_SUSPECT = re.compile(r"[^\x00-\x7f\u00a0–—‘’“”…]")
_CONTROL_BYTES = bytes([*range(9), *range(14, 27), *range(28, 32)])
# Files of text hold next to no control characters; images and archives hold far more than this share.
_BINARY_SHARE = 0.02


def is_binary(content: bytes) -> bool:
    """True where the bytes are no text in any encoding that newspapers use."""
    head = content[:65536]
    if not head:
        return False
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    control = len(head) - len(head.translate(None, _CONTROL_BYTES))
    return control / len(head) > _BINARY_SHARE or head.startswith((b"%PDF", b"PK\x03\x04"))


def decode(content: bytes) -> tuple[str, bool]:
    """Decode bytes as UTF-8 (or UTF-16 with a mark), falling back to Windows-1252.

    Returns:
        The text and whether every byte could be read; unreadable bytes become U+FFFD.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16"), True
        except UnicodeDecodeError:
            return content.decode("utf-16", "replace"), False
    try:
        return content.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        pass
    readable_utf8 = content.decode("utf-8-sig", "replace")
    # A file with a few broken bytes is still UTF-8; one where most accents break is a legacy code page.
    broken, multibyte = readable_utf8.count("\ufffd"), sum(byte >= 0xC2 for byte in content)
    if broken * 2 <= multibyte:
        return readable_utf8, False
    return content.decode("cp1252", "replace"), "\ufffd" not in content.decode("cp1252", "replace")


def decode_page(content: bytes, charset: str | None) -> tuple[str, bool]:
    """Decode a page: UTF-8 where it is that, whatever is declared; else as declared; else as any text.

    Servers declare ISO-8859-1 for pages in UTF-8 more often than the other way round, and bytes that are valid UTF-8
    by accident hardly occur.

    Args:
        content: The page.
        charset: What the server's header says, if anything; it comes before what the page says.

    Returns:
        The text and whether every byte could be read.
    """
    with contextlib.suppress(UnicodeDecodeError):
        return content.decode("utf-8-sig"), True
    declared = _META_CHARSET.search(content[:4096])
    for name in (charset, declared[1].decode("ascii") if declared else None):
        # An encoding that turns bytes into other bytes (base64, zip) is no encoding of text.
        with contextlib.suppress(LookupError, UnicodeError):
            if name and codecs.lookup(name)._is_text_encoding:
                return content.decode(name), True
    return decode(content)


def normalise(text: str) -> str:
    """Repair mojibake, compose to NFC, unify line ends, spaces and hyphens, drop invisible characters.

    Guarantees: no control character but the line feed; idempotent.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        if _SUSPECT.search(text) and is_bad(text):
            text = "\n".join(
                ftfy.fix_text(line, _REPAIR) if is_bad(line) else line for line in text.split("\n")
            )
        text = unicodedata.normalize("NFC", text)
        text = _HYPHENS.sub("-", _INVISIBLE.sub("", text))
    text = _SPACES.sub(" ", text)
    return _CONTROL.sub("", text)
