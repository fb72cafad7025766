"""Work on what strangers wrote, in a process of its own that a hostile input may kill or hold up without harm.

A parser written in C heeds no signal handler of Python, and some take the square of what they read: 20 MB of one tag,
sixteen hours. The kernel ends such a process; the next input gets a new one.
"""

from __future__ import annotations

import os
import pickle
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, ParamSpec, TypeVar

from pipelines.errors import ArticleLimitError, NiagaError

# What a document of 20 MB needs, several times.
_MEMORY_BYTES: Final = 4 * 2**30
# The first death may be an accident of the machine (its memory was full, say); a second one is the input's.
_DEATHS: Final = 2

P = ParamSpec("P")
R = TypeVar("R")


class Apart:
    """A process that calls functions for this one; safe to use from several threads, one call at a time.

    It is started by the first call, and ends with this one.
    """

    def __init__(self, *, seconds: int) -> None:
        """Set the processor time that one call may take."""
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def __enter__(self) -> Apart:
        return self

    def __exit__(self, *_: object) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            _collect(process)

    def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a function of a module; what it raises is raised here.

        Raises:
            ArticleLimitError: It took too long (`took_too_long`), or the process died twice (`killed_the_reader`).
            NiagaError: The process cannot be started.
        """
        request = pickle.dumps((function, args, kwargs), protocol=pickle.HIGHEST_PROTOCOL)
        with self._turn:
            for _ in range(_DEATHS):
                answer = self._answer_or_none(request)
                if answer is not None:
                    break
            else:
                raise ArticleLimitError(
                    "killed_the_reader", f"the process that read it died {_DEATHS} times; it is left out"
                )
        result, error = answer
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    def _answer_or_none(self, request: bytes) -> tuple[Any, Exception | None] | None:
        """What the function gave or raised; None where the process died."""
        if self._process is None:
            # -P: a module that lies in the current folder is not taken for one of ours.
            command = [sys.executable, "-P", "-m", "pipelines.adapters.apart", str(self._seconds)]
            self._process = subprocess.Popen(  # noqa: S603 - our own arguments
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(request)
            process.stdin.flush()
            answer: tuple[Any, Exception | None] = pickle.load(process.stdout)  # noqa: S301 - our own process
        except (OSError, EOFError, pickle.UnpicklingError):
            self._process = None
            _collect(process)
            if process.returncode == -signal.SIGXCPU:
                took = f"reading it took more than {self._seconds} s of processor time"
                raise ArticleLimitError("took_too_long", took) from None
            if process.returncode > 0:
                raise NiagaError(
                    f"the process that reads documents ended with code {process.returncode}"
                ) from None
            return None
        except (
            BaseException
        ):  # an interrupt between question and answer: the next call must not get this answer
            self._process = None
            process.kill()
            _collect(process)
            raise
        return answer


def _collect(process: subprocess.Popen[bytes]) -> None:
    """Wait for a process that ends, and close what led to it."""
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):  # what was not written yet has no reader any more
                stream.close()
    process.wait()


def main() -> None:
    """Answer what is asked on standard input, until it ends."""
    seconds = int(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks decides when to stop
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform.startswith("linux"):
        _lower(resource.RLIMIT_DATA, _MEMORY_BYTES)
    # What a library prints must not stand between the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while True:
        try:
            function, args, kwargs = pickle.load(sys.stdin.buffer)  # noqa: S301 - of the process that started this one
        except EOFError:
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        _lower(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + seconds)
        answer: tuple[Any, Exception | None]
        try:
            answer = function(*args, **kwargs), None
        except Exception as error:  # noqa: BLE001 - it is raised where the call was made
            answer = None, RuntimeError(f"{type(error).__name__}: {error}"[:500])
        answers.write(pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL))
        answers.flush()


def _lower(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    main()
