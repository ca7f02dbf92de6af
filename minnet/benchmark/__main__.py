"""`python -m minnet.benchmark`: choose workloads, run each in a process of its own, show tables."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from . import machine, on_gpu, tables
from .workloads import WORKLOADS, Workload, environment, measure


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    options = argparse.ArgumentParser(
        prog="python -m minnet.benchmark",
        description="Time minnet and the installed ones of NumPy, JAX, PyTorch and scikit-learn "
        "on the same jobs, in turns, and check that all reach the same loss.",
    )
    options.add_argument("--workloads", help="such as W1,W5 (all)")
    options.add_argument("--device", default="cpu", help="cpu, or cuda for the GPU workloads G1...")
    options.add_argument("--repeats", type=int, metavar="N", help="rounds (by workload: 3 to 15)")
    options.add_argument("--quick", action="store_true", help="small jobs, to see that it works")
    options.add_argument("--json", metavar="FILE", help="write every single time to FILE")
    options.add_argument("--markdown", action="store_true", help="end with the README's table")
    options.add_argument("--list", action="store_true", help="list the workloads and stop")
    options.add_argument("--child", metavar="W", help=argparse.SUPPRESS)
    return options


def workload_names(text: str) -> list[str]:
    """The workloads that a text names.

    Parameters
    ----------
    text : str
        Names, separated by commas.

    Raises
    ------
    SystemExit
        If one is unknown.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in WORKLOADS:
            raise SystemExit(f"a workload must be one of {', '.join(WORKLOADS)}, got {name!r}")
    return names


def in_child(name: str, options: argparse.Namespace) -> dict[str, Any] | None:
    """Measure one workload in a fresh process; None if that failed (it has said why).

    Parameters
    ----------
    name : str
        Of the workload.
    options : argparse.Namespace
        With `repeats` and `quick`.
    """
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder, "answer.json")
        command = [sys.executable, "-m", "minnet.benchmark", "--child", name, "--json", str(answer)]
        command += ["--repeats", str(options.repeats)] if options.repeats else []
        command += ["--quick"] if options.quick else []
        done = subprocess.run(command, env=environment(name), check=False)
        return json.loads(answer.read_text()) if done.returncode == 0 else None


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; 1 if a workload failed or a contender did not reach the common loss.

    Parameters
    ----------
    arguments : list of str, optional
        Default: those of the command line.
    """
    options = parser().parse_args(arguments)
    if options.repeats is not None and options.repeats < 1:
        raise SystemExit(f"--repeats must be at least 1, got {options.repeats}")
    if options.list:
        everything: dict[str, Workload | on_gpu.Workload] = {**WORKLOADS, **on_gpu.WORKLOADS}
        for name, workload in everything.items():
            print(f"{name:6}{workload.title} ({workload.unit}, {workload.rounds} rounds)")
        return 0
    if options.child:
        answer = measure(options.child, options.repeats, options.quick)
        Path(options.json).write_text(json.dumps(answer))
        return 0
    if options.device != "cpu":
        return on_gpu.main(options)
    facts, results, failed = machine.describe(), [], False
    names = workload_names(options.workloads or ",".join(WORKLOADS))
    print(*machine.lines(facts), sep="\n")
    for name in names:
        busy = machine.busy_cores()
        result = in_child(name, options)
        if result is None:
            print(f"\n{name}  FAILED, see above", flush=True)
            failed = True
            continue
        results.append(result | {"busy": busy})
        failed |= bool(result["disagree"])
        print("", tables.terminal(results[-1]), sep="\n", flush=True)
    if options.markdown:
        print("", tables.markdown(results), sep="\n")
    if options.json:
        Path(options.json).write_text(json.dumps({"machine": facts, "workloads": results}))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
