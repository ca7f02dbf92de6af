"""What is done between the mini-batches of a race, and when."""

from collections.abc import Sequence
from typing import NamedTuple

from ..optimizers.schedules import Course
from .checkpoint import Checkpoint
from .stopping import Criterion


class Pauses(NamedTuple):
    """When to evaluate, keep weights, stop runs and save."""

    evaluate_every: int  # epochs; 0: only at the end
    keep: Sequence[int]  # steps after which all runs' weights are kept
    criteria: Sequence[Criterion]  # asked after each evaluation
    checkpoint: Checkpoint | None

    def after(self, step: int, course: Course, *, adaptive: bool) -> int:
        """The first step after this one at which there is something to do.

        `adaptive` schedules look at the losses after every epoch.
        """
        epochs = 1 if adaptive else self.evaluate_every
        every = [epochs * course.per_epoch, self.checkpoint.every if self.checkpoint else 0]
        pauses = [(step // steps + 1) * steps for steps in every if steps]
        return min([*pauses, *(k for k in self.keep if k > step), course.steps])

    def evaluates(self, step: int, course: Course) -> bool:
        """Whether all runs are evaluated after this step, which ends an epoch."""
        every = self.evaluate_every * course.per_epoch
        return step == course.steps or (every > 0 and step % every == 0)
