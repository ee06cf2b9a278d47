"""The weights of the default aligner, as `experiments/alignment/fit.py` printed them.

`MIDDLE` is the middle between parallel and comparable text; `SLOPE` is added once per unit of share. `GATE`
weighs, for each of `regimes.SHARES`, the `regimes.signs` of a pair of texts.
"""

from harness.align.model import Weights

MIDDLE = Weights(
    cosine=12.583,
    cosine_merge=3.791,
    cosine_long=-0.203,
    around=-4.946,
    coverage=1.311,
    coverage_merge=-0.552,
    coverage_long=2.955,
    clause=4.583,
    gain=3.314,
    length=-5.331,
    length_long=-3.297,
    ends=-1.503,
    numbers=-1.030,
    bead=-3.037,
    size=2.031,
    both=-1.084,
    null=1.940,
    null_length=-0.131,
    edge=1.499,
    open=-3.012,
)

SLOPE = Weights(
    cosine=4.736,
    cosine_merge=0.000,
    cosine_long=0.000,
    around=0.000,
    coverage=2.237,
    coverage_merge=0.000,
    coverage_long=0.000,
    clause=0.000,
    gain=0.000,
    length=3.585,
    length_long=0.000,
    ends=0.000,
    numbers=0.000,
    bead=-1.194,
    size=0.806,
    both=0.000,
    null=0.267,
    null_length=0.000,
    edge=0.277,
    open=1.168,
)

GATE = (
    (-2.032, 0.535, -0.112, -0.381, 4.356),
    (-1.228, -1.260, -0.832, 1.500, -2.698),
    (2.457, 0.146, 0.944, -1.119, -1.659),
)
