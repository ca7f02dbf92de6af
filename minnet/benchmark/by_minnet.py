"""minnet's contenders: the jobs done through its public functions, as a user would."""

import numpy as np

import minnet as mn

from .jobs import DECAY, EPS, NetJob, StepJob, SurfaceJob, SweepJob
from .turns import Contender


def race(job: NetJob, runs: int) -> Contender:
    """A race of `runs` learning rates, of which the first is the job's.

    Mini-batch drawing, plan hash, thread pool and the evaluation at the end are all inside; start
    weights come with the job, as for everybody.

    Parameters
    ----------
    job : NetJob
    runs : int
    """
    rules = [mn.RMSprop(job.lr / 2**r, DECAY, EPS) for r in range(runs)]
    start = job.start()

    def run() -> float:
        report = mn.race(
            job.net, job.data, rules, batch_size=job.batch, epochs=job.epochs, seed=job.seed,
            start=start, threads=job.cores, evaluate_every=0,
        )  # fmt: skip
        contender.inside.append(report.seconds.sum() / min(job.cores, runs))
        return report.final("train", "loss")[0]

    name = "minnet, one run" if runs == 1 else f"minnet, a race of {runs}"
    contender = Contender(name, run, job.steps * runs, "minnet")
    return contender


def sweep(job: SweepJob) -> Contender:
    """One race after the other, each with all learning rates.

    Parameters
    ----------
    job : SweepJob
    """
    net = job.net_job
    rules, starts = [mn.RMSprop(float(lr), DECAY, EPS) for lr in job.lrs], job.starts

    def run() -> np.ndarray:
        finals, inside = [], 0.0
        for seed in range(job.seeds):
            report = mn.race(
                net.net, net.data, rules, batch_size=net.batch, epochs=net.epochs, seed=seed,
                start=starts[seed], threads=net.cores, evaluate_every=0,
            )  # fmt: skip
            finals.append(report.final("train", "loss"))
            inside += report.seconds.sum() / net.cores
        contender.inside.append(inside)
        return np.stack(finals)

    contender = Contender(f"minnet, {job.seeds} races", run, kind="minnet")
    return contender


def roll(job: SurfaceJob) -> Contender:
    """`roll` on a surface that is compiled once; it keeps the whole paths.

    Parameters
    ----------
    job : SurfaceJob
    """
    surface = mn.Surface("rosenbrock")
    rules = [
        mn.SGD(job.sgd),
        mn.Momentum(*job.momentum),
        mn.RMSprop(job.rmsprop, DECAY, EPS),
        mn.IRpropMinus(job.rprop),
    ]

    def run() -> np.ndarray:
        return mn.roll(surface, rules, job.start, job.steps).errors[:, -1]

    return Contender("minnet", run, job.steps * len(rules), "minnet")


def step(job: StepJob) -> Contender:
    """The compiled step of RMSprop, called from Python.

    Parameters
    ----------
    job : StepJob
    """
    rule = mn.RMSprop(job.lr, DECAY, EPS)
    compiled, hyper = rule.compiled("float32")[0], rule.values()
    w, slots = job.w.copy(), rule.start(job.n)

    def reset() -> None:
        w[:], slots[:] = job.w, 0

    def run() -> np.ndarray:
        for t in range(job.steps):
            compiled(w, job.g, slots, hyper, t + 1, False)
        return job.sample(w)

    return Contender("minnet, compiled step", run, job.steps, "minnet", reset)
