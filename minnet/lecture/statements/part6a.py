"""Claims of part 6a: error surfaces, full batches and mini-batches."""

from ..claims import Claim
from ..verdicts import close, every, of, that

CLAIMS = (
    Claim(
        "6a.5", 3, "Steepest descent does not point at the minimum unless the ellipse is a circle.",
        "exact",
        holds=every(
            of(1, close(0, abs=1e-6)), that("else above 0", lambda angle: angle[2] > 0.01)
        ),
        expect=close({1: 0, 2: 19.47, 10: 54.90, 100: 78.58, 10_000: 88.85}, abs=0.005),
        source="the widest angle is arccos(2 sqrt(k) / (1 + k))",
    ),
)  # fmt: skip
