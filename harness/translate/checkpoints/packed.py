"""Linear layers on a CPU, their weights laid out once for the kernel that reads them at every token.

The matrix library lays a weight out anew at each product. Of a product with the vocabulary (160 rows, 58,101
words) that was almost half of the time. The numbers are those of the plain layer up to the order of sums.
"""

from __future__ import annotations

from functools import cache
from typing import Any

_ENOUGH = 1e-4
"""By how much, at most, numbers about 1 of a packed layer differ from those of the plain one."""


def pack(model: Any) -> None:
    """Replace a model's linear layers in float32 on the CPU, where this build of PyTorch can; else nothing.

    The weight of a layer that shares it with another (with the embedding, say) is held twice from then on.
    """
    import torch

    if not _possible():
        return
    times: dict[int, int] = {}
    for _, weight in model.named_parameters(remove_duplicate=False):
        times[id(weight)] = times.get(id(weight), 0) + 1
    layer = _layer()
    with torch.no_grad():
        for module in list(model.modules()):
            for name, child in list(module.named_children()):
                if type(child) is torch.nn.Linear and _is_plain(child.weight):
                    setattr(module, name, layer(child, shared=times[id(child.weight)] > 1))


def _is_plain(weight: Any) -> bool:
    return bool(weight.device.type == "cpu" and str(weight.dtype) == "torch.float32")


@cache
def _layer() -> type[Any]:
    import torch

    class PackedLinear(torch.nn.Module):
        """`y = x Wᵀ + b`, W packed. `weight` is unpacked, and kept, when somebody asks for it."""

        def __init__(self, plain: Any, shared: bool) -> None:
            super().__init__()
            self.in_features, self.out_features = plain.in_features, plain.out_features
            self.bias = plain.bias
            self._packed = torch.ops.mkldnn._reorder_linear_weight(plain.weight.detach())
            self._held = [plain.weight] if shared else []

        @property
        def weight(self) -> Any:
            if not self._held:
                self._held.append(self._packed.to_dense())
            return self._held[0]

        def forward(self, x: Any) -> Any:
            return torch.ops.mkldnn._linear_pointwise(x, self._packed, self.bias, "none", [], "")

    return PackedLinear


@cache
def _possible() -> bool:
    """Whether the operators are there and compute what the plain layer does."""
    import torch

    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return False
    with torch.random.fork_rng(devices=[]):  # what is drawn elsewhere stays as it is
        x, plain = torch.rand(3, 2, 16), torch.nn.Linear(16, 24)
    try:
        with torch.no_grad():
            return bool(torch.allclose(_layer()(plain, True)(x), plain(x), rtol=0, atol=_ENOUGH))
    except (AttributeError, RuntimeError, TypeError):
        return False
