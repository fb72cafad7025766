"""A corpus of made-up Indonesian-like news with known copies, for measuring the dedupe stage.

The corpus is a sequence of families. A family is one story with everything that happened to it: copies with each
kind of edit, the months of a template series, two stories that share half of their text, or nothing at all. Each
family is drawn from (seed, number), so a corpus of 10,000 articles is the start of one of 100,000, and any part of
it can be made again alone.

Words are made of Indonesian syllables and affixes, with frequencies as in language (Zipf), and stand between stock
phrases of trade news, so unrelated stories share what unrelated stories do share.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate, zip_longest

MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
SYLLABLES = (
    "ba be bi bo bu da de di du ga gi gu ha ja je ji ju ka ke ki ko ku la le li lo lu ma me mi mu na ne ni nu pa pe "
    "pi po pu ra re ri ro ru sa se si su ta te ti to tu wa ya bang dang kang lang mang pan ran san tan tir gar kar"
).split()
PREFIXES = ("", "", "", "", "me", "meng", "di", "ber", "ter", "pe", "ke", "se")
SUFFIXES = ("", "", "", "", "kan", "an", "i", "nya")
FUNCTION_WORDS = (
    "yang dan di ke dari untuk dengan pada dalam itu ini akan juga telah sudah tidak oleh karena bahwa sebagai "
    "para atau bisa dapat lebih masih serta hingga agar antara lain menjadi tersebut"
).split()
STOCK = (
    "kata Kepala Dinas Perindustrian dan Perdagangan",
    "ujar dia di kantornya",
    "pelaku industri kecil dan menengah",
    "Pemerintah Kabupaten terus berupaya meningkatkan",
    "ekspor produk unggulan daerah",
    "ke sejumlah negara tujuan",
    "dibandingkan dengan periode yang sama tahun lalu",
    "Kementerian Perdagangan Republik Indonesia",
    "sesuai dengan standar internasional",
    "menembus pasar internasional",
    "pihaknya berharap ke depan",
    "menurut data Badan Pusat Statistik",
)
LEADS = (
    "Menurut dia,",
    "Ia mengatakan",
    "Selain itu,",
    "Sementara itu,",
    "Di sisi lain,",
    "Pihaknya",
    "Namun",
    "",
)
UNITS = ("ton", "kontainer", "kilogram", "persen", "juta dolar AS", "miliar rupiah", "ekor", "pasang", "unit")
HEADERS = (
    "{outlet} - Berita terkini ekonomi dan bisnis",
    "Home > Ekonomi > Bisnis",
    "{weekday}, {day} {month} {year} | {hour:02d}:{minute:02d} WIB",
    "Reporter: {name} | Editor: {name2}",
)
FOOTERS = (
    "Baca juga: {headline}",
    "Dapatkan update berita pilihan setiap hari hanya di {outlet}.",
    "Copyright © {outlet} {year}. All rights reserved.",
    "Bagikan artikel ini: Facebook Twitter WhatsApp",
    "Editor: {name}",
    "Komentar ({minute})",
)
VOCABULARY = 20_000
START = date(2015, 1, 1)


@dataclass(frozen=True, slots=True)
class Article:
    """One article of the corpus, with the truth about it.

    Attributes:
        article_id: Unique; says nothing about the family.
        published: Day, YYYY-MM-DD.
        text: Paragraphs parted by newlines.
        cluster: Articles with the same value carry the same text.
        series: Template series it belongs to, or None.
        kind: What was done to it: `single`, `original`, `exact`, `edit_30`, `truncated`, `series`, ...
        half: Pairs of different stories that share half their text carry the same value here.
    """

    article_id: str
    published: str
    text: str
    cluster: str
    series: str | None
    kind: str
    half: str | None


@lru_cache(maxsize=1)
def vocabulary() -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Words and their cumulative weights."""
    rng = random.Random(20_240_226)
    words = list(FUNCTION_WORDS)
    seen = set(words)
    while len(words) < VOCABULARY:
        stem = "".join(rng.choice(SYLLABLES) for _ in range(rng.choice((2, 2, 2, 3, 3))))
        word = rng.choice(PREFIXES) + stem + rng.choice(SUFFIXES)
        if word not in seen:
            seen.add(word)
            words.append(word)
    weights = accumulate(1 / (rank + 5) ** 0.95 for rank in range(VOCABULARY))
    return tuple(words), tuple(weights)


class Writer:
    """Writes sentences, paragraphs and stories from one random source."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self._words, self._weights = vocabulary()

    def words(self, n: int) -> list[str]:
        return self.rng.choices(self._words, cum_weights=self._weights, k=n)

    def name(self) -> str:
        return " ".join(word.capitalize() for word in self.rng.choices(self._words[200:], k=2))

    def figure(self) -> str:
        rng = self.rng
        shape = rng.random()
        if shape < 0.35:
            return f"{rng.randint(1, 99)},{rng.randint(1, 9)}"
        if shape < 0.7:
            return str(rng.randint(2, 999))
        return f"{rng.randint(1, 999)}.{rng.randint(0, 999):03d}"

    def sentence(self) -> str:
        rng = self.rng
        words = self.words(rng.randint(9, 22))
        if rng.random() < 0.3:
            words.insert(rng.randrange(len(words)), rng.choice(STOCK))
        if rng.random() < 0.45:
            words.insert(rng.randrange(1, len(words)), f"{self.figure()} {rng.choice(UNITS)}")
        if rng.random() < 0.15:
            words.insert(rng.randrange(1, len(words)), self.name())
        lead = rng.choice(LEADS)
        text = " ".join([lead, *words] if lead else words)
        if rng.random() < 0.2:
            return f'"{text[0].upper()}{text[1:]}," kata {self.name()}.'
        return f"{text[0].upper()}{text[1:]}."

    def paragraph(self) -> str:
        return " ".join(self.sentence() for _ in range(self.rng.choice((1, 1, 2, 2, 3))))

    def story(self, paragraphs: int | None = None) -> list[str]:
        """Paragraphs of a story; the first names the town and the day."""
        n = paragraphs or self.rng.randint(5, 13)
        town = self.words(1)[0].upper()
        return [f"{town} - {self.paragraph()}", *(self.paragraph() for _ in range(n - 1))]

    def furniture(self, templates: tuple[str, ...], most: int) -> list[str]:
        """Lines that a site puts around a story."""
        rng = self.rng
        chosen = sorted(rng.sample(range(len(templates)), rng.randint(0, most)))
        values = {
            "outlet": f"{self.name()}.com",
            "weekday": rng.choice(WEEKDAYS),
            "day": rng.randint(1, 28),
            "month": rng.choice(MONTHS),
            "year": rng.randint(2015, 2025),
            "hour": rng.randint(0, 23),
            "minute": rng.randint(0, 59),
            "name": self.name(),
            "name2": self.name(),
            "headline": " ".join(self.words(8)).capitalize(),
        }
        return [templates[place].format(**values) for place in chosen]


# ---- what happens to a copy -------------------------------------------------------------------------------


def edit_words(writer: Writer, paragraphs: list[str], share: float) -> list[str]:
    """Replace, drop or add words: `share` of all words are touched, three quarters of them replaced."""
    rng = writer.rng
    edited = []
    for paragraph in paragraphs:
        words: list[str] = []
        for word in paragraph.split(" "):
            if rng.random() >= share:
                words.append(word)
                continue
            action = rng.random()
            if action < 0.75:
                words.append(writer.words(1)[0])
            elif action < 0.875:
                words += [word, writer.words(1)[0]]
        edited.append(" ".join(words) or paragraph)
    return edited


def dropped_paragraphs(writer: Writer, paragraphs: list[str]) -> list[str]:
    kept = [paragraph for paragraph in paragraphs if writer.rng.random() > 0.25]
    return kept if len(kept) >= 3 else paragraphs[:-1]


def added_paragraphs(writer: Writer, paragraphs: list[str]) -> list[str]:
    grown = list(paragraphs)
    for _ in range(writer.rng.randint(1, max(2, len(paragraphs) // 2))):
        grown.insert(writer.rng.randint(1, len(grown)), writer.paragraph())
    return grown


def reordered(writer: Writer, paragraphs: list[str]) -> list[str]:
    rest = paragraphs[1:]
    writer.rng.shuffle(rest)
    return [paragraphs[0], *rest]


def boilerplate(writer: Writer, paragraphs: list[str]) -> list[str]:
    headline = " ".join(writer.words(9)).capitalize()
    return [headline, *writer.furniture(HEADERS, 3), *paragraphs, *writer.furniture(FOOTERS, 5)]


def truncated(writer: Writer, paragraphs: list[str]) -> list[str]:
    text = "\n".join(paragraphs)
    cut = int(len(text) * writer.rng.uniform(0.35, 0.85))
    return [*text[:cut].rsplit(" ", 1)[0].split("\n"), "Baca selengkapnya"]


def restyled(writer: Writer, paragraphs: list[str]) -> list[str]:
    """The same words with other quotes, dashes, spaces and capitals: an exact copy after normalisation."""
    text = "\n".join(paragraphs).replace('"', writer.rng.choice(("“", "”", "'"))).replace(" - ", " – ")
    return text.replace(". ", ".  ").split("\n")


EDITS: dict[str, Callable[[Writer, list[str]], list[str]]] = {
    "exact": lambda _, paragraphs: list(paragraphs),
    "restyled": restyled,
    "edit_05": lambda writer, paragraphs: edit_words(writer, paragraphs, 0.05),
    "edit_10": lambda writer, paragraphs: edit_words(writer, paragraphs, 0.10),
    "edit_20": lambda writer, paragraphs: edit_words(writer, paragraphs, 0.20),
    "edit_30": lambda writer, paragraphs: edit_words(writer, paragraphs, 0.30),
    "dropped": dropped_paragraphs,
    "added": added_paragraphs,
    "reordered": reordered,
    "boilerplate": boilerplate,
    "truncated": truncated,
    "mixed": lambda writer, paragraphs: boilerplate(
        writer, dropped_paragraphs(writer, edit_words(writer, paragraphs, 0.08))
    ),
}


# ---- families ---------------------------------------------------------------------------------------------


class Family:
    """Collects the articles of one family."""

    def __init__(self, seed: int, number: int) -> None:
        self.rng = random.Random(f"{seed}/{number}")
        self.writer = Writer(self.rng)
        self.name = f"f{number}"
        self.day = START + timedelta(days=self.rng.randrange(3650))
        self.articles: list[Article] = []

    def add(
        self, paragraphs: list[str], kind: str, *, days: int = 0, cluster: str = "", series: str | None = None,
        half: str | None = None,
    ) -> None:  # fmt: skip
        article_id = f"{self.rng.getrandbits(80):020x}"
        published = (self.day + timedelta(days=days)).isoformat()
        text = "\n".join(paragraphs)
        self.articles.append(
            Article(article_id, published, text, f"{self.name}/{cluster}", series, kind, half)
        )

    def copies(
        self, paragraphs: list[str], n: int, *, cluster: str = "", series: str | None = None, days: int = 0
    ) -> None:
        for _ in range(n):
            kind = self.rng.choice(list(EDITS))
            copy = EDITS[kind](self.writer, paragraphs)
            self.add(copy, kind, days=days + self.rng.randint(0, 2), cluster=cluster, series=series)


def single(family: Family) -> None:
    """A story that nobody copied."""
    writer = family.writer
    family.add([*writer.furniture(HEADERS, 2), *writer.story(), *writer.furniture(FOOTERS, 3)], "single")


def wire(family: Family) -> None:
    """A story and its copies: mostly a few, now and then dozens."""
    paragraphs = family.writer.story()
    family.add(paragraphs, "original")
    n = min(60, int(family.rng.paretovariate(1.1)))
    family.copies(paragraphs, n)


def monthly_release(family: Family) -> None:
    """A release told month after month in the same words with other figures; some months are copied."""
    rng, writer = family.rng, family.writer
    slots = [f"{{{place}}}" for place in range(rng.randint(4, 16))]
    template = []
    remaining = list(slots)
    for place in range(rng.randint(5, 9)):
        sentences = []
        for _ in range(rng.choice((1, 2, 2))):
            words = writer.words(rng.randint(10, 20))
            for _ in range(min(len(remaining), rng.choice((0, 1, 1, 2, 3)))):
                words.insert(rng.randrange(1, len(words)), f"{remaining.pop(0)} {rng.choice(UNITS)}")
            if rng.random() < 0.3:
                words.insert(rng.randrange(1, len(words)), "pada {month} {year}")
            sentences.append(" ".join(words).capitalize() + ".")
        if place == 0:
            sentences[0] = (
                "Badan Pusat Statistik mencatat nilai ekspor pada {month} {year} " + sentences[0].lower()
            )
        template.append(" ".join(sentences))
    constants = {slot: writer.figure() for slot in slots if rng.random() < 0.1}
    for step in range(rng.randint(4, 30)):
        month, year = MONTHS[step % 12], str(2016 + step // 12)
        figures = [constants.get(slot, writer.figure()) for slot in slots]
        text = [line.format(*figures, month=month, year=year) for line in template]
        cluster = f"{year}-{month}"
        family.add(text, "series", days=30 * step, cluster=cluster, series=family.name)
        if rng.random() < 0.25:
            family.copies(text, rng.randint(1, 3), cluster=cluster, series=family.name, days=30 * step)


def correction(family: Family) -> None:
    """A release and its correction: a few figures differ, and the text says so."""
    writer, rng = family.writer, family.rng
    paragraphs = writer.story(rng.randint(6, 10))
    paragraphs += [
        f"Nilai ekspor tercatat {writer.figure()} {rng.choice(UNITS)} dan {writer.figure()} {rng.choice(UNITS)}."
    ]
    family.add(paragraphs, "original")
    tail = paragraphs[-1].replace("tercatat", "tercatat").split(" ")
    tail[3] = writer.figure()
    family.add(["Ralat: " + paragraphs[0], *paragraphs[1:-1], " ".join(tail)], "correction", days=1)


def shared_half(family: Family) -> None:
    """Two different stories that share half of their text: background set under both, or between their paragraphs."""
    writer = family.writer
    background = writer.story(5)[1:]
    is_mixed = family.rng.random() < 0.5
    for which in ("a", "b"):
        own: list[str] = []
        while sum(map(len, own)) < sum(map(len, background)):
            own.append(writer.paragraph())
        story = [*own, *background]
        if is_mixed:
            in_turn = zip_longest(own, background)
            story = [paragraph for pair in in_turn for paragraph in pair if paragraph]
        family.add(story, "half", days=family.rng.randint(0, 20), cluster=which, half=family.name)


FAMILIES: tuple[tuple[Callable[[Family], None], int], ...] = (
    (single, 52), (wire, 36), (monthly_release, 2), (correction, 3), (shared_half, 7),
)  # fmt: skip


def families(seed: int) -> Iterator[list[Article]]:
    """Families without end."""
    kinds = [make for make, _ in FAMILIES]
    weights = [weight for _, weight in FAMILIES]
    number = 0
    while True:
        family = Family(seed, number)
        family.rng.choices(kinds, weights)[0](family)
        yield family.articles
        number += 1


def corpus(n_articles: int, *, seed: int = 1) -> Iterator[Article]:
    """The first `n_articles` articles of the corpus of a seed, family by family."""
    made = 0
    for articles in families(seed):
        for article in articles[: n_articles - made]:
            yield article
            made += 1
        if made >= n_articles:
            return
