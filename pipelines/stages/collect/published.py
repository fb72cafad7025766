"""Publication dates as sources print them, read to EDTF; a date that cannot be read is None, never a guess."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final

from pipelines.text.dates import find_dates

# A day is the day where it was printed. Indonesia's three zones are kept as they are; a stamp of another zone (most
# often UTC, from a content management system) is told in the zone of Jakarta.
_INDONESIAN_OFFSETS: Final = frozenset(timedelta(hours=hours) for hours in (7, 8, 9))
_JAKARTA: Final = timezone(timedelta(hours=7))
_EDTF = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_ISO_STAMP = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)?",
    re.ASCII | re.IGNORECASE,
)
_PRINTED_LENGTH: Final = 120
# The web is younger; a page that says 1970 tells a clock that was never set.
EARLIEST_YEAR: Final = 1990


def edtf_or_none(printed: str) -> str | None:
    """A year, month, day or ISO 8601 stamp as EDTF (`2024`, `2024-02`, `2024-02-26`); None for anything else."""
    printed = printed.strip()
    if match := _EDTF.fullmatch(printed):
        parts = [part for part in match.groups() if part]
        try:
            date(*(int(part) for part in [*parts, "1", "1"][:3]))
        except ValueError:
            return None
        return "-".join(parts)
    if match := _ISO_STAMP.fullmatch(printed):
        zone = (match[3] or "").upper()
        stamp = f"{match[1]}T{match[2]}"
        try:
            if not zone:
                return datetime.fromisoformat(stamp).date().isoformat()
            offset = "+00:00" if zone in {"Z", "UTC", "GMT"} else zone
            return _day(datetime.fromisoformat(stamp + offset))
        except (ValueError, OverflowError):
            return None
    return None


def publication_date_or_none(printed: str) -> str | None:
    """A publication date as any source prints it, as EDTF: ISO 8601, RFC 5322, or in Indonesian words.

    A date that other words surround is taken only where it is the one full day that is named.
    """
    printed = " ".join(printed.split())[:_PRINTED_LENGTH]
    if found := edtf_or_none(printed):
        return found
    try:
        stamp = parsedate_to_datetime(printed)
    except (ValueError, TypeError, IndexError, OverflowError):
        pass
    else:
        return _day(stamp) if stamp.tzinfo else stamp.date().isoformat()
    days = {found.edtf for found in find_dates(printed) if found.precision == "day"}
    return days.pop() if len(days) == 1 else None


def plausible_or_none(day: str | None, *, today: str) -> str | None:
    """The date unless it lies before the web or after tomorrow."""
    if day is None or int(day[:4]) < EARLIEST_YEAR:
        return None
    tomorrow = (date.fromisoformat(today) + timedelta(days=1)).isoformat()
    return day if day <= tomorrow[: len(day)] else None


def utc_stamp_or_none(printed: str | None) -> str | None:
    """An ISO 8601 instant in UTC to the second, so that stamps sort as text; None where it is no instant."""
    if not printed:
        return None
    try:
        stamp = datetime.fromisoformat(printed.strip().replace("Z", "+00:00"))
        if stamp.tzinfo is None:
            stamp = stamp.replace(tzinfo=UTC)
        return stamp.astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return None


def _day(stamp: datetime) -> str:
    local = stamp if stamp.utcoffset() in _INDONESIAN_OFFSETS else stamp.astimezone(_JAKARTA)
    return local.date().isoformat()
