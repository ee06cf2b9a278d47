"""Fit the first pass of the default aligner, and print `harness/align/evidence/weights.py`.

    python experiments/alignment/first.py ../shared/data WORK/documents > harness/align/evidence/weights.py

Twice among candidates: of round numbers, then of what came of those. Nothing made of NTREX, which is test
data, is fitted on. Needs numba and torch; WORK/documents are those of `prepare.py`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmark import Remembered, documents
from crf import START, Sample, fit, start, tables
from examples import examples, pieces

from harness.align.evidence.candidates import BEAD_FEATURES
from harness.align.evidence.model import OF_BEADS, BeadWeights, Hidden
from harness.align.evidence.rescoring import NAMES
from harness.align.evidence.weights import First
from harness.encode.use import Use

NULLS = {"null": "alone:null", "null_length": "alone:length"}
FEATURES = (*OF_BEADS, *NULLS.values(), "edge", "open")
FIELDS = [(name, NULLS.get(name, name)) for name in BeadWeights.__dataclass_fields__]
ROUND: First = (
    BeadWeights(*(START.get(of, 0.0) for _, of in FIELDS)),
    Hidden(np.zeros((1, len(OF_BEADS)), dtype=np.float32), np.zeros(1, dtype=np.float32)),
)
UNSEEN = "noisy"  # in the name of a set made of NTREX


def weights_of(w: np.ndarray) -> First:
    """As they are printed."""
    known = tables(w)
    middle = dict(zip(NAMES, known["middle"].round(3).tolist(), strict=True))
    columns = [BEAD_FEATURES.index(name) for name in OF_BEADS]
    hidden = known["hidden"][:, columns].round(3).astype(np.float32)
    out = known["out"].round(3).astype(np.float32)
    return BeadWeights(*(middle[of] for _, of in FIELDS)), Hidden(hidden, out)


def show(weights: BeadWeights, hidden: Hidden) -> None:
    """Print the module of the weights."""
    print('"""The weights of the first pass of the default aligner, as `experiments/alignment/first.py`')
    print("printed them.\n\n`_HIDDEN` has one row per unit, a column for each of `model.OF_BEADS`.")
    print('"""\n')
    print("import numpy as np\n\nfrom harness.align.evidence.model import BeadWeights, Hidden\n")
    print("First = tuple[BeadWeights, Hidden]\n")
    print("_WEIGHTS = BeadWeights(")
    for name, _ in FIELDS:
        print(f"    {name}={getattr(weights, name):.3f},")
    print(")\n\n_HIDDEN = (")
    for row in hidden.weights:
        print(f"    ({', '.join(f'{value:.3f}' for value in row)}),")
    print(f")\n_OUT = ({', '.join(f'{value:.3f}' for value in hidden.out)})\n")
    print("_LAYER = Hidden(np.array(_HIDDEN, dtype=np.float32), np.array(_OUT, dtype=np.float32))")
    print("FIRST: First = (_WEIGHTS, _LAYER)")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="development documents")
    parser.add_argument("made", type=Path, help="documents of prepare.py")
    parser.add_argument("--every", type=int, default=3, help="of the documents made, one in so many")
    parser.add_argument("--made-weight", type=float, default=1.2, help="of a document of those")
    parser.add_argument("--steps", type=int, default=60, help="of L-BFGS")
    args = parser.parse_args()
    encoder, first = Remembered(Use()), ROUND
    own = [piece for d in documents(args.folder) if UNSEEN not in d.set for piece in pieces(d)]
    made = documents(args.made)[:: args.every]
    for _ in range(2):
        known = examples(own, encoder, None, first), examples(made, encoder, None, first)
        given = [1.0] * len(own) + [args.made_weight] * len(made)
        sample = Sample(known[0] + known[1], given, single=True)
        first = weights_of(fit(sample, start(), 1, args.steps, FEATURES))
    show(*first)


if __name__ == "__main__":
    main()
