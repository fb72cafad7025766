from __future__ import annotations

import re
from itertools import accumulate
from pathlib import Path

import pytest

from pipelines.lexicons.openings import find_openings, find_telltales
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
    ],
)
def test_telltales_are_the_rarest_letters_that_a_match_needs(expression: str, telltales: set[str]) -> None:
    assert find_telltales(expression) == telltales


def test_every_wording_is_looked_for_by_some_module() -> None:
    code = "\n".join(
        path.read_text("utf-8") for path in (Path(__file__).parents[3] / "pipelines").rglob("*.py")
    )
    assert [name for name in pattern_texts() if f'"{name}"' not in code] == []
