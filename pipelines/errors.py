"""The errors niaga raises on purpose; each says what is wrong and what to do."""


class NiagaError(Exception):
    """Base of all expected failures; the command prints the message and exits with 1."""


class ContractError(NiagaError):
    """A table does not keep its contract (missing column, duplicate key, value outside a code list)."""


class LockHeldError(NiagaError):
    """Another run is writing the warehouse."""


class IndexMismatchError(NiagaError):
    """A persistent index was built by another version or with other parameters."""


class RawFolderError(NiagaError):
    """The raw folder does not exist or cannot be listed."""


class ArticleLimitError(NiagaError):
    """One article went beyond a limit of time, or killed its reader before; it is left out, the others are read."""

    def __init__(self, reason_code: str, detail: str) -> None:
        super().__init__(detail)
        self.reason_code = reason_code
