"""The workloads by name, their contenders, and the process in which each is measured.

`python -m minnet.benchmark` starts such a process for each workload, with the thread counts of all
libraries in its environment and its affinity set before any of them is imported.
"""

import importlib.util
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any

from .turns import TURN, Contender, Row, take_turns

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
    """A workload on the CPU.

    Parameters
    ----------
    title : str
    unit : str
        In which times are shown, like "us/step".
    task : str
        The function of that name in `by_minnet` and in every module of peers.
    cores : int
        That each contender may use; 0: all.
    rounds : int
        Turns.
    tolerance : float
        The largest relative difference of the final losses; default 0.001.
    races : tuple of int
        Runs in each of minnet's races; default none.
    prime : bool
        Whether an untimed run comes before each turn; default True.
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
        """What turns seconds into the unit."""
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


def job_of(name: str, quick: bool) -> Any:
    """The job of a workload: a NetJob, SweepJob, SurfaceJob or StepJob.

    Parameters
    ----------
    name : str
        One of `WORKLOADS`, but "start".
    quick : bool
        Whether it is smaller; then its times mean little.
    """
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


def contenders_for(
    task: str, job: Any, races: Sequence[int] = (1,), missing: Callable[[str], bool] | None = None
) -> tuple[list[Contender], list[str]]:
    """(contenders for a job, lines about those who are missing); minnet first, yardsticks last.

    Parameters
    ----------
    task : str
        The function of that name in each module of contenders.
    job : NetJob, SweepJob, SurfaceJob or StepJob
    races : sequence of int
        Runs in each of minnet's races, where the task is to train; default one of 1.
    missing : callable, optional
        From a module's name to whether it is not installed; default: asks the import system.
    """
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


def measure(name: str, rounds: int | None, quick: bool) -> dict[str, Any]:
    """Measure one workload in this process; the result in plain types.

    Parameters
    ----------
    name : str
        One of `WORKLOADS`.
    rounds : int, optional
        Turns; default the workload's.
    quick : bool
        Whether the job is smaller and the turns fewer.
    """
    workload = WORKLOADS[name]
    if workload.task == "start":
        from . import startup

        contenders, skipped = startup.contenders_for()
    else:
        hold_to(workload.cores)
        contenders, skipped = contenders_for(workload.task, job_of(name, quick), workload.races)
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
    """Lines about contenders that did not reach the loss of the first one.

    Parameters
    ----------
    rows : list of Row
    tolerance : float
        The largest relative difference that is allowed.
    """
    return [
        f"{row.name} DISAGREES: its final loss is off by {row.off:.1e}, more than {tolerance:.0e}"
        for row in rows
        if row.off is not None and not row.off <= tolerance
    ]


def hold_to(cores: int) -> None:
    """Let this process use so many cores, on systems that have such a setting.

    Parameters
    ----------
    cores : int
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])


def environment(name: str) -> dict[str, str]:
    """The environment variables of a workload's process.

    Parameters
    ----------
    name : str
        One of `WORKLOADS`.
    """
    cores = WORKLOADS[name].cores
    threads = dict.fromkeys(THREAD_VARIABLES, str(cores)) if cores else {}
    return {**os.environ, **threads, "JAX_PLATFORMS": "cpu"}
