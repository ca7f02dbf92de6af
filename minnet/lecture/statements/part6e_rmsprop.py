"""Claims of part 6e, slides 30 and 31: what rmsprop combines with, and which method for what."""

from ..claims import Claim
from ..verdicts import SHARE, above, below, between, every, of, smaller, that


def counted(shares: dict[str, float]) -> tuple[int, int, int]:
    """On how many nets the seeds say yes, on how many no, and the number of nets.

    Parameters
    ----------
    shares : {net: share}
        Of the seeds in which the first of a pair is better.
    """
    yes = sum(share >= SHARE for share in shares.values())
    no = sum(share <= 1 - SHARE + 1e-9 for share in shares.values())
    return yes, no, len(shares)


def _on_most(shares: dict[str, float]) -> bool | None:
    yes, no, total = counted(shares)
    if not no and 2 * yes >= total:
        return True
    return False if no and (yes or 2 * no >= total) else None


def _on_some(shares: dict[str, float]) -> bool:
    yes, no, _ = counted(shares)
    return bool(yes and no)


on_most = that(
    "on at least half of the nets 80 % of the seeds say so, on none the opposite", _on_most
)
on_some = that("on some nets 80 % of the seeds say so, on others the opposite", _on_some)
on_all = that(
    "on every version of the task, for 80 % of the seeds",
    lambda shares: counted(shares)[0] == len(shares),
)

ACCURATE = 1e-6

CLAIMS = (
    Claim(
        "6e.20", 30, "Standard momentum helps rmsprop less than it usually helps.",
        "measured", seeds=10,
        holds=on_most,
        under=("on some nets; on others it helps rmsprop more than it helps SGD", on_some),
        source="slide 30; value: share of seeds with a smaller speed-up than that of SGD",
    ),
    Claim(
        "6e.21", 30, "With Nesterov momentum, rmsprop works best if it divides the correction, not "
        "the jump.",
        "measured", seeds=10,
        holds=on_most,
        under=("on some nets; on others dividing the jump is better", on_some),
        source="slide 30 (Sutskever 2012); value: share of seeds with fewer updates",
    ),
    Claim(
        "6e.22", 30, "Adaptive rates for each connection may be added to rmsprop: do they help?",
        "to measure", seeds=10,
        holds=every(of("gains", on_most), of("factors", on_most)),
        under=("one of the two ways, or some nets only", that(
            "some help", lambda value: any(counted(shares)[0] for shares in value.values())
        )),
        source="slide 30 leaves it open; value: share of seeds with fewer updates than rmsprop",
    ),
    Claim(
        "6e.23", 30, "A method that computes its own learning rates replaces the tuning of SGD.",
        "to measure", seeds=5,
        holds=every(of("noisy bowl", below(2)), of("digits", below(2))),
        under=("on one of the two problems", that(
            "one below 2", lambda value: any(below(2)(entry) for entry in value.values())
        )),
        source="Schaul, Zhang & LeCun 2013; value: times what the best tuned SGD has",
    ),
    Claim(
        "6e.24", 31, "Small data sets are for full-batch methods: CG, L-BFGS, Rprop.",
        "measured", seeds=5,
        holds=on_all,
        under=("not on every version of the task", that(
            "on one at least", lambda shares: counted(shares)[0] > 0
        )),
        source="after 50 or 200 passes; value: share of seeds in which a full-batch method leads",
        after_a_look=True,
    ),
    Claim(
        "6e.25", 31, "Big redundant data sets are for mini-batches.",
        "measured", seeds=5,
        holds=that("every full-batch method needs more than 10 passes to get as far as mini-batches"
                   " get in one", lambda passes: all(above(10)(n) for n in passes.values())),
        source="1000 digits 20 times with jitter; value: passes of the full-batch methods",
        after_a_look=True,
    ),
    Claim(
        "6e.26", 31, "There is no simple recipe: nets differ a lot.",
        "measured", seeds=10,
        holds=every(of("one rule", above(1.5)), of("one rule at one rate", above(2))),
        under=("one rule does well everywhere, but its rate must be found anew for each net",
               of("one rule at one rate", above(2))),
        source="value: how many times the updates of each net's own best, on the worst net",
        after_a_look=True,
    ),
    Claim(
        "6e.27", 31, "There is no simple recipe: some tasks need very accurate weights.",
        "measured", seeds=5,
        holds=every(
            of("constant", above(ACCURATE)), of("turned down", below(ACCURATE)),
            of("L-BFGS", below(ACCURATE)),
            of("digits", that("within 2 %", lambda gap: abs(sum(gap)) < 0.02 * len(gap))),
        ),
        expect=of("floor", between(0.9, 1.1)),
        source="rmsprop at a constant rate ends at n lr^2 / 8 on a round bowl of n weights",
    ),
    Claim(
        "6e.28", 31, "There is no simple recipe: some tasks have many rare cases, as words are.",
        "measured", seeds=5,
        holds=every(
            of("SGD", above(10)), smaller("Adagrad", "SGD", by=2), smaller("rmsprop", "SGD", by=2)
        ),
        expect=of("SGD", between(35, 80)),
        source="ln(1 - lr p) per step for a feature of frequency p: 459 to 8 steps",
    ),
)  # fmt: skip
