"""What is done between the mini-batches of a race, and when."""

from collections.abc import Sequence
from typing import NamedTuple

from ..optimizers.schedules import Course
from .checkpoint import Checkpoint
from .stopping import Criterion


class Pauses(NamedTuple):
    """When to evaluate, keep weights, stop runs and save."""

    course: Course  # steps in all, and in an epoch
    evaluate_every: int  # epochs; 0: only at the end
    keep: Sequence[int]  # steps after which all runs' weights are kept
    criteria: Sequence[Criterion]  # asked after each evaluation
    checkpoint: Checkpoint | None

    def after(self, step: int) -> int:
        """The first step after this one at which there is something to do."""
        saving = self.checkpoint.every if self.checkpoint else 0
        every = [self.evaluate_every * self.course.per_epoch, saving]
        pauses = [(step // steps + 1) * steps for steps in every if steps]
        return min([*pauses, *(k for k in self.keep if k > step), self.course.steps])

    def evaluates(self, step: int) -> bool:
        """Whether all runs are evaluated after this step, which ends an epoch."""
        every = self.evaluate_every * self.course.per_epoch
        return step == self.course.steps or (every > 0 and step % every == 0)
