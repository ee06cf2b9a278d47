"""Every aligner side by side on a folder of gold alignments.

    python experiments/alignment/benchmark.py ../shared/data
    python experiments/alignment/benchmark.py ../shared/data --encoders use labse --aligners auto vecalign
    python experiments/alignment/benchmark.py ../shared/data --speed

Sets are found by their files: folders with src*.txt, tgt*.txt and gold.txt (one document each; documents
in folders side by side form one set), or NAME.de, NAME.fr and NAME.defr beside each other. The gold that
people made of books lies in `align-real-dev`; without it a line says so.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from speed import agreement, encoder_time, growth

from harness.align.api import build, build_encoder
from harness.align.gold import GoldCounts, count, read_alignment, score
from harness.common.files import read_lines
from harness.common.progress import bar
from harness.types import Bead

SEED = 12345


@dataclass(frozen=True)
class Document:
    """Two texts with their gold beads. `group` names the original document, for cross-validation."""

    set: str
    group: str
    src: list[str]
    tgt: list[str]
    gold: list[Bead]


class Remembered:
    """An encoder that encodes a text once: aligners that share sentences need not pay for them again."""

    def __init__(self, encoder):  # type: ignore[no-untyped-def]
        self.encoder, self.known = encoder, {}
        self.identity = encoder.identity

    def encode(self, texts: Sequence[str]):  # type: ignore[no-untyped-def]
        new = [t for t in dict.fromkeys(texts) if t not in self.known]
        if new:
            self.known.update(zip(new, self.encoder.encode(new), strict=True))
        width = len(next(iter(self.known.values()))) if self.known else 1
        return np.array([self.known[t] for t in texts], dtype=np.float32).reshape(len(texts), width)


def documents(folder: Path) -> list[Document]:
    """All gold alignments below a folder."""
    found = []
    for gold in sorted(folder.rglob("gold.txt")):
        src, tgt = (sorted(gold.parent.glob(f"{side}*.txt")) for side in ("src", "tgt"))
        if len(src) == 1 and len(tgt) == 1:
            above = gold.parent.parent
            beside = above != folder and len(list(above.glob("*/gold.txt"))) > 1
            home = above if beside or gold.parent.name.isdigit() else gold.parent
            meta = gold.parent / "meta.json"
            group = json.loads(meta.read_text())["doc"] if meta.exists() else str(gold.parent)
            found.append(load(str(home.relative_to(folder)), group, src[0], tgt[0], gold))
    for gold in sorted(folder.rglob("*.????")):
        src, tgt = gold.with_suffix(gold.suffix[:3]), gold.with_suffix("." + gold.suffix[3:])
        if src.is_file() and tgt.is_file():
            found.append(load(str(gold.parent.relative_to(folder)), str(gold), src, tgt, gold))
    return found


def load(name: str, group: str, src: Path, tgt: Path, gold: Path) -> Document:
    left, right = read_lines(src), read_lines(tgt)
    return Document(name, group, left, right, read_alignment(gold, len(left), len(right)))


def resampled(counts: list[GoldCounts], draws: np.ndarray) -> dict[str, np.ndarray]:
    """Strict and null F1 of each resample of documents (`draws`: samples × documents)."""
    out = defaultdict(list)
    for draw in draws:
        values = score(sum((counts[i] for i in draw), GoldCounts()))
        out["strict"].append(values.strict.f1 or 0.0)
        out["null"].append(values.null.f1 if values.null.f1 is not None else np.nan)
    return {key: np.array(values) for key, values in out.items()}


def quality(docs: list[Document], results: dict[str, list[list[Bead]]], samples: int) -> None:
    """A table a set: strict, lax and null scores with paired bootstrap intervals over documents."""
    first = next(iter(results))
    for name in dict.fromkeys(d.set for d in docs):
        chosen = [i for i, d in enumerate(docs) if d.set == name]
        draws = np.random.default_rng(SEED).integers(0, len(chosen), (samples, len(chosen)))
        print(f"\n### {name} ({len(chosen)} document{'s' * (len(chosen) > 1)})\n")
        print(f"| aligner | strict P | R | F1 | 95 % | {first} better by | lax P | R | F1 | null F1 | 95 % |")
        print("| --- " * 11 + "|")
        base = None
        for aligner, beads in results.items():
            counts = [count(docs[i].gold, beads[i]) for i in chosen]
            values = score(sum(counts, GoldCounts()))
            boot = resampled(counts, draws)
            base = boot if base is None else base
            several = len(chosen) > 1
            cells = [
                aligner, f3(values.strict.precision), f3(values.strict.recall), f"**{f3(values.strict.f1)}**",
                interval(boot["strict"]) if several else "–",
                interval(base["strict"] - boot["strict"]) if several and boot is not base else "–",
                f3(values.lax.precision), f3(values.lax.recall), f3(values.lax.f1), f3(values.null.f1),
                interval(boot["null"]) if several else "–",
            ]  # fmt: skip
            print("| " + " | ".join(cells) + " |")


def f3(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def interval(values: np.ndarray) -> str:
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return f"{low:.3f} … {high:.3f}"


def calibration(docs: list[Document], beads: list[list[Bead]], label: str, folds: int = 5) -> None:
    """Reliability of the confidences, with the temperature fitted on the other folds' documents."""
    groups = list(dict.fromkeys(d.group for d in docs))
    odds, right, fold = [], [], []
    for document, found in zip(docs, beads, strict=True):
        gold = {(b.src, b.tgt) for b in document.gold}
        for bead in found:
            odds.append(bead.score)
            right.append((bead.src, bead.tgt) in gold)
            fold.append(groups.index(document.group) % folds)
    z, y, k = np.array(odds), np.array(right, dtype=float), np.array(fold)
    grid = np.geomspace(0.4, 4.0, 60)
    sure, temperatures = np.empty(len(z)), []
    for held in range(folds):
        losses = [log_loss(z[k != held] / t, y[k != held]) for t in grid]
        temperatures.append(float(grid[int(np.argmin(losses))]))
        sure[k == held] = 1 / (1 + np.exp(-z[k == held] / temperatures[-1]))
    bins = np.minimum((sure * 10).astype(int), 9)
    gaps = [abs(sure[bins == b].mean() - y[bins == b].mean()) * (bins == b).mean() for b in set(bins)]
    print(f"\n### Confidence on {label}: {len(z)} beads, {folds}-fold cross-validation over documents\n")
    print(f"expected calibration error {sum(gaps):.3f}; temperature {np.mean(temperatures):.2f}"
          f" ({min(temperatures):.2f} … {max(temperatures):.2f})\n")  # fmt: skip
    print("```\nconfidence  right  beads")
    for b in sorted(set(bins)):
        mean, true = sure[bins == b].mean(), y[bins == b].mean()
        plot = "".join("#" if i < round(true * 40) else "·" for i in range(41))
        mark = round(mean * 40)
        print(f"      {mean:.2f}   {true:.2f}  {(bins == b).sum():5d}  {plot[:mark]}|{plot[mark + 1 :]}")
    print("```\n(# how many were right, | what the confidence said)")


def honesty(docs: list[Document], beads: list[list[Bead]], label: str) -> None:
    """Expected calibration error of each set, of the links and of the sentences left alone each by itself."""
    print(f"\n### Expected calibration error ({label})\n")
    print("| set | links | error | left alone | error |\n| --- | --- | --- | --- | --- |")
    for name in dict.fromkeys(d.set for d in docs):
        sure: dict[bool, list[float]] = {False: [], True: []}
        right: dict[bool, list[bool]] = {False: [], True: []}
        for document, found in zip(docs, beads, strict=True):
            if document.set != name:
                continue
            gold = {(b.src, b.tgt) for b in document.gold if not b.is_null}
            linked = {("src", i) for s, _ in gold for i in s} | {("tgt", j) for _, t in gold for j in t}
            for bead in found:
                own = {("src", i) for i in bead.src} | {("tgt", j) for j in bead.tgt}
                good = not own & linked if bead.is_null else (bead.src, bead.tgt) in gold
                sure[bead.is_null].append(bead.confidence or 0.0)
                right[bead.is_null].append(good)
        cells = [
            f"{len(sure[null])} | {f3(calibration_error(sure[null], right[null]))}" for null in (False, True)
        ]
        print(f"| {name} | {' | '.join(cells)} |")


def calibration_error(sure: Sequence[float], right: Sequence[bool]) -> float | None:
    """The mean distance of confidence and share of right ones over ten bins; None of nothing."""
    if not len(sure):
        return None
    s, y = np.array(sure), np.array(right, dtype=float)
    bins = np.minimum((s * 10).astype(int), 9)
    return float(sum(abs(s[bins == b].mean() - y[bins == b].mean()) * (bins == b).mean() for b in set(bins)))


def log_loss(z: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean(np.logaddexp(0, -z) * y + np.logaddexp(0, z) * (1 - y)))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--aligners", nargs="+", default=["auto", "comparable", "vecalign", "gale-church"])
    parser.add_argument("--encoders", nargs="+", default=["use"])
    parser.add_argument("--only", default="", help="sets whose name contains this")
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--speed", action="store_true", help="encoder time and growth with length instead")
    args = parser.parse_args()
    docs = [d for d in documents(args.folder) if args.only in d.set]
    if not docs:
        sys.exit(f"{args.folder}: no gold alignments found (src*.txt, tgt*.txt and gold.txt)")
    if not any("real" in d.set for d in docs):
        print(f"{args.folder}: no align-real-dev, so that no book is measured", file=sys.stderr)
    if args.speed:
        encoder_time(docs, build_encoder(args.encoders[0]))
        agreement(docs, Remembered(build_encoder(args.encoders[0])))
        growth()
        return
    results: dict[str, list[list[Bead]]] = {}
    for encoder in args.encoders:
        remembered = Remembered(build_encoder(encoder))
        for aligner in args.aligners:
            label = aligner if len(args.encoders) == 1 else f"{aligner} {encoder}"
            made, begin = build(aligner, remembered), time.perf_counter()
            with bar(label, len(docs), "documents") as ticker:
                results[label] = []
                for document in docs:
                    results[label].append(made.align(document.src, document.tgt))
                    ticker.advance()
            print(f"{label}: {time.perf_counter() - begin:.1f} s", file=sys.stderr)
    quality(docs, results, args.samples)
    for label, beads in results.items():
        noisy = [i for i, d in enumerate(docs) if "noisy" in d.set]
        if noisy and all(b.confidence is not None for i in noisy for b in beads[i]):
            calibration([docs[i] for i in noisy], [beads[i] for i in noisy], f"the noisy sets ({label})")
        if all(b.confidence is not None for found in beads for b in found):
            honesty(docs, beads, label)


if __name__ == "__main__":
    main()
