"""`race`: train one net with many optimizers, from one start, on one plan of mini-batches."""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..data.cases import Data
from ..descent.plan import Plan
from ..net.mlp import MLP
from ..optimizers.notation import OptimizerLike, as_optimizer, as_optimizers
from ..optimizers.schedules import Course
from ..report.report import Report
from .arguments import as_data, as_plan, as_start, check_runs, fitted
from .checkpoint import Checkpoint, as_checkpoint, restore
from .devices import race_on
from .loop import drive
from .pauses import Pauses
from .reporting import report_on
from .stopping import Criterion, as_criteria

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike


def race(
    net: MLP,
    data: Data | str | os.PathLike,
    optimizers: "OptimizerLike | Sequence[OptimizerLike]",
    *,
    batch_size: int = 32,
    epochs: int = 20,
    seed: int = 0,
    plan: str | Plan | Sequence = "shuffled",
    keep_short: bool = True,
    start: "ArrayLike | None" = None,
    dtype: "DTypeLike" = "float32",
    evaluate_every: int = 1,
    keep: Sequence[int] = (),
    stop: "str | Criterion | Sequence[Criterion]" = (),
    checkpoint: str | os.PathLike | Checkpoint | None = None,
    checkpoint_every: int | None = None,
    resume: bool = False,
    threads: int | None = None,
    device: str = "cpu",
    progress: bool | Callable[[int, int], None] = False,
) -> Report:
    """Train one net with many optimizers, from the same weights, on the same mini-batches.

    Parameters
    ----------
    net : MLP
        The layout that all runs train; it holds no weights.
    data : Data, or a name or path for `load`
        Trained on is its training part; its validation part judges, its test part is only scored.
    optimizers : sequence of Optimizer, str or rule; or one str
        The runs.  Text is in the notation ``"sgd(lr=0.5), rprop"``; a plain function is a user's
        own rule.
    batch_size : int
        Cases in a mini-batch, from 1 to those of the training part; default 32.
    epochs : int
        Passes over the training part, at least 1; default 20.
    seed : int
        At least 0; draws start weights and mini-batches; default 0.
    plan : str, Plan, or sequence of int arrays
        An order (see `Plan`), a plan, or the mini-batches of every epoch given outright.
    keep_short : bool
        Whether a last, shorter mini-batch is used or dropped.
    start : (n,) array, optional
        Start weights; default: `net.start(seed)`.
    dtype : "float32" or "float64"
    evaluate_every : int
        Epochs between evaluations on all parts of the data, from the start on; 0: only at the end.
    keep : sequence of int
        Steps after which all runs' weights are kept (0: the start).
    stop : str, Criterion or sequence of Criterion
        When to stop a run early, as text ``"patience(5), target(0.02)"`` or from
        `minnet.stopping`; asked after each evaluation.
    checkpoint : path, optional
        A file to save the race to, from which it can go on.
    checkpoint_every : int, optional
        Steps between checkpoints; default: an epoch.  The end is always saved.
    resume : bool
        Go on from `checkpoint`; the result equals that of the uninterrupted race bit for bit.
    threads : int, optional
        Runs trained at the same time; default: all cores.  The result does not depend on it.
    device : str
        "cpu", "cuda" (or "cuda:1", the second card), or "cuda-sim", the slow CUDA simulator.
    progress : bool or callable
        Whether to show a progress bar, or a function called with (steps done, steps in all).

    Returns
    -------
    Report
        Complete, or, after Ctrl-C, what was reached (``report.interrupted``).

    Raises
    ------
    ValueError
        Before anything runs, if an argument is out of range, sizes do not fit, or the device is
        not there.

    Examples
    --------
    >>> import minnet as mn
    >>> report = mn.race(mn.MLP([64, 16, 10]), "digits", "sgd(0.5), rmsprop(0.01)", epochs=1)
    >>> report.losses.shape
    (2, 45)
    """
    data = fitted(net, as_data(data, dtype))
    plan = as_plan(plan, data, batch_size, epochs, seed, keep_short)
    course = Course(plan.steps, plan.steps_per_epoch)
    w = as_start(net, start, seed, data.train.x.dtype)
    runs = as_optimizers(optimizers)
    saving = as_checkpoint(checkpoint, checkpoint_every, course)
    pauses = Pauses(course, evaluate_every, keep, as_criteria(stop) if stop else (), saving)
    threads = available_cores() if threads is None else threads
    check_runs(runs, pauses, data, threads)

    state = race_on(device, net, data, runs, plan, w, threads)
    if resume:
        if saving is None:
            raise ValueError("resume needs the checkpoint to go on from")
        restore(state, saving.path)
    interrupted = drive(state, pauses, progress)
    return report_on(state, seed, interrupted)


def train(
    net: MLP, data: Data | str | os.PathLike, optimizer: OptimizerLike, **options: Any
) -> Report:
    """Train one net with one optimizer: a race of one run.

    Parameters
    ----------
    net, data
        As for `race`.
    optimizer : Optimizer, str or rule
        One optimizer.
    **options : object
        As for `race`.

    Returns
    -------
    Report
        With one run.
    """
    return race(net, data, [as_optimizer(optimizer)], **options)


def available_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
