"""Articles for tests of the dedupe stage: short to write, with every column."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl

from pipelines.contracts.ids import text_sha256
from pipelines.contracts.tables import ARTICLES

EVALUATION = Path(__file__).parent.parent / "golden" / "evaluation" / "dev"


def article(
    article_id: str, text: str, published: str | None = "2024-03-01", **columns: object
) -> dict[str, object]:
    row = dict.fromkeys(ARTICLES.columns) | {
        "article_id": article_id,
        "text": text,
        "text_sha256": text_sha256(text),
        "published": published,
        "raw_path": f"{article_id}.txt",
        "raw_sha256": "0" * 64,
        "text_length": len(text),
        "raw_length": len(text),
        "is_current": True,
        "run_id": "test",
    }
    return row | columns


def articles(*rows: dict[str, object]) -> pl.DataFrame:
    return ARTICLES.frame(list(rows))


def development_set() -> pl.DataFrame:
    with (EVALUATION / "metadata.csv").open(encoding="utf-8", newline="") as handle:
        published = {row["article_id"]: row["published"] or None for row in csv.DictReader(handle)}
    return articles(
        *(
            article(path.stem, path.read_text(encoding="utf-8"), published[path.stem])
            for path in sorted((EVALUATION / "articles").glob("*.txt"))
        )
    )


def clusters_of(clusters: pl.DataFrame) -> set[frozenset[str]]:
    """The clusters of two articles and more, as sets of article ids."""
    groups = clusters.group_by("cluster_id").agg("article_id")["article_id"].to_list()
    return {frozenset(group) for group in groups if len(group) > 1}


def row_of(frame: pl.DataFrame, article_id: str) -> dict[str, object]:
    return frame.row(by_predicate=pl.col("article_id") == article_id, named=True)


KOPI = """Takengon - Koperasi Kopi Gayo Mandiri di Kabupaten Aceh Tengah mengekspor 19,2 ton kopi arabika ke Inggris.
Ketua koperasi mengatakan kontrak pengiriman bernilai 108 ribu dolar AS, sudah termasuk premi perdagangan adil.
Selama ini kopi dari koperasi beranggotakan 2.300 petani itu lebih banyak diserap Amerika Serikat dan Jerman.
Bupati meminta petani tidak tergoda menebang kopi walau harga gelondong merah turun sampai Rp6.500 per bambu.
Pemerintah kabupaten sedang mengupayakan agar kopi dapat dikapalkan langsung dari Pelabuhan Krueng Geukueh."""

SEPATU = """Tangerang - Industri kecil binaan pemerintah kabupaten mengekspor 4.044 pasang sepatu ke Senegal.
Kepala dinas menyebut produk lokal dengan kualitas baik berpeluang besar menembus pasar internasional tahun ini.
Upaya pemerintah mempromosikan hasil industri kecil dilakukan melalui pameran serta kerja sama antardaerah.
Pemilik perusahaan mengatakan merek lokal itu menjadi incaran para pembeli di dalam maupun luar negeri.
Perusahaan menargetkan pengiriman berikutnya ke Jeddah dan Dubai setelah pertemuan dengan calon pembeli."""


def release(month: str, year: str, value: str, growth: str, oil: str, rest: str, share: str = "61,5") -> str:
    """One issue of a monthly release."""
    return f"""Ekspor Jawa Tengah {month} {year} Tercatat US$ {value} Juta
Badan Pusat Statistik mencatat nilai ekspor Jawa Tengah pada {month} {year} mencapai US$ {value} juta.
Nilai itu naik {growth} persen dibandingkan dengan bulan sebelumnya menurut kepala badan tersebut di Semarang.
Ekspor minyak dan gas tercatat US$ {oil} juta, sedangkan ekspor nonmigas mencapai US$ {rest} juta pada {month} {year}.
Amerika Serikat, Jepang dan Tiongkok menjadi tujuan utama dengan pangsa {share} persen dari seluruh ekspor nonmigas.
Tekstil dan barang tekstil masih menjadi penyumbang terbesar bagi ekspor provinsi itu sepanjang tahun ini."""


MARET = release("Maret", "2024", "912,4", "5,2", "31,7", "880,7")
APRIL = release("April", "2024", "874,9", "3,8", "28,3", "846,6", "59,8")
