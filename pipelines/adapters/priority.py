"""A run is in no hurry, those who ask are: on a busy machine it goes on with the time that they leave."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

# Of 19: a third of the time of an ordinary process that wants the same core. Readers do not feel that, and a run still
# comes to its end on a machine that is never idle (10 made it ten times slower there).
NICENESS: Final = 5


def give_way() -> None:
    """Let other processes of this machine go first from now on: this process, its threads, and all it starts.

    Linux shares time between sessions before it looks at processes. A run that is a session of its own (a service,
    a timer) lowers that, too; the session of somebody's terminal is left as it is.
    """
    for thread in _threads():
        with suppress(OSError):  # one that ended meanwhile
            os.setpriority(os.PRIO_PROCESS, thread, max(NICENESS, os.getpriority(os.PRIO_PROCESS, thread)))
    session = Path("/proc/self/autogroup")
    if os.getsid(0) == os.getpid():
        with suppress(OSError, ValueError):  # a kernel without sharing by session
            niceness = int(session.read_text(encoding="ascii").rpartition(" ")[2])  # "/autogroup-12 nice 0"
            session.write_text(str(max(NICENESS, niceness)), encoding="ascii")


def _threads() -> list[int]:
    try:
        return [int(path.name) for path in Path("/proc/self/task").iterdir()]
    except OSError:  # not Linux: the priority is that of the process
        return [0]
