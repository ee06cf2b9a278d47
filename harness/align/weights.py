"""The weights of the default aligner, fitted on the development documents by `experiments/alignment/fit.py`.

`MIDDLE` is the middle between parallel and comparable text; `SLOPE` is added once per unit of share.
"""

from harness.align.model import Weights

MIDDLE = Weights(
    cosine=11.095,
    around=-4.317,
    coverage=12.073,
    length=-6.046,
    bead=-4.894,
    size=0.625,
    both=-0.374,
    null=0.697,
    null_length=-0.151,
    open=-2.801,
)

SLOPE = Weights(
    cosine=0.000,
    around=0.000,
    coverage=6.344,
    length=0.000,
    bead=-2.472,
    size=0.000,
    both=0.000,
    null=-0.619,
    null_length=0.000,
    open=0.641,
)
