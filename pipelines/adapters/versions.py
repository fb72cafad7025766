"""Versions of the code that computes each stage: a digest of its source, so that no one forgets to raise a number."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from pipelines import __version__

_PACKAGE: Final = Path(__file__).resolve().parent.parent
_SOURCES: Final = frozenset({".py", ".csv", ".yaml", ".yml", ".json"})

# What each stage's result depends on besides its input.
STAGE_SOURCES: Final = {
    "collect": (
        "contracts",
        "lexicons",
        "text",
        "stages/collect",
        "adapters/containers.py",
        "adapters/warc.py",
    ),
    "dedupe": ("contracts", "lexicons", "text", "stages/dedupe"),
    "extract": ("contracts", "lexicons", "text", "stages/extract"),
    "resolve": ("contracts", "lexicons", "text", "stages/resolve"),
}


@cache
def stage_version(stage: str) -> str:
    """Version of a stage: the release, and a digest of the code and data it is made of."""
    return f"{__version__}+{digest_files(_PACKAGE, STAGE_SOURCES[stage])[:12]}"


def digest_files(root: Path, parts: Iterable[str], *, suffixes: frozenset[str] = _SOURCES) -> str:
    """SHA-256 over names and contents of the source files under some parts of a folder, in name order."""
    digest = hashlib.sha256()
    files: set[Path] = set()
    for part in parts:
        path = root / part
        files |= (
            {path} if path.is_file() else {found for found in path.rglob("*") if found.suffix in suffixes}
        )
    for path in sorted(files):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
