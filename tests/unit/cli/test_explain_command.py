from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from pipelines.cli.app import app

ARTICLE = (
    "Kabupaten Garut mengirim 6 ton kopi arabika ke Mesir, Senin (4/3/2024). "
    "\x1b]0;owned\x07[red]bukan markup[/red] <script>alert(1)</script>\n"
)


def run(*arguments: str, stdin: bytes | None = None, columns: str = "100"):  # type: ignore[no-untyped-def]
    return CliRunner().invoke(
        app, ["explain", *arguments], input=stdin, env={"COLUMNS": columns, "NO_COLOR": "1"}
    )


def test_the_terminal_shows_the_article_and_its_claims(tmp_path: Path) -> None:
    file = tmp_path / "garut.txt"
    file.write_text(ARTICLE)
    result = run(str(file))
    assert result.exit_code == 0
    assert "mengirim 6 ton kopi arabika" in result.stdout
    assert "[1] export_shipment  rule " in result.stdout
    assert "quantity: 6  from “6 ton”" in result.stdout
    assert "confidence 0." in result.stdout


def test_article_text_cannot_command_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "garut.txt"
    file.write_text(ARTICLE)
    result = run(str(file))
    assert "\x1b" not in result.stdout
    assert "[red]bukan markup[/red]" in " ".join(result.stdout.split())


def test_standard_input_is_read() -> None:
    result = run("-", stdin=ARTICLE.encode())
    assert result.exit_code == 0
    assert "destinations: EG" in result.stdout


def test_metadata_gives_the_publication_date(tmp_path: Path) -> None:
    file, metadata = tmp_path / "garut.txt", tmp_path / "metadata.csv"
    file.write_text(
        "Kabupaten Garut mengirim 6 ton kopi arabika ke Mesir, Jumat. Kopi itu disambut pembeli di sana."
    )
    metadata.write_text("article_id,published\ngarut,2024-03-05\n")
    assert "date: 2024-03-01" in run(str(file), "--metadata", str(metadata)).stdout
    assert "date:" not in run(str(file)).stdout


def test_html_is_written_and_escaped(tmp_path: Path) -> None:
    file, page = tmp_path / "garut.txt", tmp_path / "page.html"
    file.write_text(ARTICLE)
    result = run(str(file), "--html", str(page))
    assert result.exit_code == 0
    assert "&lt;script&gt;" in page.read_text("utf-8")
    assert "<script" not in page.read_text("utf-8")


def test_a_missing_file_fails_with_what_to_do(tmp_path: Path) -> None:
    result = run(str(tmp_path / "none.txt"))
    assert result.exit_code == 1
    assert "no such file" in " ".join(result.stderr.split())


def test_a_file_that_is_no_article_fails_with_its_reason(tmp_path: Path) -> None:
    file = tmp_path / "empty.txt"
    file.write_text("")
    result = run(str(file))
    assert result.exit_code == 1
    assert "(empty)" in result.stderr


def test_a_page_that_cannot_be_written_fails_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "garut.txt"
    file.write_text(ARTICLE)
    result = run(str(file), "--html", str(tmp_path / "no" / "page.html"))
    assert result.exit_code == 1
    assert "--html" in result.stderr
