"""Facts about the machine: processor, operating system, versions of the libraries, the date."""

import datetime
import os
import platform
import time
from pathlib import Path
from typing import Any

from ..versions import installed, versions

PEERS = ("torch", "jax", "jaxlib", "scikit-learn")


def describe() -> dict[str, Any]:
    """All facts, in plain types."""
    ours = versions()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "cpu": cpu(),
        "cores": cores,
        "busy": busy_cores(),
        "system": f"{platform.system()} {platform.release()}",
        "python": ours.pop("python"),
        "versions": ours | {name: v for name in PEERS if (v := installed(name))},
    }


def busy_cores(seconds: float = 0.5) -> float | None:
    """How many cores others keep busy while this process sleeps; None: unknown.

    Parameters
    ----------
    seconds : float
        How long it sleeps; default 0.5.
    """
    before = _ticks()
    time.sleep(seconds)
    after = _ticks()
    if before is None or after is None or after[1] <= before[1]:
        return None
    idle, total = after[0] - before[0], after[1] - before[1]
    return round((1 - idle / total) * (os.cpu_count() or 1), 2)


def _ticks() -> tuple[int, int] | None:
    """Clock ticks of all cores since the start: (idle, in all)."""
    try:
        numbers = [int(n) for n in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    except (OSError, ValueError):
        return None
    return numbers[3] + numbers[4], sum(numbers)


def cpu() -> str:
    """The processor's name, and family and model, as a hypervisor may hide the name."""
    facts: dict[str, str] = {}
    try:
        for line in Path("/proc/cpuinfo").read_text().split("\n\n")[0].splitlines():
            key, _, value = line.partition(":")
            facts[key.strip()] = value.strip()
    except OSError:
        pass
    if "model name" not in facts:
        return platform.processor() or platform.machine()
    numbers = f"family {facts.get('cpu family')}, model {facts.get('model')}"
    return f"{facts['model name']} ({numbers})"


def lines(facts: dict[str, Any]) -> list[str]:
    """The facts in three lines.

    Parameters
    ----------
    facts : dict
        As `describe` returns them.
    """
    versions = ", ".join(f"{name} {v}" for name, v in facts["versions"].items())
    busy = "" if facts["busy"] is None else f", {facts['busy']} busy with other work"
    return [
        f"{facts['date']}  {facts['cpu']}, {facts['cores']} cores{busy}",
        f"{facts['system']}, Python {facts['python']}",
        versions,
    ]
