"""The weights of the default aligner, fitted on the development documents by `experiments/alignment/fit.py`.

`MIDDLE` is the middle between parallel and comparable text; `SLOPE` is added once per unit of share.
"""

from harness.align.model import Weights

MIDDLE = Weights(
    cosine=12.014,
    around=-4.017,
    coverage=10.595,
    gain=0.604,
    length=-5.736,
    bead=-4.900,
    size=1.126,
    both=-0.577,
    null=0.931,
    null_length=-0.191,
    open=-2.670,
)

SLOPE = Weights(
    cosine=3.310,
    around=0.000,
    coverage=6.016,
    gain=0.000,
    length=3.652,
    bead=-2.825,
    size=0.748,
    both=0.000,
    null=0.064,
    null_length=0.000,
    open=0.919,
)
