"""The errors that a judge lists, read strictly: what is not in the form asked for is no judgement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_LEVEL = re.compile(r"\W*(critical|major|minor)\W*", re.IGNORECASE)
_NONE = re.compile(r"\W*no[- ]errors?\W*", re.IGNORECASE)
_ERROR = re.compile(
    r"[-*•\s]*((?:accuracy|fluency|style|terminology|locale convention|non-translation|other)\b[^\"“”]*?)"
    r"(?:\s*[-–—:]\s*[\"“”'‘](.*)[\"“”'’])?\W*",
    re.IGNORECASE,
)
WEIGHTS = {"critical": 25, "major": 5, "minor": 1}
MOST_ERRORS, WORST = 5, 25


@dataclass(frozen=True, slots=True)
class JudgedError:
    """One error: how grave, of what kind, and the words it is in, None where the judge names none."""

    severity: str
    category: str
    span: str | None


def read_errors(answer: str) -> list[JudgedError] | None:
    """The errors of an answer, none for a clean translation; None for an answer that is not in the form.

    The form: lines `Critical:`, `Major:`, `Minor:`, under each `category - "words"` or `no-error`. At least
    one of these headings must be there, and no line may be anything else.
    """
    found: list[JudgedError] = []
    level: str | None = None
    for line in answer.splitlines():
        if not line.strip() or line.strip() == "```":
            continue
        if heading := _LEVEL.fullmatch(line):
            level = heading[1].lower()
        elif level is None:
            return None
        elif _NONE.fullmatch(line):
            continue
        elif error := _ERROR.fullmatch(line.strip()):
            category = error[1].strip(" -–—:").lower()
            severity = "critical" if category.startswith("non-translation") else level
            found.append(JudgedError(severity, category, error[2]))
        else:
            return None
    return found if level is not None else None


def gemba_score(errors: Sequence[JudgedError]) -> float:
    """0 for no error, down to -25: critical 25, major 5, minor 1, the gravest five counted (as published)."""
    costs = sorted((WEIGHTS[error.severity] for error in errors), reverse=True)
    return -float(min(sum(costs[:MOST_ERRORS]), WORST))
