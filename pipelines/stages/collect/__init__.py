"""collect: bytes as received become articles."""

from pipelines.stages.collect.document import (
    CollectedArticle,
    RawDocument,
    RawMetadata,
    Rejection,
    collect_document,
)

__all__ = ["CollectedArticle", "RawDocument", "RawMetadata", "Rejection", "collect_document"]
