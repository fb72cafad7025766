"""Dedupe: exact copies, near copies, containment and template series among articles."""

from pipelines.stages.dedupe.parameters import DedupeParameters
from pipelines.stages.dedupe.stage import Clusters, DedupeResult, cluster_articles

__all__ = ["Clusters", "DedupeParameters", "DedupeResult", "cluster_articles"]
