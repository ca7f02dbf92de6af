"""The GPU workloads: `python -m minnet.benchmark --device cuda`, their rows, one table.

Times are medians of turns, each of which ends by waiting for the card; the contenders take turns.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..versions import installed
from . import machine
from .jobs import NetJob, StepJob, SweepJob
from .tables import number
from .turns import TURN, Row, difference, take_turns

if TYPE_CHECKING:
    from ..gpu import Device
    from .gpu_minnet import OnCard

DISTRIBUTIONS = ("numba-cuda", "cuda-toolkit", "torch", "jax", "cupy-cuda12x", "cupy-cuda13x")
REFUSAL = "timings of the CUDA simulator mean nothing; use --device cuda"


@dataclass(frozen=True)
class Workload:
    """A workload on a GPU.

    Parameters
    ----------
    title : str
    unit : str
        In which times are shown, like "us/step".
    task : str
        The function of that name in `gpu_minnet` and in `gpu_peers`.
    job : callable
        From whether it is quick, and so smaller, to the job.
    tolerance : float
        The largest relative difference of the results.
    rounds : int
        Turns; default 9.
    """

    title: str
    unit: str
    task: str
    job: Callable[[bool], StepJob | SweepJob | NetJob]
    tolerance: float
    rounds: int = 9

    @property
    def scale(self) -> float:
        """What turns seconds into the unit."""
        return {"s": 1, "ms": 1e3, "us": 1e6}[self.unit.split("/")[0]]


def step_job(millions: int) -> Callable[[bool], StepJob]:
    """The job of G1 and G2, for a workload.

    Parameters
    ----------
    millions : int
        Of weights; a quick job has a tenth.
    """
    return lambda quick: StepJob((millions * 10**6) // (10 if quick else 1), 50)


def sweep_job(quick: bool) -> SweepJob:
    """The job of G3.

    Parameters
    ----------
    quick : bool
        500 runs in place of 10,000.
    """
    net = NetJob((64, 32, 10), "tanh", 32, 1408, 5, 1e-3, cores=1)
    return SweepJob(net, 1, 500 if quick else 10_000)


def net_job(quick: bool) -> NetJob:
    """The job of G4.

    Parameters
    ----------
    quick : bool
        4 steps in place of 40.
    """
    cases = 256 * (4 if quick else 40)
    return NetJob((784, 1024, 1024, 10), "relu", 256, cases, 1, 1e-5, cores=1)


WORKLOADS = {
    "G1": Workload("RMSprop on 10 million weights", "us/step", "step", step_job(10), 1e-4),
    "G2": Workload("RMSprop on 40 million weights", "us/step", "step", step_job(40), 1e-4),
    "G3": Workload(
        "10,000 runs of 64-32-10 on digits, batch 32, 5 epochs", "s", "sweep", sweep_job, 1e-2, 3
    ),
    "G4": Workload(
        "784-1024-1024-10 relu, batch 256, products in float32", "us/step", "train", net_job, 1e-3
    ),
}


def contenders_for(
    workload: Workload, device: "Device", name: str, job: Any
) -> tuple[list["OnCard"], list[str]]:
    """(contenders, lines about those who are missing); minnet first.

    Parameters
    ----------
    workload : Workload
    device : Device
    name : str
        Of the device, like "cuda".
    job : NetJob, SweepJob or StepJob
    """
    from . import gpu_minnet, gpu_peers

    own = getattr(gpu_minnet, workload.task)
    ours = own(device, job, name) if workload.task == "sweep" else own(device, job)
    peers = getattr(gpu_peers, workload.task)(device.number, job)
    library = {"step": "PyTorch", "sweep": "JAX", "train": "PyTorch or CuPy"}[workload.task]
    missing = [] if peers else [f"{library} with CUDA is not installed: skipped"]
    return ours + peers, missing


def measure(
    key: str, device: "Device", name: str, job: Any, rounds: int, at_least: float = TURN
) -> dict[str, Any]:
    """Let everyone do the job once to compare results, then in turns to be timed; plain types.

    Parameters
    ----------
    key : str
        Of the workload, like "G1".
    device : Device
    name : str
        Of the device, like "cuda".
    job : NetJob, SweepJob or StepJob
    rounds : int
    at_least : float
        Seconds that a turn lasts; default 0.1.
    """
    workload = WORKLOADS[key]
    contenders, missing = contenders_for(workload, device, name, job)
    off = [disagreement(contender, contenders[0]) for contender in contenders]
    rows = take_turns(contenders, rounds, at_least=at_least, prime=workload.task != "sweep")
    disagree = [
        f"{row.name} DISAGREES: its result is off by {far:.1e}, more than {workload.tolerance:.0e}"
        for row, far in zip(rows, off, strict=True)
        if far is not None and not far <= workload.tolerance
    ]
    lines = [line(row, contender) for row, contender in zip(rows, contenders, strict=True)]
    return {"name": key, "rounds": rounds, "rows": lines, "missing": missing, "disagree": disagree}


def disagreement(contender: "OnCard", first: "OnCard") -> float | None:
    """How far a contender's result is from the first one's, weight by weight; None: no result.

    Parameters
    ----------
    contender, first : OnCard
    """
    if contender.result is None or first.result is None:
        return None
    for one in (first, contender):
        if one.reset is not None:
            one.reset()
        one.run()
    a, b = np.asarray(contender.result(), float), np.asarray(first.result(), float)
    return difference(a + 1, b + 1)  # relative to 1: a weight may be near 0


def line(row: Row, contender: "OnCard") -> dict[str, Any]:
    """One row in plain types.

    Parameters
    ----------
    row : Row
        What was measured.
    contender : OnCard
        The one that was measured.
    """
    low, high = row.spread
    return {
        "name": row.name, "kind": row.kind, "median": row.median, "low": low, "high": high,
        "first": row.first, "inside": row.inside, "bytes": contender.bytes,
        "operations": contender.operations,
    }  # fmt: skip


def speed(row: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    """GB/s or TFLOP/s, and the share of the fastest yardstick's.

    Parameters
    ----------
    row : dict
        As `line` returns it.
    rows : list of dict
        All of the workload.
    """
    for what, unit, size in (("bytes", "GB/s", 1e9), ("operations", "TFLOP/s", 1e12)):
        if row[what]:
            text = f"{number(row[what] / row['median'] / size)} {unit}"
            sticks = [r[what] / r["median"] for r in rows if r["kind"] == "yardstick" and r[what]]
            if row["kind"] == "yardstick" or not sticks:
                return text
            return f"{text}, {row[what] / row['median'] / max(sticks):.0%} of the yardstick"
    return ""


def markdown(results: list[dict[str, Any]], facts: dict[str, Any]) -> str:
    """All rows as one table, and what was measured where and when.

    Parameters
    ----------
    results : list of dict
        As `measure` returns them.
    facts : dict
        As `describe` returns them.
    """
    lines = ["| workload | contender | median | min - max | speed |", "|---|---|---|---|---|"]
    remarks = []
    for result in results:
        workload = WORKLOADS[result["name"]]
        for row in result["rows"]:
            low, middle, high = (number(row[k] * workload.scale) for k in ("low", "median", "high"))
            title = f"{result['name']} {workload.title}, {workload.unit}"
            cells = [title, row["name"], middle, f"{low} - {high}", speed(row, result["rows"])]
            lines.append("| " + " | ".join(cells) + " |")
            if row["inside"] is not None:
                inside = number(row["inside"] * workload.scale)
                remarks.append(f"{row['name']}: {inside} {workload.unit} in its steps alone.")
        remarks += [f"{remark}." for remark in result["missing"] + result["disagree"]]
    versions = ", ".join(f"{name} {version}" for name, version in facts["versions"].items())
    where = (
        f"{facts['card']}, driver for CUDA {facts['driver']}; {facts['date'][:10]}; "
        f"Python {facts['python']}, {versions}. Yardsticks: a copy, 8 bytes a number; the matrix "
        "products alone in cuBLAS, float32 without tf32."
    )
    return "\n".join([*lines, "", where, *remarks])


def describe(device: "Device") -> dict[str, Any]:
    """The machine, the card, its driver and the versions.

    Parameters
    ----------
    device : Device
    """
    from numba import cuda

    facts = machine.describe()
    more = {name: v for name in DISTRIBUTIONS if (v := installed(name))}
    driver = ".".join(map(str, cuda.cudadrv.driver.driver.get_version()))  # type: ignore[attr-defined]
    return facts | {
        "card": device.name, "driver": driver, "versions": facts["versions"] | more,
    }  # fmt: skip


def main(options: argparse.Namespace) -> int:
    """Measure on a card; 2 if there is none, 1 if a contender's result is off.

    Parameters
    ----------
    options : argparse.Namespace
        With `device`, `workloads`, `repeats`, `quick` and `json`.
    """
    from ..gpu import named

    try:
        if options.device.startswith("cuda-sim"):
            raise ValueError(f"device cuda-sim: {REFUSAL}")
        device = named(options.device)
        if device is None:
            raise ValueError(f"device {options.device} is no card; use --device cuda")
        keys = workload_names(options.workloads)
    except ValueError as error:
        print(f"minnet.benchmark: {error}", file=sys.stderr)
        return 2
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # JAX takes most of the card
    facts, results = describe(device), []
    for key in keys:
        workload = WORKLOADS[key]
        print(f"{key}  {workload.title}", file=sys.stderr, flush=True)
        rounds, job = options.repeats or workload.rounds, workload.job(options.quick)
        results.append(measure(key, device, options.device, job, rounds))
    print(markdown(results, facts) + ("\n\nQUICK: numbers mean little" if options.quick else ""))
    if options.json:
        Path(options.json).write_text(json.dumps({"machine": facts, "workloads": results}))
    return int(any(result["disagree"] for result in results))


def workload_names(text: str | None) -> list[str]:
    """The workloads that a text names.

    Parameters
    ----------
    text : str, optional
        Names, separated by commas; default all.

    Raises
    ------
    ValueError
        If one is unknown.
    """
    names = [name.strip() for name in (text or ",".join(WORKLOADS)).split(",")]
    for name in names:
        if name not in WORKLOADS:
            raise ValueError(f"a workload must be one of {', '.join(WORKLOADS)}, got {name!r}")
    return names
