"""The `model-index` of a model card: evaluation results as the Hugging Face hub reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.errors import UserError

Record = dict[str, Any]


def model_index(records: Sequence[Record]) -> dict[str, Any]:
    """The front-matter value for the runs of one model, one result a run.

    Specification: hub-docs, modelcard.md (`model-index`). Values are ours, so `verified` is false.
    Raises UserError when the runs are of several models: a card has one.
    """
    names = {str(record["model"].get("id") or record["model"].get("name")) for record in records}
    if len(names) != 1:
        raise UserError(
            f"a model card is of one model, and these runs are of {len(names)}: {', '.join(sorted(names))};"
            " choose one with model=NAME"
        )
    return {"model-index": [{"name": names.pop(), "results": [_result(record) for record in records]}]}


def yaml_text(records: Sequence[Record]) -> str:
    """`model_index` as YAML, ready for the front matter between the `---` lines."""
    import yaml

    text: str = yaml.safe_dump(model_index(records), sort_keys=False, allow_unicode=True)
    return text


def _result(record: Record) -> dict[str, Any]:
    pair, data = record["pair"], record["data"]
    name = f"{pair['src']}-{pair['tgt']}"
    metrics = [
        {
            "type": _TYPES.get(str(score["metric"]), str(score["metric"])),
            "name": str(score["metric"]),
            "value": score["value"],
            "verified": False,
            "args": {"signature": score.get("signature"), "ci95": score.get("ci"), "n": score.get("n")},
        }
        for score in record["scores"]
        if score.get("level") == "corpus" and score.get("value") is not None
    ]
    if not metrics:
        raise UserError(f"{record['run_id']} has no scores to export")
    return {
        "task": {"type": "translation", "name": f"Translation {name}"},
        "dataset": {
            "type": str(data.get("name")),
            "name": str(data.get("name")),
            "config": name,
            "revision": str(data.get("hash")),
        },
        "metrics": metrics,
    }


# Names of metrics on the hub where ours differ.
_TYPES = {"spbleu": "sacrebleu", "bleu": "sacrebleu", "chrfpp": "chrf"}
