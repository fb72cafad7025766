"""One hook for whoever should look: a POST of JSON to a webhook."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

import httpcore

_TIMEOUTS: Final = {"connect": 5.0, "read": 10.0, "write": 10.0, "pool": 5.0}
_HEADERS: Final = ((b"Content-Type", b"application/json"), (b"User-Agent", b"niaga"))
_UNDELIVERED: Final = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    OSError,
    ValueError,
)


def post_alert(webhook: str, *, title: str, text: str, facts: Mapping[str, object]) -> str | None:
    """Tell the webhook; gives what went wrong, or None.

    The body has `text` (title and text, which chat services show as they are), `title` and `facts`. An alert that
    cannot be delivered fails nothing: what it tells of stands in Dagster.
    """
    body = json.dumps(
        {"text": f"{title}: {text}", "title": title, "facts": dict(facts)}, default=str
    ).encode()
    try:
        response = httpcore.request(
            "POST", webhook, headers=_HEADERS, content=body, extensions={"timeout": _TIMEOUTS}
        )
    except _UNDELIVERED as error:
        return f"{type(error).__name__}: {error}"[:300]
    return None if response.status < 300 else f"status {response.status}"
