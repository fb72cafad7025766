"""A web page as an article: its running text, and what it says of itself, each from the most trusted place.

Dates: JSON-LD, meta tags, time tags, the address, then the lines near the headline. A page that is served today
prints today's date in its header; so a date in running text counts only near the headline.
"""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

import trafilatura
from lxml import etree
from lxml.html import HtmlElement
from trafilatura.settings import Extractor
from trafilatura.utils import load_html

from pipelines.lexicons.loader import read_rows
from pipelines.stages.collect import heading
from pipelines.stages.collect.addresses import canonical_or_none, read_address
from pipelines.stages.collect.decode import normalise
from pipelines.stages.collect.model import Told
from pipelines.stages.collect.published import EARLIEST_YEAR, publication_date_or_none
from pipelines.text.dates import find_dates

_ARTICLE_TYPES: Final = frozenset(
    {
        "article",
        "newsarticle",
        "reportagenewsarticle",
        "analysisnewsarticle",
        "backgroundnewsarticle",
        "blogposting",
    }
)
_TIMES: Final = etree.XPath("//time[@datetime] | //*[@itemprop = 'datePublished']")
_JSON_DEPTH: Final = 12
_LOOSE_JSON_FIELD = re.compile(r'"(datePublished|dateModified|headline)"\s*:\s*"((?:[^"\\]|\\.){1,300})"')
_URL_DAY = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?!\d{1,3}(?:\D|$))"
)
# 04-03-2024: beside a headline a date, in running text as well a number of a letter or a case.
_DASHED_DAY = re.compile(r"(?<![\d-])(\d{1,2})-(\d{1,2})-((?:19|20)\d\d)(?![\d-])")
_TITLE_SEPARATOR = re.compile(r"\s+(?:[-–—|»·:]|::)\s+")
# A report of some sentences; a page with less is looked at again.
_SHORT_TEXT: Final = 600
_MENU_WORDS: Final = 4
_SHORTEST_TITLE: Final = 8
_TITLE_LENGTH: Final = 300
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4"})
_HEADLINE_WORDS: Final = 4
# Content systems cut titles in meta tags off, none before this many letters.
_CUT_TITLE: Final = 40
# The lines around a headline in which outlets print the date and who wrote it.
_LINES_BEFORE_TITLE: Final = 4
_LINES_AFTER_TITLE: Final = 12
_DATE_LINE_LENGTH: Final = 140
_BLOCKS: Final = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "br", "dd", "div", "dl", "dt", "figcaption", "figure",
        "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "li", "main", "nav", "ol", "p", "section",
        "table", "td", "th", "time", "tr", "ul",
    }
)  # fmt: skip
_SILENT: Final = frozenset(
    {"script", "style", "noscript", "template", "svg", "iframe", "select", "button", "form"}
)


@dataclass(slots=True)
class _Said:
    """What the head of a page says, best first."""

    titles: list[str] = field(default_factory=list)
    published: list[tuple[str, str]] = field(default_factory=list)
    modified: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    outlets: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    is_article: bool = False


def read_page(html: str, *, url: str | None) -> Told:
    """The article of a page.

    Args:
        html: The page, decoded.
        url: Where it was fetched from; None for a file of unknown origin.

    Returns:
        Running text without navigation, advertisements and link lists, and what the page tells; the text is empty
        where there is none, or where the page cannot be parsed at all.
    """
    tree = load_html(html)
    if tree is None:
        return Told("")
    said = _Said()
    _read_json_ld(tree, said, url)
    _read_meta(tree, said)
    address = read_address(url) if url else None
    canonical = _canonical(tree, said, address.url if address else None)
    text = _running_text(tree, html)
    headline = _headline(tree, said, text)
    published, method = _published(tree, said, canonical or url, headline)
    page_url = canonical or (address.base_url if address else None)
    variant = address.edition if address else None
    page_part = address.part if address and address.part > 1 else None
    if page_part:
        variant = "part"
    if (variant in {None, "canonical"} and tree.get("amp") is not None) or tree.get("⚡") is not None:
        variant = "amp"
    return Told(
        text=text,
        title=headline,
        outlet=_outlet(said),
        author=_author(said),
        published=published,
        published_method=method,
        modified=next((day for printed in said.modified if (day := _day_or_none(printed))), None),
        url=page_url,
        page_variant=variant or "canonical",
        page_part=page_part,
        is_article=said.is_article,
    )


def join_parts(pages: list[Told]) -> Told:
    """Several pages of one article as one: what the first tells, and the lines of all, each once."""
    first = pages[0]
    if len(pages) == 1:
        return first
    lines: dict[str, None] = {}
    for page in pages:
        lines.update(dict.fromkeys(line for line in page.text.split("\n") if line.strip()))
    address = read_address(first.url) if first.url else None
    return replace(
        first,
        text="\n".join(lines),
        url=address.base_url if address else None,
        page_variant="all_pages",
        page_part=None,
    )


def _running_text(tree: HtmlElement, html: str) -> str:
    """The main text: by trafilatura's own rules, and where they find little also by the methods it falls back to."""
    text = _extracted(tree, fast=True)
    if len(text) >= _SHORT_TEXT and not _is_menu(text):
        return text
    slower = _extracted(html, fast=False)
    return slower if _is_menu(text) and slower else max(slower, text, key=len)


def _is_menu(text: str) -> bool:
    """Whether most lines are a few words: what is left of a page whose text was not found."""
    lines = [line for line in text.split("\n") if line.strip()]
    return 2 * sum(len(line.split()) <= _MENU_WORDS for line in lines) > len(lines)


def _extracted(page: HtmlElement | str, *, fast: bool) -> str:
    found = trafilatura.bare_extraction(page, options=_extractor(fast=fast))
    return str(found.text or "") if found is not None and not isinstance(found, dict) else ""


@lru_cache(maxsize=2)
def _extractor(*, fast: bool) -> Extractor:
    # Made once: reading its configuration costs as much as parsing a page.
    return Extractor(output_format="python", fast=fast, comments=False, tables=True)


# ---- JSON-LD


def _read_json_ld(tree: HtmlElement, said: _Said, url: str | None) -> None:
    articles: list[dict[str, Any]] = []
    names: dict[str, str] = {}
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        source = re.sub(r"^\s*(?://)?<!\[CDATA\[|(?://)?\]\]>\s*$|^\s*<!--|-->\s*$", "", script.text or "")
        try:
            whole = json.loads(source, strict=False)
        except (ValueError, RecursionError):
            # Unescaped quotes in a body are common; the dates stand in a form of their own all the same.
            loose = dict(reversed(_LOOSE_JSON_FIELD.findall(source)))
            if "datePublished" in loose:
                articles.append(loose)
            continue
        for node in _nodes(whole, 0):
            types = {str(kind).lower() for kind in _listed(node.get("@type"))}
            if types & _ARTICLE_TYPES:
                articles.append(node)
            if isinstance(node.get("@id"), str) and isinstance(node.get("name"), str):
                names[node["@id"]] = node["name"]
    if not articles:
        return
    said.is_article = True
    path = urlsplit(url).path.rstrip("/") if url else ""
    articles.sort(key=lambda node: not (path and path in json.dumps(node, default=str)[:20_000]))
    article = articles[0]
    said.titles += _texts(article.get("headline")) or _texts(article.get("name"))
    said.published += [("json_ld", printed) for printed in _texts(article.get("datePublished"))]
    said.modified += _texts(article.get("dateModified"))
    said.authors += _names(article.get("author"), names)
    said.outlets += _names(article.get("publisher"), names)
    said.urls += _texts(article.get("url")) + _texts(article.get("mainEntityOfPage"))


def _nodes(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """The objects that speak of this page: top level and @graph, not what is nested in lists of other pages."""
    if depth > _JSON_DEPTH:
        return
    for node in _listed(value):
        if isinstance(node, list):
            yield from _nodes(node, depth + 1)
        elif isinstance(node, dict):
            yield node
            yield from _nodes(node.get("@graph"), depth + 1)
            if isinstance(node.get("mainEntity"), dict):
                yield from _nodes(node["mainEntity"], depth + 1)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _texts(value: Any) -> list[str]:
    found = [item.get("@id") if isinstance(item, dict) else item for item in _listed(value)]
    return [_line(item) for item in found if isinstance(item, str) and item.strip()]


def _names(value: Any, names: dict[str, str]) -> list[str]:
    found: list[str] = []
    for item in _listed(value):
        if isinstance(item, dict):
            name = item.get("name") or names.get(str(item.get("@id")))
            found += _texts(name)
        elif isinstance(item, str):
            found += _texts(item)
    return found


# ---- meta, links, time


@lru_cache(maxsize=1)
def _meta_fields() -> dict[tuple[str, str], tuple[str, int]]:
    return {
        (row["attribute"], row["name"].lower()): (row["field"], rank)
        for rank, row in enumerate(read_rows("page_metadata.csv"))
    }


def _read_meta(tree: HtmlElement, said: _Said) -> None:
    fields = _meta_fields()
    found: list[tuple[int, str, str]] = []
    for meta in tree.iter("meta"):
        content = meta.get("content")
        if not content or not content.strip():
            continue
        for attribute in ("property", "name", "itemprop"):
            name = (meta.get(attribute) or "").strip().lower()
            # Sites write `name` for `property` and the other way round.
            known = fields.get((attribute, name)) or fields.get(
                ("property" if attribute == "name" else "name", name)
            )
            if known:
                found.append((known[1], known[0], _line(content)))
            if name == "og:type" and content.strip().lower() == "article":
                said.is_article = True
    for _, kind, content in sorted(found, key=lambda item: item[0]):
        if kind == "published":
            said.published.append(("meta_tag", content))
        elif kind == "modified":
            said.modified.append(content)
        elif kind == "author":
            said.authors.append(content)
        elif kind == "outlet":
            said.outlets.append(content)
        elif kind == "title":
            said.titles.append(content)
        elif kind == "url":
            said.urls.append(content)


def _canonical(tree: HtmlElement, said: _Said, url: str | None) -> str | None:
    links = [
        link.get("href")
        for link in tree.iter("link")
        if "canonical" in (link.get("rel") or "").lower().split()
    ]
    for claimed in (*links, *said.urls):
        if claimed and (found := canonical_or_none(url, claimed.strip())):
            return found
    return None


def _time_tags(tree: HtmlElement) -> Iterator[str]:
    """Publication stamps of time tags and microdata, those inside the article or its header first."""
    stamps: list[tuple[bool, str]] = []
    for element in _TIMES(tree):
        stamp = element.get("datetime") if element.tag == "time" else None
        if stamp is None and element.get("itemprop") == "datePublished":
            stamp = element.get("content") or element.text
        if not stamp or not stamp.strip():
            continue
        marks = f"{element.get('class') or ''} {element.get('itemprop') or ''}".lower()
        if "updated" in marks.split() or "modified" in marks:
            continue
        ancestors = {parent.tag for parent in element.iterancestors()}
        if not ancestors & {"aside", "nav", "footer", "li"}:
            stamps.append(("article" not in ancestors, stamp))
    for _, stamp in sorted(stamps, key=lambda item: item[0]):
        yield _line(stamp)


# ---- title, outlet, author, date


def _headline(tree: HtmlElement, said: _Said, text: str) -> str | None:
    """The headline: a heading that one of the declared titles repeats, else the declared one, else the only h1.

    Where there is none of them: the heading above the text, as sites have it whose title is always their name; else
    the title.
    """
    headings = [
        (str(element.tag), line)
        for element in tree.iter("h1", "h2", "h3")
        if _SHORTEST_TITLE <= len(line := _line(element.text_content())) <= _TITLE_LENGTH
    ]
    document_title = next((_line(title.text_content()) for title in tree.iter("title")), "")
    declared = [title for title in said.titles if _SHORTEST_TITLE <= len(title) <= _TITLE_LENGTH]
    for title in (*declared, document_title):
        repeated = [heading for _, heading in headings if _is_repeated(heading, title)]
        if repeated:
            return max(repeated, key=len)
    if declared:
        return _without_site(declared[0], said.outlets)
    first_levels = [line for tag, line in headings if tag == "h1"]
    if len(first_levels) == 1:
        return first_levels[0]
    if above := _heading_above(tree, text):
        return above
    return _without_site(document_title, said.outlets) if len(document_title) >= _SHORTEST_TITLE else None


def _heading_above(tree: HtmlElement, text: str) -> str | None:
    """The nearest heading of some words before the place where the text begins."""
    opening = _letters(text[:_TITLE_LENGTH])[:_CUT_TITLE]
    found: str | None = None
    for tag, line in _lines(tree):
        is_heading = tag in _HEADINGS and len(line.split()) >= _HEADLINE_WORDS and len(line) <= _TITLE_LENGTH
        if opening and _letters(line).startswith(opening):
            return line if is_heading else found
        if is_heading:
            found = line
    return None


def _is_repeated(heading: str, title: str) -> bool:
    """Whether a title repeats a heading, with the name of the site before or behind it, or cut off."""
    own, told = _letters(heading), _letters(title)
    if own in told:
        return 2 * len(own) >= len(told)  # less is the name of the site
    return len(told) >= _CUT_TITLE and own.startswith(told[:_CUT_TITLE])


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _without_site(title: str, outlets: list[str]) -> str:
    """A title without the name of the site that content systems put behind it."""
    parts = _TITLE_SEPARATOR.split(title)
    if len(parts) < 2:
        return title
    tail = _letters(parts[-1])
    named = any(
        tail and (tail in _letters(outlet) or _letters(outlet) in tail)
        for outlet in outlets
        if _letters(outlet)
    )
    # Without a known name: a last part of few words is the site's, not the headline's.
    if named or (not outlets and len(parts[-1].split()) <= 3):
        return title[: title.rindex(parts[-1])].rstrip(" -–—|»·:")
    return title


def url_day_or_none(url: str) -> str | None:
    """The day that an address has in its path (`/read/2024/03/04/…`, `/20240304…`), as EDTF; None where it has none."""
    match = _URL_DAY.search(urlsplit(url).path)
    return _day_or_none("-".join(match.groups())) if match else None


def _outlet(said: _Said) -> str | None:
    return next((name for name in said.outlets if 2 <= len(name) <= 80 and "//" not in name), None)


def _author(said: _Said) -> str | None:
    names = dict.fromkeys(name for name in said.authors if 2 <= len(name) <= 80 and "//" not in name)
    kept = [name for name in names if name not in said.outlets]
    return ", ".join(kept[:5]) or None


def _published(
    tree: HtmlElement, said: _Said, url: str | None, headline: str | None
) -> tuple[str | None, str | None]:
    for method, printed in said.published:
        if day := _day_or_none(printed):
            return day, method
    for printed in _time_tags(tree):
        if day := _day_or_none(printed):
            return day, "time_tag"
    if url and (day := url_day_or_none(url)):
        return day, "url"
    if day := _date_near(tree, headline):
        return day, "byline"
    return None, None


def _day_or_none(printed: str) -> str | None:
    day = publication_date_or_none(printed.replace("/", "-", 2) if printed[:4].isdigit() else printed)
    return day if day and int(day[:4]) >= EARLIEST_YEAR else None


def _date_near(tree: HtmlElement, headline: str | None) -> str | None:
    """The one full date that stands on a short line near the headline; behind it is better than before."""
    if headline is None:
        return None
    lines = list(_lines(tree))
    wanted = _letters(headline)
    place = next(
        (number for number, (tag, line) in enumerate(lines) if tag == "h1" and _letters(line) == wanted),
        next((number for number, (_, line) in enumerate(lines) if _letters(line) == wanted), None),
    )
    if place is None:
        return None
    after = lines[place + 1 : place + 1 + _LINES_AFTER_TITLE]
    before = reversed(lines[max(0, place - _LINES_BEFORE_TITLE) : place])
    for _, line in (*after, *before):
        if len(line) <= _DATE_LINE_LENGTH and not line.endswith("."):
            told = _DASHED_DAY.sub(r"\1/\2/\3", normalise(line))
            days = {found.edtf for found in find_dates(told) if found.precision == "day"}
            if len(days) == 1 and (heading.is_timestamp(line) or len(line) <= 90):
                return days.pop()
    return None


def _lines(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    """The lines a reader sees, with the block they stand in."""
    body = tree.find(".//body")
    block: str = "body"
    pieces: list[str] = []

    def flush() -> Iterator[tuple[str, str]]:
        line = _line(" ".join(pieces))
        pieces.clear()
        if line:
            yield block, line

    for event, element in etree.iterwalk(body if body is not None else tree, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        silent = not tag or tag in _SILENT
        if tag in _BLOCKS:
            yield from flush()
            block = tag
        if event == "start":
            if not silent and element.text:
                pieces.append(element.text)
        elif element.tail:
            pieces.append(element.tail)
    yield from flush()


def _line(text: str) -> str:
    return " ".join(entities.unescape(normalise(text)).split())
