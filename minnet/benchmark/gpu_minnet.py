"""minnet's contenders on a GPU: one update step, many small nets, one larger net.

R runs    n weights    B batch    K steps of a turn
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numba import cuda

import minnet as mn

from ..descent.plan import Plan
from ..gpu import Device, steps
from ..gpu.wide import WideRace
from .jobs import DECAY, EPS, NetJob, StepJob, SweepJob
from .turns import Contender


@dataclass
class OnCard(Contender):
    """A contender on a card, whose `run` ends by waiting for it.

    Its speed is a share of that of the yardstick with the same measure, bytes or operations.

    Parameters
    ----------
    name, run, units, kind, reset, inside, note
        Those of `Contender`.
    result : callable, optional
        Returns what is compared; not timed.
    bytes : float
        Moved to and from memory in one unit.
    operations : float
        In floating point, of one unit.
    """

    result: Callable[[], Any] | None = None
    bytes: float = 0
    operations: float = 0


@cuda.jit
def copy(source, target):  # type: ignore[no-untyped-def]
    """A copy as a kernel: each thread every so many numbers."""
    for i in range(cuda.grid(1), source.size, cuda.gridsize(1)):
        target[i] = source[i]


def waiting(job: Callable[[], None], device: Device) -> Callable[[], None]:
    """A job that is done on the device, and waited for.

    Parameters
    ----------
    job : callable
        Starts the work.
    device : Device
    """

    def run() -> None:
        with device.in_use():
            job()
            cuda.synchronize()

    return run


def step(device: Device, job: StepJob) -> list[OnCard]:
    """The stepper of RMSprop, 20 bytes a weight; two ways to copy, 8 bytes a number.

    Parameters
    ----------
    device : Device
    job : StepJob
    """
    rule = mn.RMSprop(job.lr, DECAY, EPS)
    stepper: Any = steps.stepper((rule.rule, rule.jump))
    grid = min(-(-job.n // device.threads), device.blocks), device.threads
    with device.in_use():
        start, g, nothing, w, slots, target = map(
            cuda.to_device, (job.w, job.g, np.zeros_like(job.w), *[np.empty_like(job.w)] * 3)
        )
        hyper = cuda.to_device(rule.values())
        state = cuda.to_device(np.array([0, 1, 0], np.int64))

    def reset() -> None:
        w.copy_to_device(start)
        slots.copy_to_device(nothing)

    def move() -> None:
        for t in range(job.steps):
            stepper[grid](w, g, slots, hyper, np.float32(t + 1), state)

    def by_kernel() -> None:
        for _ in range(job.steps):
            copy[grid](g, target)

    def by_driver() -> None:
        for _ in range(job.steps):
            target.copy_to_device(g)

    ours = OnCard(
        "minnet", waiting(move, device), job.steps, "minnet", waiting(reset, device),
        result=lambda: job.sample(w.copy_to_host()), bytes=20 * job.n,
    )  # fmt: skip
    copies = [
        OnCard(name, waiting(run, device), job.steps, "yardstick", bytes=8 * job.n)
        for name, run in (("copy, by a kernel", by_kernel), ("copy, by the driver", by_driver))
    ]
    return [ours, *copies]


def sweep(device: Device, job: SweepJob, name: str) -> list[OnCard]:
    """One race of all rates: setting up, all steps, one evaluation; as a user calls it.

    Parameters
    ----------
    device : Device
    job : SweepJob
    name : str
        Of the device, like "cuda".
    """
    net = job.net_job
    finals: list[np.ndarray] = []
    rules, (start,) = [mn.RMSprop(float(lr), DECAY, EPS) for lr in job.lrs], job.starts

    def run() -> None:
        report = mn.race(
            net.net, net.data, rules, batch_size=net.batch, epochs=net.epochs, seed=0, start=start,
            evaluate_every=0, device=name,
        )  # fmt: skip
        ours.inside.append(float(report.seconds.sum()))
        finals[:] = [report.final("train", "loss")]

    ours = OnCard("minnet, one race", run, kind="minnet", result=lambda: finals[0])
    return [ours]


def train(device: Device, job: NetJob) -> list[OnCard]:
    """K steps of one larger net, and the matrix products of these steps by the same kernels.

    Parameters
    ----------
    device : Device
    job : NetJob
    """
    plan = Plan(job.cases, job.batch, job.epochs, seed=job.seed)
    rule = mn.RMSprop(job.lr, DECAY, EPS)
    state = WideRace(device, job.net, job.data, [rule], plan, job.start(), 1)
    state.compile()
    state.pace = plan.steps
    chunk, (group,) = next(state.chunks()), state.groups

    def descend() -> None:
        state._launch(group, chunk, 0)

    def products() -> None:
        for _ in range(job.steps):
            multiply(state, job.batch)

    work = operations(job)
    return [
        OnCard(
            "minnet, a step", waiting(descend, device), job.steps, "minnet",
            waiting(lambda: state._upload(group), device), operations=work,
        ),
        OnCard(
            "minnet, its products alone", waiting(products, device), job.steps, "aside",
            operations=work,
        ),
    ]  # fmt: skip


def multiply(state: WideRace, count: int) -> None:
    """The products of one step: forward, the weights' gradients, and the deltas below.

    Parameters
    ----------
    state : WideRace
        Of one run.
    count : int
        Cases of the mini-batch.
    """
    (w, _), bench, deltas = state._of(0, state.groups[0]), state.bench, state.room.deltas
    z = state._forward(w, count)
    for layer in range(len(state.table) - 1, -1, -1):
        fan_in, fan_out, weights, _, _ = state.table[layer]
        delta, y = (bench, deltas + z), z - count * fan_in
        inputs = (bench, y) if layer else (state.rows, 0)
        state._multiply(
            state.gradient_product, inputs, delta, (state.g, weights), (fan_in, fan_out, count)
        )
        if layer:
            state._multiply(
                state.backward_product, delta, (w, weights), (bench, deltas + y),
                (count, fan_in, fan_out), y=(bench, y), unit=state.table[layer - 1][4],
            )  # fmt: skip
        z = y


def operations(job: NetJob) -> float:
    """Multiplications and additions in the products of one step.

    Parameters
    ----------
    job : NetJob
    """
    pairs = list(pairwise(job.sizes))
    return 2 * job.batch * (3 * sum(a * b for a, b in pairs) - pairs[0][0] * pairs[0][1])
