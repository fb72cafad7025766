"""Dedupe: exact copies, near copies, containment and template series among articles."""

from pipelines.stages.dedupe.index import MemoryIndex, NearCopyIndex
from pipelines.stages.dedupe.parameters import DedupeParameters
from pipelines.stages.dedupe.stage import Clusters, DedupeResult, add_articles, cluster_articles

__all__ = [
    "Clusters",
    "DedupeParameters",
    "DedupeResult",
    "MemoryIndex",
    "NearCopyIndex",
    "add_articles",
    "cluster_articles",
]
