"""The weights of the default aligner, fitted on the development documents by `experiments/alignment/fit.py`.

`MIDDLE` is the middle between parallel and comparable text; `SLOPE` is added once per unit of share.
"""

from harness.align.model import Weights

MIDDLE = Weights(
    cosine=11.933,
    around=-4.107,
    coverage=11.127,
    gain=0.519,
    length=-5.851,
    bead=-4.782,
    size=0.999,
    both=-0.392,
    null=0.850,
    null_length=-0.024,
    edge=2.222,
    open=-2.847,
)

SLOPE = Weights(
    cosine=3.636,
    around=0.000,
    coverage=5.735,
    gain=0.000,
    length=3.268,
    bead=-2.772,
    size=0.695,
    both=0.000,
    null=0.027,
    null_length=0.000,
    edge=0.000,
    open=1.013,
)
