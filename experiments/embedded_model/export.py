"""Stage 5: the trained model in float16, its embeddings in 8 bits, with its tokenizer."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from .settings import Settings

FILES = ("source.spm", "target.spm", "vocab.json", "target_vocab.json", "tokenizer_config.json")
LIMIT = 30_000_000  # bytes of weights


EMBEDDINGS = ("model.encoder.embed_tokens.weight", "model.decoder.embed_tokens.weight")


def narrow(path: Path) -> None:
    """Store the embeddings in 8 bits (E4M3). They were built and trained as such, so nothing is lost."""
    import torch
    from safetensors.torch import load_file, save_file

    weights = load_file(path)
    for name in EMBEDDINGS:
        narrowed = weights[name].to(torch.float8_e4m3fn)
        if not torch.equal(narrowed.to(weights[name].dtype), weights[name]):
            raise SystemExit(f"{path}: {name} does not fit into 8 bits; was it trained from work/start?")
        weights[name] = narrowed
    save_file(weights, path, metadata={"format": "pt"})


def run(settings: Settings, work: Path) -> None:
    """Write work/export; raise when the weights are larger than LIMIT."""
    import torch
    from transformers import MarianMTModel

    trained = work / "train" / "model"
    out = work / "export"
    out.mkdir(parents=True, exist_ok=True)
    model = MarianMTModel.from_pretrained(trained, dtype=torch.float16)
    model.save_pretrained(out)
    narrow(out / "model.safetensors")
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
