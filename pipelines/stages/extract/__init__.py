"""extract: articles become claims, one per statement, each slot normalised, each with quote and offsets."""

from pipelines.stages.extract.reading import EXTRACTOR_VERSION, extract_claims

__all__ = ["EXTRACTOR_VERSION", "extract_claims"]
