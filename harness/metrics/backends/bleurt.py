"""BLEURT-20 (Sellam et al. 2020, doi 10.18653/v1/2020.acl-main.704) in its PyTorch port."""

from importlib import import_module
from importlib.metadata import version
from typing import Any


def load(options: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The model and tokenizer at a revision of the hub or from a local folder."""
    torch = import_module("torch")
    bleurt = import_module("bleurt_pytorch")
    precision = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}[options["precision"]]
    place = {"revision": options["revision"]} if options["revision"] else {}
    tokenizer = bleurt.BleurtTokenizer.from_pretrained(options["model"], **place)
    model = bleurt.BleurtForSequenceClassification.from_pretrained(options["model"], **place)
    model.to(dtype=precision, device="cuda" if torch.cuda.is_available() else "cpu").eval()
    revision = getattr(model.config, "_commit_hash", None) or options["revision"] or "local"
    package = f"bleurt-pytorch {version('bleurt-pytorch')}"
    return (model, tokenizer, options["batch_size"]), {"revision": revision, "package": package}


def score(loaded: Any, rows: list[dict[str, Any]]) -> list[float]:
    """Segment scores in the order of `rows`; texts beyond 512 units are cut."""
    torch = import_module("torch")
    model, tokenizer, batch_size = loaded
    scores: list[float] = []
    for start in range(0, len(rows), batch_size):
        batch = rows[start : start + batch_size]
        inputs = tokenizer(
            [row["reference"] for row in batch],
            [row["hypothesis"] for row in batch],
            padding="longest",
            truncation=True,
            max_length=512,
            return_tensors="pt",
        ).to(model.device)
        with torch.no_grad():
            scores += [float(value) for value in model(**inputs).logits.flatten()]
    return scores
