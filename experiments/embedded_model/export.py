"""Stage 5: the trained model in float16 with its tokenizer, and the model card."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from .settings import Settings

FILES = ("source.spm", "target.spm", "vocab.json", "target_vocab.json", "tokenizer_config.json")
LIMIT = 30_000_000  # bytes of weights


def run(settings: Settings, work: Path) -> None:
    """Write work/export; raise when the weights are larger than LIMIT."""
    import torch
    from transformers import MarianMTModel

    trained = work / "train" / "model"
    out = work / "export"
    out.mkdir(parents=True, exist_ok=True)
    model = MarianMTModel.from_pretrained(trained, dtype=torch.float16)
    model.save_pretrained(out)
    for name in FILES:
        shutil.copy(work / "start" / name, out / name)
    for name in ("vocab.json", "target_vocab.json"):  # as small as JSON gets
        ids = json.loads((out / name).read_text("utf-8"))
        (out / name).write_text(json.dumps(ids, ensure_ascii=False, separators=(",", ":")), "utf-8")
    size = (out / "model.safetensors").stat().st_size
    if size > LIMIT:
        raise SystemExit(
            f"{out}/model.safetensors has {size} bytes, more than {LIMIT}: lower sizes in the settings"
        )
