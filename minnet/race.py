"""Many runs, one start, one plan: the curves differ because of the rule and of nothing else.

R  runs    K  mini-batches of all epochs    n  weights    E  evaluations
"""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache

import numpy as np

from . import descent
from .checks import check_name, check_whole
from .mlp import MLP, weights_hash
from .optimizers import Optimizer, as_optimizer
from .plan import GivenPlan, Plan
from .report import PARTS, Report

CHUNK_BYTES = 4 << 20  # gathered cases that all runs read before the next ones are gathered
CHUNK_WORK = 2e10  # floating-point operations after which Ctrl-C is heard, roughly half a second


class Race:
    """The state of a race: one start and one plan, and for each run its weights and slots.

    Use `race` to build and run one.
    """

    def __init__(
        self,
        net: MLP,
        data,
        optimizers: Sequence[Optimizer],
        plan: Plan,
        start: np.ndarray,
        threads: int,
    ):
        self.net, self.data, self.plan, self.start, self.threads = net, data, plan, start, threads
        self.start_hash = weights_hash(start)
        self.optimizers = list(optimizers)
        runs, n = len(self.optimizers), start.size
        self.w = np.tile(start, (runs, 1))
        self.slots = [optimizer.start(n, start.dtype) for optimizer in self.optimizers]
        self.steps = [optimizer.compiled(start.dtype) for optimizer in self.optimizers]
        self.numbers = [optimizer.values(start.dtype) for optimizer in self.optimizers]
        self.losses = np.full((runs, plan.steps), np.nan)
        self.diverged_at = np.zeros(runs, np.int64)
        self.seconds = np.zeros(runs)
        self.step = 0
        self.evaluated_at: list[int] = []
        self.scores: list[np.ndarray] = []
        self.best, self.best_loss, self.best_at = (
            self.w.copy(),
            np.full(runs, np.inf),
            np.zeros(runs, np.int64),
        )
        self.kept: dict[int, np.ndarray] = {}

    @property
    def running(self) -> list[int]:
        """The runs that have not diverged."""
        return np.flatnonzero(self.diverged_at == 0).tolist()

    def chunk_steps(self) -> int:
        """How many mini-batches are gathered at a time."""
        bytes_a_step = self.plan.batch_size * (self.data.train.x.shape[1] * self.start.itemsize)
        work_a_step = 6 * self.start.size * self.plan.batch_size * len(self.optimizers)
        return max(1, int(min(CHUNK_BYTES / bytes_a_step, CHUNK_WORK / work_a_step)))

    def advance(self, pool: ThreadPoolExecutor, cases: np.ndarray, starts: np.ndarray) -> None:
        """Take all runs through the mini-batches starts (k + 1,) of the case indices `cases`."""
        x, t = self.data.train.x[cases], self.data.train.t[cases]
        run_all(pool, lambda r: self._descend(r, x, t, starts), self.running)
        self.step += len(starts) - 1

    def compile(self) -> None:
        """Compile the descent by taking no step, so that no run's seconds include it."""
        part = self.data.train
        self._descend(0, part.x[:0], part.t[:0], np.zeros(1, np.int64))

    def _descend(self, r: int, x: np.ndarray, t: np.ndarray, starts: np.ndarray) -> None:
        began = time.perf_counter()
        first, count = self.step, len(starts) - 1
        step, jump, looks_ahead = self.steps[r]
        numbers = np.tile(self.numbers[r], (count, 1))
        before = self.losses[r, first - 1] if first else np.inf
        net = self.net
        taken = descent.descend(
            self.w[r], self.slots[r], numbers, step, jump, looks_ahead, net.layers, net.loss_kind,
            self.start.dtype.type(net.l2), net.l2_biases, x, t, starts, first + 1, before,
            self.losses[r, first : first + count],
        )  # fmt: skip
        if taken < count:
            self.diverged_at[r] = first + taken + 1
        self.seconds[r] += time.perf_counter() - began

    def evaluate(self, pool: ThreadPoolExecutor) -> None:
        """Score the running runs on all parts, and keep weights that validate best so far."""
        scores = np.full((len(self.optimizers), len(PARTS), 2), np.nan)
        run_all(pool, lambda r: self._score(r, scores), self.running)
        self.evaluated_at.append(self.step)
        self.scores.append(scores)

    def _score(self, r: int, scores: np.ndarray) -> None:
        for p, name in enumerate(PARTS):
            part = getattr(self.data, name)
            if part is not None:
                classes = self.data.classes is not None
                scores[r, p] = self.net.evaluate(self.w[r], part.x, part.t, classes=classes)
        loss = scores[
            r, PARTS.index("validation" if self.data.validation is not None else "train"), 0
        ]
        if loss < self.best_loss[r]:
            self.best[r], self.best_loss[r], self.best_at[r] = self.w[r], loss, self.step


def run_all(pool: ThreadPoolExecutor, work: Callable[[int], None], runs: Iterable[int]) -> None:
    """Do `work` for every run.  On Ctrl-C all finish first, so that no run is ahead of another."""
    tasks = [pool.submit(work, r) for r in runs]
    try:
        wait(tasks)
    except KeyboardInterrupt:
        wait(tasks)
        raise
    for task in tasks:
        task.result()


def available_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def blas():
    """The BLAS libraries of this process: a race holds each at one thread, as runs are parallel."""
    import scipy.linalg.cython_blas  # noqa: F401  the BLAS that np.dot calls in kernels
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


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
    from .data import load

    dtype = np.dtype(dtype)
    check_name("dtype", dtype.name, ("float32", "float64"))
    data = (
        load(data, dtype=dtype.name)
        if isinstance(data, (str, os.PathLike))
        else data.astype(dtype.name)
    )
    check_fit(net, data)
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
    interrupted = _run(state, evaluate_every, wanted, progress)
    return Report.of(state, seed, time.perf_counter() - began, interrupted)


def _run(state: Race, evaluate_every: int, wanted: list[int], progress) -> bool:
    """Drive the race to its end; True if Ctrl-C came first."""
    plan, tick = state.plan, progress_of(progress)
    if 0 in wanted:
        state.kept[0] = state.w.copy()
    with ThreadPoolExecutor(state.threads) as pool, blas().limit(limits=1, user_api="blas"):
        try:
            state.compile()
            if evaluate_every:
                state.evaluate(pool)
            for epoch in range(plan.epochs):
                cases, starts = plan.epoch(epoch)
                size, k = state.chunk_steps(), 0
                while k < len(starts) - 1 and state.running:
                    stop = min(k + size, len(starts) - 1)
                    upcoming = [s - state.step + k for s in wanted if s > state.step]
                    stop = min([stop, *upcoming])
                    state.advance(
                        pool, cases[starts[k] : starts[stop]], starts[k : stop + 1] - starts[k]
                    )
                    if state.step in wanted:
                        state.kept[state.step] = state.w.copy()
                    k = stop
                    tick(state.step, plan.steps)
                if not state.running:
                    break
                if epoch + 1 == plan.epochs or (
                    evaluate_every and (epoch + 1) % evaluate_every == 0
                ):
                    state.evaluate(pool)
        except KeyboardInterrupt:
            return True
        finally:
            tick(None, plan.steps)
    return False


def progress_of(progress) -> Callable[[int | None, int], None]:
    """A function to call with (steps done, steps in all), and with None at the end."""
    if callable(progress):
        return lambda done, total: progress(done, total) if done is not None else None
    if not progress:
        return lambda done, total: None
    from tqdm.auto import tqdm

    bar = tqdm(unit=" mini-batches", leave=False)

    def tick(done, total):
        if done is None:
            bar.close()
            return
        bar.total = total
        bar.update(done - bar.n)

    return tick


def train(net: MLP, data, optimizer, **options) -> Report:
    """Train one net with one optimizer: a race of one run.  Options as for `race`."""
    return race(net, data, [as_optimizer(optimizer)], **options)


def as_optimizers(given) -> list[Optimizer]:
    """Optimizers from text, from one thing, or from a sequence of things."""
    from .notation import parse

    if isinstance(given, str):
        return parse(given)
    things = list(given) if isinstance(given, Iterable) else [given]
    if not things:
        raise ValueError("a race needs at least one optimizer, got none")
    return [
        o
        for thing in things
        for o in (parse(thing) if isinstance(thing, str) else [as_optimizer(thing)])
    ]


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


def check_fit(net: MLP, data) -> None:
    """Raise ValueError if the net's sizes or outputs do not fit the data."""
    if net.sizes[0] != data.n_inputs:
        raise ValueError(
            f"the net has {net.sizes[0]} inputs, {data.name} has {data.n_inputs} columns"
        )
    if net.sizes[-1] != data.n_outputs:
        raise ValueError(
            f"the net has {net.sizes[-1]} outputs, {data.name} has {data.n_outputs} "
            f"{'targets' if data.classes is None else 'classes'}"
        )
    if data.classes is None and net.loss == "cross-entropy":
        raise ValueError(f"{data.name} is a regression: use MLP(..., loss='squared')")
