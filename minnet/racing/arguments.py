"""The arguments of a race, checked once: data, plan, start weights; the kernels check nothing."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..checks import check_whole
from ..data import Data, load
from ..data.cases import PARTS
from ..descent.plan import GivenPlan, Plan
from ..net.mlp import MLP
from ..optimizers.optimizer import Optimizer
from .pauses import Pauses

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike


def as_data(data: Data | str | os.PathLike, dtype: "DTypeLike") -> Data:
    """Data of one dtype, float32 or float64: as it is, or loaded by name or path."""
    if isinstance(data, (str, os.PathLike)):
        return load(data, dtype=dtype)
    if isinstance(data, Data):
        return data.astype(dtype)
    raise TypeError(f"data must be a name, a path, or from load or from_arrays, got {type(data)}")


def as_plan(
    plan: str | Plan | Sequence,
    data: Data,
    batch_size: int,
    epochs: int,
    seed: int,
    keep_short: bool,
) -> Plan:
    """A plan from an order, from mini-batches given outright, or as it is."""
    cases = len(data.train.x)
    if isinstance(plan, Plan):
        if plan.cases != cases:
            raise ValueError(f"the plan is for {plan.cases} cases, the training part has {cases}")
        return plan
    if isinstance(plan, str):
        labels = data.train.labels if plan == "balanced" else None
        return Plan(cases, batch_size, epochs, plan, seed, keep_short, labels)
    if not isinstance(plan, Iterable):
        raise TypeError(f"plan must be an order, a Plan or lists of cases, got {plan!r}")
    return GivenPlan(plan, cases, epochs)


def as_start(net: MLP, start: "ArrayLike | None", seed: int, dtype: np.dtype) -> np.ndarray:
    """The start weights: drawn by the net, or given."""
    if start is None:
        return net.start(seed, dtype)
    with np.errstate(over="ignore"):  # what is too large for float32 is refused below
        w = np.array(start, dtype)
    if w.shape != (net.n_weights,) or not np.isfinite(w).all():
        raise ValueError(
            f"start must be {net.n_weights} finite weights, got an array of shape {w.shape}"
        )
    return w


def fitted(net: MLP, data: Data) -> Data:
    """The data as the net needs it: of two classes, one output learns whether it is the second.

    Raises
    ------
    ValueError
        If the net's sizes or loss do not fit the data.
    TypeError
        If it is no net.
    """
    if not isinstance(net, MLP):
        raise TypeError(f"net must be an MLP, like MLP([64, 32, 10]), got {net!r}")
    inputs, outputs = data.train.x.shape[1], data.train.t.shape[1]
    if net.sizes[0] != inputs:
        raise ValueError(f"the net has {net.sizes[0]} inputs, {data.name} has {inputs} columns")
    if data.classes is None and net.loss == "cross-entropy":
        raise ValueError(f"{data.name} is a regression: use MLP(..., loss='squared')")
    if data.classes is not None and len(data.classes) == 2 and net.sizes[-1] == 1:
        seconds = {
            name: replace(part, t=np.ascontiguousarray(part.t[:, 1:]))
            for name in PARTS
            if (part := getattr(data, name)) is not None
        }
        return replace(data, **seconds)
    if net.sizes[-1] != outputs:
        what = "targets" if data.classes is None else "classes"
        raise ValueError(f"the net has {net.sizes[-1]} outputs, {data.name} has {outputs} {what}")
    return data


def check_runs(runs: Sequence[Optimizer], pauses: Pauses, data: Data, threads: int) -> None:
    """Raise ValueError if a number is out of range, or something waits for losses in vain."""
    check_whole("threads", threads, 1)
    check_whole("evaluate_every", pauses.evaluate_every, 0)
    for step in pauses.keep:
        check_whole("a step to keep", step, 0, pauses.course.steps)
    for optimizer in runs:
        optimizer.check_course(pauses.course)
        waiting = [f"{k}={s}" for k, s in optimizer.schedules.items() if s.needs_validation]
        if waiting and pauses.evaluate_every != 1:
            raise ValueError(f"{waiting[0]} needs evaluate_every=1, got {pauses.evaluate_every}")
        waiting += [str(criterion) for criterion in pauses.criteria if criterion.needs_validation]
        if waiting and data.validation is None:
            raise ValueError(f"{waiting[0]} needs a validation part, {data.name} has none")
    if pauses.criteria and pauses.evaluate_every == 0:
        raise ValueError(f"{pauses.criteria[0]} needs evaluate_every of at least 1, got 0")
