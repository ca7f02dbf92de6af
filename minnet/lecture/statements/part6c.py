"""Claims of part 6c: momentum, standard and Nesterov's."""

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from ..claims import Claim
from ..verdicts import above, below, between, close, every, of, smaller, that, wins

BUDGETS = ("full batch, 50", "full batch, 200", "mini-batches, 50", "mini-batches, 200")


def is_noise(value: ArrayLike) -> bool:
    """Is the mean of paired differences less than two standard errors from 0?

    Parameters
    ----------
    value : (S,) array
        The differences.
    """
    value = np.asarray(value, float)
    return bool(abs(value.mean()) <= 2 * value.std(ddof=1) / sqrt(value.size))


CLAIMS = (
    Claim(
        "6c.1", 17, "Once the ball has velocity it no longer moves in the steepest direction.",
        "exact",
        holds=every(
            of("first step", close(0, abs=1e-4)), of("later, at least", above(0.1))
        ),
        expect=of("first step", close(0, abs=1e-4)),
        source="v(1) is -eps times the gradient; afterwards the old velocity is added",
    ),
    Claim(
        "6c.2", 17,
        "Momentum damps the oscillation across a ravine and builds up speed along it.",
        "exact",
        holds=every(
            of("across", close([sqrt(0.9)] * 5, abs=1e-6)),
            of("along", that(
                "rises towards 10 and stays below",
                lambda speed: np.all(np.diff(speed) > 0) and 9.9 < speed[-1] <= 10,
            )),
            of("crosses after", between(1, 2)),
        ),
        expect=of("across", close([0.9487] * 5, abs=5e-5)),
        source="both roots of z^2 - (1 + a - eps c) z + a have the size sqrt(a) where they are "
        "complex: (1 - sqrt a)^2 < eps c < (1 + sqrt a)^2; along, v tends to eps g / (1 - a)",
    ),
    Claim(
        "6c.3", 18, "The forms of the momentum equation are the same update.", "exact",
        holds=every(of("constant rate", below(1e-12)), of("falling rate", below(1e-12))),
        under=("while the learning rate is constant", of("constant rate", below(1e-12))),
        expect=of("constant rate", below(1e-12)),
        source="with eps outside the velocity a new eps acts on the old velocity too",
    ),
    Claim(
        "6c.4", 19, "On a tilted plane the velocity tends to 1/(1 - alpha) times plain descent's.",
        "exact",
        holds=of("speed", close([1, 2, 10, 100], rel=1e-9)),
        expect=every(
            of("speed", close([1, 2, 10, 100], rel=1e-9)), of("99 % at", close([1, 7, 44, 459]))
        ),
        source="v(t) = (1 - a^t) / (1 - a) eps g: 99 % after log .01 / log a = 6.6, 43.7, 458.2",
    ),
    Claim(
        "6c.5", 19, "With alpha near 1 this is much faster than plain gradient descent.", "exact",
        holds=every(smaller("momentum .9", "plain", by=2), smaller("best momentum", "plain", by=5)),
        expect=close({"plain": 691, "best momentum": 85, "momentum .9": 235}),
        source="the best of each contracts by (k - 1)/(k + 1) and (sqrt k - 1)/(sqrt k + 1) a "
        "step; with constants rounded to alpha .6694, eps .03306 it takes 86 steps",
    ),
    Claim(
        "6c.6", 19, "Momentum lets us learn at rates at which plain descent diverges.", "exact",
        holds=every(
            smaller("edge, plain", "edge, momentum", by=1.5), of("steps at .0379", between(1, 2000))
        ),
        expect=every(
            close({"edge, plain": 0.02, "edge, momentum": 0.038}, rel=1e-5),
            close({"steps at .0379": 251, "steps at .0381": np.nan}),
        ),
        source="eps c < 2 for plain descent, eps c < 2 (1 + a) with momentum; c = 100",
    ),
    Claim(
        "6c.7", 19, "Momentum speeds up the learning of a real net.", "measured",
        holds=wins("momentum .9", "plain", by=1.25), seeds=5,
        source="108 and 59.6 updates on another set of digits",
    ),
    Claim(
        "6c.8", 19, "Begin with momentum .5 and raise it to .9 or .99: early gradients are large.",
        "to measure",
        holds=every(
            wins("peak, .5 to .99", "peak, .99", by=2), wins("updates, .5 to .99", "updates, .99"),
            wins("updates, .5 to .9", "updates, .9"),
        ),
        under=("sooner where the momentum ends at .99, though the loss has no higher peak with .99 "
               "from the start; .9 is best from the start",
               wins("updates, .5 to .99", "updates, .99")),
        seeds=10,
        source="bound chosen beforehand: sooner, and a peak twice as high without it",
        after_a_look=True,
    ),
    Claim(
        "6c.9", 21, "Nesterov's method makes the big jump first and corrects where it has landed.",
        "exact",
        holds=every(of("off the drawing", below(0.2)), of("off jump + correction", below(1e-12))),
        expect=of("off the drawing", below(0.2)),
        source="the places read off the slide, to a tenth of its units",
    ),
    Claim(
        "6c.10", 20, "Nesterov's momentum often works better than the standard one.", "measured",
        holds=every(
            wins("nesterov .9", "momentum .9", by=1.1),
            smaller("ravine, nesterov", "ravine, momentum"),
        ),
        expect=close({"ravine, nesterov": 208, "ravine, momentum": 235}),
        seeds=10,
        source="59.6 and 46.4 updates on another set of digits; 235 and 208 steps in the ravine",
    ),
    Claim(
        "6c.11", 20, "Why correcting a mistake afterwards is better: stiff directions calm down.",
        "exact",
        holds=every(
            smaller("nesterov .9", "momentum .9", by=2),
            of("effective momentum", that("falls with eps c", lambda a: np.all(np.diff(a) < 0))),
        ),
        expect=every(
            close({"plain": 0, "momentum .9": 0.9487, "nesterov .9": 0}, abs=5e-5),
            of("effective momentum", close([0.9, 0.675, 0.45, 0.225, 0], abs=1e-12)),
        ),
        source="the determinant of a step is alpha for momentum, alpha (1 - eps c) for Nesterov",
    ),
    Claim(
        "6c.12", 20, "Fine print: Nesterov's momentum has the smaller range of stable rates.",
        "exact",
        holds=every(
            smaller("edge, nesterov", "edge, momentum", by=2),
            of("steps at .0135", between(1, 2000)),
        ),
        expect=every(
            close({"edge, momentum": 3.8, "edge, nesterov": 3.8 / 2.8}, rel=1e-5),
            of("steps at .0135", between(1, 2000)), close({"steps at .0136": np.nan}),
        ),
        source="stable for eps c < (2 + 2a) / (1 + 2a), momentum below 2 (1 + a); not on the slide",
        after_a_look=True,
    ),
    Claim(
        "6c.13", 20, "Momentum helps with the full batch and with mini-batches alike.", "measured",
        holds=every(*(
            wins(f"{budget}, {fast}", f"{budget}, plain", by=1.2)
            for budget in BUDGETS for fast in ("momentum", "nesterov")
        )),
        seeds=5,
        source="bound chosen beforehand: 1.2 times lower, at each one's best rate",
    ),
    Claim(
        "6c.14", 18, "The purpose of momentum is speed, not regularisation.", "to measure",
        holds=of("change", that("the change of the gap is within two standard errors", is_noise)),
        under=("it does not narrow the gap; with so large a rate it even widens it",
               every(of("change", that("", lambda change: np.mean(change) > 0)),
                     of("speed-up", above(1)))),
        seeds=10,
        source="asked in the course's final exam; the held-out loss at equal training loss",
        after_a_look=True,
    ),
)  # fmt: skip
