"""How the sources of sources.yml do, judged by what was fetched from them over some days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from statistics import median
from typing import Final

from pipelines.adapters.web_store import WebStore
from pipelines.stages.collect.sources import SourcesFile

# What counts as usual: the median of four spans of time before the one looked at. The first of them may be the first
# visit, which takes all that is listed; of fewer than three the median would be that.
_SPANS: Final = 4
_LEAST_SPANS: Final = 3
# Fewer pages come and go by chance.
_LEAST_USUAL: Final = 10
_THIN_SHARE: Final = 0.5
_DEAD_SHARE: Final = 0.1
_DEAD_AFTER: Final = 3.0
_FAILING: Final = 0.5


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source does.

    Attributes:
        name: The source.
        state: `ok`; `thin`, fewer than half of its usual pages came; `quiet`, no new page for longer than
            `quiet_after_hours`; `failing`, more than half of its requests; `never visited`; `disabled`.
        is_dead: It fails, or is quiet for `_DEAD_AFTER` times as long, or gives less than a tenth of what is usual.
        last_page_at: When the last new page came, ISO 8601 UTC.
        pages: New pages over the days looked at.
        usual_pages: Median of the same over the four spans before; None where it is not known for three of them.
        error_rate: Share of requests that failed.
        last_error: What the last failure was.
    """

    name: str
    state: str
    is_dead: bool
    last_page_at: str | None
    pages: int
    usual_pages: float | None
    error_rate: float
    last_error: str | None


def judge_sources(
    config: SourcesFile, store: WebStore, *, days: int = 7, now: datetime | None = None
) -> list[SourceState]:
    """Say how each source does, by what was fetched over some days."""
    moment = now or datetime.now(UTC)
    today = moment.date().toordinal()
    health = store.health(since_day=date.fromordinal(today - days + 1).isoformat())
    daily = store.daily_pages(since_day=date.fromordinal(today - days * (_SPANS + 1) + 1).isoformat())
    states = []
    for source in config.sources:
        found = health.get(source.name)
        usual = _usual_or_none(daily.get(source.name, {}), today=today, days=days)
        share = found.pages / usual if found and usual and usual >= _LEAST_USUAL else 1.0
        silence = _hours_since(found.last_page_at, moment) / source.quiet_after_hours if found else 0.0
        is_dead = silence > _DEAD_AFTER or share < _DEAD_SHARE
        if not source.enabled:
            state, is_dead = "disabled", False
        elif found is None:
            state = "never visited"
        elif found.fetches and found.error_rate > _FAILING:
            state, is_dead = "failing", True
        elif silence > 1:
            state = "quiet"
        elif share < _THIN_SHARE:
            state = "thin"
        else:
            state = "ok"
        states.append(
            SourceState(
                source.name, state, is_dead, (found.last_page_at or None) if found else None,
                found.pages if found else 0, usual, found.error_rate if found else 0.0,
                found.last_error if found else None,
            )
        )  # fmt: skip
    return states


def _usual_or_none(daily: dict[str, int], *, today: int, days: int) -> float | None:
    """The median number of new pages over the spans before the last one, as far back as the source is known."""
    if not daily:
        return None
    first = date.fromisoformat(min(daily)).toordinal()
    ages = {today - date.fromisoformat(day).toordinal(): pages for day, pages in daily.items()}
    known = min(_SPANS, (today - first + 1) // days - 1)
    if known < _LEAST_SPANS:
        return None
    spans = [range(days * number, days * (number + 1)) for number in range(1, known + 1)]
    return float(median(sum(ages.get(age, 0) for age in span) for span in spans))


def _hours_since(stamp: str | None, moment: datetime) -> float:
    return (moment - datetime.fromisoformat(stamp)).total_seconds() / 3600 if stamp else float("inf")
