"""How much is translated at once, by the shape of a model and the memory of its device."""

from __future__ import annotations

import pytest

from harness.translate.checkpoints.memory import MOST, ON_CPU, Limits, limits, room

GIGABYTE = 1e9


def marian(**changes: int) -> object:
    from transformers import MarianConfig

    return MarianConfig(
        **{"d_model": 512, "decoder_layers": 6, "decoder_attention_heads": 8, "vocab_size": 60_000, **changes}
    )


def test_a_small_model_on_a_large_device_takes_the_most_that_is_of_use() -> None:
    assert room(marian(), beams=4, width=4, free=140 * GIGABYTE) == MOST


@pytest.mark.parametrize("change", [{"beams": 1}, {"width": 2}, {"free": 12 * GIGABYTE}])
def test_more_room_takes_more(change: dict[str, float]) -> None:
    given = {"beams": 4, "width": 4, "free": 6 * GIGABYTE}
    config = marian(decoder_layers=24, d_model=2048, decoder_attention_heads=16, vocab_size=256_000)
    little, more = room(config, **given), room(config, **{**given, **change})  # type: ignore[arg-type]
    assert more.tokens > little.tokens and more.texts > little.texts


def test_shared_heads_need_less() -> None:
    from transformers import LlamaConfig

    shape = {"hidden_size": 4096, "num_attention_heads": 32, "num_hidden_layers": 32, "vocab_size": 32_000}
    whole = room(LlamaConfig(**shape, num_key_value_heads=32), 1, 2, 8 * GIGABYTE)
    shared = room(LlamaConfig(**shape, num_key_value_heads=8), 1, 2, 8 * GIGABYTE)
    assert shared.tokens > 2 * whole.tokens


def test_a_full_device_still_takes_one_text() -> None:
    assert room(marian(), beams=4, width=4, free=0) == Limits(1, 1)


def test_what_is_given_counts_and_a_cpu_has_its_own() -> None:
    import torch

    model = torch.nn.Linear(1, 1)
    model.device = torch.device("cpu")  # type: ignore[assignment]
    assert limits(model, 4, None, None) == ON_CPU
    assert limits(model, 4, 100, None) == Limits(100, ON_CPU.texts)
    assert limits(model, 4, 100, 7) == Limits(100, 7)
