"""COMET, CometKiwi and XCOMET (unbabel-comet 2.2): one score per row, higher is better."""

from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any


def load(options: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The model at a revision of the hub, or of a local folder with `checkpoints/model.ckpt`."""
    torch = import_module("torch")
    hub = import_module("huggingface_hub")
    models = import_module("comet.models")
    folder = Path(options["model"])
    if not folder.is_dir():
        folder = Path(hub.snapshot_download(repo_id=options["model"], revision=options["revision"]))
    model = models.load_from_checkpoint(str(folder / "checkpoints" / "model.ckpt"))
    model.eval()
    precision = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}[options["precision"]]
    model.to(precision)
    gpus = 1 if torch.cuda.is_available() else 0
    identity = {"revision": folder.name, "package": f"unbabel-comet {version('unbabel-comet')}"}
    return (model, options["batch_size"], gpus), identity


def score(loaded: Any, rows: list[dict[str, Any]]) -> list[float]:
    """Segment scores in the order of `rows`."""
    model, batch_size, gpus = loaded
    data = [
        {"src": row["source"], "mt": row["hypothesis"]}
        | ({} if row["reference"] is None else {"ref": row["reference"]})
        for row in rows
    ]
    found = model.predict(data, batch_size=batch_size, gpus=gpus, progress_bar=False, num_workers=0)
    return [float(value) for value in found.scores]
