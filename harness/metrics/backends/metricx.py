"""MetricX-24 (Juraska et al. 2024, aclanthology.org/2024.wmt-1.35): predicted MQM error, 0 best, 25 worst.

As google-research/metricx, metricx24/predict.py and models.py: an mT5 whose first decoder step, after one
pad token, holds the score in the logit of <extra_id_10>, clipped to [0, 25].
"""

from importlib import import_module
from importlib.metadata import version
from typing import Any

_SCORE_TOKEN = 250089  # <extra_id_10> of mT5
_LONGEST = 1536


def load(options: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The model at a revision, its tokenizer (`tokenizer`: google/mt5-large, -xl, -xxl), its identity."""
    torch = import_module("torch")
    transformers = import_module("transformers")
    precision = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}[options["precision"]]
    tokenizer = transformers.AutoTokenizer.from_pretrained(options["tokenizer"])
    model = transformers.MT5ForConditionalGeneration.from_pretrained(
        options["model"], revision=options["revision"], dtype=precision
    )
    model.to("cuda" if torch.cuda.is_available() else "cpu").eval()
    revision = getattr(model.config, "_commit_hash", None) or options["revision"] or "local"
    package = f"transformers {version('transformers')}"
    return (model, tokenizer, options["batch_size"]), {"revision": revision, "package": package}


def score(loaded: Any, rows: list[dict[str, Any]]) -> list[float]:
    """Predicted errors in the order of `rows`."""
    torch = import_module("torch")
    model, tokenizer, batch_size = loaded
    texts = []
    for row in rows:
        text = f"source: {row['source']} candidate: {row['hypothesis']}"
        texts.append(text if row["reference"] is None else f"{text} reference: {row['reference']}")
    # The model was trained without the end-of-sequence token.
    ids = [tokenizer(text, max_length=_LONGEST, truncation=True)["input_ids"][:-1] for text in texts]
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    scores = [0.0] * len(ids)
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        longest = max(1, max(len(ids[i]) for i in batch))
        inputs = torch.zeros((len(batch), longest), dtype=torch.long)
        mask = torch.zeros_like(inputs)
        for place, i in enumerate(batch):
            inputs[place, : len(ids[i])] = torch.tensor(ids[i], dtype=torch.long)
            mask[place, : len(ids[i])] = 1
        first = torch.zeros((len(batch), 1), dtype=torch.long, device=model.device)
        with torch.no_grad():
            logits = model(
                input_ids=inputs.to(model.device),
                attention_mask=mask.to(model.device),
                decoder_input_ids=first,
            ).logits
        for place, i in enumerate(batch):
            scores[i] = float(logits[place, 0, _SCORE_TOKEN].clamp(0, 25))
    return scores
