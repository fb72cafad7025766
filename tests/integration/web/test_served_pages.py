"""Pages as outlets serve them become articles: several parts, wrong charsets, broken HTML, layouts."""

from __future__ import annotations

import pytest

from tests.golden import test_pages as golden
from tests.support.office import Office, feed
from tests.support.warc import article_page


def parts_of(number: int) -> list[bytes]:
    whole = article_page(number).decode()
    head, body = whole.split("<article>")
    title, *prose = body.replace("</article>", "</p>").split("<p>")
    title, tail = title.rstrip(), prose.pop().partition("</p>")
    prose.append(tail[0] + tail[1])
    nav = "<p class='pages'><a href='?page=2'>2</a> <a href='?page=3'>3</a></p>"
    return [
        f"{head}<article>{title}<p>{'<p>'.join(some)}{nav}</article></body></html>".encode()
        for some in (prose[:2], prose[2:4], prose[4:])
    ]


def test_an_article_over_several_pages_is_joined(office: Office) -> None:
    path = "/berita/20/ekspor-kopi-bersambung"
    for number, page in enumerate(parts_of(3), start=1):
        office.outlet.serve(path if number == 1 else f"{path}?page={number}", page)
    feed(office.outlet, [path])
    office.visit()
    (article,) = office.articles()
    assert article.url == office.outlet.url + path
    assert [f"ekspor {30 + part} ton" in article.text for part in range(5)] == [True] * 5
    assert article.text.count("ekspor 30 ton") == 1


def test_the_edition_with_all_pages_is_taken_where_the_page_links_one(office: Office) -> None:
    path = "/berita/21/ekspor-kopi-semua"
    first = parts_of(4)[0].replace(b"?page=3'>3", b"?page=all'>Tampilkan semua")
    office.outlet.serve(path, first)
    office.outlet.serve(f"{path}?page=all", article_page(4))
    feed(office.outlet, [path])
    office.visit()
    (article,) = office.articles()
    assert article.url == office.outlet.url + path
    assert "ekspor 44 ton" in article.text
    assert f"{path}?page=2" not in office.outlet.asked


@pytest.mark.parametrize(
    ("header", "content"),
    [
        ("text/html; charset=ISO-8859-1", "Café Takengon “mengekspor” kopi".encode()),
        ("text/html; charset=utf-8", "Caf\xe9 Takengon mengekspor kopi".encode("cp1252")),
        ("text/html; charset=no-such", "Café Takengon mengekspor kopi".encode()),
        ("text/html", "Café Takengon mengekspor kopi".encode()),
    ],
    ids=["utf-8 called latin-1", "latin-1 called utf-8", "unknown name", "no name"],
)
def test_a_wrong_charset_header_spoils_no_text(office: Office, header: str, content: bytes) -> None:
    path = "/berita/30/kafe-takengon"
    office.outlet.serve(
        path,
        article_page(1).replace(b"<p>Pemerintah", b"<p>" + content + b" kata Pemerintah", 1),
        kind=header,
    )
    feed(office.outlet, [path])
    office.visit()
    (article,) = office.articles()
    assert "Café Takengon" in article.text


def test_broken_html_is_read(office: Office) -> None:
    path = "/berita/31/rusak"
    broken = (
        article_page(2)
        .replace(b"</p>", b"")
        .replace(b"</article>", b"<div><b><table>")
        .replace(b"</head>", b"")
    )
    office.outlet.serve(path, broken + b"<scr")
    feed(office.outlet, [path])
    office.visit()
    (article,) = office.articles()
    assert "ekspor 20 ton" in article.text


def test_pages_in_several_layouts_come_over_the_web_as_they_are_in_the_golden_set(office: Office) -> None:
    layouts = ("national_read", "agency_regional", "kentooz_wordpress", "regency_office", "portal_graph")
    chosen = {page.name: page for page in golden.pages() if page.name in {f"{name}-0" for name in layouts}}
    for name, page in chosen.items():
        # The address is the server's: a page that claims another site's is not believed.
        office.outlet.serve(f"/berita/{name}/ekspor-dari-daerah", page.content)
    feed(office.outlet, [f"/berita/{name}/ekspor-dari-daerah" for name in chosen])
    assert office.visit().new_pages == len(layouts)
    found = {article.url.split("/")[-2]: article for article in office.articles() if article.url}
    for name, page in chosen.items():
        article = found[name]
        assert (article.title, article.published) == (" ".join(page.title.split()), page.published)
        assert golden.token_f1(golden.main_text(article), page.text) >= 0.93
