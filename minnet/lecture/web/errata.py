"""Errata of the printed slides, and the claims that show them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Erratum:
    """A slip of the slides.

    Parameters
    ----------
    id : str
        Like "E1".
    page : int
        Of the slide deck.
    title : str
    printed, holds : str
        What stands there, and what is right; Markdown.
    claims : tuple of str
        Ids of the claims that show it; default none.
    """

    id: str
    page: int
    title: str
    printed: str
    holds: str
    claims: tuple[str, ...] = ()


ERRATA = (
    Erratum(
        "E1", 10, "Initial weights shrink with the fan-in",
        r"Make the initial weights proportional to $\sqrt{\text{fan-in}}$.",
        r"The other way round: proportional to $1/\sqrt{\text{fan-in}}$.  Only then does the total "
        r"input of a unit keep its size when inputs are added; as printed it grows in proportion "
        r"to the fan-in.",
        ("6b.5",),
    ),
    Erratum(
        "E2", 11, "tanh is a rescaled logistic of twice the input",
        r"$\tanh = 2 \cdot \text{logistic} - 1$.",
        r"$\tanh x = 2\,\sigma(2x) - 1$: without the 2 inside, the curve has the right ends and "
        r"half the slope in the middle.",
        ("6b.10",),
    ),
    Erratum(
        "E3", 11, "The example subtracts 100, not the mean",
        r"Shifting the inputs to zero mean turns the long ellipse into a circle.",
        r"The picture takes 100 off both inputs.  Their true means are 101 and 100, and with those "
        r"taken off the first input is 0 in both cases: the Hessian is singular, the first weight "
        r"learns nothing, and the targets' mean of 1 needs a bias.",
        ("6b.9",),
    ),
    Erratum(
        "E4", 11, "The ellipses are drawn far too round",
        r"Ellipses about seven times as long as wide (slides 3, 11 and 12).",
        r"For the numbers on slides 11 and 12 they are 200 and 100 times as long as wide, and the "
        r"condition numbers are the squares of that.",
        ("6b.7", "6b.13"),
    ),
    Erratum(
        "E5", 3, "On its axes even an ellipse points at the minimum",
        r"Downhill does not point at the minimum unless the ellipse is a circle.",
        r"True of almost every point, but from the points on a principal axis the gradient does "
        r"point at the minimum, however long the ellipse.",
        ("6a.5",),
    ),
    Erratum(
        "E6", 28, "The step sizes of rprop do not stay put",
        r"Nine gradients of +0.1 and one of -0.9 make rprop grow a weight a lot, *assuming that "
        r"the step sizes adapt slowly*.",
        r"With the factors that the lecture recommends, 1.2 and 0.5, they adapt fast: in ten "
        r"mini-batches the step is multiplied by $0.5^2 \cdot 1.2^8 = 1.075$ (Rprop-) or "
        r"$0.5 \cdot 1.2^8 = 2.150$ (iRprop-, Rprop+).  The growth is exponential until the "
        r"largest step size stops it, so the slide's conclusion only gets stronger.",
        ("6e.9",),
    ),
    Erratum(
        "E7", 29, "rmsprop does not cancel the ten gradients entirely",
        r"Dividing by the root of the mean square makes learning work (for the sequence of "
        r"slide 28).",
        r"Much better than dividing by each gradient's own size, but a drift is left that shrinks "
        r"with $1 - \text{decay}$; and a mean square that starts at 0 makes the first ten steps "
        r"far too big, the more so the slower the average.",
        ("6e.16",),
    ),
    Erratum(
        "E8", 25, "The year of the reference",
        r"Jacobs, 1989.",
        r"The paper on adaptive gains is R. A. Jacobs, *Increased rates of convergence through "
        r"learning rate adaptation*, Neural Networks 1(4), 295-307, **1988**.",
    ),
    Erratum(
        "E9", 2, "Parabolas, not ellipses (in a transcript, not on the slide)",
        r"A transcript that many students use has the vertical cross-sections of the error surface "
        r"as ellipses.",
        r"The slide is right: vertical cross-sections are parabolas, horizontal ones ellipses.",
    ),
)  # fmt: skip
