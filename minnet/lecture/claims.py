"""A claim of the lecture and the experiment that tests it.

What would count as true is declared apart from the experiments, in `statements/`; the experiments
are in the lectures.  The verdict follows from the measured value and from nothing else.
"""

import inspect
import time
from collections.abc import Callable
from dataclasses import dataclass

from ..racing.surroundings import one_blas_thread
from . import session
from .verdicts import Question, Verdict, brief

KINDS = ("exact", "measured", "to measure")


@dataclass(frozen=True, eq=False)
class Claim:
    """A statement of the lecture, in our words, and how to judge what is measured.

    Attributes
    ----------
    id : str
        The part and a number, like "6e.16".
    page : int
        Page of the slide deck.
    statement : str
    kind : "exact", "measured" or "to measure"
        Closed form; seen before, here an inequality with a margin; or nobody had measured it.
    holds : Question
        Does the claim hold as printed?  Yes: CONFIRMED; the seeds disagree: NOT CLEAR.
    under : (condition, Question), optional
        Asked where it does not hold: QUALIFIED, true under this condition.
    corrected : (form, Question), optional
        Asked last: REFUTED AS PRINTED, with the form that does hold.
    expect : Question, optional
        The number that theory gives, asserted by the tests whatever the verdict.
    source : str
        Where that number, or the bound, comes from.
    seeds : int
        Seeds over which the experiment is repeated; 0 where nothing is drawn.
    """

    id: str
    page: int
    statement: str
    kind: str
    holds: Question
    under: tuple[str, Question] | None = None
    corrected: tuple[str, Question] | None = None
    expect: Question | None = None
    source: str = ""
    seeds: int = 0

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"kind of claim {self.id} must be one of {KINDS}, got {self.kind!r}")

    def judge(self, value) -> tuple[Verdict, str]:
        """The verdict on a measured value, and the reason in words."""
        answer = self.holds(value)
        if answer:
            return Verdict.CONFIRMED, self.holds.text
        if answer is None:
            return Verdict.NOT_CLEAR, f"undecided: {self.holds.text}"
        if self.under and self.under[1](value):
            return Verdict.QUALIFIED, self.under[0]
        if self.corrected and self.corrected[1](value):
            return Verdict.REFUTED, f"correct is: {self.corrected[0]}"
        return Verdict.REFUTED, f"not found: {self.holds.text}"


@dataclass(frozen=True)
class Finding:
    """What one experiment found.

    `value` is what was measured (numbers, lists, dicts), `data` what the figure needs besides;
    `because` tells how the verdict follows; `as_expected` whether the value has the number that
    theory gives (None where there is none).
    """

    claim: Claim
    value: object
    data: object
    verdict: Verdict
    because: str
    as_expected: bool | None
    seeds: int
    seconds: float

    def __str__(self):
        return f"{self.claim.id:6s} {self.verdict}: {brief(self.value)}"


@dataclass(frozen=True, eq=False)
class Experiment:
    """An experiment bound to its claim; calling it returns a Finding."""

    claim: Claim
    function: Callable

    def __call__(self, **changes) -> Finding:
        """Run it, judge what it measured, and enter the finding into the session."""
        from .statements import AFTER_A_LOOK

        start = time.perf_counter()
        value, data = self.measure(**changes)
        verdict, because = self.claim.judge(value)
        if self.claim.id in AFTER_A_LOOK:
            because += " (worded after a first look at the numbers)"
        finding = Finding(
            self.claim, value, data, verdict, because,
            self.claim.expect(value) if self.claim.expect else None,
            len(session.seeds(self.claim.seeds)), time.perf_counter() - start,
        )  # fmt: skip
        session.current().enter(finding)
        return finding

    def measure(self, **changes) -> tuple:
        """Run it: (value, data).  `changes` replace arguments of the function, to try it out."""
        if self.claim.seeds and "seeds" in inspect.signature(self.function).parameters:
            changes.setdefault("seeds", session.seeds(self.claim.seeds))
        with one_blas_thread():  # two gain nothing here, and collapse if busy
            measured = self.function(**changes)
        return measured if isinstance(measured, tuple) else (measured, None)


def experiment(id: str) -> Callable[[Callable], Experiment]:
    """Bind a function to the claim that it tests.

    The function returns its value, or a tuple (value, data) with what the figure needs; if it has
    an argument `seeds`, it gets as many as the claim asks for.

    Raises
    ------
    ValueError
        If there is no such claim.
    """
    from .statements import CLAIMS

    if id not in CLAIMS:
        raise ValueError(f"no claim has the id {id!r}: see minnet.lecture.statements")
    return lambda function: Experiment(CLAIMS[id], function)
