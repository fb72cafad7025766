"""Reading time grows with the length of the text, not with its square, whatever the text repeats."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from pipelines.stages.collect import RawDocument, collect_document
from pipelines.stages.extract import extract_claims
from tests.golden.scoring import GOLDEN, off_topic_lines

SHORT, LONG = 15_000, 60_000
# Four times the text may take this many times as long: linear is 4, a square is 16; a busy machine adds noise.
MOST = 9.0
# Below this a clock says nothing about growth.
NOISE_SECONDS = 0.05


def _articles() -> str:
    folder = GOLDEN / "evaluation" / "dev" / "articles"
    return "\n".join(path.read_text("utf-8", "replace") for path in sorted(folder.glob("*.txt")))


def _one_sentence() -> str:
    text = _articles().replace("\n", " ")
    for stop in (". ", "; ", "! ", "? "):
        text = text.replace(stop, " ")
    return text


def _counted(sentence: str) -> str:
    return "".join(sentence.format(number) for number in range(1, LONG // len(sentence) + 1))


KINDS = {
    "articles joined": _articles(),
    "one sentence without a full stop": _one_sentence(),
    "off-topic lines": "\n".join(off_topic_lines()) + "\n",
    "numbers": "12 345 6.789 ",
    "years": "2023 ",
    "quantities with destinations": "5 ton kopi ke Jepang ",
    "money": "Rp1,2 M, ",
    "dispatches": "Ekspor 5 ton kopi dari Kabupaten Lahat ke Jepang, Senin (4/3/2024). ",
    "realisations": "Nilai ekspor Jawa Timur Januari 2024 US$ 5 juta, naik 5 persen. ",
    "targets": "Target ekspor 2024 US$ 5 juta. ",
    "missions": "Misi dagang Jawa Timur ke Bali meraih transaksi Rp 5 miliar. ",
    "guests": "Pengusaha dari Jepang datang ke Bali bertemu perajin. ",
    "one sentence of partners": "misi dagang Bali-Jepang senilai Rp 5 miliar, ",
    "one sentence of guests": "pengusaha Jepang dan pembeli dari India, ",
    "fairs": "Pameran Trade Expo Indonesia diikuti 5 UMKM di Jakarta. ",
    "trainings": "Pelatihan ekspor diikuti 50 peserta di Kota Bandung. ",
    "markets": "Produk kopi sudah menembus pasar Jepang. ",
    "product list": "kopi, lada, pala, ",
    "agencies": "Dinas Perdagangan dan Perindustrian ",
    "firms": "PT Maju Jaya dan ",
    "full stops": ". ",
    "short lines": "a\n",
    "open brackets": "((",
    "blanks": "  ",
    "quotes never closed": "“kata dia, ",
    "digits": "1",
    "groups of digits": "1.000.",
    "ranges": "5-",
    "letters": "ekspor",
    "emoji": "😀 ",
    # Every figure another one: nothing is folded as told twice.
    "targets, all different": _counted("Target ekspor 2024 US$ {} juta. "),
    "targets changed again and again": _counted("Target ekspor 2024 direvisi menjadi US$ {} juta. "),
    "realisations, all different": _counted("Nilai ekspor Jawa Timur 2024 US$ {} juta. "),
    "dispatches, all different": _counted("Ekspor {} ton kopi dari Kabupaten Lahat ke Jepang. "),
    "missions, all different": _counted("Misi dagang Jawa Timur ke Bali meraih transaksi Rp {} miliar. "),
    "one sentence of quantities": _counted("{} ton kopi, "),
    "one sentence of dispatches": "Karantina Aceh melepas ekspor "
    + _counted("{} ton kopi Gayo Aceh Tengah ke Jepang, "),
    "one sentence of senders": "Aceh mengekspor " + _counted("{0} ton kopi milik PT Niaga {0} ke Jepang, "),
    "markets behind their goods": _counted(
        "Nilai ekspor kopi Jawa Timur 2024 US$ {} juta. Tujuannya Jepang dan India. "
    ),
    "years before, all different": _counted(
        "Pada Mei 2024 nilai ekspor Jawa Timur US$ 5{0} juta. Tahun lalu US$ 1{0} juta. "
    ),
    "senders in turn": _counted(
        "Ekspor {0} ton kopi dari Jakarta ke Jepang. Pengirimnya berturut-turut PT Niaga dan PT Jaya. "
    ),
    "goods that are a pride": _counted("Kopi rasa{} menjadi andalan Kabupaten Lahat dan dijual ke Jepang. "),
    "presence, all different": _counted("Keripik rasa{} dari Kabupaten Lahat dipasarkan ke Jepang. "),
}


def _seconds(read: Callable[[str], None], text: str) -> float:
    start = time.process_time()
    read(text)
    return time.process_time() - start


def _extract(text: str) -> None:
    extract_claims(text, published="2024-03-05")


def _collect(text: str) -> None:
    collect_document(RawDocument("long.txt", text.encode()))


@pytest.mark.parametrize("read", [_extract, _collect], ids=["extract", "collect"])
@pytest.mark.parametrize("piece", KINDS.values(), ids=KINDS.keys())
def test_four_times_the_text_takes_about_four_times_as_long(piece: str, read: Callable[[str], None]) -> None:
    text = piece * (LONG // len(piece) + 1)
    short, long = _seconds(read, text[:SHORT]), _seconds(read, text[:LONG])
    if long >= max(NOISE_SECONDS, MOST * short):  # once more: the machine may have been busy
        short, long = _seconds(read, text[:SHORT]), _seconds(read, text[:LONG])
    assert long < max(NOISE_SECONDS, MOST * short), (
        f"{SHORT} characters {short:.2f} s, {LONG} characters {long:.2f} s"
    )


def test_a_sentence_of_a_hundred_thousand_words_is_read_in_seconds() -> None:
    words = _one_sentence().split()
    text = " ".join((words * (100_000 // len(words) + 1))[:100_000])
    start = time.process_time()
    _extract(text)
    # Two minutes of CPU would be a square; seconds are what the benchmark reports (docs/benchmarks-extract.md).
    assert time.process_time() - start < 20
