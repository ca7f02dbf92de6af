"""The workloads by name, and who is there to do them; one process each, held to its cores.

`python -m minnet.benchmark` starts such a process for each workload, with the thread counts of all
libraries in its environment and its affinity set before any of them is imported.
"""

import importlib.util
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module

from .turns import TURN, Row, take_turns

PEERS = ("peers_numpy", "peers_jax", "peers_torch", "peers_sklearn")
THREAD_VARIABLES = [
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
]


@dataclass(frozen=True)
class Workload:
    """What is done, by how many cores, and how it is shown.

    `task` is the function of that name in every module of peers.  `scale` and `unit` turn seconds
    into what is shown; `tolerance` is the largest relative difference of the final losses.
    """

    title: str
    unit: str
    task: str
    cores: int
    rounds: int
    tolerance: float = 1e-3
    races: tuple[int, ...] = ()
    prime: bool = True

    @property
    def scale(self) -> float:
        return {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9}[self.unit.split("/")[0]]


WORKLOADS = {
    "W1": Workload(
        "64-32-10 tanh on digits, batch 32, one core", "us/step", "train", 1, 15, races=(1,)
    ),
    "W2": Workload(
        "784-128-10 relu, batch 128, two cores", "us/step and run", "train", 2, 11, races=(4, 1)
    ),
    "W3": Workload(
        "784-500-300-10 tanh, batch 100, two cores", "us/step and run", "train", 2, 9, races=(4, 1)
    ),
    "W4": Workload(
        "784-1024-1024-10 relu, batch 256, two cores", "ms/step and run", "train", 2, 7,
        races=(4, 1),
    ),
    "W5": Workload(
        "sweep: 10 races of 48 runs x 220 steps of W1's net, two cores", "s", "sweep", 2, 3,
        prime=False,
    ),
    "W6": Workload(
        "four rules x 1000 steps on Rosenbrock, float64, one core", "ns/step", "roll", 1, 11,
        tolerance=1e-6,
    ),
    "W7": Workload(
        "one RMSprop step on 10 million weights, float32, one core", "ms/step", "step", 1, 9,
        tolerance=1e-5,
    ),
    "start": Workload("from the shell to the first result", "s", "start", 0, 5, prime=False),
}  # fmt: skip


def job_of(name: str, quick: bool):
    """The job of a workload; quick jobs are smaller, and their times mean little."""
    from .jobs import NetJob, StepJob, SurfaceJob, SweepJob

    few = {"epochs": 2} if quick else {}
    cores = WORKLOADS[name].cores
    nets = {
        "W1": ((64, 32, 10), "tanh", 32, 1408, 20, 1e-3),
        "W2": ((784, 128, 10), "relu", 128, 1536, 5, 1e-4),
        "W3": ((784, 500, 300, 10), "tanh", 100, 800, 5, 3e-5),
        "W4": ((784, 1024, 1024, 10), "relu", 256, 512, 6, 1e-5),
        "W5": ((64, 32, 10), "tanh", 32, 1408, 5, 1e-3),
    }
    if name == "W6":
        return SurfaceJob(100 if quick else 1000)
    if name == "W7":
        return StepJob(100_000 if quick else 10_000_000, 2 if quick else 3)
    sizes, hidden, batch, cases, epochs, lr = nets[name]
    job = NetJob(sizes, hidden, batch, cases, few.get("epochs", epochs), lr, cores)
    if name == "W5":
        return SweepJob(job, 2 if quick else 10, 8 if quick else 48)
    return job


def enter(task: str, job, races=(1,), missing: Callable[[str], bool] | None = None):
    """(contenders for a job, lines about who is missing); minnet first, yardsticks last."""
    from . import by_minnet, yardsticks

    missing = missing or (lambda module: importlib.util.find_spec(module) is None)
    if task == "train":
        contenders = [by_minnet.race(job, runs) for runs in races]
    else:
        contenders = [getattr(by_minnet, task)(job)]
    skipped = []
    for name in PEERS:
        peer = import_module(f".{name}", __package__)
        if missing(peer.NEEDS):
            skipped.append(f"{peer.NEEDS} is not installed: skipped")
        elif hasattr(peer, task):
            contenders += getattr(peer, task)(job)
    if hasattr(yardsticks, task):
        contenders += getattr(yardsticks, task)(job)
    return contenders, skipped


def measure(name: str, rounds: int | None, quick: bool) -> dict:
    """Do one workload in this process, and say all about it in plain types."""
    workload = WORKLOADS[name]
    if workload.task == "start":
        from . import startup

        contenders, skipped = startup.enter()
    else:
        hold_to(workload.cores)
        contenders, skipped = enter(workload.task, job_of(name, quick), workload.races)
    rounds = rounds or (2 if quick else workload.rounds)
    rows = take_turns(contenders, rounds, at_least=0 if quick else TURN, prime=workload.prime)
    return {
        "name": name,
        "rounds": rounds,
        "quick": quick,
        "rows": [asdict(row) for row in rows],
        "skipped": skipped,
        "disagree": disagreements(rows, workload.tolerance),
    }


def disagreements(rows: list[Row], tolerance: float) -> list[str]:
    """Who did not reach the loss of the first contender."""
    return [
        f"{row.name} DISAGREES: its final loss is off by {row.off:.1e}, more than {tolerance:.0e}"
        for row in rows
        if row.off is not None and not row.off <= tolerance
    ]


def hold_to(cores: int) -> None:
    """Let this process use so many cores, where the system can be told."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])


def environment(name: str) -> dict[str, str]:
    """What a workload's process finds in its environment."""
    cores = WORKLOADS[name].cores
    threads = dict.fromkeys(THREAD_VARIABLES, str(cores)) if cores else {}
    return {**os.environ, **threads, "JAX_PLATFORMS": "cpu"}
