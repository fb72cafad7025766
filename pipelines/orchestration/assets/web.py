"""web_fetches: what the sources of sources.yml newly list, fetched and kept, partitioned by the day it came in."""

# No postponed annotations: Dagster reads the type of `context` as it stands.

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import dagster as dg

from pipelines.adapters.alerts import post_alert
from pipelines.adapters.crawl import SourceVisit, visit_sources
from pipelines.adapters.source_health import SourceState, judge_sources
from pipelines.adapters.sources_file import read_sources
from pipelines.adapters.web_store import open_store
from pipelines.orchestration.tables import FRESHNESS, OWNERS
from pipelines.settings import TIME_ZONE, Settings
from pipelines.stages.collect.sources import Source

NAME: Final = "web_fetches"
# One visit at a time; runs of the warehouse go on meanwhile.
WEB_POOL: Final = "web"
# The first day that a backfill may ask for: sitemaps seldom reach further back.
FIRST_DAY: Final = "2024-01-01"
INGESTION_DAYS: Final = dg.DailyPartitionsDefinition(start_date=FIRST_DAY, timezone=TIME_ZONE, end_offset=1)
_ANSWERS_CHECK: Final = "answers"
# Of the requests of a visit; a few addresses that went are ordinary.
_WARN_ERRORS: Final = 0.2
_FAIL_ERRORS: Final = 0.8


class FetchConfig(dg.Config):
    """Which sources a visit is for: those of a schedule (`hourly`, `daily`), or all."""

    schedule: str | None = None


def today() -> str:
    """The day of ingestion: now, in Jakarta."""
    return datetime.now(ZoneInfo(TIME_ZONE)).date().isoformat()


def build_web_fetches(settings: Settings, sources: Iterable[Source]) -> dg.AssetsDefinition:
    """The asset of what is fetched, with a check for each source."""
    specs = [
        dg.AssetCheckSpec(
            name=alive_check(source.name),
            asset=NAME,
            description=f"{source.name} answers, a new page came within {source.quiet_after_hours:g} hours, and of its "
            "usual pages at least half; error where it is three times as long, or less than a tenth.",
        )
        for source in sources
        if source.enabled
    ]
    answers = dg.AssetCheckSpec(
        name=_ANSWERS_CHECK,
        asset=NAME,
        description=f"Requests that fail are fewer than {_WARN_ERRORS:.0%} (warning) and {_FAIL_ERRORS:.0%} (error).",
    )

    @dg.asset(
        name=NAME,
        group_name="collect",
        kinds={"http", "file"},
        owners=list(OWNERS),
        description="Pages, feeds and sitemaps as received, under raw/web, with a manifest line for each fetch. A day of "
        "the past fetches the pages that listings or addresses date to it.",
        partitions_def=INGESTION_DAYS,
        # A check speaks when a visit ends; this speaks when none begins.
        freshness_policy=FRESHNESS if specs else None,
        check_specs=[answers, *specs],
        pool=WEB_POOL,
        # The network may fail for a while; steps that only compute are never tried again.
        retry_policy=dg.RetryPolicy(
            max_retries=2, delay=60, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS
        ),
    )
    def web_fetches(
        context: dg.AssetExecutionContext, config: FetchConfig
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
        """Visit the sources once."""
        day = context.partition_key
        visits = visit_sources(settings, schedule=config.schedule, day=None if day == today() else day)
        with open_store(settings.raw_dir, settings.web_index_path) as store:
            states = judge_sources(read_sources(settings.sources_path), store)
            turned = store.turned_states({state.name: state.state for state in states})
            rate = store.error_rate(day=datetime.now(UTC).date().isoformat())
        for problem in _tell(settings, [state for state in states if state.name in turned]):
            context.log.warning(problem)
        yield from _checks(states, {spec.name for spec in specs}, rate)
        yield dg.MaterializeResult(asset_key=NAME, metadata=_metadata(visits))

    return web_fetches


def alive_check(source: str) -> str:
    """The name of a source's check."""
    return f"alive_{source.replace('-', '_')}"


def _checks(states: list[SourceState], known: set[str], rate: float) -> Iterator[dg.AssetCheckResult]:
    yield dg.AssetCheckResult(
        asset_key=NAME, check_name=_ANSWERS_CHECK, passed=rate <= _WARN_ERRORS,
        severity=dg.AssetCheckSeverity.ERROR if rate > _FAIL_ERRORS else dg.AssetCheckSeverity.WARN,
        metadata={"error_rate": rate},
    )  # fmt: skip
    for state in states:
        if (
            alive_check(state.name) in known
        ):  # one added since the definitions were loaded comes with the next load
            yield dg.AssetCheckResult(
                asset_key=NAME,
                check_name=alive_check(state.name),
                passed=state.state in {"ok", "never visited"},
                severity=dg.AssetCheckSeverity.ERROR if state.is_dead else dg.AssetCheckSeverity.WARN,
                metadata={
                    "state": state.state, "last_page_at": state.last_page_at or "", "pages_7_days": state.pages,
                    "usual_pages": -1.0 if state.usual_pages is None else state.usual_pages,
                    "error_rate": state.error_rate, "last_error": state.last_error or "",
                },
            )  # fmt: skip


def _tell(settings: Settings, turned: list[SourceState]) -> Iterator[str]:
    """Alert for each source that fell quiet, gives little or began to fail; gives what could not be delivered."""
    for state in turned:
        if settings.alert_webhook and state.state in {"thin", "quiet", "failing"}:
            usual = "" if state.usual_pages is None else f" of some {state.usual_pages:g}"
            text = (
                f"last new page {state.last_page_at or 'never'}, {state.pages}{usual} in 7 days; "
                f"{state.last_error or 'no error'}"
            )
            facts = {"source": state.name, "state": state.state, "error_rate": state.error_rate}
            problem = post_alert(
                settings.alert_webhook, title=f"source {state.name} is {state.state}", text=text, facts=facts
            )
            if problem:
                yield f"the alert webhook did not take it: {problem}"


def _metadata(visits: list[SourceVisit]) -> dict[str, Any]:
    return {
        "sources": len(visits),
        "new_pages": sum(visit.new_pages for visit in visits),
        "listed": sum(visit.listed for visit in visits),
        "errors": sum(len(visit.errors) for visit in visits),
        "left_for_later": sum(visit.waiting for visit in visits),
    }
