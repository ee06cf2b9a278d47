"""Training: the encoder and the decoder's own layers learn what the context changes; checkpoints resume.

The embeddings and the position-synchronous cross-attention stay as built. The loss is cross-entropy over
a sample of the target vocabulary: the batch's own targets, other forms of their lemmas (the hard part)
and random ones.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .label import EOS, PAD, UNK

Pair = tuple[list[int], list[int]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train."""

    steps: int = 3000
    tokens: int = 2048  # source positions a batch
    rate: float = 2e-3
    warmup: int = 100
    sample: int = 1500  # random targets a batch
    siblings: int = 3  # other forms of the same lemma a target
    late: int = 0  # the last steps, which draw more random targets: as many words compete in use
    late_sample: int = 5_000
    save_every: int = 200
    seed: int = 11
    stop_after: int | None = None  # end early at this step; the same command without it goes on


def batches(pairs: list[Pair], tokens: int, seed: int) -> list[list[int]]:
    """Indices by similar length, at most `tokens` padded positions a batch, in a random order."""
    rng = np.random.default_rng(seed)
    order = sorted(range(len(pairs)), key=lambda i: (len(pairs[i][0]), rng.random()))
    out: list[list[int]] = [[]]
    for i in order:
        if out[-1] and (len(out[-1]) + 1) * len(pairs[i][0]) > tokens:
            out.append([])
        out[-1].append(i)
    rng.shuffle(out)  # type: ignore[arg-type]
    return out


def collate(pairs: list[Pair]) -> tuple[Any, Any, Any]:
    """Source ids, decoder input ids and labels (-100 where unknown or padded), all (batch, length)."""
    import torch

    length = max(len(source) for source, _ in pairs)
    source, inputs = np.full((2, len(pairs), length), PAD, dtype=np.int64)
    labels = np.full((len(pairs), length), -100, dtype=np.int64)
    for row, (s, t) in enumerate(pairs):
        source[row, : len(s)] = s
        labels[row, : len(t)] = t
        inputs[row, 1 : len(t)] = t[:-1]
    labels[labels == UNK] = -100
    return torch.from_numpy(source), torch.from_numpy(inputs), torch.from_numpy(labels)


class Siblings:
    """Other target ids of the same lemma, drawn with replacement in one go."""

    def __init__(self, lemmas: list[list[str]]) -> None:
        groups: dict[str, list[int]] = {}
        for index, names in enumerate(lemmas):
            for name in names:
                groups.setdefault(name, []).append(index)
        firsts = dict(zip(groups, self._starts(groups.values()), strict=True))
        self._members = np.array([i for group in groups.values() for i in group], dtype=np.int64)
        self._first = np.array([firsts[names[0]] if names else 0 for names in lemmas], dtype=np.int64)
        self._size = np.array([len(groups[names[0]]) if names else 0 for names in lemmas], dtype=np.int64)

    @staticmethod
    def _starts(groups: Iterable[list[int]]) -> list[int]:
        return [0, *np.cumsum([len(group) for group in groups]).tolist()][:-1]

    def sample(self, ids: Any, count: int, rng: np.random.Generator) -> Any:
        """`count` draws for each id that has a family: a flat array of ids."""
        own = ids[self._size[ids] > 1]
        drawn = (rng.random((len(own), count)) * self._size[own][:, None]).astype(np.int64)
        return self._members[self._first[own][:, None] + drawn].ravel()


def rate(step: int, plan: Plan) -> float:
    """Linear warm-up, then one cosine decay to a twentieth."""
    if step < plan.warmup:
        return plan.rate * (step + 1) / plan.warmup
    done = min(1.0, (step - plan.warmup) / max(1, plan.steps - plan.warmup))
    return plan.rate * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * done)))


def freeze(model: Any) -> list[Any]:
    """Leave the lexicon and the alignment as built; return what is trained."""
    for parameter in model.parameters():
        parameter.requires_grad_(True)
    for stack in (model.get_encoder(), model.get_decoder()):
        stack.embed_tokens.weight.requires_grad_(False)
        stack.embed_positions.weight.requires_grad_(False)
    for layer in model.get_decoder().layers:
        for parameter in layer.encoder_attn.parameters():
            parameter.requires_grad_(False)
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


def loss_and_accuracy(model: Any, batch: tuple[Any, Any, Any], candidates: Any) -> tuple[Any, float, int]:
    """Mean cross-entropy over `candidates` (sorted target ids that hold every label), accuracy, positions."""
    import torch

    source, inputs, labels = batch
    hidden = model.model(
        input_ids=source, attention_mask=(source != PAD).long(), decoder_input_ids=inputs, use_cache=False
    ).last_hidden_state
    keep = labels != -100
    logits = hidden[keep] @ model.lm_head.weight[candidates].T
    wanted = torch.searchsorted(candidates, labels[keep])
    loss = torch.nn.functional.cross_entropy(logits, wanted, label_smoothing=0.0)
    right = (logits.argmax(-1) == wanted).float().mean().item()
    return loss, right, int(keep.sum())


def run(
    start: Path, folder: Path, train: list[Pair], dev: list[Pair], lemmas: list[list[str]], plan: Plan
) -> None:
    """Train from `start` (or the checkpoint in `folder`), log to folder/log.jsonl, save there."""
    import torch
    from transformers import MarianMTModel

    torch.set_num_threads(1)
    torch.manual_seed(plan.seed)
    model = MarianMTModel.from_pretrained(start, dtype=torch.float32)
    optimizer = torch.optim.AdamW(freeze(model), lr=plan.rate, betas=(0.9, 0.98), weight_decay=0.01)
    folder.mkdir(parents=True, exist_ok=True)
    state, first = folder / "state.pt", 0
    if state.exists():
        saved = torch.load(state, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        first = int(saved["step"])
    siblings = Siblings(lemmas)
    vocabulary = len(lemmas)
    orders: dict[int, list[list[int]]] = {}
    began, seen = time.time(), 0
    if not first:
        _log(folder, {"step": 0, **evaluate(model, dev, vocabulary)})
    model.train()
    per_epoch = len(batches(train, plan.tokens, plan.seed))
    for step in range(first, min(plan.steps, plan.stop_after or plan.steps)):
        epoch, place = divmod(step, per_epoch)
        if epoch not in orders:
            orders = {epoch: batches(train, plan.tokens, plan.seed + epoch)}
        chosen = orders[epoch][place % len(orders[epoch])]
        batch = collate([train[i] for i in chosen])
        rng = np.random.default_rng((plan.seed, step))
        own = np.unique(batch[2][batch[2] != -100].numpy())
        drawn = plan.late_sample if step >= plan.steps - plan.late else plan.sample
        near, random = siblings.sample(own, plan.siblings, rng), rng.integers(0, vocabulary, drawn)
        candidates = torch.from_numpy(np.unique(np.concatenate([own, near, random, [EOS]])))
        for group in optimizer.param_groups:
            group["lr"] = rate(step, plan)
        loss, right, count = loss_and_accuracy(model, batch, candidates)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        seen += count
        last = step + 1 == plan.steps
        if (step + 1) % 20 == 0 or last:
            line = {
                "step": step + 1,
                "loss": round(loss.item(), 4),
                "accuracy": round(right, 4),
                "tokens_per_s": round(seen / (time.time() - began)),
            }
            _log(folder, line)
        if (step + 1) % plan.save_every == 0 or last:
            line = {"step": step + 1, **evaluate(model, dev, vocabulary)}
            _log(folder, line)
            saved = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step + 1}
            torch.save(saved, folder / "state.tmp")
            (folder / "state.tmp").replace(state)
            model.save_pretrained(folder / "model")


def _log(folder: Path, line: dict[str, float]) -> None:
    with (folder / "log.jsonl").open("a") as log:
        log.write(json.dumps(line) + "\n")


def evaluate(model: Any, dev: list[Pair], vocabulary: int) -> dict[str, float]:
    """Cross-entropy over the whole vocabulary and accuracy against the teacher, on sentences held out."""
    import torch

    model.eval()
    candidates = torch.arange(vocabulary)
    total = right = count = 0.0
    with torch.no_grad():
        for start in range(0, len(dev), 16):
            loss, good, n = loss_and_accuracy(model, collate(dev[start : start + 16]), candidates)
            total, right, count = total + loss.item() * n, right + good * n, count + n
    model.train()
    return {"dev_loss": round(total / count, 4), "dev_accuracy": round(right / count, 4)}
