"""The `model-index` of a model card: evaluation results as the Hugging Face hub reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.errors import UserError
from harness.results.record import Record


def model_index(records: Sequence[Record]) -> dict[str, Any]:
    """The front-matter value for the runs of one model, one result per run.

    Specification: hub-docs, modelcard.md (`model-index`). Values are ours, so `verified` is false.
    Raises UserError when the runs are of several models: a card has one.
    """
    names = {record.model.id or record.model.label for record in records}
    if len(names) != 1:
        raise UserError(
            f"a model card is for one model, but these runs are of {len(names)}: {', '.join(sorted(names))};"
            " choose one with model=NAME"
        )
    return {"model-index": [{"name": names.pop(), "results": [_result(record) for record in records]}]}


def yaml_text(records: Sequence[Record]) -> str:
    """`model_index` as YAML, ready for the front matter between the `---` lines."""
    import yaml

    text: str = yaml.safe_dump(model_index(records), sort_keys=False, allow_unicode=True)
    return text


def _result(record: Record) -> dict[str, Any]:
    data, name = record.data, str(record.pair)
    metrics = [
        {
            "type": _TYPES.get(metric, metric),
            "name": metric,
            "value": score.value,
            "verified": False,
            "args": {
                "signature": score.signature,
                "ci95": list(score.ci) if score.ci else None,
                "n": score.n,
            },
        }
        for metric, score in record.corpus_scores.items()
        if score.value is not None
    ]
    if not metrics:
        raise UserError(f"{record.run_id} has no scores to export")
    return {
        "task": {"type": "translation", "name": f"Translation {name}"},
        "dataset": {"type": data.name, "name": data.name, "config": name, "revision": data.hash},
        "metrics": metrics,
    }


# Names of metrics on the hub where ours differ.
_TYPES = {"spbleu": "sacrebleu", "bleu": "sacrebleu", "chrfpp": "chrf"}
