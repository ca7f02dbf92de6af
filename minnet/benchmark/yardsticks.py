"""Yardsticks, lower bounds of the time: the matrix products alone, the memory traffic alone.

B batch      N cases      K steps      stack: mini-batches (or runs) in one call of matmul
"""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from threadpoolctl import threadpool_limits

from .jobs import NetJob, StepJob, SweepJob
from .turns import Contender

STACKED_BELOW = 1_000_000  # multiplications a step, below which Python's call would count as well


class Products:
    """The matrix products of a net's steps, forward and back, into arrays that exist already.

    Parameters
    ----------
    job : NetJob
    stack : int
        Steps in one call.
    nets : int
        Nets with weights of their own: 1 (default), or as many as `stack`.
    """

    def __init__(self, job: NetJob, stack: int, nets: int = 1) -> None:
        rng, sizes = np.random.default_rng(0), job.sizes

        def room(*shape: int) -> np.ndarray:
            return rng.standard_normal(shape, np.float32)

        self.weights = [room(nets, a, b) for a, b in pairwise(sizes)]
        self.y = [room(stack, job.batch, m) for m in sizes]
        self.deltas = [room(stack, job.batch, m) for m in sizes]
        self.slopes = [room(stack, *w.shape[1:]) for w in self.weights]

    def forward(self) -> None:
        """From the inputs to the outputs."""
        for layer, weights in enumerate(self.weights):
            np.matmul(self.y[layer], weights, out=self.y[layer + 1])

    def back(self) -> None:
        """From the outputs' deltas to the weights' gradients."""
        for layer in range(len(self.weights) - 1, -1, -1):
            delta = self.deltas[layer + 1]
            np.matmul(self.y[layer].swapaxes(1, 2), delta, out=self.slopes[layer])
            if layer:
                weights = self.weights[layer].swapaxes(1, 2)
                np.matmul(delta, weights, out=self.deltas[layer])

    def whole_job(self, steps: int, evaluations: int) -> None:
        """All steps, then mini-batches forward.

        Parameters
        ----------
        steps, evaluations : int
            How many stacks of each.
        """
        for _ in range(steps):
            self.forward()
            self.back()
        for _ in range(evaluations):
            self.forward()


def train(job: NetJob) -> list[Contender]:
    """The products of one run, BLAS on all cores; with two cores also of two runs side by side.

    Parameters
    ----------
    job : NetJob
    """
    per_epoch = job.cases // job.batch
    work = job.batch * sum(a * b for a, b in pairwise(job.sizes))
    stack = per_epoch if work < STACKED_BELOW else 1
    steps, evaluations = job.steps // stack, per_epoch // stack
    products = [Products(job, stack) for _ in range(job.cores)]

    def alone() -> None:
        products[0].whole_job(steps, evaluations)

    def side_by_side() -> None:
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(job.cores) as pool:
            list(pool.map(lambda p: p.whole_job(steps, evaluations), products))

    rows = [Contender("BLAS alone, one run", alone, job.steps, "yardstick")]
    if job.cores > 1:
        name = f"BLAS alone, {job.cores} runs at a time"
        rows.append(Contender(name, side_by_side, job.steps * job.cores, "yardstick"))
    return rows


def sweep(job: SweepJob) -> list[Contender]:
    """The products of all runs, a seed's runs stacked, the seeds shared out to the cores.

    Parameters
    ----------
    job : SweepJob
    """
    net = job.net_job
    products = [Products(net, job.rates, job.rates) for _ in range(net.cores)]

    def share(core: int) -> None:
        for _ in range(core, job.seeds, net.cores):
            products[core].whole_job(net.steps, net.cases // net.batch)

    def run() -> None:
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(net.cores) as pool:
            list(pool.map(share, range(net.cores)))

    return [Contender("BLAS alone, batched", run, kind="yardstick")]


def step(job: StepJob) -> list[Contender]:
    """The traffic of a step, 20 bytes a weight: it reads w, g and s and writes w and s.

    A copy of 2.5 n numbers reads and writes 20 bytes a weight too, but a cache may fetch every
    line that the copy overwrites, which makes 30.  In place nothing is fetched only to be
    overwritten: w += g and s = -s move 12 + 8 bytes, to and fro as the step does.

    Parameters
    ----------
    job : StepJob
    """
    w, mean_square, g = job.w.copy(), np.ones_like(job.w), job.g.copy()
    half = job.n // 2

    def copy() -> None:
        for _ in range(job.steps):
            np.copyto(mean_square, g)
            np.copyto(w, g)
            np.copyto(mean_square[:half], w[half : 2 * half])

    def in_place() -> None:
        for _ in range(job.steps):
            np.add(w, g, out=w)
            np.negative(mean_square, out=mean_square)

    return [
        Contender("np.copyto, 20 bytes a weight", copy, job.steps, "yardstick"),
        Contender("w += g, s = -s: 20 bytes a weight", in_place, job.steps, "yardstick"),
    ]
