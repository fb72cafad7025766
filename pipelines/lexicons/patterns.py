"""Wording patterns: the regular expressions over Indonesian words that the rules look for.

The expressions are data (patterns.yml, one block per module that uses them); code only names them. A pattern is
read and compiled on first use, so that importing a module costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.resources import files

import yaml


@lru_cache(maxsize=1)
def pattern_texts() -> dict[str, str]:
    """Name ("missions.held") to regular expression."""
    text = files(__package__).joinpath("patterns.yml").read_text(encoding="utf-8")
    return {
        f"{module}.{name}": regex
        for module, block in yaml.safe_load(text).items()
        for name, regex in block.items()
    }


class Pattern:
    """A named regular expression of patterns.yml with the methods of `re.Pattern`."""

    __slots__ = ("_compiled", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self._compiled: re.Pattern[str] | None = None

    def _get(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = re.compile(pattern_texts()[self.name])
        return self._compiled

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """The first match within `text[start:end]`, or None."""
        return self._get().search(text, start, len(text) if end is None else end)

    def match(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """A match at `start`, or None."""
        return self._get().match(text, start, len(text) if end is None else end)

    def fullmatch(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """A match of the whole of `text[start:end]`, or None."""
        return self._get().fullmatch(text, start, len(text) if end is None else end)

    def finditer(self, text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        """Every match within `text[start:end]`."""
        return self._get().finditer(text, start, len(text) if end is None else end)

    def findall(self, text: str) -> list[str]:
        """The text of every match."""
        return [match[0] for match in self._get().finditer(text)]

    def sub(self, replacement: str | Callable[[re.Match[str]], str], text: str) -> str:
        """The text with every match replaced."""
        return self._get().sub(replacement, text)
