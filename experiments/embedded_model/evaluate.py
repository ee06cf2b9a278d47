"""Stage 6: the exported model against the copied source and the gloss engine, by paired bootstrap."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.common.files import read_lines
from harness.protocols import Batch

from .settings import Settings

NAMES = {"fr": "fra", "pl": "pol"}


def translate(folder: Path, sources: Sequence[str], beams: int = 1, batch: int = 32) -> list[str]:
    """Translations by MarianMTModel.generate in float32, in the order of `sources`.

    Greedy: every step answers one source word, so a beam has little to choose and costs four times as much.
    """
    import torch
    from transformers import MarianMTModel, MarianTokenizer

    torch.set_num_threads(1)
    tokenizer = MarianTokenizer.from_pretrained(folder)
    model = MarianMTModel.from_pretrained(folder, dtype=torch.float32).eval()
    order = sorted(range(len(sources)), key=lambda i: len(sources[i]))
    out = [""] * len(sources)
    for start in range(0, len(order), batch):
        chosen = order[start : start + batch]
        inputs = tokenizer([sources[i] for i in chosen], return_tensors="pt", padding=True)
        with torch.no_grad():
            tokens = model.generate(**inputs, num_beams=beams, max_new_tokens=256)
        for i, text in zip(chosen, tokenizer.batch_decode(tokens, skip_special_tokens=True), strict=True):
            out[i] = text
    return out


def run(settings: Settings, work: Path, data: Path) -> None:
    """Score work/export on NTREX in `data`; write work/evaluation.json."""
    import sacrebleu
    from sacrebleu.significance import PairedTest

    from harness.gloss.engine import Gloss

    source, target = (
        read_lines(data / f"newstest2019-ref.{NAMES[lang]}.txt") for lang in (settings.src, settings.tgt)
    )
    gloss = [""] * len(source)
    for done in Gloss({}, settings.src, settings.tgt).translate(Batch(source)):
        for i, translation in done:
            gloss[i] = translation.hypothesis
    own = translate(work / "export", source)
    (work / "evaluation.txt").write_text("".join(f"{line}\n" for line in own), "utf-8")
    systems = {settings.name: own, "gloss": gloss, "copy": list(source)}
    metrics = {"BLEU": sacrebleu.BLEU(references=[target]), "chrF2": sacrebleu.CHRF(references=[target])}
    # The first system is the baseline: the model against each of the others.
    signatures, scores = PairedTest(list(systems.items()), metrics, None, test_type="bs", n_samples=1000)()
    table = {
        "lines": len(source),
        "signatures": {name: str(signature) for name, signature in signatures.items()},
        "systems": {
            name: {
                metric: {
                    "score": _rounded(scores[metric][row].score),
                    "ci": _rounded(scores[metric][row].ci),
                    "p_against_model": _rounded(scores[metric][row].p_value),
                }
                for metric in metrics
            }
            for row, name in enumerate(systems)
        },
    }
    text = json.dumps(table, indent=2, ensure_ascii=False)
    (work / "evaluation.json").write_text(text + "\n", "utf-8")
    print(text)


def _rounded(value: Any) -> float | None:
    return None if value is None else round(float(value), 6)
