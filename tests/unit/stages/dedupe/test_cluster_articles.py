from __future__ import annotations

from itertools import pairwise, product

import polars as pl
import pytest

from pipelines.contracts.tables import ARTICLE_CLUSTERS, ARTICLE_LINKS, REJECTS
from pipelines.stages.dedupe import (
    Clusters,
    DedupeParameters,
    DedupeResult,
    MemoryIndex,
    add_articles,
    cluster_articles,
)
from tests.support.dedupe_articles import (
    APRIL,
    KOPI,
    MARET,
    SEPATU,
    article,
    articles,
    clusters_of,
    development_set,
    release,
    row_of,
)


def as_previous(result: DedupeResult) -> Clusters:
    return Clusters(clusters=result.clusters, links=result.links)


def test_light_syndications_of_the_development_set_are_joined_and_nothing_else() -> None:
    result = cluster_articles(development_set())
    assert clusters_of(result.clusters) == {
        frozenset({"dev-006", "dev-033"}),
        frozenset({"dev-015", "dev-017"}),
        frozenset({"dev-020", "dev-045"}),
    }


def test_every_current_article_has_one_row_and_tables_keep_their_contracts() -> None:
    frame = articles(
        article("a", KOPI), article("b", SEPATU), article("old", KOPI, is_current=False), article("c", KOPI)
    )
    result = cluster_articles(frame)
    assert result.clusters["article_id"].to_list() == ["a", "b", "c"]
    assert result.clusters.schema == pl.Schema(ARTICLE_CLUSTERS.schema)
    assert result.links.schema == pl.Schema(ARTICLE_LINKS.schema)
    assert result.rejects.schema == pl.Schema(REJECTS.schema)


def test_no_articles_give_empty_tables() -> None:
    result = cluster_articles(articles())
    assert result.clusters.is_empty()
    assert result.links.is_empty()


@pytest.mark.parametrize(
    "text",
    [
        KOPI.upper(),
        KOPI.replace("\n", " "),
        KOPI.replace(" - ", " – ").replace("arabika", "“arabika”"),
        KOPI.replace(". ", ".  "),
    ],
    ids=["capitals", "one line", "quotes and dashes", "spaces"],
)
def test_the_same_words_in_another_dress_are_an_exact_copy(text: str) -> None:
    result = cluster_articles(articles(article("a", KOPI), article("b", text)))
    assert row_of(result.clusters, "b")["relation"] == "exact"
    assert row_of(result.clusters, "b")["similarity"] == 1.0


def test_digits_are_content_one_other_figure_is_no_exact_copy() -> None:
    result = cluster_articles(articles(article("a", KOPI), article("b", KOPI.replace("19,2", "192"))))
    assert row_of(result.clusters, "b")["relation"] == "near"
    assert "1 of" in str(row_of(result.clusters, "b")["reason"])


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("\n".join(KOPI.split("\n")[:3]), "contained"),
        ("Kopi Gayo Tembus Inggris\n" + KOPI + "\nBaca juga: Ekspor pinang ke India naik", "near"),
        ("\n".join([KOPI.split("\n")[0], *reversed(KOPI.split("\n")[1:])]), "near"),
        (
            KOPI.replace("mengatakan", "menyebut").replace("banyak", "sering").replace("sedang", "tengah"),
            "near",
        ),
        (KOPI + "\n" + SEPATU, "contained"),
    ],
    ids=["cut off", "headline and footer", "reordered", "reworded", "set before another text"],
)
def test_edited_copies_join_the_cluster(text: str, relation: str) -> None:
    result = cluster_articles(articles(article("a", KOPI), article("b", text, "2024-03-02")))
    assert clusters_of(result.clusters) == {frozenset({"a", "b"})}
    assert row_of(result.clusters, "b")["relation"] == relation


def test_excerpts_that_overlap_and_the_whole_that_came_late_are_one_text() -> None:
    lines = (KOPI + "\n" + SEPATU).split("\n")
    texts = ("\n".join(lines[:6]), "\n".join(lines[4:]), "\n".join(lines))
    for days in (("2024-03-01", "2024-03-02", "2024-03-03"), ("2024-03-03", "2024-03-02", "2024-03-01")):
        rows = [article(name, text, day) for name, text, day in zip("abc", texts, days, strict=True)]
        assert clusters_of(cluster_articles(articles(*rows)).clusters) == {frozenset("abc")}


def test_a_page_that_carries_two_stories_does_not_make_them_copies_of_each_other() -> None:
    rows = [
        article("kopi", KOPI, "2024-03-01"),
        article("sepatu", SEPATU, "2024-03-02"),
        article("both", KOPI + "\n" + SEPATU, "2024-03-03"),
    ]
    result = cluster_articles(articles(*rows))
    assert clusters_of(result.clusters) == {frozenset({"kopi", "both"})}
    assert row_of(result.clusters, "both")["relation"] == "contained"


def test_no_chain_of_pages_with_two_stories_each_leads_from_one_story_to_another() -> None:
    stories = [KOPI, SEPATU, MARET, KOPI.translate(str.maketrans("aiu", "uai"))]
    rows = [
        article(f"page{number}", one + "\n" + other, f"2024-03-0{number + 1}")
        for number, (one, other) in enumerate(pairwise(stories))
    ]
    rows += [article(f"story{number}", story, "2024-03-09") for number, story in enumerate(stories)]
    clusters = cluster_articles(articles(*rows)).clusters
    assert (
        row_of(clusters, "story0")["cluster_id"]
        != row_of(clusters, "story2")["cluster_id"]
        != row_of(clusters, "story3")["cluster_id"]
    )


def rubber(month: str, year: int, figure: int) -> str:
    return f"""Pontianak - Ekspor karet Kalimantan Barat pada {month} {year} tercatat meningkat menurut data dinas setempat.
Kepala dinas menyampaikan volume ekspor karet pada bulan tersebut mencapai {figure} ribu ton.
Ia menjelaskan permintaan dari industri ban di luar negeri masih menjadi faktor utama yang menentukan harga petani.
Pemerintah daerah terus mendorong petani meningkatkan mutu bahan olah karet agar memenuhi persyaratan pabrik.
Selain itu, peremajaan kebun yang sudah tua juga menjadi perhatian agar produksi tetap terjaga di masa mendatang."""


def test_copies_of_each_month_are_found_among_months_that_differ_in_one_figure() -> None:
    months = (
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
    )
    rows, expected = [], set()
    for number, (year, month) in enumerate(product((2022, 2023), months)):
        text = rubber(month, year, 31 + 7 * number)
        lines = text.replace("menyampaikan", "mengatakan").replace("mendorong", "meminta").split("\n")
        day = f"{year}-{months.index(month) + 2:02d}-05"
        rows.append(article(f"m{number:02d}", text, day))
        rows.append(article(f"m{number:02d}-a", "Koran - " + "\n".join(lines), day))
        rows.append(article(f"m{number:02d}-b", "\n".join([*lines[:2], *lines[:1:-1]]), day))
        expected.add(frozenset({f"m{number:02d}", f"m{number:02d}-a", f"m{number:02d}-b"}))
    assert clusters_of(cluster_articles(articles(*rows)).clusters) == expected


def test_months_of_a_release_are_linked_as_a_series_and_never_merged() -> None:
    result = cluster_articles(
        articles(article("maret", MARET, "2024-04-15"), article("april", APRIL, "2024-05-15"))
    )
    assert clusters_of(result.clusters) == set()
    assert result.clusters["series_id"].n_unique() == 1
    assert result.clusters["series_id"].null_count() == 0
    assert result.links["relation"].to_list() == ["template_series"]


def test_a_month_with_few_changed_figures_is_still_another_month() -> None:
    april = release("April", "2024", "912,4", "5,2", "31,7", "881,3")
    result = cluster_articles(articles(article("maret", MARET), article("april", april, "2024-05-15")))
    assert clusters_of(result.clusters) == set()
    assert "another period" in result.links["reason"][0]


def test_a_month_with_the_same_figures_is_still_another_month() -> None:
    april = release("April", "2024", "912,4", "5,2", "31,7", "880,7")
    result = cluster_articles(articles(article("maret", MARET), article("april", april, "2024-05-15")))
    assert clusters_of(result.clusters) == set()


def test_copies_of_a_month_join_that_month_only() -> None:
    copy = "Semarang (ANTARA) - " + MARET.split("\n", 1)[1].replace("mencapai", "menembus")
    result = cluster_articles(
        articles(
            article("april", APRIL, "2024-05-15"),
            article("copy", copy, "2024-04-16"),
            article("maret", MARET, "2024-04-15"),
        )
    )
    assert clusters_of(result.clusters) == {frozenset({"maret", "copy"})}
    assert result.clusters["series_id"].n_unique() == 1


def test_the_same_report_with_another_day_in_its_dateline_is_a_copy() -> None:
    first = KOPI.replace("Takengon - ", "Takengon, 5 Maret 2024 - ")
    second = KOPI.replace("Takengon - ", "Takengon, 2 April 2024 - ")
    result = cluster_articles(articles(article("a", first), article("b", second, "2024-04-02")))
    assert clusters_of(result.clusters) == {frozenset({"a", "b"})}


@pytest.mark.parametrize(
    "note",
    ["Ralat: ", "Catatan redaksi: terdapat kekeliruan angka pada berita sebelumnya.\n"],
    ids=["ralat", "note"],
)
def test_a_correction_of_figures_stays_in_the_cluster_and_says_so(note: str) -> None:
    corrected = note + MARET.replace("912,4", "921,4").replace("31,7", "37,1").replace("880,7", "884,3")
    result = cluster_articles(
        articles(article("a", MARET, "2024-04-15"), article("b", corrected, "2024-04-16"))
    )
    assert clusters_of(result.clusters) == {frozenset({"a", "b"})}
    assert "a correction" in str(row_of(result.clusters, "b")["reason"])


def test_as_many_other_figures_without_a_correction_are_another_report() -> None:
    other = MARET.replace("912,4", "921,4").replace("31,7", "37,1").replace("880,7", "884,3")
    result = cluster_articles(articles(article("a", MARET), article("b", other)))
    assert clusters_of(result.clusters) == set()


def test_one_mistyped_figure_is_a_copy() -> None:
    result = cluster_articles(articles(article("a", MARET), article("b", MARET.replace("31,7", "37,1"))))
    assert clusters_of(result.clusters) == {frozenset({"a", "b"})}


@pytest.mark.parametrize("is_mixed", [False, True], ids=["one behind the other", "in turn"])
def test_stories_that_share_half_of_their_text_stay_apart(*, is_mixed: bool) -> None:
    background = SEPATU.split("\n")[1:]
    stories = (
        KOPI.split("\n")[:4],
        [
            "Bandung - Pelaku usaha kerajinan bambu mengikuti pelatihan ekspor selama tiga hari di balai kota.",
            "Peserta belajar menghitung harga, membaca kontrak dan membuat faktur bersama petugas dari bea cukai.",
            "Dinas setempat berjanji mendampingi peserta hingga mendapat pembeli dari negara tujuan yang diincar.",
            "Seorang perajin mengaku baru tahu bahwa ekspor dapat dimulai dari kiriman kecil lewat jasa gabungan.",
        ],
    )
    texts = [
        [line for lines in zip(story, background, strict=True) for line in lines]
        if is_mixed
        else [*story, *background]
        for story in stories
    ]
    frame = articles(*(article(f"a{number}", "\n".join(text)) for number, text in enumerate(texts)))
    assert clusters_of(cluster_articles(frame).clusters) == set()


def test_the_earliest_article_speaks_for_the_cluster_then_the_smaller_id() -> None:
    rows = [
        article("late", KOPI, "2024-03-09"),
        article("undated", KOPI, None),
        article("year", KOPI, "2024"),
        article("b", KOPI, "2024-01-01"),
        article("month", KOPI, "2024-02"),
    ]
    result = cluster_articles(articles(*rows))
    assert set(result.clusters["representative_id"]) == {"b"}
    assert result.clusters.filter(pl.col("relation") == "representative")["article_id"].to_list() == ["b"]


def test_a_late_article_with_an_earlier_date_leads_the_cluster_without_renaming_it() -> None:
    rows = [article("b", KOPI, "2024-03-05"), article("c", KOPI.replace("sedang", "tengah"), "2024-03-06")]
    first = cluster_articles(articles(*rows))
    late = article("a", "Kopi Gayo ke Inggris\n" + KOPI, "2024-03-01")
    second = cluster_articles(articles(*rows, late), previous=as_previous(first))
    assert set(second.clusters["cluster_id"]) == set(first.clusters["cluster_id"])
    assert set(second.clusters["representative_id"]) == {"a"}


def test_ids_hold_when_a_series_grows_backwards() -> None:
    rows = [article("maret", MARET, "2024-04-15"), article("april", APRIL, "2024-05-15")]
    first = cluster_articles(articles(*rows))
    februari = release("Februari", "2024", "790,1", "1,4", "22,6", "767,5", "60,2")
    second = cluster_articles(
        articles(*rows, article("februari", februari, "2024-03-15")), previous=as_previous(first)
    )
    kept = second.clusters.filter(pl.col("article_id") != "februari")
    assert kept["cluster_id"].to_list() == first.clusters["cluster_id"].to_list()
    assert set(second.clusters["series_id"]) == set(first.clusters["series_id"])


def test_an_article_whose_text_changed_leaves_the_cluster_it_founded() -> None:
    index = MemoryIndex()
    first = cluster_articles(articles(article("a", KOPI), article("b", KOPI, "2024-03-02")), index=index)
    second = cluster_articles(articles(article("a", SEPATU), article("b", KOPI, "2024-03-02")), index=index)
    assert row_of(second.clusters, "b")["cluster_id"] == row_of(first.clusters, "b")["cluster_id"]
    assert row_of(second.clusters, "b")["relation"] == "unique"
    assert row_of(second.clusters, "a")["cluster_id"] != row_of(first.clusters, "a")["cluster_id"]
    assert second.links.is_empty()


def test_an_article_that_is_withdrawn_leaves_no_trace() -> None:
    index = MemoryIndex()
    cluster_articles(
        articles(article("a", KOPI), article("b", KOPI, "2024-03-02"), article("c", SEPATU)), index=index
    )
    result = cluster_articles(articles(article("b", KOPI, "2024-03-02"), article("c", SEPATU)), index=index)
    assert result.clusters["article_id"].to_list() == ["b", "c"]
    assert set(result.clusters["relation"]) == {"unique"}


def test_row_order_changes_nothing() -> None:
    frame = development_set()
    expected = cluster_articles(frame)
    for seed in range(3):
        shuffled = cluster_articles(frame.sample(fraction=1, shuffle=True, seed=seed))
        assert shuffled.clusters.equals(expected.clusters)
        assert shuffled.links.equals(expected.links)


def test_batches_give_the_clusters_of_the_whole() -> None:
    frame = development_set()
    whole = cluster_articles(frame)
    index = MemoryIndex()
    rows = whole.clusters.clear()
    for start in range(0, frame.height, 7):
        changed = add_articles(frame[start : start + 7], index=index).clusters
        rows = pl.concat([rows.join(changed, on="article_id", how="anti"), changed])
    assert clusters_of(rows) == clusters_of(whole.clusters)
    assert rows.drop("cluster_id").sort("article_id").equals(whole.clusters.drop("cluster_id"))


def test_a_batch_is_cut_where_memory_says_without_changing_the_result() -> None:
    frame = development_set()
    small = cluster_articles(frame, parameters=DedupeParameters(batch_articles=11))
    assert clusters_of(small.clusters) == clusters_of(cluster_articles(frame).clusters)


def test_adding_articles_tells_only_what_changed() -> None:
    index = MemoryIndex()
    add_articles(articles(article("a", KOPI), article("z", SEPATU)), index=index)
    changed = add_articles(articles(article("b", KOPI, "2024-03-02")), index=index)
    assert changed.clusters["article_id"].to_list() == ["a", "b"]
    assert add_articles(articles(article("b", KOPI, "2024-03-02")), index=index).clusters.is_empty()


def test_three_words_and_empty_texts_are_grouped_only_with_their_equals() -> None:
    rows = [
        article("a", "Ekspor kopi naik"),
        article("b", "ekspor kopi naik!"),
        article("c", "Ekspor kopi turun"),
        article("d", "satu"),
    ]
    assert clusters_of(cluster_articles(articles(*rows)).clusters) == {frozenset({"a", "b"})}


def test_one_word_a_hundred_thousand_times_is_an_article_like_others() -> None:
    rows = [article("a", "kata " * 100_000), article("b", "kata " * 100_000), article("c", KOPI)]
    assert clusters_of(cluster_articles(articles(*rows)).clusters) == {frozenset({"a", "b"})}


def test_ten_thousand_identical_articles_are_one_cluster() -> None:
    rows = [article(f"a{number:05d}", KOPI) for number in range(10_000)]
    result = cluster_articles(articles(*rows))
    assert result.clusters["cluster_id"].n_unique() == 1
    assert result.clusters.filter(pl.col("relation") == "exact").height == 9_999
    assert result.links.height == 9_999


def test_hundreds_of_edited_copies_are_one_cluster() -> None:
    words = KOPI.split(" ")
    rows = []
    for number in range(300):
        edited = list(words)
        edited[number % len(words)] = f"lain{number}"
        rows.append(article(f"a{number:03d}", " ".join(edited), "2024-03-01"))
    assert cluster_articles(articles(*rows)).clusters["cluster_id"].n_unique() == 1


def test_a_text_of_five_megabytes_finds_its_copy() -> None:
    sentences = [
        f"Kalimat nomor {number} tentang ekspor barang ke-{number * 7} dari daerah {number % 97}."
        for number in range(75_000)
    ]
    long = "\n".join(sentences)
    assert len(long) > 4_500_000
    rows = [
        article("a", long),
        article("b", "\n".join(sentences[: len(sentences) // 2]), "2024-03-02"),
        article("c", KOPI),
    ]
    assert clusters_of(cluster_articles(articles(*rows)).clusters) == {frozenset({"a", "b"})}


def test_scale_must_be_a_power_of_two() -> None:
    with pytest.raises(ValueError, match="power of two"):
        DedupeParameters(hash_scale=10)
