"""Print the wordings that nothing needs: without each of them every golden article and every short case reads the same.

Usage: python scripts/unneeded_wordings.py [FILE ...]

FILE is a file of pipelines/lexicons/patterns without its ending ("shipments"); all of them without any. Every article and case is
read once as it is, and once more without each wording that was found in it (about ten minutes on two cores for all). A wording
printed here wants to be dropped with the code that asks for it, or wants a short case that fails without it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from pipelines.lexicons.patterns import Pattern, pattern_texts  # noqa: E402
from pipelines.stages.extract import extract_claims  # noqa: E402
from tests.golden.scoring import case_failures, golden_sets, predict_case, read_articles, short_cases  # noqa: E402

_FINDS = ("search", "match", "fullmatch")
_METHODS = (*_FINDS, "finditer", "sub")
_WORKERS = 2
# What a claim says; how sure it is and what else stands beside it may change.
_ASIDE = {"confidence", "flags"}


def wordings_needed(part: int) -> set[str]:
    """Names of the wordings that some article or case of this part of them needs."""
    found: set[str] = set()
    patterns: dict[str, list[Pattern]] = {}
    for pattern in Pattern._all:
        patterns.setdefault(pattern.name, []).append(pattern)
        _note_finds(pattern, found)
    needed: set[str] = set()
    for read in list(_readers())[part::_WORKERS]:
        found.clear()
        as_is = read()
        for name in found - needed:
            with _without(patterns[name]):
                if read() != as_is:
                    needed.add(name)
    return needed


def _readers() -> Iterator[Callable[[], Any]]:
    for golden in golden_sets():
        for article in read_articles(golden).values():
            yield lambda article=article: [
                {slot: value for slot, value in asdict(claim).items() if slot not in _ASIDE}
                for claim in extract_claims(article.text, published=article.published, title=article.title)
            ]
    for case in short_cases():
        yield lambda case=case: bool(case_failures(case, predict_case(case)))


def _note_finds(pattern: Pattern, found: set[str]) -> None:
    """Let a pattern note its name where it is found."""

    def noting(find: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*arguments: Any) -> Any:
            result = find(*arguments)
            if result is not None:
                found.add(pattern.name)
            return result

        return noted

    def finditer(*arguments: Any) -> Iterator[Any]:
        matches = list(Pattern.finditer(pattern, *arguments))
        if matches:
            found.add(pattern.name)
        return iter(matches)

    def sub(replacement: Any, text: str) -> str:
        replaced = replace(replacement, text)
        if replaced != text:
            found.add(pattern.name)
        return replaced

    replace = pattern.sub
    for method in _FINDS:
        pattern.__dict__[method] = noting(getattr(pattern, method))
    pattern.__dict__.update(finditer=finditer, sub=sub)


@contextmanager
def _without(patterns: list[Pattern]) -> Iterator[None]:
    kept = [{method: pattern.__dict__[method] for method in _METHODS} for pattern in patterns]
    for pattern in patterns:
        pattern.__dict__.update(dict.fromkeys(_FINDS, lambda *_: None))
        pattern.__dict__.update(finditer=lambda *_: iter(()), sub=lambda _, text: text)
    try:
        yield
    finally:
        for pattern, methods in zip(patterns, kept, strict=True):
            pattern.__dict__.update(methods)


def main() -> None:
    """Print the names, one per line, and how many there are."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="*", help="files of pipelines/lexicons/patterns; all of them if none")
    files = parser.parse_args().files
    with ProcessPoolExecutor(_WORKERS) as pool:
        needed = set().union(*pool.map(wordings_needed, range(_WORKERS)))
    names = [name for name in pattern_texts() if name not in needed]
    shown = [name for name in names if not files or name.split(".")[0] in files]
    print(*shown, sep="\n")
    print(json.dumps({"wordings": len(pattern_texts()), "nothing needs": len(names)}), file=sys.stderr)


if __name__ == "__main__":
    main()
