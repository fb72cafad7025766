from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings

from pipelines.stages.extract import extract_claims
from pipelines.stages.extract.explain import (
    MENTION_KINDS,
    describe,
    explain_html,
    find_mentions,
    mark_segments,
    visible,
)
from tests.property.texts import texts

TEXT = (
    "Kabupaten Garut mengirim 6 ton kopi arabika ke Mesir, Senin (4/3/2024).\n"
    "Kopi itu milik PT Rimba Kopi Utama, kata Kepala Dinas Perdagangan."
)
ATTACKS = [
    "<script>alert(1)</script>",
    "</article></body><script src=//evil.example/x.js></script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><style>body{display:none}",
    "<!-- --><svg/onload=alert(1)>",
    "&lt;script&gt;",
    "javascript:alert(1)",
    "\x00<scr\x00ipt>",
    "]]><script>",
]


class Page(HTMLParser):
    """What a browser makes of a page: its tags, attributes and text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: dict[str, str] = {}
        self.inside: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "br"):
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.inside.pop() == tag, "tags are nested"

    def handle_data(self, data: str) -> None:
        for tag in set(self.inside):
            self.texts[tag] = self.texts.get(tag, "") + data


def page_of(text: str, **about: str | None) -> str:
    claims = extract_claims(text, published="2024-03-05")
    segments = mark_segments(text, find_mentions(text, published="2024-03-05"), claims)
    return explain_html(text, segments, claims, about=about)


def test_segments_joined_are_the_text() -> None:
    claims = extract_claims(TEXT, published="2024-03-05")
    segments = mark_segments(TEXT, find_mentions(TEXT), claims)
    assert "".join(TEXT[segment.start : segment.end] for segment in segments) == TEXT
    assert all(segment.start < segment.end for segment in segments)


def test_what_fills_a_slot_is_marked_with_claim_rule_and_confidence() -> None:
    claims = extract_claims(TEXT, published="2024-03-05")
    segments = mark_segments(TEXT, find_mentions(TEXT, published="2024-03-05"), claims)
    figure = next(segment for segment in segments if TEXT[segment.start : segment.end].startswith("6 ton"))
    said = "\n".join(describe(figure, claims))
    assert (1, "quantity") in figure.slots
    assert figure.kind == "figure"
    assert "quantity = 6" in said
    assert f"rule {claims[0].rule_id}" in said
    assert f"confidence {claims[0].confidence:.2f}" in said


def test_mentions_outside_claims_are_marked_too() -> None:
    kinds = {mention.kind for mention in find_mentions(TEXT, published="2024-03-05")}
    assert (
        {"figure", "time", "country", "region", "product", "firm", "agency", "cue"}
        <= kinds
        <= set(MENTION_KINDS)
    )


def test_a_time_says_what_it_was_resolved_to() -> None:
    times = [m for m in find_mentions("Dikirim Senin lalu.", published="2024-03-05") if m.kind == "time"]
    assert [mention.meaning.split(",")[0] for mention in times] == ["2024-03-04"]


def test_an_article_without_claims_says_so() -> None:
    assert "No claim was read" in page_of("Warga menanam padi di sawah.")


def test_empty_text_gives_a_page() -> None:
    assert mark_segments("", [], []) == []
    assert "<article></article>" in page_of("")


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_in_article_and_metadata_is_only_text(attack: str) -> None:
    text = f"Kabupaten Garut mengirim 6 ton kopi {attack} ke Mesir, Senin (4/3/2024).\n{attack}\nPT {attack} Jaya {attack}"
    page = Page(page_of(text, title=attack, outlet=attack, published=attack, address=attack))
    assert not {"script", "img", "svg", "iframe", "object", "link", "form", "base"} & set(page.tags)
    assert page.tags.count("style") == 1
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "src"]
    assert all(
        value is None or value.startswith("#claim-") for name, value in page.attributes if name == "href"
    )
    assert page.inside == []


@given(texts)
@settings(max_examples=60)
def test_every_letter_of_the_article_is_on_the_page_in_order(text: str) -> None:
    page = Page(page_of(text))
    on_page = iter("".join(page.texts.get("article", "").split()))
    # The numbers of the claims stand between the letters, and nothing is lost: a subsequence.
    assert all(character in on_page for character in "".join(visible(text).split()))
    assert page.inside == []


def test_the_page_forbids_everything_but_its_own_style() -> None:
    page = page_of(TEXT)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    attributes = Page(page).attributes
    policy = attributes[attributes.index(("http-equiv", "Content-Security-Policy")) + 1][1] or ""
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert "unsafe" not in policy
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_characters_that_hide_or_turn_text_become_visible() -> None:
    page = page_of("Harga \u202e001\u202c ton\u200b\u2066 kopi \x1b[31m")
    assert not re.search("[\u202e\u202c\u200b\u2066\x1b]", page)
    assert "\ufffd" in page
