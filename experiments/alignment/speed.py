"""The speed part of the benchmark: time in the encoder, and growth of the search with length.

    python experiments/alignment/speed.py SRC TGT

compares with vecalign's own compiled code (package sentalign has it) on two texts of a sentence a line.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from harness.align.auto import Auto, Texts
from harness.align.evidence.clauses import Clauses, cut
from harness.align.evidence.objective import length_ratio
from harness.align.evidence.spans import Spans, embed
from harness.align.gold import GoldCounts, count, score
from harness.encode.use import Use


class Timed:
    """An encoder that adds up its seconds, texts and characters."""

    def __init__(self, encoder: Any) -> None:
        self.encoder, self.seconds, self.texts, self.characters = encoder, 0.0, 0, 0
        self.identity = encoder.identity

    def encode(self, texts: Sequence[str]) -> Any:
        begin = time.process_time()
        vectors = self.encoder.encode(texts)
        self.seconds += time.process_time() - begin
        self.texts += len(texts)
        self.characters += sum(map(len, texts))
        return vectors


def encoder_time(docs: Sequence[Any], encoder: Any) -> None:
    """Runs of sentences encoded where they matter, against all of them: time and strict F1."""
    encoder.encode(["warm up"])
    print("\n### Time in the encoder\n")
    print(
        "| runs of sentences encoded | CPU seconds | texts | million characters | strict F1 by set |\n"
        + "| --- " * 5
        + "|"
    )
    spent = {}
    for label, options in (("all of two to five", {"encode_from": 0.0}), ("where they matter (default)", {})):
        timed = Timed(encoder)
        aligner, sums = Auto(timed, **options), {}
        for document in docs:
            beads = aligner.align(document.src, document.tgt)
            sums[document.set] = sums.get(document.set, GoldCounts()) + count(document.gold, beads)
        spent[label] = timed.seconds, timed.texts, timed.characters
        scores = ", ".join(f"{name} {score(c).strict.f1:.3f}" for name, c in sums.items())
        print(
            f"| {label} | {timed.seconds:.1f} | {timed.texts:,} | {timed.characters / 1e6:.2f} | {scores} |",
            flush=True,
        )
    every, some = spent.values()
    ratios = (x / y for x, y in zip(every, some, strict=True))
    print("\nratios {:.1f} in CPU seconds, {:.1f} in texts, {:.1f} in characters".format(*ratios))


def agreement(docs: Sequence[Any], encoder: Any) -> None:
    """How many beads differ when each text is searched in a band, as long ones are, and not whole."""
    whole, banded = Auto(encoder), Auto(encoder, exact=0)
    differ = beads = 0
    for document in docs:
        exact = {(b.src, b.tgt) for b in whole.align(document.src, document.tgt)}
        differ += len(exact - {(b.src, b.tgt) for b in banded.align(document.src, document.tgt)})
        beads += len(exact)
    print(f"\nsearched in a band: {differ} of {beads:,} beads differ from the exact search")


def synthetic(n: int, d: int = 512, seed: int = 1) -> tuple[Texts, int]:
    """Two texts of about n sentences as vectors: noisy copies, some merged, some without counterpart."""
    rng = np.random.default_rng(seed)

    def unit(rows: np.ndarray) -> np.ndarray:
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    base = unit(rng.standard_normal((n, d), dtype=np.float32))
    noisy = unit(base + 0.04 * rng.standard_normal((n, d), dtype=np.float32))
    kind = rng.random(n)
    keep = kind > 0.05
    merged = np.flatnonzero(keep & (kind < 0.12))
    merged = merged[merged + 1 < n]
    noisy[merged] = unit(noisy[merged] + noisy[merged + 1])
    keep[merged + 1] = False
    sides = []
    for vectors in (base, noisy[keep]):
        clauses = Clauses(vectors, np.full(len(vectors), 100.0), np.arange(len(vectors) + 1))
        sides.append((Spans(["x" * 100] * len(vectors), vectors), clauses))
    spans, parts = zip(*sides, strict=True)
    return Texts(spans, parts, 1.0), n


def growth(sizes: Sequence[int] = (1_000, 2_000, 5_000, 10_000, 50_000)) -> None:
    """Search time and memory at given vectors, one process, growing sizes."""
    print("\n### Search with given vectors\n")
    print("| sentences a side | seconds | per 1000 | peak memory of the process, MB | links |")
    print("| --- | --- | --- | --- | --- |")
    aligner = Auto(encoder=None, encode_from=2.0)  # type: ignore[arg-type]  # nothing is left to encode
    for size in sizes:
        texts, _ = synthetic(size)
        begin = time.process_time()
        beads = aligner.decide(texts)
        seconds = time.process_time() - begin
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        links = sum(not bead.is_null for bead in beads)
        print(
            f"| {size:,} | {seconds:.1f} | {1000 * seconds / size:.2f} | {peak:,.0f} | {links:,} |",
            flush=True,
        )
        del texts


def against_vecalign(src: Sequence[str], tgt: Sequence[str], size: int = 4) -> None:
    """CPU seconds of `auto` and of vecalign with the same encoder: of the encoder, and of the search."""
    from sentalign.dp_utils import layer, make_alignment_types, vecalign

    encoder = Timed(Use(threads=1))
    encoder.encode(["warm up"])
    encoder.seconds = 0.0
    spans = embed(src, encoder, runs=False), embed(tgt, encoder, runs=False)
    parts = tuple(cut(side.texts, encoder, side.rows(1)) for side in spans)
    texts, aligner = Texts(spans, parts, length_ratio(*spans)), Auto(encoder)
    before = encoder.seconds
    begin = time.process_time()
    aligner.decide(texts)  # encodes runs on the way
    search = time.process_time() - begin - (encoder.seconds - before)
    theirs = Timed(encoder.encoder)
    vectors = [
        np.stack([theirs.encode(layer(side, k + 1)) for k in range(size)]).astype(np.float32)
        for side in (src, tgt)
    ]
    begin = time.process_time()
    vecalign(*vectors, make_alignment_types(size), 0.2, 5, 300, 20_000, 100)
    other = time.process_time() - begin
    print("| CPU seconds | encoder | search | whole |\n| --- | --- | --- | --- |")
    for name, encoding, searching in (
        ("`auto`", encoder.seconds, search),
        (f"vecalign, size {size}", theirs.seconds, other),
    ):
        print(f"| {name} | {encoding:.2f} | {searching:.2f} | {encoding + searching:.2f} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="auto against vecalign's own code")
    parser.add_argument("files", nargs=2, type=Path, metavar="TEXT")
    against_vecalign(*(path.read_text("utf-8").splitlines() for path in parser.parse_args().files))
