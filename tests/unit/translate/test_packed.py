"""Packed linear layers compute what plain ones do, and give their weights to who asks."""

from __future__ import annotations

from typing import Any

import pytest

from harness.translate.checkpoints import packed

torch: Any = pytest.importorskip("torch")


class Model(torch.nn.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.embedding = torch.nn.Embedding(40, 8)
        self.inner = torch.nn.Sequential(
            torch.nn.Linear(8, 16), torch.nn.SiLU(), torch.nn.Linear(16, 8, bias=False)
        )
        self.head = torch.nn.Linear(8, 40, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, ids: Any) -> Any:
        return self.head(self.inner(self.embedding(ids)))


def test_a_packed_model_says_what_the_plain_one_does() -> None:
    torch.manual_seed(1)
    model, ids = Model().eval(), torch.arange(24).reshape(2, 3, 4)
    weights = [model.inner[0].weight.detach().clone(), model.embedding.weight]
    plain = model(ids)
    packed.pack(model)
    if not packed._possible():
        pytest.skip("this build of PyTorch packs nothing")
    assert type(model.head).__name__ == type(model.inner[2]).__name__ == "PackedLinear"
    with torch.inference_mode():
        assert torch.allclose(model(ids), plain, atol=1e-5)
    assert torch.equal(model.inner[0].weight, weights[0]) and model.head.weight is weights[1]
    assert model.inner[0].out_features == 16 and model.inner[0].bias is not None


def test_a_build_without_the_operators_leaves_the_model_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    packed._possible.cache_clear()
    model = Model()
    packed.pack(model)
    packed._possible.cache_clear()
    assert type(model.head) is type(model.inner[0]) is torch.nn.Linear


def test_other_formats_stay(tmp_path: object) -> None:
    model = Model().to(torch.bfloat16)
    packed.pack(model)
    assert type(model.head) is torch.nn.Linear
