"""Claims of part 6a: error surfaces, full batches and mini-batches."""

from ..claims import Claim
from ..verdicts import above, below, between, close, every, of, smaller, that, wins

WIDEST = {1: 0, 2: 19.47, 10: 54.90, 100: 78.58, 10_000: 88.85}

CLAIMS = (
    Claim(
        "6a.1", 2, "The squared error of a linear neuron is a quadratic bowl over its weights.",
        "exact",
        holds=every(of("misfit", below(1e-10)), of("least curvature", above(0))),
        expect=of("misfit", below(1e-10)),
        source="E = 1/2 mean (t - w x)^2 is a polynomial of degree 2 in w", seeds=5,
    ),
    Claim(
        "6a.2", 2, "Vertical cuts through that bowl are parabolas.", "exact",
        holds=below(1e-10), expect=below(1e-10),
        source="the cubic coefficient of a cut is 0", seeds=5,
    ),
    Claim(
        "6a.3", 2, "Horizontal cuts through that bowl are ellipses.", "exact",
        holds=every(
            of("B^2 - 4AC", below(0)), of("axis ratio error", below(1e-6)),
            of("direction error", below(1e-6)),
        ),
        expect=of("axis ratio error", below(1e-6)),
        source="axes along the eigenvectors of the Hessian, their ratio sqrt(l_max / l_min)",
        seeds=5,
    ),
    Claim(
        "6a.4", 2, "The error surface of a multi-layer net is locally close to a quadratic bowl.",
        "measured",
        holds=every(
            of("order", between(2.9, 3.1)), of("rest at 0.01", below(0.02)),
            of("downward at the start", below(0.5)),
        ),
        under=(
            "it is locally quadratic everywhere, but a bowl only near a minimum",
            every(
                of("order", between(2.9, 3.1)), of("rest at 0.01", below(0.02)),
                of("downward at the end", below(0.5)),
            ),
        ),
        source="Taylor: what the quadratic leaves is of third order", seeds=5,
    ),
    Claim(
        "6a.5", 3, "Steepest descent does not point at the minimum unless the ellipse is a circle.",
        "exact",
        holds=every(of(1, close(0, abs=1e-6)), of("on the axes", above(0.01))),
        under=(
            "on an ellipse, from everywhere but its two axes",
            every(of(1, close(0, abs=1e-6)), of("beside the axes", above(0.01))),
        ),
        expect=close(WIDEST, abs=0.005),
        source="the widest angle is arccos(2 sqrt(k) / (1 + k))",
    ),
    Claim(
        "6a.6", 3, "The gradient is big where the way is short and small where the way is long.",
        "exact",
        holds=every(
            smaller("gradient, long way", "gradient, short way", by=5),
            smaller("short way", "long way", by=5),
        ),
        expect=of("ratio of the two ratios", close(100, rel=1e-9)),
        source="g = H w: along an eigenvector, gradient / distance is the curvature",
    ),
    Claim(
        "6a.7", 3, "On a long thin bowl full-batch steepest descent is slow.", "exact",
        holds=every(of(1, close(1)), of(100, above(100)), of("slope", between(0.95, 1.05))),
        expect=close({1: 1, 100: 691}, abs=0.5),
        source="each step leaves (k - 1) / (k + 1): 6.9 k steps to a millionth",
    ),
    Claim(
        "6a.8", 4, "With a big learning rate the weights slosh to and fro across the ravine.",
        "exact",
        holds=every(of("sign flips", close(1)), of("factor", below(0))),
        expect=of("factor", close(-0.9, rel=1e-9)),
        source="across, each step multiplies by 1 - lr l = 1 - 1.9",
    ),
    Claim(
        "6a.9", 4, "If the learning rate is too big, this oscillation diverges.", "exact",
        holds=every(of(1.9, below(1)), of(2.1, above(1)), of("edge", close(2, rel=1e-5))),
        expect=close({1.9: 0.9**100, 2.0: 1, 2.1: 1.1**100, "edge": 2}, rel=1e-5),
        source="after 100 steps |1 - lr l|^100 is left; 1 at lr l = 2",
    ),
    Claim(
        "6a.10", 4, "The lecture's methods go fast along small consistent gradients and slowly "
        "across big inconsistent ones; plain descent does not.", "to measure",
        holds=that(
            "plain descent has one rate, the others go at least 3 times faster along, at any angle",
            lambda ratio: abs(ratio["sgd"][0] - 1) < 1e-6
            and all(min(pair) > 3 for name, pair in ratio.items() if name != "sgd"),
        ),
        under=(
            "momentum at any angle; rates per weight only if the ravine runs along an axis",
            that(
                "momentum at both angles, the others at 0 degrees",
                lambda ratio: abs(ratio["sgd"][0] - 1) < 1e-6 and min(ratio["momentum"]) > 3
                and all(pair[0] > 3 for name, pair in ratio.items() if name != "sgd"),
            ),
        ),
        source="lr / (1 - momentum) along; for rules per weight about the condition number at most",
        after_a_look=True,
    ),
    Claim(
        "6a.11", 5, "With redundant data, the gradients on two halves are almost the same.",
        "measured",
        holds=every(
            of("copies", above(0.999)), of("start", above(0.8)), of("after 500", above(0.8))
        ),
        under=(
            "early in learning, or where the halves are copies",
            every(of("copies", above(0.999)), of("start", above(0.8))),
        ),
        expect=of("copies", between(1 - 1e-5, 1 + 1e-5)), source="copies: cosine 1", seeds=5,
    ),
    Claim(
        "6a.12", 5, "On redundant data mini-batches need fewer passes than the full batch.",
        "measured",
        holds=every(
            wins(100, "full", by=2), wins(10, "full", by=2), wins("100 of 4 copies", 100, by=3)
        ),
        source="here: at least twice fewer; k copies divide the passes by k", seeds=5,
    ),
    Claim(
        "6a.13", 5, "Mini-batches cost less time per case than learning online.", "to measure",
        holds=every(smaller("minnet 100", "minnet 1", by=2), smaller("NumPy 100", "NumPy 1", by=5)),
        source="one update for b cases, and products of matrices instead of vectors",
    ),
    Claim(
        "6a.14", 5, "Mini-batches must be balanced for the classes.", "measured",
        holds=wins("balanced", "sorted", by=2),
        source="a plan sorted by class ends at twice the loss, or worse", seeds=5,
    ),
    Claim(
        "6a.15", 5, "The more cases a mini-batch has, the better it estimates the gradient.",
        "measured",
        holds=every(
            smaller("1, start", "10, start", by=1.5), smaller("10, start", "100, start", by=1.2),
            smaller("1, after 50", "10, after 50", by=1.5),
            smaller("10, after 50", "100, after 50", by=1.2),
            of("slope", between(-1.2, -0.8)),
        ),
        source="slope: the squared error of the estimate falls in proportion to 1 / b", seeds=5,
    ),
    Claim(
        "6a.19", 6, "With the full gradient one can use clever methods that are much faster.",
        "measured",
        holds=every(
            wins("L-BFGS 200", "descent 200", by=10), wins("CG 200", "descent 200", by=10)
        ),
        source="the training loss after 200 gradients of all cases", seeds=5,
    ),
    Claim(
        "6a.20", 6, "Methods made for the full gradient need quite big mini-batches.", "to measure",
        holds=every(wins("sgd", 10, by=2), wins(1000, "sgd", by=2), wins(1000, 100, by=2)),
        under=(
            "10 cases are too few and 100 better, but restarts cost more than small mini-batches",
            every(
                wins("sgd", 10, by=2), wins(100, 10, by=2), wins("uninterrupted", 100, by=2),
                wins("uninterrupted", 1000, by=2),
            ),
        ),
        source="L-BFGS, five iterations a mini-batch, against SGD with as many cases", seeds=5,
        after_a_look=True,
    ),
    Claim(
        "6a.16", 7, "A simple program can find the learning rate.", "measured",
        holds=every(
            of("steps against the best", below(1.2)), of("median rate * curvature", between(1, 3)),
        ),
        source="up by 5 % after a success, halved and undone after a failure", seeds=0,
    ),
    Claim(
        "6a.17", 7, "Turning the rate down removes fluctuations that mini-batches cause.", "exact",
        holds=of("ratio", above(5)),
        expect=close({"0.1": 0.1 / 1.9, "0.01": 0.01 / 1.99, "ratio": 0.1 / 1.9 * 199}, rel=0.05),
        source="variance lr s^2 / (l (2 - lr l))", seeds=5,
    ),
    Claim(
        "6a.18", 7, "A validation set tells better than the training error when to turn it down.",
        "to measure",
        holds=wins("by validation", "by training"),
        source="test loss at the end", seeds=10,
    ),
)  # fmt: skip
