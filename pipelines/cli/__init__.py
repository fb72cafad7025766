"""The `niaga` command: one module for each sub-command, heavy libraries imported only by the one that needs them."""

from pipelines.cli.app import main

__all__ = ["main"]
