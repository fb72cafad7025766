"""collect: bytes as received become articles."""

from pipelines.stages.collect.document import collect_document, read_document
from pipelines.stages.collect.model import CollectedArticle, RawDocument, RawMetadata, Reading, Rejection

__all__ = [
    "CollectedArticle", "RawDocument", "RawMetadata", "Reading", "Rejection", "collect_document", "read_document",
]  # fmt: skip
