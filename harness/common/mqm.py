"""Experts' error annotations as the WMT releases have them: one error of one rater a line, between tabs.

The header names the columns: `system`, `seg_id`, `source`, `target`, `category`, `severity`, and perhaps
`doc` and `rater`. The marked error stands between `<v>` and `</v>` in the source or the target
(Freitag et al. 2021, aclanthology.org/2021.tacl-1.87).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Literal

from harness.common.files import read_lines
from harness.common.notices import tell
from harness.common.paths import is_file, no_such_file, user_path
from harness.common.tables import counted
from harness.errors import ConfigError, DataError, did_you_mean
from harness.types import Mark

_NEEDED = ("system", "seg_id", "source", "target", "category", "severity")
_NONE = ("no-error", "no error", "neutral", "hotw-test", "")  # the last but one: an attention check
_SEVERITIES = ("major", "critical", "minor", *_NONE)


@dataclass(frozen=True, slots=True)
class MqmWeights:
    """What an error costs. Those of Freitag et al. 2021; a critical error counts as a major one."""

    major: float = 5.0
    minor: float = 1.0
    punctuation: float = 0.1
    """A minor error of punctuation."""
    non_translation: float = 25.0

    def of(self, category: str, severity: str) -> float:
        """The cost of one line; 0 for no error and for a neutral one."""
        category, severity = category.casefold(), severity.casefold()
        if severity in _NONE:
            return 0.0
        if category.startswith("non-translation"):
            return self.non_translation
        if severity != "minor":
            return self.major
        return self.punctuation if category.endswith("punctuation") else self.minor


def parse_weights(words: Sequence[str]) -> MqmWeights:
    """`["major=5", "punctuation=0.1"]`; what is not named keeps its default. Raises ConfigError."""
    known = [field.name.replace("_", "-") for field in fields(MqmWeights)]
    given: dict[str, float] = {}
    for word in words:
        key, _, text = word.partition("=")
        if key not in known:
            raise ConfigError(
                f"--weights {word}: no weight '{key}'.{did_you_mean(key, known)} Weights: {', '.join(known)}"
            )
        try:
            given[key.replace("-", "_")] = float(text)
        except ValueError:
            raise ConfigError(f"--weights {word}: '{text}' is not a number") from None
    return MqmWeights(**given)


@dataclass(frozen=True, slots=True)
class Annotation:
    """One line: an error marked by a rater, or a "no error" mark. Texts come without their marks."""

    line: int
    system: str
    doc: str | None
    segment: str
    rater: str
    source: str
    target: str
    category: str
    severity: str
    place: tuple[Literal["output", "source"], int, int] | None = None
    """Where the marked words are: in which text, from which character to which."""
    comment: str = ""

    @property
    def mark(self) -> Mark | None:
        """The error as a mark on the output; None for a line that marks none."""
        if self.severity.casefold() in _NONE:
            return None
        kind = self.severity.casefold(), self.category
        if self.place is None:
            return Mark(*kind)
        within, start, end = self.place
        text = self.source if within == "source" else self.target
        return Mark(*kind, text[start:end], start, end, within)


def is_mqm(path: str | Path) -> bool:
    """Whether the first line has the columns of such a file."""
    lines = read_lines(path)
    return bool(lines) and set(_NEEDED) <= set(lines[0].split("\t"))


def read_mqm(path: str | Path) -> list[Annotation]:
    """All annotations. Where lines disagree on a system's output of a segment, the most frequent text is
    taken, with a notice.

    Raises DataError naming file and line for a missing column or field, for an unknown severity, and where
    two lines disagree on the source of a segment.
    """
    place = user_path(path)
    if not is_file(place):
        raise no_such_file(place, str(path))
    lines = read_lines(place)
    header = lines[0].split("\t") if lines else []
    missing = [name for name in _NEEDED if name not in header]
    if missing:
        raise DataError(
            f"{path}:1: no column '{missing[0]}'; the header of an MQM file names {', '.join(_NEEDED)}"
        )
    annotations = []
    sources: dict[str, str] = {}
    odd: dict[str, list[int]] = {}
    for number, line in enumerate(lines[1:], start=2):
        values = line.split("\t")
        lacking = header[len(values) :]  # an empty comment may lack its tab
        if len(values) > len(header) or len(lacking) > 1 or set(lacking) & set(_NEEDED):
            raise DataError(f"{path}:{number}: {len(values)} fields, the header has {len(header)}")
        row = dict(zip(header, values, strict=False))
        if row["severity"].casefold() not in _SEVERITIES:
            raise DataError(
                f"{path}:{number}: severity '{row['severity']}' is not one of Major, Minor, Neutral, No-error"
            )
        found = Annotation(
            number,
            row["system"],
            row.get("doc") or None,
            row["seg_id"],
            row.get("rater", ""),
            _unmarked(row["source"]),
            _unmarked(row["target"]),
            row["category"],
            row["severity"],
            _place(row["source"], row["target"]),
            row.get("comment", ""),
        )
        if sources.setdefault(found.segment, found.source) != found.source:
            raise DataError(
                f"{path}:{number}: segment {found.segment} has a different source on an earlier line"
            )
        annotations.append(found)
        for remark in _remarks(row["source"], row["target"]):
            odd.setdefault(remark, []).append(number)
    for remark, at in odd.items():
        tell(f"{path}: {counted(len(at), 'line')} (first {at[0]}): {remark}")
    return _settled(annotations, path)


def _settled(annotations: list[Annotation], path: str | Path) -> list[Annotation]:
    """The annotations with one text for each output."""
    texts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for one in annotations:
        texts[one.system, one.segment][one.target] += 1
    doubtful = [key for key, found in texts.items() if len(found) > 1]
    if not doubtful:
        return annotations
    system, segment = doubtful[0]
    chosen = {key: texts[key].most_common(1)[0][0] for key in doubtful}
    settled, lost = [], 0
    for one in annotations:
        target = chosen.get((one.system, one.segment), one.target)
        moved = target != one.target and one.place is not None and one.place[0] == "output"
        lost += moved and one.mark is not None
        settled.append(replace(one, target=target, place=None if moved else one.place))
    whole = f"; {counted(lost, 'mark')} in the others became errors of the whole output" if lost else ""
    tell(
        f"{path}: lines disagree, apart from <v>, on the text of {len(doubtful)} outputs (first that of"
        f" segment {segment} by {system}); the most frequent text is taken, of equally frequent ones the"
        f" first{whole}"
    )
    return settled


def _place(source: str, target: str) -> tuple[Literal["output", "source"], int, int] | None:
    """Where the first marked words are, counted without the marks; the output's go first.

    A mark that is not closed goes to the end of its text.
    """
    sides: tuple[tuple[Literal["output", "source"], str], ...] = (("output", target), ("source", source))
    for within, text in sides:
        before, opened, rest = text.partition("<v>")
        if opened:
            start = len(_unmarked(before))
            return within, start, start + len(_unmarked(rest.partition("</v>")[0]))
    return None


def _remarks(source: str, target: str) -> list[str]:
    """What is odd about the marks of a line and how it is read."""
    found = []
    marks = [re.findall("</?v>", text) for text in (target, source)]
    for tags in marks:
        if "<v>" in tags and "</v>" not in tags[tags.index("<v>") :]:
            found.append("a <v> is not closed, the mark goes to the end of the text")
        elif "</v>" in tags and "<v>" not in tags:
            found.append("a </v> without its <v> marks nothing")
    if sum(tags.count("<v>") for tags in marks) > 1:
        found.append("several places are marked, the first is taken, in the output before the source")
    return found


def _unmarked(text: str) -> str:
    return text.replace("<v>", "").replace("</v>", "")


def outputs(annotations: Sequence[Annotation]) -> dict[str, dict[str, str]]:
    """system → segment → output, systems and segments in the order of the file."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for one in annotations:
        found[one.system][one.segment] = one.target
    return dict(found)


def scores(annotations: Sequence[Annotation], weights: MqmWeights) -> dict[str, dict[str, float]]:
    """system → segment → sum of the weights of its errors, averaged over raters; 0 is best."""
    sums: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for one in annotations:
        sums[one.system, one.segment][one.rater] += weights.of(one.category, one.severity)
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for (system, segment), by_rater in sums.items():
        found[system][segment] = sum(by_rater.values()) / len(by_rater)
    return dict(found)
