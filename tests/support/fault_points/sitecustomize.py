"""Python starts this file by itself where its folder is on PYTHONPATH: it kills a run at the n-th point it writes.

A point is the moment before a file of the warehouse is opened for writing, made durable, renamed or removed, and
before a statement that changes a DuckDB file: in the run and in the dbt process it starts. The code of niaga knows
nothing of it. Set by tests/support/crash.py:

    NIAGA_FAULT_FOLDER   the warehouse folder: only what lies in it counts
    NIAGA_FAULT_LOG      the points met so far, one line each, of all processes of the run
    NIAGA_FAULT_AT       the point to die at: its number, from 0, or how it begins; without it all are only noted
"""

import os
import signal
import sys
import threading

_FOLDER = os.environ.get("NIAGA_FAULT_FOLDER", "")
_LOG = os.environ.get("NIAGA_FAULT_LOG", "")
_AT = os.environ.get("NIAGA_FAULT_AT", "")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# dbt's and Dagster's own files: what they lose is history. What a next run would read is counted.
_OWN_MATTER = ("dbt", "dagster")
_READ_AGAIN = ("manifest.json", "partial_parse.msgpack", "run_results.json", "dagster.yaml")
_CHANGES = ("commit", "create", "drop", "insert", "alter", "copy", "force", "begin", "delete", "update")


def _point(kind, path):
    if _inside.busy:
        return
    _inside.busy = True
    try:
        with _lock:
            handle = os.open(_LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            try:
                number = _count_lines()
                os.write(handle, f"{kind} {path}\n".encode())
            finally:
                os.close(handle)
            if _AT and (number == int(_AT) if _AT.isdigit() else f"{kind} {path}".startswith(_AT)):
                os.killpg(0, signal.SIGKILL)
    finally:
        _inside.busy = False


def _count_lines():
    handle = os.open(_LOG, os.O_RDONLY)
    try:
        lines = 0
        while chunk := os.read(handle, 1 << 16):
            lines += chunk.count(b"\n")
        return lines
    finally:
        os.close(handle)


def _counts(path):
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if not isinstance(path, str) or not os.path.abspath(path).startswith(_FOLDER + os.sep):
        return None
    inner = os.path.relpath(os.path.abspath(path), _FOLDER)
    if inner.split(os.sep)[0] in _OWN_MATTER and os.path.basename(inner) not in _READ_AGAIN:
        return None
    return inner


def _hook(event, arguments):
    if event == "open":
        path, _, flags = arguments
        if isinstance(flags, int) and flags & _WRITES:
            inner = _counts(path)
            if inner:
                _point("open", inner)
    elif event in ("os.rename", "os.remove", "os.rmdir", "os.mkdir"):
        inner = _counts(os.fspath(arguments[0]) if not isinstance(arguments[0], int) else None)
        if inner:
            _point(event.removeprefix("os."), inner)


def _watch_fsync():
    fsync = os.fsync

    def watched(handle):
        inner = _counts(os.readlink(f"/proc/self/fd/{handle}"))
        _point("fsync", inner or "the folder")
        fsync(handle)

    os.fsync = watched


def _watch_duckdb():
    import duckdb

    execute = duckdb.DuckDBPyConnection.execute

    def watched(self, query, *arguments, **options):
        if isinstance(query, str):
            # dbt puts a comment before each statement.
            words = query.rpartition("*/")[2].split(None, 3)
            if words and words[0].lower().rstrip(";") in _CHANGES:
                _point("sql", " ".join(words[:3]))
        return execute(self, query, *arguments, **options)

    duckdb.DuckDBPyConnection.execute = watched


# Dagster starts helpers of its own; they write nothing that counts.
if _FOLDER and _LOG and not any("watch_orphans" in argument for argument in sys.orig_argv):
    _lock = threading.Lock()

    class _Inside(threading.local):
        busy = False  # in this thread: the hook's own look at its log is no point

    _inside = _Inside()
    _watch_fsync()
    _watch_duckdb()
    sys.addaudithook(_hook)
