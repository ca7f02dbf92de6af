"""Claims of part 6e, slides 27 to 29: the sign of the gradient, its size, and mini-batches."""

from math import log, sqrt

from ..claims import Claim
from ..verdicts import above, below, between, close, every, of, smaller, that, wins

RPROPS = ("Rprop-", "iRprop-", "Rprop+")
DECAYS = (0.9, 0.99, 0.999)

CLAIMS = (
    Claim(
        "6e.1", 27, "Gradients differ in size between weights and change while the net learns, so "
        "that one learning rate cannot suit all.", "to measure",
        holds=every(of("between weights", above(100)), of("in time", above(10))),
        under=("by factors of ten, not of a hundred",
               every(of("between weights", above(10)), of("in time", above(2)))),
        seeds=5,
    ),
    Claim(
        "6e.2", 27, "With only the sign of the gradient, all moves have the same size, whatever "
        "the scale of the error.", "exact",
        holds=every(of("sign step", close(0)), of("Rprop-", close(0)), of("SGD", above(1))),
        expect=close({"sign step": 0, "Rprop-": 0}),
        source="sign(c g) = sign(g) for c > 0; exact in floating point if c is a power of two",
    ),
    Claim(
        "6e.3", 27, "Rprop escapes quickly from plateaus with tiny gradients.", "exact",
        holds=every(smaller("Rprop-", "sign step", by=5), smaller("sign step", "SGD", by=1e6)),
        expect=close({"Rprop-": 17, "sign step": 100, "SGD": 1e10}, rel=1e-6),
        source="0.1 (1.2^n - 1) / 0.2 >= 10 from n = ln 21 / ln 1.2 = 16.7 on",
    ),
    Claim(
        "6e.4", 27, "That escape cannot be bought with a higher learning rate: big gradients would "
        "blow up (talk).", "to measure",
        holds=every(of("least throw", above(100)), of("share that arrives", close(0))),
        under=("nearly all rates are thrown a hundred radii out of the pit; none arrives",
               every(of("share above 100", above(0.9)), of("share that arrives", close(0)))),
        after_a_look=True,
    ),
    Claim(
        "6e.5", 27, "Step sizes grow 1.2-fold while signs agree, halve where they do not, and stay "
        "within 50 and a millionth.", "exact",
        holds=every(of("agreements to 50", close([35] * 4)),
                    of("disagreements to 1e-6", close([17] * 4))),
        expect=close({"agreements to 50": [35] * 4, "disagreements to 1e-6": [17] * 4,
                      "agreements for a disagreement": log(2) / log(1.2),
                      "share in balance": log(1.2) / log(2.4)}, rel=1e-9),
        source="ln 500 / ln 1.2 = 34.1; ln 1e5 / ln 2 = 16.6; ln 2 / ln 1.2 = 3.80; 20.8 %",
    ),
    Claim(
        "6e.6", 27, "Rprop is an excellent method for full batches.", "measured",
        holds=wins("Rprop-", "SGD", by=10), under=("better, not ten times", wins("Rprop-", "SGD")),
        seeds=5,
    ),
    Claim(
        "6e.7", 28, "SGD with a small rate averages over mini-batches: nine gradients of 0.1 and "
        "one of -0.9 leave the weight where it was.", "exact",
        holds=of("after 1, 10, 100 cycles", close([0, 0, 0], abs=1e-12)),
        expect=of("after 1, 10, 100 cycles", close([0, 0, 0], abs=1e-12)),
        source="the ten gradients sum to 0",
    ),
    Claim(
        "6e.8", 28, "With the sign alone the same weight goes up nine steps and down one.", "exact",
        holds=of("after 1, 10, 100 cycles", close([8, 80, 800], rel=1e-9)),
        expect=of("after 1, 10, 100 cycles", close([8, 80, 800], rel=1e-9)),
        source="9 - 1 = 8 steps a cycle",
    ),
    Claim(
        "6e.9", 28, "Rprop makes that weight grow a lot; with the slide's own 1.2 and 0.5 the step "
        "sizes adapt too, and it grows exponentially.", "exact",
        holds=every(of("Rprop-", that("further than by sign alone", lambda far: far[-1] > 80)),
                    of("growth", above(1))),
        expect=every(
            close({"Rprop-": [1.86490, 26.377, 10760.5], "iRprop-": [2.07989, 1508.6, 36087],
                   "Rprop+": [1.64991, 1279.6, 31358]}, rel=5e-5),
            of("growth", close([0.25 * 1.2**8, 0.5 * 1.2**8, 0.5 * 1.2**8], rel=1e-9)),
        ),
        source="a cycle multiplies the size by 0.5 0.5 1.2^8, or 0.5 1.2^8 where a change of sign "
        "is forgotten, until it is 50",
    ),
    Claim(
        "6e.10", 28, "In a real net, too, Rprop makes weights grow a lot on mini-batches.",
        "measured",
        holds=every(smaller("1000", "10", by=100), smaller("1000, 200 epochs", "100", by=10)),
        under=("after as many epochs; after as many updates the full batch has larger ones, "
               "but there the loss is 0 by then",
               every(smaller("1000", "10", by=100),
                     smaller("loss 1000, 200 epochs", "loss 100", by=100))), seeds=5,
        after_a_look=True,
    ),
    Claim(
        "6e.11", 28, "Rprop does not work with mini-batches.", "measured",
        holds=every(*[wins(better, name, by=3) for better in ("SGD", "rmsprop")
                      for name in RPROPS]),
        under=("only compared with rmsprop",
               every(*[wins("rmsprop", name, by=3) for name in RPROPS])), seeds=5,
    ),
    Claim(
        "6e.12", 28, "Rprop can work with very big mini-batches, if its step sizes change much "
        "more cautiously (talk).", "to measure",
        holds=every(*[of(b, smaller("1.02 / 0.95", "1.2 / 0.5", by=1.5))
                      for b in (100, 250, 500)]),
        under=("at 100 and 250 cases; at 500, half of all, 1.2 and 0.5 do already",
               every(*[of(b, wins("1.02 / 0.95", "1.2 / 0.5", by=1.5)) for b in (100, 250)])),
        seeds=5,
        after_a_look=True,
    ),
    Claim(
        "6e.13", 29, "Rprop is the gradient divided by its own size.", "exact",
        holds=below(1e-12), expect=below(1e-12),
        source="rmsprop with decay 0: g / sqrt(g^2) = sign(g)",
    ),
    Claim(
        "6e.14", 29, "Rprop divides by a very different number for each mini-batch, rmsprop by a "
        "similar one.", "to measure",
        holds=smaller("rmsprop", "sign step", by=5),
        under=("not five times", smaller("rmsprop", "sign step")), seeds=5,
    ),
    Claim(
        "6e.15", 29, "MeanSquare(t) = 0.9 MeanSquare(t-1) + 0.1 g^2: from 0 on, the first steps "
        "are too long, and settle at the learning rate.", "exact",
        holds=every(of("first steps", above(1)), of("step 100", close(1, abs=1e-4))),
        expect=close({"first steps": [1 / sqrt(1 - 0.9**t) for t in (1, 2, 3)], "step 100": 1,
                      "longest": [sqrt(10), 10, sqrt(1000)]}, abs=1e-4),
        source="1 / sqrt(1 - decay^t) for a constant gradient; 1 / sqrt(1 - decay) at most",
    ),
    Claim(
        "6e.16", 29, "Dividing by similar numbers restores the averaging over mini-batches.",
        "exact",
        holds=of("steady", below(0.01)),
        under=("what is left falls in proportion to 1 - decay: a twelfth of the sign's drift with "
               "0.9; and the start from 0 must be over",
               every(of("steady", that("below a tenth of 8", lambda d: max(d) < 0.8)),
                     of("slope", between(0.95, 1.05)))),
        expect=close({"steady": [0.6795, 0.0667, 0.00667], "shuffled": [0.77, 0.068, 0.0067],
                      "sign step": 8, "Adagrad": 0, "first cycle": [13.03, 37.90, 118.89],
                      "freed of bias": [6.53, 6.06, 6.01],
                      "from 0.09": [1.154, 0.0735, 0.00674]}, abs=0.006),
        source="the periodic state of MeanSquare on the ten gradients", seeds=5,
    ),
    Claim(
        "6e.17", 29, "The scale of each weight's gradient does not matter to rmsprop.", "exact",
        holds=of("rmsprop", below(1e-9)), expect=of("rmsprop", below(1e-9)),
        source="c g / sqrt(c^2 MeanSquare) = g / sqrt(MeanSquare), up to rounding", seeds=5,
    ),
    Claim(
        "6e.18", 29, "Dividing by the root mean square makes learning work much better.",
        "measured",
        holds=every(smaller("rmsprop to 0.1", "SGD to 0.1", by=1.5),
                    smaller("rmsprop to 0.01", "SGD to 0.01", by=1.5)),
        under=("much sooner at a loss of 0.01, only a little at 0.1",
               every(wins("rmsprop to 0.1", "SGD to 0.1"),
                     wins("rmsprop to 0.01", "SGD to 0.01", by=1.5))), seeds=5,
        after_a_look=True,
    ),
    Claim(
        "6e.19", 29, "At a constant rate rmsprop never comes to rest: it ends on a 2-cycle, half "
        "the rate to either side on every axis.", "exact",
        holds=every(of("half width", close([[0.5, 0.5]] * 2, abs=1e-3)),
                    of("centre", below(1e-3))),
        expect=of("half width", close([[0.5, 0.5]] * 2, abs=1e-3)),
        source="all gradients of one size: each step is the rate",
    ),
)  # fmt: skip
