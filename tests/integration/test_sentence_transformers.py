"""The encoder for sentence-transformers models, on a tiny model built here; and out of the hub's reach."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.encode.sentence_transformers import SentenceTransformers
from harness.errors import UnavailableError

pytest.importorskip("sentence_transformers", reason="the extra 'encoders' is not installed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from sentence_transformers import SentenceTransformer, models
    from transformers import BertConfig, BertModel, BertTokenizerFast

    home = tmp_path_factory.mktemp("model")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "query", ":", "un", "deux", "trois", "raz", "dwa"]
    (home / "vocab.txt").write_text("\n".join(words))
    BertTokenizerFast(vocab_file=str(home / "vocab.txt")).save_pretrained(home / "bert")
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    BertModel(config).save_pretrained(home / "bert")
    bert = models.Transformer(str(home / "bert"))
    model = SentenceTransformer(modules=[bert, models.Pooling(16)], device="cpu")
    model.save(str(home / "st"))
    return home / "st"


def test_rows_are_unit_and_blanks_are_zero(folder: Path) -> None:
    encoder = SentenceTransformers(str(folder), device="cpu")
    rows = encoder.encode(["un deux", " ", "raz"])
    assert rows.shape == (3, 16)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 0, 1], abs=1e-5)
    assert encoder.identity["revision"] is None


def test_the_prefix_changes_the_vectors(folder: Path) -> None:
    plain = SentenceTransformers(str(folder), device="cpu").encode(["un"])
    prefixed = SentenceTransformers(str(folder), device="cpu", prefix="query: ").encode(["un"])
    assert not np.allclose(plain, prefixed)


def test_without_hub_the_line_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(UnavailableError, match=r"cannot be reached.*hf download some/model"):
        SentenceTransformers("some/model").encode(["un"])
