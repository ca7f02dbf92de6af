"""Claims of the lecture, and findings: a statement, how it is judged, and what came out.

What would count as true is declared in `statements/`, apart from the experiments, which are in the
lecture scripts.  The verdict follows from the measured value and from nothing else.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .verdicts import Question, Verdict, brief

KINDS = ("exact", "measured", "to measure")
Data = TypeVar("Data")


@dataclass(frozen=True, eq=False)
class Claim:
    """A statement of the lecture, in our words, and how to judge what is measured.

    Parameters
    ----------
    id : str
        The part and a number, like "6e.16".
    page : int
        Page of the slide deck.
    statement : str
        What the slide says, as one sentence.
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
        Seeds over which the experiment is repeated; 0 where nothing is random.
    after_a_look : bool
        The question, its margin or condition, or a level or variant that is asked about was chosen
        anew after a first look at the numbers; the finding says so.

    Raises
    ------
    ValueError
        If the kind is none of the three.
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
    after_a_look: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind of claim {self.id} must be one of {KINDS}, got {self.kind!r}")

    def judge(self, value: Any) -> tuple[Verdict, str]:
        """The verdict on a measured value, and the reason in words.

        Parameters
        ----------
        value : number, list, or dict of them
            As the claim's questions ask for it.
        """
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
class Finding(Generic[Data]):
    """The result of one experiment, with the verdict on its claim.

    Parameters
    ----------
    claim : Claim
    value : number, list, or dict of them
        The measured value, on which the verdict was given.
    data : Data
        What the figure needs besides; mostly a NamedTuple of the module that draws it.
    verdict : Verdict
    because : str
        How the verdict follows from the value.
    as_expected : bool, optional
        Whether the value has the number that theory gives; None where there is none.
    seeds : int
        Seeds over which it was repeated.
    seconds : float
        How long it took.
    """

    claim: Claim
    value: Any
    data: Data
    verdict: Verdict
    because: str
    as_expected: bool | None
    seeds: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.claim.id:6s} {self.verdict}: {brief(self.value)}"
