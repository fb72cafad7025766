"""Texts to throw at the reader: news glued from real pieces, and everything a crawler or an attacker may save."""

from __future__ import annotations

import string

from hypothesis import strategies as st

from tests.golden.scoring import off_topic_lines, short_cases

# Characters that have broken text code: other scripts, marks without width, direction marks, emoji with joiners,
# capitals whose lower case is longer or of another letter, digits of other scripts, lone combining marks.
ODD = [
    "\u200b", "\u200f", "\u202e", "\ufeff", "\u00a0", "\u0301", "\u2028", "\x85", "\x00", "\t",
    "😀", "👩\u200d🌾", "🇮🇩", "\U0001f1ee", "İ", "ß", "ǅ", "ﬁ", "①", "²", "½", "٣", "५", "Ⅳ",
    "العربية", "עברית", "漢字", "ﷺ", "…", "–", "—", "″", "’", "“", "”",
]  # fmt: skip
NUMBERS = [
    "4.044", "7,5", "1.053.146.943.500", "1,5 juta", "Rp11,47 T", "Rp1,2 M", "US$ 2,5 juta", "dua kontainer",
    "Delapan Belas (18) Ton", "setengah", "belasan", "6.434, 70", "36-40 ton", "1 hingga 2 miliar", "5%", "2,3 persen",
    "3 x 40 feet", "0", "00", "1.", ",5", "1.2.3", "1,2,3", "99999999999999999999", "RM 12", "ke-3", "2024", "31/2/2023",
    "(30/2)", "tiga puluh satu ribu", "koma lima", "5 ton",
]  # fmt: skip
SEPARATORS = [" ", " ", " ", ", ", ". ", "\n", "", "(", ") ", '"', "\n\n", "; ", " - ", ": "]


def _words() -> list[str]:
    texts = [case.text for case in short_cases()] + off_topic_lines()
    return sorted({word for text in texts for word in text.split()})


def _sentences() -> list[str]:
    return [case.text for case in short_cases()]


words = st.sampled_from(_words())
sentences = st.sampled_from(_sentences())
fragments = st.one_of(words, words, sentences, st.sampled_from(NUMBERS), st.sampled_from(ODD))


@st.composite
def glued(draw: st.DrawFn, max_pieces: int = 40) -> str:
    """Words, sentences, numbers and odd characters of real news in senseless order."""
    pieces = draw(st.lists(st.tuples(fragments, st.sampled_from(SEPARATORS)), max_size=max_pieces))
    return "".join(piece + separator for piece, separator in pieces)


anything = st.text(max_size=300)
digits_only = st.text(alphabet=string.digits + "., -/%()\n", max_size=300)
texts = st.one_of(glued(), glued(), anything, digits_only)
published = st.sampled_from([None, "2024", "2024-03", "2024-03-05", "2023-12-31", "9999-12-31", "0001-01-01"])
