"""`niaga explain`: one article with every mention and claim marked, in the terminal or as one HTML page."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from pipelines.adapters.delimited import printable
from pipelines.cli.app import app, expected_failures
from pipelines.errors import NiagaError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.contracts.claims import Claim
    from pipelines.stages.collect import CollectedArticle
    from pipelines.stages.extract.explain import Segment

STANDARD_INPUT = Path("-")
_STYLES = {
    "figure": "red", "time": "yellow", "country": "blue", "region": "green", "product": "magenta", "firm": "cyan",
    "agency": "cyan", "fair": "bright_magenta", "cue": "dim",
}  # fmt: skip


@app.command(
    epilog="Example: niaga explain data/raw/004_c187de97a2310723.txt --html page.html    or: niaga explain - < article.txt",
)
def explain(
    file: Annotated[Path, typer.Argument(help="A text file, or - for standard input.")],
    metadata: Annotated[
        Path | None,
        typer.Option(
            "--metadata", help="CSV with columns article_id (the file's stem), url, published, source."
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html", help="Write one self-contained page instead: hover shows rule and confidence."
        ),
    ] = None,
) -> None:
    """Show how an article was read: every mention and claim marked, with rule and confidence.

    Figures, dates, places, goods, firms, agencies and cue words are coloured, what fills a slot is underlined, and
    the number behind a sentence is that of the claim it proves. Nothing is stored.
    """
    with expected_failures():
        from pipelines.stages.extract import extract_claims
        from pipelines.stages.extract.explain import explain_html, find_mentions, mark_segments

        article = _article(file, metadata)
        known = {"published": article.published, "title": article.title}
        claims = extract_claims(article.text, outlet=article.outlet, **known)
        segments = mark_segments(article.text, find_mentions(article.text, **known), claims)
        if html is None:
            _print(article.text, segments, claims)
            return
        about = {
            "title": article.title or article.raw_path,
            "outlet": article.outlet,
            "published": article.published,
            "date found by": article.published_method,
            "address": article.url,
            "text_sha256": article.text_sha256,
        }
        page = explain_html(article.text, segments, claims, about=about)
        try:
            html.write_text(page, encoding="utf-8", newline="\n")
        except OSError as error:
            raise NiagaError(
                f"cannot write {html}: {error.strerror}; name another file with --html"
            ) from error
        typer.echo(f"{len(claims)} claims; open {html}", err=True)


def _article(file: Path, metadata: Path | None) -> CollectedArticle:
    from pipelines.adapters.readers import read_bytes
    from pipelines.stages.collect import RawDocument, Rejection, collect_document
    from pipelines.stages.collect.raw import parse_metadata

    def load(path: Path) -> bytes:
        content = read_bytes(path.parent, path.name)
        if isinstance(content, Rejection):
            raise NiagaError(f"{path}: {content.reason_code}: {content.detail}")
        return content

    rows = parse_metadata(str(metadata), load(metadata)).rows if metadata else {}
    if file == STANDARD_INPUT:
        document = RawDocument("stdin.txt", sys.stdin.buffer.read(), rows.get("stdin"))
    elif file.is_file():
        document = RawDocument(file.name, load(file), rows.get(file.stem))
    else:
        raise NiagaError(f"{file}: no such file; explain reads one text file, or - for standard input")
    article = collect_document(document)
    if isinstance(article, Rejection):
        raise NiagaError(f"{file}: no article ({article.reason_code}): {article.detail}")
    return article


def _print(text: str, segments: Sequence[Segment], claims: Sequence[Claim]) -> None:
    """The marked text, then the claims; article text is never read as markup of the terminal."""
    from pipelines.contracts.claims import CLAIM_SLOTS
    from pipelines.stages.extract.explain import shown

    console = Console(highlight=False)
    marked = Text()
    for segment in segments:
        style = _STYLES.get(segment.kind or "", "")
        style += " bold underline" if segment.slots else ""
        marked.append(printable(text[segment.start : segment.end]), style=style.strip())
        for number in segment.claims:
            if claims[number - 1].quote_end == segment.end:
                marked.append(f" [{number}]", style="bold")
    console.print(marked, soft_wrap=False)
    console.print()
    for number, claim in enumerate(claims, 1):
        head = f"[{number}] {claim.type}  rule {claim.rule_id}  confidence {claim.confidence:.2f}"
        console.print(Text(head + "".join(f"  {flag}" for flag in claim.flags), style="bold"))
        for slot in CLAIM_SLOTS[claim.type]:
            if claim.slots.get(slot) not in (None, [], ""):
                start, end = claim.spans.get(slot, (0, 0))
                read_from = f"  from “{text[start:end]}”" if end else "  inferred"
                value = " ".join(printable(shown(claim, slot)).split())
                console.print(
                    Text(f"    {slot}: {value}").append(
                        " ".join(printable(read_from).split(" ")), style="dim"
                    )
                )
    if not claims:
        console.print("no claim", style="bold")
    kinds = Text("marks: ", style="dim")
    for kind, style in _STYLES.items():
        kinds.append(kind, style=style).append(" ")
    console.print(kinds.append("slot", style="bold underline"))
