"""The errors and numbers in a judge's answer, read strictly: what is not in the form is no judgement.

Around the form may stand what says nothing: thoughts, a code fence, marks of lists and of emphasis.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.common.thoughts import without_thoughts

LEVELS = ("critical", "major", "minor")
_LEVEL = re.compile(r"\W*(critical|major|minor)\W*", re.IGNORECASE)
_NONE = re.compile(r"\W*no[- ]errors?\W*", re.IGNORECASE)
_ERROR = re.compile(
    r"[-*•\s]*((?:accuracy|fluency|style|terminology|locale convention|non-translation|other)\b[^\"“”]*?)"
    r"(?:\s*[-–—:]\s*[\"“”'‘](.*)[\"“”'’])?\W*",
    re.IGNORECASE,
)
_FENCE = re.compile(r"\s*(`{3,}|~{3,})[a-z]*[ \t]*\n(.*?)\n?\s*\1\s*", re.DOTALL | re.IGNORECASE)
_SCORE = re.compile(
    r"[\s*_#>\"'`(\[]*(?:score(?:\s*\(0\s*-\s*100\))?\s*[*_]*\s*[:=]?[\s*_]*)?"
    r"([0-9]{1,3}(?:\.[0-9]+)?)[*_]*(?:\s*/\s*100|\s*%)?[\s*_.\"'`)\]]*",
    re.IGNORECASE,
)
_LONGEST = 80  # characters of an answer that is a number or a choice
_CHOICE = re.compile(
    r"[\s*_#>\"'`(\[]*(?i:(?:better|answer|verdict|choice)\s*[*_]*\s*[:=][\s*_]*)?(?i:translation\s+)?"
    r"[*_\[(]*(A|B|[Tt]ie|TIE)[\s*_.\"'`)\]]*"
)
WEIGHTS = {"critical": 25, "major": 5, "minor": 1}
MOST_ERRORS, WORST = 5, 25


@dataclass(frozen=True, slots=True)
class JudgedError:
    """One error: how grave, of what kind, and the words it is in, None where the judge names none."""

    severity: str
    category: str
    span: str | None


def bare(answer: str) -> str:
    """An answer without thoughts, without a code fence around all of it, and without white space around."""
    answer = without_thoughts(answer).strip()
    if fence := _FENCE.fullmatch(answer):
        answer = fence[2].strip()
    return answer


def read_errors(
    answer: str, levels: Sequence[str] = LEVELS, headless: bool = False
) -> list[JudgedError] | None:
    """The errors of an answer, none for a clean translation; None for an answer that is not in the form.

    The form: lines `Critical:`, `Major:`, `Minor:` (those of `levels`), under each `category - "words"` or
    `no-error`. At least one of these headings must be there (`headless`: or nothing but `no-error`), and no
    line may be anything else.
    """
    answer = bare(answer)
    if headless and _NONE.fullmatch(answer):
        return []
    found: list[JudgedError] = []
    level: str | None = None
    for line in answer.splitlines():
        if not line.strip() or line.strip() == "```":
            continue
        if heading := _LEVEL.fullmatch(line):
            level = heading[1].lower()
            if level not in levels:
                return None
        elif level is None:
            return None
        elif _NONE.fullmatch(line):
            continue
        elif error := _ERROR.fullmatch(line.strip()):
            category = error[1].strip(" -–—:").lower()
            grave = "critical" if category.startswith("non-translation") and "critical" in levels else level
            found.append(JudgedError(grave, category, error[2]))
        else:
            return None
    return found if level is not None else None


def read_score(answer: str) -> float | None:
    """A number from 0 to 100 that is all of an answer; None for any other answer.

    `Score: 95/100` and `**95**` are 95; a sentence, several numbers, a sign, a number beyond 100 or in other
    digits than ASCII's are none. (The published code takes any single number in an answer, whatever else it
    says.)
    """
    text = bare(answer)
    match = _SCORE.fullmatch(text) if len(text) <= _LONGEST else None
    return None if match is None or float(match[1]) > 100 else float(match[1])


def read_choice(answer: str) -> str | None:
    """`A`, `B` or `tie` that is all of an answer, perhaps as `Better: A`; None for any other answer."""
    text = bare(answer)
    match = _CHOICE.fullmatch(text) if len(text) <= _LONGEST else None
    return None if match is None else match[1] if match[1] in "AB" else "tie"


def gemba_score(errors: Sequence[JudgedError]) -> float:
    """0 for no error, down to -25: critical 25, major 5, minor 1, the gravest five counted (as published)."""
    costs = sorted((WEIGHTS[error.severity] for error in errors), reverse=True)
    return -float(min(sum(costs[:MOST_ERRORS]), WORST))
