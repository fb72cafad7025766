"""Markdown as running text: marks off, one block a line; front matter tells title, date and address."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import yaml
from lxml import etree, html
from markdown_it import MarkdownIt

from pipelines.stages.collect.model import Told
from pipelines.stages.collect.raw import is_web_address
from pipelines.stages.collect.records import date_or_none, text_or_none, usual_fields

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.{0,20000}?)\r?\n(?:---|\.\.\.)[ \t]*\r?\n", re.DOTALL)
_BLOCKS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre", "tr", "td", "th"})


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable("table")


def read_markdown(text: str) -> Told:
    """The running text of a Markdown document, and what its front matter tells."""
    told: dict[str, Any] = {}
    if match := _FRONT_MATTER.match(text):
        try:
            front = yaml.safe_load(match[1])
        except (yaml.YAMLError, RecursionError):
            front = None
        if isinstance(front, dict):
            told = front
            text = text[match.end() :]
    body = _plain(_parser().render(text))
    fields = usual_fields()
    published = date_or_none(fields.value(told, "published"))
    url = fields.value(told, "url")
    return Told(
        text=body,
        title=text_or_none(fields.value(told, "title")),
        outlet=text_or_none(fields.value(told, "source")),
        author=text_or_none(fields.value(told, "author")),
        published=published,
        published_method="metadata" if published else None,
        modified=date_or_none(fields.value(told, "modified")),
        url=url if isinstance(url, str) and is_web_address(url) else None,
    )


def _plain(rendered: str) -> str:
    if not rendered.strip():
        return ""
    tree = html.fragment_fromstring(rendered, create_parent="div")
    etree.strip_elements(tree, etree.Comment, "script", "style", "iframe", with_tail=False)
    for element in tree.iter():
        if element.tag == "br" or element.tag in _BLOCKS:
            element.tail = "\n" + (element.tail or "")
    lines = (" ".join(line.split()) for line in str(tree.text_content()).split("\n"))
    return "\n".join(line for line in lines if line)
