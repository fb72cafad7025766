"""Resolve: claims get codes and are joined into events across outlets; conflicts stay visible."""

from pipelines.stages.resolve.stage import ResolveResult, resolve_claims

__all__ = ["ResolveResult", "resolve_claims"]
