"""The raw folder with everything that can be wrong in it: each becomes a reason, nothing stops the rest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.adapters import readers
from pipelines.adapters.readers import list_raw_files, read_bytes
from pipelines.errors import RawFolderError
from pipelines.stages.collect import Rejection
from pipelines.stages.collect.model import MAX_BYTES


def reasons(raw_dir: Path) -> dict[str, str]:
    return {problem.raw_path: problem.reason_code for problem in list_raw_files(raw_dir).problems}


def test_files_are_listed_at_any_depth_in_path_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "c/d/e.txt", "B.TXT"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "metadata.csv").write_text("article_id\n")
    listing = list_raw_files(tmp_path)
    assert [file.raw_path for file in listing.files] == ["B.TXT", "a.txt", "b.txt", "c/d/e.txt"]
    assert [file.raw_path for file in listing.metadata_files] == ["metadata.csv"]
    assert listing.problems == ()


def test_a_missing_raw_folder_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RawFolderError, match=r"does not exist; create it.*--raw-dir"):
        list_raw_files(tmp_path / "nowhere")


def test_a_file_of_an_unknown_kind_is_a_reject_and_hidden_files_are_not(tmp_path: Path) -> None:
    (tmp_path / "page.docx").write_bytes(b"x")
    (tmp_path / ".gitkeep").write_bytes(b"")
    assert reasons(tmp_path) == {"page.docx": "unsupported_format"}


def test_an_unreadable_folder_is_a_reject_and_the_others_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "a.txt").write_text("a")
    scandir = os.scandir

    def refuse(folder):  # the tests may run as root, whom no mode bits stop
        if Path(folder).name == "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(readers.os, "scandir", refuse)
    listing = list_raw_files(tmp_path)
    assert [(problem.raw_path, problem.reason_code) for problem in listing.problems] == [
        ("closed", "unreadable")
    ]
    assert [file.raw_path for file in listing.files] == ["open/a.txt"]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    raw_dir = tmp_path / "raw"
    raw_dir.mkdir()
    (raw_dir / "leak.txt").symlink_to(secret)
    (raw_dir / "own.txt").write_text("own")
    (raw_dir / "inside.txt").symlink_to(raw_dir / "own.txt")
    listing = list_raw_files(raw_dir)
    assert reasons(raw_dir) == {"leak.txt": "link_leads_outside"}
    assert [file.raw_path for file in listing.files] == ["inside.txt", "own.txt"]


def test_a_pipe_does_not_hold_the_run_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert reasons(tmp_path) == {"pipe.txt": "not_a_regular_file"}
    assert read_bytes(tmp_path, "pipe.txt").reason_code == "not_a_regular_file"


def test_a_file_that_vanished_after_listing_is_a_reject(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, "gone.txt")
    assert isinstance(found, Rejection)
    assert found.reason_code == "vanished"


def test_a_dangling_link_counts_as_vanished(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "b.txt")
    assert reasons(tmp_path) == {"a.txt": "vanished"}


def test_a_line_of_50_mb_is_too_large_and_is_not_read_whole(tmp_path: Path) -> None:
    with (tmp_path / "line.txt").open("wb") as stream:
        stream.seek(50_000_000)
        stream.write(b"x")
    found = read_bytes(tmp_path, "line.txt")
    assert isinstance(found, Rejection)
    assert found.reason_code == "too_large"
    assert str(f"{MAX_BYTES:,}") in found.detail


def test_a_name_that_is_not_utf8_is_a_reject(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))).write_text("x")
    (problem,) = list_raw_files(tmp_path).problems
    assert problem.reason_code == "name_not_utf8"
    problem.raw_path.encode("utf-8")


def test_read_bytes_gives_the_bytes_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff\x00\r\n")
    assert read_bytes(tmp_path, "a.txt") == b"\xff\x00\r\n"
