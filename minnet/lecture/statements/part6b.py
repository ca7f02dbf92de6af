"""Claims of part 6b: a bag of tricks for mini-batches."""

import numpy as np

from ..claims import Claim
from ..verdicts import Question, above, below, between, close, every, of, smaller, that, wins


def clearly(question: Question) -> Question:
    """The question with yes or no as answers: seeds that do not decide count as no.

    Parameters
    ----------
    question : Question
    """
    return that(question.text, lambda value: question(value) is True)


def slowly(key: str) -> Question:
    """Does it take five times as long to better the guess as to find it?

    Parameters
    ----------
    key : str
        A loss and a number of hidden layers, like "squared 2".
    """
    return clearly(wins(f"{key} guess", f"{key} better", by=5))


def best_power(losses: dict[str, np.ndarray]) -> bool | None:
    """Whether the best p is not 0, and better than 0 for most seeds; None: not decided.

    Parameters
    ----------
    losses : {"p = 0.5": (S,) losses}
        For each power p.
    """
    best = min(losses, key=lambda p: np.mean(losses[p]))
    return best != "p = 0" and wins(best, "p = 0")(losses)


FEWER_STEPS = that("1000 times fewer steps", lambda v: 1000 * v["prepared"] < v["raw"])
ALIKE = that("net inputs alike", lambda sd: max(sd) < 1.2 * min(sd))
SIZES_DIFFER = smaller("regression scaled", "regression raw", by=10)
LARGER_RATE = smaller("centred eigenvalue", "raw eigenvalue", by=2)
STOPPED = every(
    of("saturated", above(0.95)), of("loss", above(1.5)), of("hidden gradient", below(1e-6))
)
TWO_OF_THREE = every(wins("momentum", "sgd", by=1.1), wins("rmsprop", "sgd", by=1.1))

CLAIMS = (
    Claim(
        "6b.1", 9, "Turning the rate down wins quickly, then learns more slowly: not too soon.",
        "exact",
        holds=every(
            that("a win at t0 = 250, then a loss", lambda v: v[250]["best"] < 0.95 < 1.05
                 < v[250]["worst"]),
            that("too soon at t0 = 100", lambda v: v[100]["best"] > v[250]["best"]),
            that("late enough at t0 = 400", lambda v: v[400]["worst"] < 1 + 1e-9),
        ),
        expect=every(
            of(200, close({"best": 0.938, "worst": 1.70}, abs=0.005)),
            of(200, close({"best after": 13, "worse from": 235, "worse until": 1167})),
            of(250, close({"worse from": 325, "worse until": 811})),
            of(400, close({"best": 0.615}, abs=0.001)),
        ),
        source="closed form of mean and variance on a noisy quadratic",
    ),
    Claim(
        "6b.2", 10, "Hidden units that start alike stay alike.", "measured",
        holds=every(of("difference", below(1e-9)), smaller("random loss", "clone loss", by=5)),
        source="equal units get equal gradients; only rounding tells them apart",
        seeds=5,
    ),
    Claim(
        "6b.3", 10, "Small random values break the symmetry, however small.", "measured",
        holds=every(
            that("every noise lets the units part", lambda v: np.isfinite(v["updates"]).all()),
            of("correlation", above(0.98)),
        ),
        source="the difference between units grows exponentially: time ~ -log(noise)",
        seeds=5,
    ),
    Claim(
        "6b.4", 10, "With a big fan-in, small changes of many weights can overshoot.", "exact",
        holds=every(
            of("one case", close(-1, abs=0.02)), of("all cases, mean 0.5", between(-1.1, -0.85))
        ),
        expect=every(
            of("one case", close(-1, abs=1e-3)), of("all cases, mean 0", between(-0.35, -0.1))
        ),
        source="the rate must stay below 2 / x'x, or 2 / the largest eigenvalue",
    ),
    Claim(
        "6b.5", 10, "Start weights should be proportional to the root of the fan-in.", "exact",
        holds=of("sqrt(n)", ALIKE),
        corrected=("proportional to 1/sqrt(fan-in)", of("1/sqrt(n)", ALIKE)),
        expect=every(
            of("1/sqrt(n)", close([1, 1, 1, 1], rel=0.06)),
            of("constant", close([0.316, 1, 3.16, 10], rel=0.06)),
            of("sqrt(n)", close([1, 10, 100, 1000], rel=0.06)),
        ),
        source="n independent terms of variance sd^2: the net input has sd * sqrt(n)",
        seeds=5,
    ),
    Claim(
        "6b.6", 10, "The learning rate can be scaled down with the fan-in, too.",
        "to measure",
        holds=that("the best p is above 0, and wins for 80 % of the seeds", best_power),
        source="overshoot alone asks for p = 1, the rule for start weights for p = 1/2",
        seeds=5,
        after_a_look=True,
    ),
    Claim(
        "6b.7", 11, "Shifting the inputs makes a big difference to steepest descent.", "exact",
        holds=FEWER_STEPS,
        expect=close(
            {"raw": 276_352, "prepared": 1, "condition": 40005.9, "axis ratio": 200.015,
             "lines' angle": 0.573, "w*": [-0.980198, 1.0]}, rel=1e-3,
        ),
        source="eigenvalues of [[20402, 20200], [20200, 20002]]",
    ),
    Claim(
        "6b.8", 11, "Giving each input zero mean usually helps.", "measured",
        holds=every(LARGER_RATE, wins("centred updates", "raw updates", by=1.1)),
        under=("the usable rate grows", LARGER_RATE),
        seeds=5,
    ),
    Claim(
        "6b.9", 11, "In this example, zero mean for each input makes the bowl round.", "exact",
        holds=of("eigenvalues", close([2, 2], abs=1e-9)),
        corrected=(
            "subtract 100; or the means, and give the neuron a bias",
            of("with a bias", close([2, 2], abs=1e-9)),
        ),
        expect=every(
            of("eigenvalues", close([0, 2], abs=1e-9)), of("error left", close(1, abs=1e-9))
        ),
        source="the first input is 101 in both cases: its mean takes it away",
    ),
    Claim(
        "6b.10", 11, "tanh(x) = 2 logistic(x) - 1.", "exact",
        holds=of("as printed", below(1e-12)),
        corrected=("tanh(x) = 2 logistic(2x) - 1", of("rescaled", below(1e-15))),
        expect=close({"as printed": 0.3003, "at": 1.061}, abs=1e-3),
        source="sech^2(x) = sech^2(x / 2) / 2 where the two differ most",
    ),
    Claim(
        "6b.11", 11, "tanh hidden units are roughly zero-mean, so better for the next layer.",
        "measured",
        holds=every(
            of("tanh mean", between(-0.1, 0.1)), of("logistic mean", between(0.4, 0.6)),
            wins("tanh condition", "logistic condition", by=2),
        ),
        seeds=5,
    ),
    Claim(
        "6b.12", 11, "A logistic unit ignores big negative inputs; tanh must saturate for that.",
        "exact",
        holds=every(
            of("logistic value", below(0.01)), of("logistic slope", below(0.01)),
            that("tanh is flat only at -1", lambda v: v["tanh slope"] < 0.01 and
                 v["tanh value"] < -0.99),
        ),
        expect=every(
            close({"logistic value": 0.002473, "logistic slope": 0.002467}, abs=1e-6),
            close({"tanh value": -0.9999877, "tanh slope": 2.4576e-5}, abs=1e-7),
        ),
        source="logistic and tanh at a net input of -6 (said in the talk)",
    ),
    Claim(
        "6b.13", 12, "Scaling the inputs makes a big difference to steepest descent.", "exact",
        holds=FEWER_STEPS,
        expect=close(
            {"raw": 69_078, "prepared": 1, "condition": 1e4, "axis ratio": 100,
             "lines' angle": 1.14588, "w*": [10, 0.1]}, rel=1e-4,
        ),
        source="eigenvalues 0.02 and 200; the acute angle is 2 atan(0.01)",
    ),
    Claim(
        "6b.14", 12, "Unit variance for each input makes a big difference.", "measured",
        holds=every(
            SIZES_DIFFER,
            smaller("digits scaled", "digits centred", by=10),
            wins("scaled updates", "centred updates", by=1.1),
        ),
        under=("where the inputs' sizes differ much", SIZES_DIFFER),
        source="condition ~ (ratio of the scales)^2 before, near 1 after",
        seeds=5,
    ),
    Claim(
        "6b.15", 13, "Dividing principal components by the roots of their eigenvalues makes the "
        "surface circular.", "exact",
        holds=every(of("whitened", close(1, abs=1e-10)), of("steps whitened", close(1))),
        expect=close({"scaled": 199, "whitened": 1}, abs=1e-6),
        source="(1 + rho) / (1 - rho) with rho = 0.99",
    ),
    Claim(
        "6b.16", 13, "Dropping the components with the smallest eigenvalues reduces the inputs.",
        "measured",
        holds=every(
            of("variance kept", above(0.9)), smaller("condition of half", "condition of all", by=5),
            wins("half", "all", by=1 / 1.1),
        ),
        under=(
            "three quarters of them learn as fast as all; half of them take a little longer",
            every(of("variance kept", above(0.9)), wins("three quarters", "all", by=1 / 1.1)),
        ),
        source="half of the components; updates at most a tenth more than with all",
        seeds=5,
        after_a_look=True,
    ),
    Claim(
        "6b.17", 13, "On a circle the gradient points straight at the minimum.", "exact",
        holds=of("whitened", below(1e-6)),
        expect=of("raw", above(45)),
        source="there H is a multiple of the identity",
    ),
    Claim(
        "6b.18", 14, "A very big rate drives each hidden unit's weights to one side, and learning "
        "stops.", "measured",
        holds=every(of("same sign", above(0.9)), STOPPED),
        under=(
            "nearly all of a unit's total input comes from one side; weights of inputs that are "
            "seldom on lag behind",
            every(of("same sign, by pull", above(0.9)), STOPPED),
        ),
        seeds=5,
        after_a_look=True,
    ),
    Claim(
        "6b.19", 14, "That is a plateau and not a local minimum.", "to measure",
        holds=every(
            of("gradient", below(1e-5)),
            of("fall along it", above(1e-14)),
            smaller("weights / 50", "as it is", by=2),
        ),
        seeds=5,
        after_a_look=True,
    ),
    Claim(
        "6b.20", 14, "The best guess is to output each class as often as it occurs.", "exact",
        holds=of("best outputs", close([0.1, 0.3, 0.7] * 2, abs=1e-6)),
        expect=close(
            {"softmax": 2.302585, "logistic": 3.250830, "one logistic": 0.325083, "squared": 0.45},
            abs=1e-6,
        ),
        source="entropy of the proportions; p (1 - p) for the squared error",
    ),
    Claim(
        "6b.21", 14, "A net guesses the proportions quickly, and betters that slowly.",
        "to measure",
        holds=every(*(slowly(f"{loss} {depth}") for loss in ("cross-entropy", "squared")
                      for depth in (1, 2))),
        under=("for the squared error with two hidden layers of small weights",
               slowly("squared 2")),
        source="slowly: at least 5 times the updates of the guess",
        seeds=5,
        after_a_look=True,
    ),
    Claim(
        "6b.22", 15, "Momentum, adaptive gains and rmsprop speed up mini-batch learning.",
        "measured",
        holds=every(TWO_OF_THREE, clearly(wins("gains", "sgd", by=1.1))),
        under=("momentum and rmsprop do; gains alone by less than a tenth", TWO_OF_THREE),
        source="updates to a training loss of 0.1, the best of equally many rates for each rule",
        seeds=5,
        after_a_look=True,
    ),
)  # fmt: skip
