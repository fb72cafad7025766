"""dbt's command, bound to the run that started it: where the run is gone, dbt ends too.

A run that is killed (SIGKILL, out of memory) cannot end its dbt. Left alone, that dbt would go on writing into the
build file of the next run, which holds the lock rightly.
"""

from __future__ import annotations

import os
import threading
import time
from typing import Final

RUN_PID_VARIABLE: Final = "NIAGA_RUN_PID"
_LOOK_SECONDS: Final = 0.2  # a next run needs ten times as long before it touches the build file


def main() -> None:
    """Run dbt with the arguments of this process for as long as the process named by NIAGA_RUN_PID is its parent."""
    run = int(os.environ.get(RUN_PID_VARIABLE) or os.getppid())
    threading.Thread(target=_end_with, args=(run,), daemon=True).start()
    from dbt.cli.main import cli  # noqa: PLC0415 - after the watch is set up: importing dbt takes a second

    cli()


def _end_with(run: int) -> None:
    while os.getppid() == run:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)
