"""ESA judgements as WMT releases them: JSON lines, a segment each (2025; 2024 in the same form), or a
judgement each (`wmt24_esa.jsonl`). github.com/wmt-conference/wmt25-general-mt and …/wmt24-news-systems."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from pathlib import Path
from typing import Any

from harness.common.files import parse_json, read_bytes
from harness.common.langs import language
from harness.common.shapes import Keys, mismatch
from harness.errors import ConfigError, DataError
from harness.judge.campaign import Campaign, Task
from harness.judge.foreign import marks, times
from harness.judge.foreign.answers import Answer, Foreign, known_as
from harness.judge.responses import Judgement, Response

_JUDGED = Keys({"score": (int, float, str), "annotator": str}, {"errors": [object], "times": [object]})
_SEGMENT = Keys(
    {"scores": {str: [_JUDGED]}, "src_text": str, "tgt_text": {str: str}, "doc_id": str},
    {"segment_id": str, "document": str},
)
_LINE = Keys(
    {"src": str, "tgt": str, "doc_id": str, "esa_score": (int, float, str), "system": str, "annotator": str},
    {"langs": str, "line_id": int, "esa_spans": [object], "times": [object]},
)
_BETWEEN = "_#_"


def is_line(value: object) -> bool:
    """Whether a JSON value is a line of either form, perhaps a wrong one."""
    return isinstance(value, dict) and not {"scores", "esa_score"}.isdisjoint(value)


def read(path: Path) -> Foreign:
    """All judgements of a file. Raises DataError naming file and line."""
    marked = marks.Marks(path)
    answers: list[Answer] = []
    pairs: dict[tuple[str, str] | None, str] = {}
    for number, line in enumerate(read_bytes(path).split(b"\n"), start=1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        value = parse_json(line, where)
        flat = isinstance(value, dict) and "esa_score" in value
        if wrong := mismatch(value, _LINE if flat else _SEGMENT):
            raise DataError(f"{where}: not a line of WMT's human evaluation ({wrong})")
        named = value.get("langs") if flat else value["doc_id"].split(_BETWEEN)[0]
        pairs.setdefault(_pair(named or ""), where)
        answers += [_flat(value, where, marked)] if flat else _segment(value, where, marked)
    if len(pairs) > 1:
        raise DataError(
            f"{list(pairs.values())[1]}: another language pair than on the first line; a campaign has one, so"
            " split the file by pair"
        )
    if not answers:
        raise DataError(f"{path}: no judgement in it")
    marked.told()
    src, tgt = next(iter(pairs)) or (None, None)
    return Foreign("ESA", answers, src, tgt, severities=["minor", "major"])


def _segment(value: dict[str, Any], where: str, marked: marks.Marks) -> list[Answer]:
    outputs = value["tgt_text"]
    doc, _, _ = value["doc_id"].rpartition(_BETWEEN)
    found = []
    for system, judgements in value["scores"].items():
        if system not in outputs:
            raise DataError(f"{where}: '{system}' has a score but no output in tgt_text")
        for one in judgements:
            found.append(
                _answer(
                    where, one["annotator"], value.get("segment_id") or value["doc_id"], value["src_text"],
                    outputs, system, one["score"], one.get("errors"), one.get("times"), marked,
                    value.get("document") or doc or None,
                )
            )  # fmt: skip
    return found


def _flat(value: dict[str, Any], where: str, marked: marks.Marks) -> Answer:
    place = value.get("line_id")
    segment = value["doc_id"] if place is None else f"{value['doc_id']}{_BETWEEN}{place}"
    return _answer(
        where, value["annotator"], segment, value["src"], {value["system"]: value["tgt"]}, value["system"],
        value["esa_score"], value.get("esa_spans"), value.get("times"), marked, value["doc_id"], place,
    )  # fmt: skip


def _answer(
    where: str, who: str, segment: str, source: str, outputs: dict[str, str], system: str, given: Any,
    spans: Any, moments: Any, marked: marks.Marks, doc: str | None, place: int | None = None,
) -> Answer:  # fmt: skip
    score = number(given, where)
    seconds, at = times.read(moments[0], moments[-1], where) if moments else (None, None)
    return Answer(
        where=where,
        who=who,
        segment=segment,
        source=source,
        outputs=outputs,
        shown=[system],
        judgements=[Judgement(score, marked.read(spans or [], outputs[system], where))],
        doc=doc,
        place=place,
        seconds=seconds,
        at=at,
    )


def number(given: Any, where: str) -> float:
    """A score from 0 to 100. Raises DataError."""
    try:
        score = float(given)
    except (TypeError, ValueError, OverflowError):
        score = math.nan
    if not 0 <= score <= 100:
        raise DataError(f"{where}: score '{given}' is not a number from 0 to 100")
    return score


def _pair(text: str) -> tuple[str, str] | None:
    src, _, tgt = text.partition("-")
    try:
        return (src, tgt) if language(src) and language(tgt) else None
    except ConfigError:
        return None


def write(campaign: Campaign, found: list[tuple[str, Task, Response]]) -> str:
    """A line for each judged segment, in the form of 2025; `segment_id` and `document` are ours."""
    scores: dict[int, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for person, task, response in found:
        item = campaign.items[task.item]
        moments = times.written(response)
        for system, one in zip(task.systems, response.outputs, strict=True):
            scores[task.item][system].append(
                {
                    "score": one.score,
                    "annotator": known_as(campaign, person),
                    "errors": marks.written(one.spans, item.outputs[system], missing=True),
                    "times": list(moments) if moments else [],
                }
            )
    lines = []
    for k in sorted(scores):
        item = campaign.items[k]
        name = f"{campaign.src}-{campaign.tgt}", campaign.data, item.doc or item.id, item.id
        line = {
            "scores": scores[k],
            "src_text": item.source,
            "tgt_text": item.outputs,
            "doc_id": item.id if _BETWEEN in item.id else _BETWEEN.join(name),
            "segment_id": item.id,
            "document": item.doc,
        }
        lines.append(json.dumps(line, ensure_ascii=False) + "\n")
    return "".join(lines)
