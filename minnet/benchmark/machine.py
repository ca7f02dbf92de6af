"""Where it was measured: the processor, the system, the versions, the day."""

import datetime
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

DISTRIBUTIONS = ("minnet", "numpy", "numba", "scipy", "torch", "jax", "jaxlib", "scikit-learn")


def describe() -> dict:
    """All of it, in plain types."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "cpu": cpu(),
        "cores": cores,
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "versions": {name: v for name in DISTRIBUTIONS if (v := installed(name))},
    }


def installed(distribution: str) -> str | None:
    """Its version, if it is there."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


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


def lines(facts: dict) -> list[str]:
    """The facts in three lines."""
    versions = ", ".join(f"{name} {v}" for name, v in facts["versions"].items())
    load = "" if facts["load"] is None else f", load {facts['load']:.2f}"
    return [
        f"{facts['date']}  {facts['cpu']}, {facts['cores']} cores{load}",
        f"{facts['system']}, Python {facts['python']}",
        versions,
    ]
