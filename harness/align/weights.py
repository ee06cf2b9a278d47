"""The weights of the default aligner, fitted on the development documents by `experiments/alignment/fit.py`.

`MIDDLE` is the middle between parallel and comparable text; `SLOPE` is added once per unit of share.
"""

from harness.align.model import Weights

MIDDLE = Weights(
    cosine=11.870,
    around=-3.875,
    coverage=12.256,
    length=-5.645,
    bead=-4.830,
    size=0.892,
    both=-0.419,
    null=0.830,
    null_length=-0.166,
    open=-2.670,
)

SLOPE = Weights(
    cosine=4.038,
    around=0.000,
    coverage=5.558,
    length=3.228,
    bead=-2.948,
    size=0.629,
    both=-0.000,
    null=0.051,
    null_length=0.000,
    open=0.706,
)
