"""Campaigns and annotations of pearmut (Zouhar 2026, arXiv 2601.02933; github.com/zouharvi/pearmut)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from harness.agree.pearmut import entries
from harness.common.files import parse_json, read_bytes
from harness.common.langs import language
from harness.common.notices import tell
from harness.common.shapes import Keys, mismatch
from harness.errors import DataError, UserError
from harness.export.pearmut import model, plain
from harness.judge.campaign import Campaign, Task
from harness.judge.foreign import marks, times
from harness.judge.foreign.answers import Answer, Foreign, known_as
from harness.judge.foreign.humeval import number
from harness.judge.responses import Judgement, Response

_ITEM = Keys({"tgt": {str: str}}, {"src": str, "item_id": (str, int)})
_ANSWER = Keys(may={"score": (int, float), "error_spans": [object], "textfield": str, "time": (int, float)})
_TASKED = "task-based"


def is_campaign(value: object) -> bool:
    """Whether a JSON value is a campaign rather than annotations."""
    return isinstance(value, dict) and "info" in value and "data" in value


def is_annotations(value: object) -> bool:
    """Whether a JSON value is a list of annotations, one of each campaign, or an annotation (of a log)."""
    if isinstance(value, dict):
        return "annotation" in value or (bool(value) and all(isinstance(one, list) for one in value.values()))
    return isinstance(value, list)


def read_annotations(path: Path) -> Foreign:
    """`annotations.json` of the dashboard or a log: of an annotator's answers to an item the last counts.

    The time of a document is shared evenly among its segments. Scores make it ESA, several outputs side by
    side contrastive ESA, errors without scores MQM. Raises DataError naming the entry.
    """
    marked = marks.Marks(path)
    last: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}
    for where, entry in entries(path):
        last[str(entry["user_id"]), str(entry["item_i"])] = where, entry
    answers = [one for where, entry in last.values() for one in _answers(where, entry, marked)]
    if not answers:
        raise DataError(f"{path}: no annotation of an output in it")
    marked.told()
    scored = any(one.score is not None for answer in answers for one in answer.judgements or ())
    if not scored:
        alone = [_alone(answer, k) for answer in answers for k in range(len(answer.shown))]
        return Foreign("MQM", alone, severities=["minor", "major"])
    contrastive = any(len(answer.shown) > 1 for answer in answers)
    return Foreign("cESA" if contrastive else "ESA", answers, severities=["minor", "major"])


def _answers(where: str, entry: dict[str, Any], marked: marks.Marks) -> Iterator[Answer]:
    doc = str(entry["item_i"]) if len(entry["item"]) > 1 else None
    if wrong := mismatch(entry, Keys(may={"actions": [Keys({"time": (int, float)})]})):
        raise DataError(f"{where}: not an annotation of pearmut ({wrong})")
    moments = [one["time"] for one in entry.get("actions") or ()]
    seconds, at = times.read(min(moments), max(moments), where) if moments else (None, None)
    if len(entry["item"]) != len(entry["annotation"]):
        raise DataError(f"{where}: {len(entry['item'])} items, {len(entry['annotation'])} annotations")
    for item, annotation in zip(entry["item"], entry["annotation"], strict=True):
        if annotation is None or (isinstance(item, dict) and "form" in item):
            continue
        if wrong := mismatch(item, _ITEM) or mismatch(annotation, {str: _ANSWER}):
            raise DataError(f"{where}: not an annotated item of pearmut ({wrong})")
        outputs = item["tgt"]
        judgements = []
        for system, one in annotation.items():
            if system not in outputs:
                raise DataError(f"{where}: '{system}' is judged, but the item has no output of it")
            score = None if one.get("score") is None else number(one["score"], where)
            spans = marked.read(one.get("error_spans") or [], outputs[system], where)
            judgements.append(Judgement(score, spans))
        comments = [one["textfield"] for one in annotation.values() if one.get("textfield")]
        yield Answer(
            where=where,
            who=str(entry["user_id"]),
            segment=_name(item),
            source=item.get("src", ""),
            outputs=outputs,
            shown=list(annotation),
            judgements=judgements,
            doc=item.get("document") or doc,
            seconds=None if seconds is None else round(seconds / len(entry["item"]), 3),
            at=at,
            comment=" | ".join(comments) or None,
        )


def _name(item: dict[str, Any]) -> str:
    """Its `item_id`; pearmut knows an item without one by its contents."""
    return str(item["item_id"]) if "item_id" in item else json.dumps([item.get("src"), item["tgt"]])[:80]


def _alone(answer: Answer, k: int) -> Answer:
    """One of several outputs as an answer of its own: MQM has no contrastive form here."""
    from dataclasses import replace

    assert answer.judgements is not None
    return replace(answer, shown=[answer.shown[k]], judgements=[answer.judgements[k]])


def read_campaign(path: Path) -> Foreign:
    """A campaign of pearmut, to be annotated here: each of its tasks has an annotator.

    Items of tutorials and attention checks are left out, with a notice. Raises DataError.
    """
    value = parse_json(read_bytes(path), str(path))
    info = value["info"] if isinstance(value["info"], dict) else {}
    protocol, assignment = info.get("protocol", "cESA"), info.get("assignment")
    if protocol not in ("ESA", "cESA", "MQM"):
        raise DataError(
            f"{path}: protocol {str(protocol)[:40]!r}; the workbench has ESA, cESA and MQM of pearmut's. Set"
            " info.protocol"
            " to one of them"
        )
    if assignment != _TASKED:
        raise DataError(
            f"{path}: assignment {str(assignment)[:40]!r}: each annotator has tasks of their own here. Set"
            " info.assignment"
            f" to '{_TASKED}' and deal out data to them"
        )
    data = value["data"]
    tasks = list(data.values()) if isinstance(data, dict) else data
    users = list(data) if isinstance(data, dict) else info.get("users")
    if not isinstance(tasks, list):
        raise DataError(f"{path}: 'data' is not a list of tasks")
    if not isinstance(users, list) or len(users) != len(tasks):
        users = [f"annotator{k + 1}" for k in range(len(tasks))]
    names = [str(one["user_id"] if isinstance(one, dict) and "user_id" in one else one) for one in users]
    answers, left_out = [], 0
    for who, task in zip(names, tasks, strict=True):
        for where, items in _documents(path, who, task):
            kept = [one for one in items if not {"validation", "skippable", "form"} & one.keys()]
            left_out += len(items) - len(kept)
            doc = _name(kept[0]) if len(kept) > 1 else None
            answers += [one for item in kept for one in _tasks(where, who, item, doc, protocol)]
    if left_out:
        tell(f"{path}: {left_out} items of tutorials, forms and attention checks are left out")
    if not answers:
        raise DataError(f"{path}: no item to judge")
    if protocol != "MQM":
        protocol = "cESA" if any(len(one.shown) > 1 for one in answers) else "ESA"
    severities = [str(one).casefold() for one in info.get("mqm_severities") or ("minor", "major")]
    categories = _categories(info.get("mqm_categories")) if protocol == "MQM" else []
    return Foreign(protocol, answers, categories=categories, severities=severities, people=names)


def _documents(path: Path, who: str, task: Any) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for number_, items in enumerate(task if isinstance(task, list) else [None], start=1):
        where = f"{path}: task of {who}, document {number_}"
        form = isinstance(items, list) and all(isinstance(one, dict) and "form" in one for one in items)
        shape = [Keys()] if form else [_ITEM]
        if wrong := mismatch(items, shape):
            raise DataError(f"{where}: not a list of pearmut's items ({wrong})")
        yield where, items


def _tasks(where: str, who: str, item: dict[str, Any], doc: str | None, protocol: str) -> list[Answer]:
    systems = list(item["tgt"])
    shown = [[one] for one in systems] if protocol == "MQM" else [systems]
    return [
        Answer(
            where=where, who=who, segment=_name(item), source=item.get("src", ""), outputs=item["tgt"],
            shown=each, judgements=None, doc=item.get("document") or doc,
        )
        for each in shown
    ]  # fmt: skip


def _categories(value: Any) -> list[str]:
    from harness.judge.campaign import CATEGORIES

    if not isinstance(value, dict):
        return list(CATEGORIES)
    return [
        f"{main}/{sub}" if sub else str(main)
        for main, subs in value.items()
        if main
        for sub in (subs if isinstance(subs, list) and subs else [""])
    ]


def write_annotations(campaign: Campaign, found: list[tuple[str, Task, Response]]) -> str:
    """`annotations.json` as pearmut's dashboard gives it."""
    written: list[dict[str, Any]] = []
    for person, task, response in found:
        item = campaign.items[task.item]
        answers = {
            system: {
                "score": one.score,
                "error_spans": marks.written(one.spans, item.outputs[system], category="category"),
                "textfield": response.comment,
                "time": response.seconds,
            }
            for system, one in zip(task.systems, response.outputs, strict=True)
        }
        moments = times.written(response)
        written.append(
            {
                "user_id": known_as(campaign, person),
                "item_i": f"{task.item}-{'+'.join(sorted(task.systems))}",
                "item": [{"item_id": item.id, "src": item.source, "tgt": item.outputs, "document": item.doc}],
                "annotation": [answers],
                "actions": []
                if moments is None
                else [{"time": moments[0], "action": "load"}, {"time": moments[1], "action": "submit"}],
            }
        )
    return json.dumps({campaign.name: written}, indent=1, ensure_ascii=True) + "\n"


def write_campaign(campaign: Campaign) -> str:
    """The campaign for `pearmut add`: the same tasks in the same order for each annotator, without those of
    quality control. Raises UserError for pairs: pearmut has no such protocol."""
    if campaign.protocol == "pairwise":
        raise UserError("pearmut has no pairwise protocol; cESA shows outputs side by side there too")
    src, tgt = language(campaign.src).name, language(campaign.tgt).name
    tasks = []
    for annotator in campaign.annotators.values():
        own = [task for task in annotator.tasks if task.kind == "plain"]
        together = groupby(own, key=lambda task: (campaign.items[task.item].doc or task.item, task.systems))
        tasks.append([[_item(campaign, task, src, tgt) for task in block] for _, block in together])
    info: dict[str, Any] = {
        "assignment": _TASKED,
        "protocol": campaign.protocol,
        "shuffle": False,  # the orders are drawn already
        "users": [known_as(campaign, person) for person in campaign.annotators],
    }
    if campaign.protocol == "MQM":
        sorted_out: dict[str, list[str]] = {"": []}
        for name in campaign.categories:
            main, _, sub = name.partition("/")
            sorted_out.setdefault(main, []).extend([sub] if sub else [])
        info["mqm_categories"] = sorted_out
        info["mqm_severities"] = [one.capitalize() for one in campaign.severities]
    value = {"info": info, "campaign_id": campaign.name, "data": tasks}
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _item(campaign: Campaign, task: Task, src: str, tgt: str) -> dict[str, Any]:
    item = campaign.items[task.item]
    found = {
        "instructions": f"Evaluate the translation from {src} to {tgt}.",
        "src": plain(item.source),
        "tgt": {model(system): plain(item.outputs[system]) for system in task.systems},
        "item_id": item.id,
    }
    return {**found, "document": item.doc} if item.doc else found
