"""Many runs, one start, one plan: the curves differ because of the rule and of nothing else."""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from .checks import check_name, check_whole
from .data import Data, load
from .data.cases import PARTS
from .lockstep import Race, drive
from .mlp import MLP
from .notation import as_optimizer, as_optimizers
from .plan import GivenPlan, Plan
from .report import Report


def race(
    net: MLP,
    data,
    optimizers,
    *,
    batch_size: int = 32,
    epochs: int = 20,
    seed: int = 0,
    plan: str | Plan | Sequence = "shuffled",
    keep_short: bool = True,
    start: np.ndarray | None = None,
    dtype="float32",
    evaluate_every: int = 1,
    keep: Iterable[int] = (),
    threads: int | None = None,
    progress: bool | Callable[[int, int], None] = False,
) -> Report:
    """Train one net with many optimizers, from the same weights, on the same mini-batches.

    Parameters
    ----------
    net : MLP
    data : Data, or a name or path for `load`
    optimizers : sequence of Optimizer, str or rule; or one str
        The runs.  Text is in the notation ``"sgd(lr=0.5), rprop"``; a plain function is a user's
        own rule.
    batch_size, epochs, seed : int
        The seed draws start weights and mini-batches.
    plan : str, Plan, or sequence of int arrays
        An order (see `Plan`), a plan, or the mini-batches of every epoch given outright.
    keep_short : bool
        Whether a last, shorter mini-batch is used or dropped.
    start : (n,) array, optional
        Start weights; default: `net.start(seed)`.
    dtype : "float32" or "float64"
    evaluate_every : int
        Epochs between evaluations on all parts of the data, from the start on; 0: only at the end.
    keep : iterable of int
        Steps after which all runs' weights are kept (0: the start).
    threads : int, optional
        Runs trained at the same time; default: all cores.  The result does not depend on it.
    progress : bool or callable
        Whether to show a progress bar, or a function called with (steps done, steps in all).

    Returns
    -------
    Report
        Complete, or, after Ctrl-C, what was reached (``report.interrupted``).

    Raises
    ------
    ValueError
        Before anything runs, if an argument is out of range or sizes do not fit.

    Examples
    --------
    >>> import minnet as mn
    >>> report = mn.race(mn.MLP([64, 16, 10]), "digits", "sgd(0.5), rmsprop(0.01)", epochs=1)
    >>> report.losses.shape
    (2, 45)
    """
    dtype = np.dtype(dtype)
    check_name("dtype", dtype.name, ("float32", "float64"))
    data = (
        load(data, dtype=dtype.name)
        if isinstance(data, (str, os.PathLike))
        else data.astype(dtype.name)
    )
    data = fitted(net, data)
    chosen = as_optimizers(optimizers)
    plan = as_plan(plan, data, batch_size, epochs, seed, keep_short)
    start = as_start(net, start, seed, dtype)
    check_whole("evaluate_every", evaluate_every, 0)
    threads = available_cores() if threads is None else threads
    check_whole("threads", threads, 1)
    wanted = sorted(set(keep))
    for step in wanted:
        check_whole("a step to keep", step, 0, plan.steps)

    state = Race(net, data, chosen, plan, start, threads)
    began = time.perf_counter()
    interrupted = drive(state, evaluate_every, wanted, progress)
    return Report.of(state, seed, time.perf_counter() - began, interrupted)


def train(net: MLP, data, optimizer, **options) -> Report:
    """Train one net with one optimizer: a race of one run.  Options as for `race`."""
    return race(net, data, [as_optimizer(optimizer)], **options)


def as_plan(plan, data, batch_size: int, epochs: int, seed: int, keep_short: bool) -> Plan:
    """A plan from an order, from mini-batches given outright, or as it is."""
    cases = len(data.train)
    if isinstance(plan, Plan):
        if plan.cases != cases:
            raise ValueError(f"the plan is for {plan.cases} cases, the training part has {cases}")
        return plan
    if isinstance(plan, str):
        labels = data.train.labels if plan == "balanced" else None
        return Plan(cases, batch_size, epochs, plan, seed, keep_short, labels)
    return GivenPlan(plan, cases, epochs)


def as_start(net: MLP, start, seed: int, dtype: np.dtype) -> np.ndarray:
    """The start weights: drawn by the net, or given."""
    if start is None:
        return net.start(seed, dtype)
    start = np.array(start, dtype)
    if start.shape != (net.n_weights,) or not np.isfinite(start).all():
        raise ValueError(
            f"start must be {net.n_weights} finite weights, got an array of shape {start.shape}"
        )
    return start


def fitted(net: MLP, data: Data) -> Data:
    """The data as the net needs it: of two classes, one output learns whether it is the second.

    Raises
    ------
    ValueError
        If the net's sizes or loss do not fit the data.
    """
    if net.sizes[0] != data.n_inputs:
        raise ValueError(
            f"the net has {net.sizes[0]} inputs, {data.name} has {data.n_inputs} columns"
        )
    if data.classes is None and net.loss == "cross-entropy":
        raise ValueError(f"{data.name} is a regression: use MLP(..., loss='squared')")
    if data.classes is not None and len(data.classes) == 2 and net.sizes[-1] == 1:
        seconds = {
            name: replace(part, t=np.ascontiguousarray(part.t[:, 1:]))
            for name in PARTS
            if (part := getattr(data, name)) is not None
        }
        return replace(data, **seconds)
    if net.sizes[-1] != data.n_outputs:
        what = "targets" if data.classes is None else "classes"
        raise ValueError(
            f"the net has {net.sizes[-1]} outputs, {data.name} has {data.n_outputs} {what}"
        )
    return data


def available_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
