"""Title, date and main text of pages in the layouts of Indonesian outlets, beside plain trafilatura."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
import trafilatura

from pipelines.stages.collect import CollectedArticle, RawDocument, collect_document

GOLDEN = Path(__file__).parent
LAYOUTS = sorted((GOLDEN / "pages" / "layouts").glob("*.html"))
ARTICLES = sorted((GOLDEN / "extended").glob("*/articles/*.txt"))
PER_LAYOUT = 5
WEEKDAYS = "Senin Selasa Rabu Kamis Jumat Sabtu Minggu".split()
MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()


@dataclass(frozen=True)
class Page:
    name: str
    url: str
    content: str
    title: str
    published: str
    text: str


@cache
def pages() -> list[Page]:
    return [
        make_page(layout, number, ARTICLES[(number * 7 + place * 13) % len(ARTICLES)])
        for place, layout in enumerate(LAYOUTS)
        for number in range(PER_LAYOUT)
    ]


def make_page(layout: Path, number: int, article: Path) -> Page:
    title, *lines = [line.strip() for line in article.read_text("utf-8").split("\n") if line.strip()]
    # What a crawler left of buttons and credits in these texts is no main text.
    body = [
        line
        for line in lines
        if len(line) > 60 and not re.match(r"(?i)\W*(baca|editor|pewarta|copyright|tag|foto)\b", line)
    ]
    day = date(2019 + number, 1 + (number * 5) % 12, 3 + number * 6)
    half = max(1, len(body) // 2)
    url = f"https://www.{layout.stem.replace('_', '-')}.example.co.id/ekonomi/{number}/berita-ekspor-daerah"
    if layout.stem == "address_only":
        url = f"https://www.radarhulu.example.co.id/{day:%Y/%m/%d}/berita-ekspor-daerah-{number}"

    def paragraphs(some: list[str]) -> str:
        return "".join(f"<p>{html.escape(line)}</p>\n" for line in some)

    def breaks(some: list[str]) -> str:
        return "<br><br>\n".join(html.escape(line) for line in some)

    def spans(some: list[str]) -> str:
        style = 'style="text-align: justify;"'
        return "".join(
            f'<div {style}><span style="font-size:14px">{html.escape(line)}</span></div>\n' for line in some
        )

    # Written in the evening in UTC: in Jakarta it is the next morning.
    evening = day - timedelta(days=1)
    filled = {
        "title": html.escape(title),
        "title_json": json.dumps(title, ensure_ascii=False)[1:-1],
        "url": url,
        "iso": day.isoformat(),
        "later": (day + timedelta(days=9)).isoformat(),
        "stamp_utc": f"{evening.isoformat()}T20:15:00+00:00",
        "slash": f"{day:%d/%m/%Y}",
        "printed": f"{WEEKDAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}",
        "weekday": WEEKDAYS[day.weekday()],
        "dashed": f"{day:%d-%m-%Y}",
        "short": f"{day.day:02} {MONTHS[day.month - 1][:3]} {day.year}",
        "spans1": spans(body[:half]),
        "spans2": spans(body[half:]),
        "half1": paragraphs(body[:half]),
        "half2": paragraphs(body[half:]),
        "breaks1": breaks(body[:half]),
        "breaks2": breaks(body[half:]),
    }
    content = layout.read_text("utf-8")
    for name, value in filled.items():
        content = content.replace("{" + name + "}", value)
    return Page(f"{layout.stem}-{number}", url, content, title, day.isoformat(), "\n".join(body))


def read(page: Page) -> CollectedArticle:
    raw = RawDocument(
        "x.warc", page.content.encode(), form="html", raw_locator="byte 0", address=page.url, is_bulk=True
    )
    article = collect_document(raw)
    assert isinstance(article, CollectedArticle), (page.name, article)
    return article


def token_f1(found: str, expected: str) -> float:
    have, want = (Counter(re.findall(r"\w+", text.casefold())) for text in (found, expected))
    shared = sum((have & want).values())
    return 2 * shared / max(1, sum(have.values()) + sum(want.values()))


def main_text(article: CollectedArticle) -> str:
    return article.text.removeprefix(article.title or "").strip()


def plain(page: Page) -> str:
    return trafilatura.extract(page.content, include_comments=False) or ""


def test_there_are_enough_pages() -> None:
    assert len(pages()) >= 40
    assert len({page.text for page in pages()}) >= 40


def test_titles_are_right() -> None:
    wrong = {
        page.name: found for page in pages() if (found := read(page).title) != " ".join(page.title.split())
    }
    assert len(wrong) <= 0.05 * len(pages()), wrong


def test_published_dates_are_right() -> None:
    wrong = {page.name: found for page in pages() if (found := read(page).published) != page.published}
    assert len(wrong) <= 0.05 * len(pages()), wrong


def test_every_layout_gives_its_date_by_the_most_trusted_of_its_methods() -> None:
    methods = {page.name.rpartition("-")[0]: read(page).published_method for page in pages()}
    assert methods == {
        "agency_regional": "byline", "business_daily": "json_ld", "disway_network": "byline",
        "kentooz_wordpress": "time_tag", "national_read": "meta_tag", "network_laporan": "byline",
        "promedia_read": "byline", "regency_office": "byline", "tagdiv_newspaper": "meta_tag", "video_portal": "meta_tag",
        "address_only": "url", "agency_breaks": "byline", "amp": "json_ld", "blogspot": "byline",
        "government_tables": "byline", "portal_graph": "json_ld", "portal_meta": "meta_tag",
        "regional_time": "byline", "wordpress_plain": "time_tag", "wordpress_yoast": "meta_tag",
    }  # fmt: skip


def test_main_text_is_right_on_the_whole() -> None:
    scores = {page.name: token_f1(main_text(read(page)), page.text) for page in pages()}
    mean = sum(scores.values()) / len(scores)
    assert mean >= 0.93, sorted(scores.items(), key=lambda item: item[1])[:5]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_no_page_is_read_worse_than_by_plain_trafilatura(page: Page) -> None:
    ours, theirs = token_f1(main_text(read(page)), page.text), token_f1(plain(page), page.text)
    assert ours >= theirs


def test_amp_pages_have_the_address_of_the_ordinary_page() -> None:
    page = next(page for page in pages() if page.name == "amp-0")
    raw = RawDocument("x.warc", page.content.encode(), form="html", address=f"{page.url}/amp", is_bulk=True)
    assert collect_document(raw).article_id == read(page).article_id
