"""The texts that are read: articles of the golden sets, other news, and articles glued from the off-topic lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipelines.stages.collect import CollectedArticle, RawDocument, collect_document
from pipelines.stages.collect.raw import parse_metadata
from tests.golden.scoring import golden_sets, off_topic_lines, read_gold

# Lines an article of other news is glued from, so that it is as long as the topical ones (about 1,450 characters).
LINES = 18
GENERAL_ARTICLES = 100
# Written for this benchmark in the manner of local papers; names, places and figures are invented. Licence: Apache-2.0.
NEWS = Path(__file__).with_name("general_news.txt")


@dataclass(frozen=True, slots=True)
class Text:
    """An article as the extractor gets it."""

    text: str
    published: str | None = None
    title: str | None = None
    outlet: str | None = None


def topical() -> list[Text]:
    """Every article of the development and extended sets that makes a claim, after cleaning."""
    return _on_topic("development")


def warm_up() -> list[Text]:
    """Articles of the held-back sets, which are in no corpus: what a reader has read before."""
    return _on_topic("held back")


def _on_topic(kind: str) -> list[Text]:
    found = []
    for golden in golden_sets():
        if golden.kind != kind or golden.is_sealed or golden.metadata is None:
            continue
        metadata = parse_metadata(str(golden.metadata), golden.metadata.read_bytes()).rows
        for article_id, article in sorted(read_gold(golden.gold).items()):
            content = (golden.articles / f"{article_id}.txt").read_bytes()
            read = collect_document(RawDocument(f"{article_id}.txt", content, metadata.get(article_id)))
            if article["topic"] == "on" and isinstance(read, CollectedArticle):
                found.append(Text(read.text, read.published, read.title, read.outlet))
    return found


def general() -> list[Text]:
    """Other news as a paper prints it, each article on one subject, 1 article in 100 on topic."""
    articles = [
        Text(text, "2024-03-05", text.partition("\n")[0])
        for text in NEWS.read_text("utf-8").strip().split("\n\n")
    ]
    return _with_one_on_topic([articles[number % len(articles)] for number in range(GENERAL_ARTICLES - 1)])


def hard() -> list[Text]:
    """Off-topic lines glued to articles: nearly each speaks of exports, countries and amounts, and claims nothing."""
    lines = off_topic_lines()
    articles = []
    for number in range(GENERAL_ARTICLES - 1):
        # Consecutive lines, for the file is in order of subject; each line stands in about six articles.
        first = number * len(lines) // (GENERAL_ARTICLES - 1)
        chosen = [lines[(first + place) % len(lines)] for place in range(LINES)]
        articles.append(Text("\n".join(chosen), "2024-03-05"))
    return _with_one_on_topic(articles)


def _with_one_on_topic(articles: list[Text]) -> list[Text]:
    middle = len(articles) // 2
    return [*articles[:middle], topical()[0], *articles[middle:]]


def long_article(size: int) -> list[Text]:
    """One article of a given number of characters: topical articles joined again and again."""
    whole = "\n".join(text.text for text in topical()) + "\n"
    return [Text((whole * (size // len(whole) + 1))[:size], "2024-03-05")]


def long_sentence(words: int) -> list[Text]:
    """One sentence of a given number of words, without a full stop."""
    text = " ".join(article.text for article in topical()).replace("\n", " ")
    for stop in (". ", "; ", "! ", "? "):
        text = text.replace(stop, " ")
    found = text.split()
    return [Text(" ".join((found * (words // len(found) + 1))[:words]), "2024-03-05")]


CORPORA: dict[str, Callable[[], list[Text]]] = {
    "topical": topical,
    "general": general,
    "hard": hard,
    "long_1": lambda: long_article(1_250_000),
    "long_2": lambda: long_article(2_500_000),
    "long_4": lambda: long_article(5_000_000),
    "sentence": lambda: long_sentence(100_000),
}
