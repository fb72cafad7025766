"""`niaga backup` and `niaga restore`: one moment, whole or not at all, and the next run goes on from there."""

from __future__ import annotations

import io
import json
import lzma
import shutil
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from pipelines.adapters.backup import make_backup, restore_backup
from pipelines.adapters.reviews import FILE_COLUMNS
from pipelines.errors import LockHeldError, NiagaError
from pipelines.settings import PROJECT_DIR, Settings
from tests.support.command import ask
from tests.support.crash import (
    Site,
    complete,
    published_states,
    row_hashes,
    small_project,
    start,
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("backup")
    site = Site(folder / "site", small_project(folder / "project"))
    site.raw.mkdir(parents=True)
    for seed in sorted((PROJECT_DIR / "data" / "raw").glob("*.txt"))[:2]:
        shutil.copy2(seed, site.raw)
    (site.root / "reviews.csv").write_text(",".join(FILE_COLUMNS) + "\n")
    complete(site)
    return site


def settings_of(site: Site) -> Settings:
    return Settings(
        raw_dir=site.raw,
        warehouse_dir=site.warehouse,
        reviews_path=site.root / "reviews.csv",
        project_dir=site.project,
    )


def test_what_is_restored_is_what_was_there_and_a_run_finds_nothing_new(site: Site, tmp_path: Path) -> None:
    make_backup(settings_of(site), tmp_path / "b.tar", with_raw=True)
    other = Site(tmp_path / "other", site.project)
    restore_backup(tmp_path / "b.tar", settings_of(other), replace=False)
    assert row_hashes(other) == row_hashes(site)
    assert published_states(other) == published_states(site)
    assert sorted(path.name for path in other.raw.iterdir()) == sorted(
        path.name for path in site.raw.iterdir()
    )
    assert (other.root / "reviews.csv").read_bytes() == (site.root / "reviews.csv").read_bytes()
    complete(other)
    assert published_states(other) == published_states(site), "a run after restoring published anew"


def test_a_backup_while_a_run_is_going_on_is_of_one_moment(site: Site, tmp_path: Path) -> None:
    """Backups without a pause during a whole run: each one restores, and the next run ends with the same rows."""
    busy = site.copy(tmp_path / "busy")
    seeds = sorted((PROJECT_DIR / "data" / "raw").glob("*.txt"))
    shutil.copy2(seeds[2], busy.raw)
    run = start(busy)
    made = []
    while run.is_alive():
        made.append(tmp_path / f"{len(made)}.tar")
        make_backup(settings_of(busy), made[-1], with_raw=True)
    code, messages = run.finish()
    assert code == 0, messages
    assert len(made) > 10
    after = row_hashes(busy)
    states = {_manifests(path): path for path in made}
    assert len(states) > 2, "all backups fell into one state of the run"
    # Not the first or last alone: states between the steps of the run.
    chosen = list(states.values())[1 :: max(len(states) // 2, 1)]
    for number, path in enumerate(chosen):
        other = Site(tmp_path / f"other{number}", site.project)
        restore_backup(path, settings_of(other), replace=False)
        complete(other)
        assert row_hashes(other) == after


def _manifests(path: Path) -> tuple[str, ...]:
    contents = json.loads(_member(path, "backup.json"))
    return tuple(sorted(entry["sha256"] for entry in contents["entries"] if "manifest" in entry["name"]))


def _member(path: Path, name: str) -> bytes:
    with tarfile.open(path) as archive:
        stream = archive.extractfile(name)
        assert stream is not None
        return stream.read()


def test_a_damaged_backup_changes_nothing(site: Site, tmp_path: Path) -> None:
    make_backup(settings_of(site), tmp_path / "b.tar", with_raw=False)
    whole = (tmp_path / "b.tar").read_bytes()
    target = site.copy(tmp_path / "target")
    before = row_hashes(target)
    flipped = bytearray(whole)
    flipped[len(whole) // 3] ^= 1
    for number, content in enumerate((whole[: len(whole) // 2], bytes(flipped), b"", b"no archive" * 200)):
        broken = tmp_path / f"broken{number}.tar"
        broken.write_bytes(content)
        with pytest.raises(NiagaError, match="nothing was changed"):
            restore_backup(broken, settings_of(target), replace=True)
        assert row_hashes(target) == before
    assert not list(target.warehouse.glob("*.niaga-tmp"))


@pytest.mark.parametrize(
    "name",
    ["/etc/cron.d/x", "../outside", "warehouse/../../outside", "raw/../../outside", "other/x", "warehouse"],
)
def test_a_name_that_leads_out_is_refused(site: Site, tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        member = tarfile.TarInfo(name)
        member.size = 4
        archive.addfile(member, io.BytesIO(b"evil"))
    with pytest.raises(NiagaError, match="not a name of a backup"):
        restore_backup(tmp_path / "evil.tar", settings_of(Site(tmp_path / "t", site.project)), replace=False)
    assert not list(tmp_path.rglob("outside"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_what_is_no_file_is_refused(site: Site, tmp_path: Path, kind: bytes) -> None:
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        member = tarfile.TarInfo("warehouse/link")
        member.type, member.linkname = kind, "/etc/passwd"
        archive.addfile(member)
    with pytest.raises(NiagaError, match="no whole backup"):
        restore_backup(tmp_path / "evil.tar", settings_of(Site(tmp_path / "t", site.project)), replace=False)


def test_a_warehouse_is_replaced_only_when_asked_and_never_under_a_run(site: Site, tmp_path: Path) -> None:
    make_backup(settings_of(site), tmp_path / "b.tar", with_raw=False)
    target = site.copy(tmp_path / "target")
    with pytest.raises(NiagaError, match="--replace"):
        restore_backup(tmp_path / "b.tar", settings_of(target), replace=False)
    (target.raw / "more.txt").write_text(
        "Kabupaten Bogor melepas ekspor 2.500 pasang sepatu kulit ke Jepang, kata Bupati Bogor di Cibinong, Senin.\n"
    )
    run = start(target)
    while not (target.warehouse / "build.duckdb").exists():
        assert run.is_alive()
    with pytest.raises(LockHeldError):
        restore_backup(tmp_path / "b.tar", settings_of(target), replace=True)
    run.finish()
    assert published_states(target) != published_states(site)
    restore_backup(tmp_path / "b.tar", settings_of(target), replace=True)
    assert row_hashes(target) == row_hashes(site)


def test_a_warehouse_of_the_last_release_opens_and_goes_on(tmp_path: Path) -> None:
    """tests/upgrade holds a backup that each release leaves behind: event ids and history must outlive the upgrade."""
    for stored in sorted((PROJECT_DIR / "tests" / "upgrade").glob("*.tar.xz")):
        unpacked = tmp_path / stored.stem
        unpacked.write_bytes(lzma.decompress(stored.read_bytes()))
        upgraded = Site(tmp_path / f"{stored.stem}.site", small_project(tmp_path / f"{stored.stem}.project"))
        contents = restore_backup(unpacked, settings_of(upgraded), replace=False)
        assert contents.count("raw") > 0
        # It can be asked before any run, and the run that follows keeps what it knew.
        runs_before = ask("select run_id from core.runs order by started_at", upgraded.warehouse)
        articles_before = ask("select article_id from core.articles order by all", upgraded.warehouse)
        assert len(articles_before) == contents.count("raw")
        complete(upgraded)
        assert ask("select run_id from core.runs order by started_at", upgraded.warehouse)[:-1] == runs_before
        assert ask("select article_id from core.articles order by all", upgraded.warehouse) == articles_before
        published_states(upgraded)


def test_a_killed_backup_leaves_no_file_that_looks_like_one_and_the_next_run_sweeps(
    site: Site, tmp_path: Path
) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from pipelines.adapters import backup\n"
        "from pipelines.settings import Settings\n"
        "backup._write_archive = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "backup.make_backup(Settings(Path(sys.argv[1]), Path(sys.argv[2])), Path(sys.argv[3]), with_raw=True)"
    )
    target = tmp_path / "b.tar"
    killed = subprocess.run(
        [sys.executable, "-c", code, site.raw, site.warehouse, target], check=False, capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not target.exists()
    assert (site.warehouse / "backups_under_way").exists()
    complete(site)
    assert not (site.warehouse / "backups_under_way").exists()


def test_backing_up_what_is_not_there_or_onto_a_file_says_what_to_do(site: Site, tmp_path: Path) -> None:
    with pytest.raises(NiagaError, match="run `niaga run` first"):
        make_backup(Settings(tmp_path, tmp_path / "nowhere"), tmp_path / "b.tar", with_raw=False)
    (tmp_path / "b.tar").write_bytes(b"mine")
    with pytest.raises(NiagaError, match="name a new file"):
        make_backup(settings_of(site), tmp_path / "b.tar", with_raw=False)
    assert (tmp_path / "b.tar").read_bytes() == b"mine"


def test_the_raw_folder_goes_along_whole_and_nothing_from_outside_it(site: Site, tmp_path: Path) -> None:
    """Fetched pages under web/objects have no suffix that a reader knows; they cannot be fetched again."""
    busy = site.copy(tmp_path / "busy")
    (busy.raw / "web" / "objects").mkdir(parents=True)
    (busy.raw / "web" / "objects" / "0a1b").write_bytes(b"page")
    (tmp_path / "secret").write_bytes(b"not mine")
    (busy.raw / "link.txt").symlink_to(tmp_path / "secret")
    contents = make_backup(settings_of(busy), tmp_path / "b.tar", with_raw=True)
    names = {entry.name for entry in contents.entries}
    assert "raw/web/objects/0a1b" in names
    assert "raw/link.txt" not in names
    other = Site(tmp_path / "other", site.project)
    restore_backup(tmp_path / "b.tar", settings_of(other), replace=False)
    assert (other.raw / "web" / "objects" / "0a1b").read_bytes() == b"page"
