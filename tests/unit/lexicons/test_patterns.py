from __future__ import annotations

import re
from itertools import accumulate
from pathlib import Path

import pytest

from pipelines.lexicons.openings import find_openings, find_telltales, stays_in_line
from pipelines.lexicons.patterns import Pattern, pattern_texts, read_ahead
from tests.golden.scoring import off_topic_lines, short_cases

TEXTS = (
    [case.text for case in short_cases()][::3]
    + off_topic_lines()[::6]
    + ["", "\n", "KE JEPANG", "ſEJAK", "misal\u212a"]
)


UPPER = [text.upper() for text in TEXTS[::9]]
# All of them as one article of which each is a sentence.
ARTICLE = "\n".join((*TEXTS, *UPPER))
LENGTHS = [len(text) for text in (*TEXTS, *UPPER)]
SPANS = [
    (end - length, end)
    for length, end in zip(LENGTHS, accumulate(LENGTHS, lambda a, b: a + b + 1), strict=True)
]
PATTERNS = {name: Pattern(name) for name in pattern_texts()}


@pytest.mark.parametrize("ahead", [False, True], ids=["unread", "read ahead"])
@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_finds_what_its_plain_expression_finds(name: str, ahead: bool) -> None:
    pattern, plain = PATTERNS[name], re.compile(pattern_texts()[name])
    texts = [*TEXTS, *UPPER, ARTICLE]
    if ahead:
        assert read_ahead(ARTICLE, SPANS) == texts[:-1]
    for text in texts:
        spans = [match.span() for match in plain.finditer(text)]
        assert [match.span() for match in pattern.finditer(text)] == spans
        first = pattern.search(text)
        assert (first.span() if first else None) == (spans[0] if spans else None)


# Parts of the article: sentences, pieces of them, and parts that reach into the next ones.
PARTS = [
    part
    for (start, end), (_, far) in zip(SPANS[::50], SPANS[2::50], strict=False)
    for part in ((start, end), (start + 1, end - 1), (max(0, start - 40), end), (start + 9, far), (end, far))
]


def test_a_part_of_an_article_that_was_read_ahead_is_asked_by_its_sentences() -> None:
    read_ahead(ARTICLE, SPANS)
    for name, pattern in PATTERNS.items():
        plain = re.compile(pattern_texts()[name])
        for start, end in PARTS:
            spans = [match.span() for match in plain.finditer(ARTICLE, start, end)]
            assert [match.span() for match in pattern.finditer(ARTICLE, start, end)] == spans, name
            first = pattern.search(ARTICLE, start, end)
            assert (first.span() if first else None) == (spans[0] if spans else None), name


def test_what_was_read_ahead_spares_a_search() -> None:
    pattern = Pattern("a test", build=lambda: r"(?i)\bzzyzx\w*")
    article = "Ekspor kopi. Ekspor ZZYZXnya."
    assert read_ahead(article, [(0, 12), (13, 29)]) == ["Ekspor kopi.", "Ekspor ZZYZXnya."]
    assert pattern.search("Ekspor kopi.") is None
    assert pattern.search(article)
    assert pattern.search("Ekspor ZZYZXnya.")
    assert [match[0] for match in pattern.finditer("Ekspor ZZYZXnya.")] == ["ZZYZXnya"]


@pytest.mark.parametrize(
    ("expression", "text", "places"),
    [
        (r"\bdari|asal", "dari sedari asal", [0, 12]),
        (r"(?i)\b(?:ekspor|bea cukai)\b", "Ekspor eksportir BEA CUKAI beacukai", [0, 17]),
        (r"(?:se)?lalu", "lalu selalu", [0, 5, 7]),
        (r"di(?:kirim|lepas)\w*", "dikirim dilepas diambil", [0, 8]),
        (r"(?<!\w)1{1,3}[5-9]", "115 15 511", [0, 4]),
        (r"a{2}b", "aab ab", [0]),
        (r",?\s(?:dan|serta)\s", "ini dan itu, serta lain", [3, 11, 12]),
        (r"\d{1,2}[^\S\n]+mei", "16 Mei 3\tmei 5 ton 7\nmei", [7]),
    ],
)
def test_openings_are_where_the_first_characters_stand(expression: str, text: str, places: list[int]) -> None:
    openings = find_openings(expression)
    assert openings is not None
    found = [match.start() for match in openings.finditer(text)]
    assert set(places) <= set(found)
    assert [place for place in found if re.compile(expression).match(text, place)] == [
        place for place in places if re.compile(expression).match(text, place)
    ]


@pytest.mark.parametrize("expression", [r"\w+ ekspor", r"(?:ke )?", r"\s+|dan", r"[^,]*,", r".a"])
def test_a_pattern_that_may_begin_with_anything_has_no_openings(expression: str) -> None:
    assert find_openings(expression) is None


@pytest.mark.parametrize(
    ("expression", "telltales"),
    [
        (r"(?i)\bEkspor\b", {"ekspor"}),
        (r"\w+ (?:kopi|teh) asal", {" kopi as", " teh asa"}),  # the beginning tells nothing
        (r"(?:ke|di) .*pelabuhan", {"pelabuha"}),  # longer ones are rarer
        (r"di(?:.*(?:kirim|lepas))", {"kirim", "lepas"}),
        (r"(?:.*dikirim|.*ke)", set()),  # one alternative needs nothing that tells
        (r"(?:.*dikirim)? ke", {" ke"}),  # what may be left out is not needed
        (r"(?:\d+ ton)+", {" ton"}),
        (
            r"se(?=kontainer|unit kontainer)",
            {"kontaine", "unit kon"},
        ),  # what stands behind a match tells of it too
        (r"se(?!kontainer)(?<=kapal se)", set()),  # what does not, or stands before it, does not
        (r"(?:, |ke |di )[A-Z]", set()),  # in every sentence
    ],
)
def test_telltales_are_the_rarest_letters_that_a_match_needs(expression: str, telltales: set[str]) -> None:
    assert find_telltales(expression) == telltales


@pytest.mark.parametrize(
    ("expression", "stays"),
    [
        (r"(?:PT|CV) [A-Z]\w+(?![ ]\n)", True),
        (r"[^\S\n]+(?:dan[ ]){0,2}", True),
        (r"PT\s", False),
        (r"PT[^.;]", False),
        (r"PT\W", False),
        (r"PT.", False),  # may be told to match a line break too
        (r"PT(?:[ ]|\n)", False),
        (r"PT(?=\s)", False),  # looks beyond the line
        (r"PT[\t-\r]", False),
    ],
)
def test_which_matches_stay_in_a_line(expression: str, stays: bool) -> None:
    assert stays_in_line(expression) is stays


def test_a_wording_is_looked_for_in_the_lines_that_hold_what_it_needs() -> None:
    pattern = Pattern("names of a test", build=lambda: r"\b[A-Z]\w+(?: [A-Z]\w+)*, qwxyz\w*")
    article = "Budi Raya, di sini.\nSari Rasa, qwxyzan. Ini itu.\n\nDua Tiga,\nqwxyz Empat, qwxyz"
    spans = [(0, 19), (20, 39), (40, 48), (50, 78)]
    read_ahead(article, spans)
    assert [match[0] for match in pattern.finditer(article)] == ["Sari Rasa, qwxyzan", "Empat, qwxyz"]
    assert [match[0] for match in pattern.finditer(article, 0, 38)] == ["Sari Rasa, qwxyzan"]
    assert [match[0] for match in pattern.finditer(article, 25)] == ["Rasa, qwxyzan", "Empat, qwxyz"]
    assert pattern.search(article, 0, 19) is None
    assert pattern.search(article, 40, 60) is None


def test_every_wording_is_looked_for_by_some_module() -> None:
    code = "\n".join(
        path.read_text("utf-8") for path in (Path(__file__).parents[3] / "pipelines").rglob("*.py")
    )
    assert [name for name in pattern_texts() if f'"{name}"' not in code] == []
