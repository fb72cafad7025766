"""Raw files as bytes: what lies under the raw folder, and what each file holds.

Nothing here raises for one bad file: it becomes a `Rejection`, which the caller writes to `rejects`.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pipelines.errors import RawFolderError
from pipelines.stages.collect import Rejection
from pipelines.stages.collect.formats import (
    FIELDS_NAME,
    KNOWN_SUFFIXES,
    METADATA_NAME,
    OBJECTS_FOLDER,
    format_or_none,
)
from pipelines.stages.collect.model import MAX_BYTES
from pipelines.stages.collect.raw import Listing, RawFile


def list_raw_files(raw_dir: Path) -> Listing:
    """List the documents under a folder, at any depth, in the order of their paths.

    Hidden files are ignored; a link that leads out of the folder, a device, or a file of an unknown kind is
    a problem and is not opened.

    Raises:
        RawFolderError: The folder itself is missing or cannot be listed.
    """
    if not raw_dir.is_dir():
        raise RawFolderError(
            f"the raw folder {raw_dir} does not exist; create it and put articles (.txt, .html, .jsonl, …) in it, "
            "or name another with --raw-dir or NIAGA_RAW_DIR"
        )
    files: list[RawFile] = []
    companions: dict[str, list[RawFile]] = {METADATA_NAME: [], FIELDS_NAME: []}
    problems: list[Rejection] = []
    for path in _walk(raw_dir, raw_dir, problems):
        raw_path = path.relative_to(raw_dir).as_posix()
        if path.name not in companions and format_or_none(path.name) is None:
            known = ", ".join(KNOWN_SUFFIXES)
            detail = f"files of kind {path.suffix or '(none)'!r} are not read; known: {known}, .zip, with .gz or .zst"
            problems.append(Rejection(raw_path, "unsupported_format", detail))
            continue
        entry = _stat(raw_dir, path, raw_path)
        if isinstance(entry, Rejection):
            problems.append(entry)
        else:
            companions.get(path.name, files).append(entry)
    return Listing(
        files=tuple(sorted(files, key=lambda file: file.raw_path)),
        metadata_files=tuple(sorted(companions[METADATA_NAME], key=lambda file: file.raw_path)),
        field_files=tuple(sorted(companions[FIELDS_NAME], key=lambda file: file.raw_path)),
        problems=tuple(sorted(problems, key=lambda problem: (problem.raw_path, problem.reason_code))),
    )


def _walk(raw_dir: Path, folder: Path, problems: list[Rejection]) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        if folder == raw_dir:
            raise RawFolderError(
                f"the raw folder {raw_dir} cannot be listed: {error.strerror}; check its permissions"
            ) from error
        problems.append(
            Rejection(folder.relative_to(raw_dir).as_posix(), reason_of(error), f"folder: {error.strerror}")
        )
        return
    for entry in found:
        if entry.name.startswith("."):
            continue
        if not _is_utf8(entry.name):
            shown = entry.name.encode("utf-8", "replace").decode("utf-8")
            problems.append(Rejection(shown, "name_not_utf8", "the file name is not UTF-8; rename it"))
        elif entry.is_dir(follow_symlinks=False):
            if entry.path == str(raw_dir / OBJECTS_FOLDER):
                continue  # bytes that manifests name; as many as there are pages
            yield from _walk(raw_dir, Path(entry.path), problems)
        else:
            yield Path(entry.path)


def _is_utf8(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _stat(raw_dir: Path, path: Path, raw_path: str) -> RawFile | Rejection:
    try:
        if path.is_symlink() and not path.resolve().is_relative_to(raw_dir.resolve()):
            return Rejection(raw_path, "link_leads_outside", "a link out of the raw folder is not followed")
        status = path.stat()
    except OSError as error:
        return Rejection(raw_path, reason_of(error), str(error.strerror))
    if not stat.S_ISREG(status.st_mode):
        return Rejection(raw_path, "not_a_regular_file", "a device, pipe or folder link is not read")
    return RawFile(raw_path=raw_path, size=status.st_size, mtime_ns=status.st_mtime_ns)


def read_bytes(raw_dir: Path, raw_path: str) -> bytes | Rejection:
    """Read one file whole, up to `MAX_BYTES`; a file that went away or is too large is a problem."""
    path = raw_dir / PurePosixPath(raw_path)
    try:
        # O_NONBLOCK: a pipe put in place of the file after listing must not hold the run up.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                return Rejection(raw_path, "not_a_regular_file", "a device, pipe or folder link is not read")
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return Rejection(raw_path, reason_of(error), str(error.strerror))
    if len(content) > MAX_BYTES:
        return Rejection(raw_path, "too_large", f"more than {MAX_BYTES:,} bytes; split it into articles")
    return content


def reason_of(error: OSError) -> str:
    """The reason code of an error of the file system."""
    if error.errno in {errno.ENOENT, errno.ESTALE, errno.ENOTDIR}:
        return "vanished"
    if error.errno in {errno.EACCES, errno.EPERM}:
        return "unreadable"
    return "read_failed"
