from __future__ import annotations

import pytest

from pipelines.stages.collect.lines import classify_lines

LINK = "Baca juga: Harga Kopi Naik Lagi"


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        (f"Ekspor naik 5 persen. {LINK}", "Ekspor naik 5 persen."),
        (
            f"Ekspor naik 5 persen. {LINK} Kopi turun. Udang naik 2,5 persen.",
            "Ekspor naik 5 persen. Udang naik 2,5 persen.",
        ),
        (f'Ekspor naik. {LINK} "Kopi turun." Udang naik.', "Ekspor naik. Udang naik."),
    ],
    ids=["at the end", "in the middle", "before a quote"],
)
def test_a_link_within_a_line_takes_no_more_than_the_sentence_it_runs_into(line: str, kept: str) -> None:
    assert [found.text for found in classify_lines(line)] == [kept]


def test_headlines_behind_a_button_below_the_article_are_links() -> None:
    text = (
        "Ekspor naik 5 persen.\nBACA BERITA LAINNYA DI GOOGLE NEWS\nEkspor Jambi Capai 42.000 Ton\nKopi Naik"
    )
    assert [line.kind for line in classify_lines(text)] == ["prose", "link", "link", "link"]


def test_a_list_behind_a_link_is_the_articles_own() -> None:
    text = "Rinciannya:\nBaca juga: Kopi Naik\n- karet 3.024 ton ke Jepang\n- kopi 57,6 ton ke Mesir"
    assert [line.kind for line in classify_lines(text)] == ["prose", "link", "prose", "prose"]


@pytest.mark.parametrize(
    "heading",
    [
        "Berita terkini:",
        "KABAR TERBARU HARI INI",
        "Artikel menarik lainnya",
        "Jangan lewatkan!",
        "Paling banyak dibaca",
    ],
)
def test_a_list_below_a_heading_of_other_news_is_no_part_of_the_article(heading: str) -> None:
    text = f"Ekspor naik 5 persen.\n{heading}\n- Kopi Gayo Tembus Pasar Jepang\n- Udang Naik Kelas"
    assert [line.kind for line in classify_lines(text)] == ["prose", "section", "link", "link"]


def test_an_article_goes_on_below_a_list_of_links_with_a_sentence() -> None:
    sentence = "Santan senilai Rp8,9 miliar itu dikapalkan melalui Pelabuhan Bitung pekan lalu."
    text = f"Ekspor naik 5 persen.\nBacaan Lainnya\nKopi Gayo Tembus Pasar Jepang\n{sentence}"
    assert [line.kind for line in classify_lines(text)] == ["prose", "section", "link", "prose"]


@pytest.mark.parametrize("initials", ["(tek)", "(dra/ns)", "(*)", "***"])
def test_a_last_sentence_with_initials_behind_it_is_no_headline(initials: str) -> None:
    text = f"Ekspor naik 5 persen.\n{LINK}\nPemprov menargetkan ekspor tumbuh 15 persen. {initials}"
    assert [line.kind for line in classify_lines(text)] == ["prose", "link", "prose"]
