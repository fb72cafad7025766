"""The numbers the dedupe stage is steered by; docs/dedupe.md says where each comes from."""

from __future__ import annotations

from dataclasses import asdict, dataclass

ALGORITHM_VERSION = "4"


@dataclass(frozen=True, slots=True)
class DedupeParameters:
    """Settings of candidate search and comparison.

    Attributes:
        hash_scale: One word triple in this many is kept (FracMinHash); a power of two.
        min_kept_hashes: A text that would keep fewer at that rate is sampled more densely.
        max_postings: A triple of more texts than this is common: it counts little.
        anchors: Texts met through one triple: the first that brought it.
        min_shared: A candidate shares at least this many of the rarer triples ...
        min_shared_share: ... and this share of them ...
        min_common_share: ... or this share of all triples, common ones included.
        max_candidates: Candidates compared per text.
        covered_share: A passage is covered when this share of its word pairs occurs in the other text.
        min_coverage: Texts are copies when this share of the words of one stands in covered passages.
        min_kinship: Texts that are copies of a third are put together when they share this much with each other.
        max_conflict: From this share of figures that differ in the same place, texts are a series, no copies.
        max_correction_conflict: The same where one of the texts says that it is corrected.
        period_conflict: The same where month or year differ.
        day_conflict: The same where the day differs.
        min_near_words: Shorter texts are compared for equality only.
        batch_articles: Articles read, sketched and compared at a time; bounds the memory.
    """

    hash_scale: int = 16
    min_kept_hashes: int = 24
    max_postings: int = 64
    anchors: int = 2
    min_shared: int = 3
    min_shared_share: float = 0.08
    min_common_share: float = 0.30
    max_candidates: int = 4
    covered_share: float = 0.25
    min_coverage: float = 0.65
    min_kinship: float = 0.25
    max_conflict: float = 0.35
    max_correction_conflict: float = 0.75
    period_conflict: float = 0.10
    day_conflict: float = 0.15
    min_near_words: int = 12
    batch_articles: int = 100_000

    def __post_init__(self) -> None:
        """Refuse a scale that no sampling rate matches."""
        if self.hash_scale < 1 or self.hash_scale & (self.hash_scale - 1):
            raise ValueError(f"hash_scale must be a power of two, not {self.hash_scale}")

    def index_stamp(self) -> dict[str, str | int | float]:
        """What an index depends on, its verified pairs included; one stamped otherwise must not be used."""
        used = {name: value for name, value in asdict(self).items() if name != "batch_articles"}
        return {"algorithm_version": ALGORITHM_VERSION, **used}
