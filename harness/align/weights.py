"""The weights of the default aligner, fitted on the development documents by `experiments/alignment/fit.py`.

`MIDDLE` is the middle between parallel and comparable text; `SLOPE` is added once per unit of share. `GATE`
weighs, for each of `regimes.SHARES`, the `regimes.signs` of a pair of texts.
"""

from harness.align.model import Weights

MIDDLE = Weights(
    cosine=11.670,
    around=-4.777,
    coverage=5.860,
    clause=3.878,
    gain=0.420,
    length=-6.539,
    length_long=-4.890,
    bead=-2.383,
    size=1.489,
    both=-0.700,
    null=1.497,
    null_length=-0.268,
    edge=2.434,
    open=-3.357,
)

SLOPE = Weights(
    cosine=3.927,
    around=0.000,
    coverage=4.581,
    clause=0.000,
    gain=0.000,
    length=3.932,
    length_long=0.000,
    bead=-1.189,
    size=0.809,
    both=0.000,
    null=0.455,
    null_length=0.000,
    edge=0.624,
    open=0.619,
)

GATE = (
    (-1.698, 1.270, -0.428, 0.149, 4.012),
    (-2.037, -3.105, -0.289, 1.573, -2.649),
    (3.055, 1.345, 0.717, -1.722, -1.363),
)
