"""The starting point of training: a MarianMT model whose weights already hold the lexicon.

Nothing here is learnt. The embedding of a source unit is the vector of its most usual counterpart,
so that the tied output layer finds it; decoder step t attends to source position t by the sinusoidal
positions both sides share; everything else starts as a residual that adds nothing. Training then
teaches the encoder what the context changes: case, number, gender, tense, sense.

Dimensions of an embedding: POSITION (left to the sinusoids), LEMMA, CELL (inflection) and FEATURE (source
grammar). The fastest sinusoids live in dimension i and d/2 + i, so POSITION is two blocks
(and one dimension that stays zero).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .label import EOS, PAD
from .teacher import Teacher

Array = NDArray[np.float32]
D, HEADS, FFN, ENCODER, DECODER = 144, 4, 576, 3, 1
FAST = 11  # sinusoids kept free for the position
ZERO = (
    D // 2 - 1
)  # sin of the slowest sinusoid: nothing is there, so after layer norm it holds minus the mean
LEMMA_WEIGHT, CELL_WEIGHT, FEATURE_WEIGHT = 2.4, 1.5, 0.8
SOURCE_NORM = 3.1
CELL_DIMENSIONS, FEATURE_DIMENSIONS = 38, 20


def blocks() -> tuple[list[int], list[int], list[int], list[int]]:
    """The dimensions of POSITION, LEMMA, CELL and FEATURE."""
    position = [*range(FAST), *range(D // 2, D // 2 + FAST), ZERO]
    free = [i for i in range(D) if i not in position]
    cell, feature = free[:CELL_DIMENSIONS], free[CELL_DIMENSIONS : CELL_DIMENSIONS + FEATURE_DIMENSIONS]
    return position, free[CELL_DIMENSIONS + FEATURE_DIMENSIONS :], cell, feature


class Meanings:
    """Target strings → the lemmas they may be and the attributes of those cells."""

    def __init__(self, teacher: Teacher, words: Iterable[str]) -> None:
        self.lemmas: dict[str, set[str]] = defaultdict(set)
        self.attributes: dict[str, set[str]] = defaultdict(set)
        wanted = {(target, pos) for word in words for pos, _, target in teacher.meanings(word)}
        wanted |= set(teacher.function_lemmas())
        for target, pos in sorted(wanted):
            for form, attributes in teacher.paradigm(target, pos):
                self.lemmas[form].add(f"{target}/{pos}")
                self.attributes[form].update(attributes)

    def of(self, piece: str) -> tuple[list[str], set[str]]:
        """Lemmas and attributes of a target piece; a piece that inflects as nothing is its own lemma."""
        if piece.startswith(",\u2581"):
            lemmas, attributes = self.of(piece[1:])
            return [f",{lemma}" for lemma in lemmas], attributes
        text = piece.replace("\u2581", " ").strip()
        if piece.startswith("\u2581"):
            case = {"cap"} if text[:1].isupper() else {"low"}
            if text in self.lemmas:
                return sorted(self.lemmas[text]), self.attributes[text] | case
            lowered = text[:1].lower() + text[1:]
            if text[:1].isupper() and lowered in self.lemmas:
                return sorted(self.lemmas[lowered]), self.attributes[lowered] | case
            if text[:1].isupper():
                return [f"=\u2581{lowered}"], case
            return [f"={piece}"], case
        return [f"={piece}"], set()


def features(teacher: Teacher, kind: str, text: str) -> set[str]:
    """What the source's grammar says of a source piece, whatever its translation."""
    out = {kind} if kind != "word" else set()
    if kind == "slot":
        return out
    if kind == "copy":
        return out | ({"capital"} if text.strip("\u205e\u2581")[:1].isupper() else set())
    if kind == "punct":
        return out | {f"is {text}"}
    if text[:1].isupper():
        out.add("capital")
    function = teacher.tables.words.get(text.lower())
    if function is not None:
        return out | {f"role {function.role}", f"{function.role} {function.feature}", f"is {text.lower()}"}
    for pos, tag, target in teacher.meanings(text) or teacher.meanings(text.lower()):
        out |= {pos, f"{pos} {tag[:1]}", f"{pos} {tag[1:]}"}
        if pos == "n":
            out.add(f"target {teacher.noun_class(target)}")
    return out


def _unit_vectors(rng: np.random.Generator, count: int, width: int) -> Array:
    found = rng.standard_normal((count, width)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def embeddings(
    sources: list[set[str]],
    usual: list[int],
    targets: list[tuple[list[str], set[str]]],
    usual_cells: list[set[str]],
    groups: list[list[str]],
    seed: int,
) -> tuple[Array, Array]:
    """(source, target) embedding matrices.

    `sources`: features a source id; `usual`: its most usual target id; `targets`: lemmas and attributes a
    target id; `usual_cells`: the attributes expected when the context says nothing; `groups`: all attributes.
    """
    rng = np.random.default_rng(seed)
    _, lemma_at, cell_at, feature_at = blocks()
    names = sorted({lemma for lemmas, _ in targets for lemma in lemmas})
    lemma_of = dict(zip(names, _unit_vectors(rng, len(names), len(lemma_at)), strict=True))
    basis = np.linalg.qr(rng.standard_normal((CELL_DIMENSIONS, CELL_DIMENSIONS)))[0].astype(np.float32)
    cell_of = {cell: basis[i % CELL_DIMENSIONS] for i, cell in enumerate(chain.from_iterable(groups))}
    known = sorted({f for found in sources for f in found})
    feature_of = dict(zip(known, _unit_vectors(rng, len(known), len(feature_at)), strict=True))
    target = np.zeros((len(targets), D), np.float32)
    for row, (lemmas, attributes) in zip(target, targets, strict=True):
        row[lemma_at] = LEMMA_WEIGHT * sum(lemma_of[lemma] for lemma in lemmas)
        for cell in sorted(attributes):
            row[cell_at] += CELL_WEIGHT * cell_of[cell]
    source = np.zeros((len(sources), D), np.float32)
    for row, found, best, expected in zip(source, sources, usual, usual_cells, strict=True):
        row[lemma_at] = LEMMA_WEIGHT * lemma_of[targets[best][0][0]]
        for cell in sorted(expected):
            row[cell_at] += CELL_WEIGHT * cell_of[cell]
        if found:
            total = sum(feature_of[f] for f in sorted(found))
            row[feature_at] = FEATURE_WEIGHT * total / max(1.0, float(np.linalg.norm(total)) / 1.5)
    # Layer norm divides by the length of the vector: equal lengths keep all positions equally loud.
    lengths = np.linalg.norm(source, axis=1, keepdims=True)
    source *= SOURCE_NORM / np.maximum(lengths, 1e-6)
    return source, target


def build(source: Array, target: Array, seed: int, positions: int = 512) -> Any:
    """The MarianMTModel with these embeddings and the position-synchronous cross-attention."""
    import torch
    from transformers import MarianConfig, MarianMTModel

    torch.manual_seed(seed)
    config = MarianConfig(
        vocab_size=len(source),
        decoder_vocab_size=len(target),
        share_encoder_decoder_embeddings=False,
        tie_word_embeddings=True,
        d_model=D,
        encoder_layers=ENCODER,
        decoder_layers=DECODER,
        encoder_attention_heads=HEADS,
        decoder_attention_heads=HEADS,
        encoder_ffn_dim=FFN,
        decoder_ffn_dim=FFN,
        activation_function="relu",
        dropout=0.0,
        max_position_embeddings=positions,
        scale_embedding=True,
        pad_token_id=PAD,
        eos_token_id=EOS,
        decoder_start_token_id=PAD,
        forced_eos_token_id=EOS,
        init_std=0.08,
    )
    model = MarianMTModel(config)
    with torch.no_grad():
        for stack, rows in ((model.get_encoder(), source), (model.get_decoder(), target)):
            stack.embed_tokens.weight.copy_(torch.from_numpy(rows).to(torch.float8_e4m3fn).float())
        model.tie_weights()
        for layer in model.get_encoder().layers:
            for module in (layer.self_attn.out_proj, layer.fc2):
                module.weight.zero_()
                module.bias.zero_()
        offsets: Mapping[int, list[int | None]] = {0: [-1, 1, -2, 2], 1: [-1, -3, 1, None]}
        for number, layer in enumerate(model.get_encoder().layers):
            for head, offset in enumerate(offsets.get(number, [])):
                if offset is not None:
                    attend(layer.self_attn, head, offset, gain=9.0 if number == 0 else 20.0)
        for layer in model.get_decoder().layers:
            for module in (layer.self_attn.out_proj, layer.fc2):
                module.weight.zero_()
                module.bias.zero_()
            cross = layer.encoder_attn
            for head in range(HEADS):
                attend(cross, head, 0, gain=20.0)
            cross.v_proj.weight.copy_(torch.eye(D))
            cross.out_proj.weight.copy_(50.0 * torch.eye(D))
            cross.v_proj.bias.zero_()
            cross.out_proj.bias.zero_()
        model.final_logits_bias[0, PAD] = -1e4
    return model


def attend(attention: Any, head: int, offset: int, gain: float) -> None:
    """Make one head look at the key whose position is the query's plus `offset`.

    Query and key read the FAST sinusoids; turning the query's (sin, cos) by w·offset shifts the peak of
    their product sum(cos(w (s - t - offset))) from s = t to s = t + offset.
    """
    import torch

    width = D // HEADS
    rows = slice(head * width, (head + 1) * width)
    # The rows that positions leave free start small, not at zero: zero times zero never learns.
    query, key = 0.03 * torch.randn(width, D), 0.03 * torch.randn(width, D)
    query[: 2 * FAST] = key[: 2 * FAST] = 0.0
    if offset == 0:
        query[:] = key[:] = 0.0
    for i in range(FAST):
        speed = 1.0 / 10000 ** (2 * i / D)
        angle = torch.tensor(speed * offset)
        sine, cosine = i, D // 2 + i
        key[2 * i, sine] = gain
        key[2 * i + 1, cosine] = gain
        query[2 * i, sine], query[2 * i, cosine] = gain * torch.cos(angle), gain * torch.sin(angle)
        query[2 * i + 1, cosine], query[2 * i + 1, sine] = gain * torch.cos(angle), -gain * torch.sin(angle)
    # Layer norm subtracted the mean of the vector from every dimension: add it back.
    query[: 2 * FAST, ZERO] = -query[: 2 * FAST].sum(1)
    key[: 2 * FAST, ZERO] = -key[: 2 * FAST].sum(1)
    with torch.no_grad():
        attention.q_proj.weight[rows] = query
        attention.k_proj.weight[rows] = key
        attention.q_proj.bias[rows] = 0.0
        attention.k_proj.bias[rows] = 0.0
