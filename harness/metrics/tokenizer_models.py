"""The tokenizers of sacreBLEU that are SentencePiece models, which it downloads when they are first used."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

DOWNLOADED = frozenset({"spm", "flores101", "flores200"})


def downloads(options: Mapping[str, Any]) -> list[str]:
    """A phrase where the options of a metric name such a tokenizer and its model is not here yet."""
    name = options.get("tokenize")
    if name not in DOWNLOADED:
        return []
    from sacrebleu.tokenizers.tokenizer_spm import SPM_MODELS
    from sacrebleu.utils import SACREBLEU_DIR

    here = Path(SACREBLEU_DIR) / "models" / Path(SPM_MODELS[str(name)]["url"]).name
    return [] if here.exists() else [f"downloads the SentencePiece model of tokenize={name}"]
