"""Hard limits of this process, for work on what strangers wrote: SQL of a query, text of an article.

DuckDB counts most of its memory and looks at interrupts most of the time; a few functions do neither (a string of
four gigabytes built in one step). What the engine does not see, the kernel and a timer do.
"""

from __future__ import annotations

import os
import re
import resource
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# Beyond what the engine may use: the interpreter, its libraries, and the rows on their way out.
_ROOM_BYTES: Final = 2 * 2**30
# An engine that obeys its interrupt needs far less.
_GRACE_SECONDS: Final = 5.0


def limit_memory(engine_bytes: int) -> None:
    """Let this process hold no more data than its engine may, and some room; allocations beyond fail."""
    if not sys.platform.startswith("linux"):
        return  # elsewhere the limit does not count what is mapped, and so holds nothing back
    most = engine_bytes + _ROOM_BYTES
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(
        resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard)
    )


@contextmanager
def end_process_after(seconds: float, message: str) -> Iterator[None]:
    """End this process with exit code 1 where the block does not end within a time and some grace."""

    def end() -> None:
        sys.stderr.write(f"niaga: {message}\n")
        sys.stderr.flush()
        os._exit(1)

    timer = threading.Timer(seconds + _GRACE_SECONDS, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def parse_size(text: str) -> int:
    """Bytes of a size as DuckDB writes them: ``2GB``, ``512 MiB``.

    Raises:
        ValueError: It is none.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?", text.strip().lower())
    if found is None:
        raise ValueError(f"{text!r} is no size; write 512MB or 2GB")
    number, power, binary = found.groups()
    return int(float(number) * (1024 if binary else 1000) ** " kmgt".index(power or " "))
