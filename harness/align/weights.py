"""The weights of the default aligner, fitted on the development documents by `experiments/alignment/fit.py`.

`MIDDLE` is the middle between parallel and comparable text; `SLOPE` is added once per unit of share.
"""

from harness.align.model import Weights

MIDDLE = Weights(
    cosine=11.816,
    around=-4.287,
    coverage=11.064,
    gain=0.529,
    length=-5.804,
    bead=-4.765,
    size=0.993,
    both=-0.433,
    null=0.800,
    null_length=0.000,
    edge=2.868,
    open=-2.840,
)

SLOPE = Weights(
    cosine=3.500,
    around=0.000,
    coverage=5.686,
    gain=0.000,
    length=3.207,
    bead=-2.746,
    size=0.670,
    both=0.000,
    null=-0.014,
    null_length=0.000,
    edge=1.259,
    open=0.898,
)
