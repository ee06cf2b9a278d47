"""Times as other tools keep them: the first and the last moment of an answer, in seconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from harness.errors import DataError
from harness.judge.responses import Response


def read(first: Any, last: Any, where: str) -> tuple[float, str]:
    """Seconds that an answer took, and when it was given in ISO 8601. Raises DataError."""
    try:
        start, end = float(first), float(last)
        at = datetime.fromtimestamp(end, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise DataError(f"{where}: {first!r}, {last!r} are not times in seconds since 1970") from None
    return max(0.0, round(end - start, 3)), at.isoformat(timespec="milliseconds")


def written(response: Response) -> tuple[float, float] | None:
    """First and last moment; None for an answer whose time was not kept."""
    if response.at is None:
        return None
    try:
        end = datetime.fromisoformat(response.at).timestamp()
    except ValueError:
        return None
    return round(end - (response.seconds or 0.0), 3), round(end, 3)
