"""Launch races without a card: compile every kernel for just what the host passes; say what came.

Run by test_gpu_ptx.py in a process without the simulator.  Arrays stay on the host, a launch
compiles to PTX, `ptxas` (where it is) counts registers and spills; printed as JSON.
"""

import json
import re
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import numpy as np
from numba import cuda
from numba.cuda import dispatcher
from numba.cuda.cudadrv import nvvm

import minnet as mn
from minnet.gpu import device, replaying, state, steps, wide
from minnet.optimizers.catalogue import OPTIMIZERS
from minnet.racing.arguments import as_plan

CC = (8, 0)


class There(np.ndarray):
    """An array "on the device"."""

    def copy_to_host(self):
        return np.array(self)

    def copy_to_device(self, array):
        assert array.flags.c_contiguous and array.dtype == self.dtype
        self[...] = array


def to_device(array):
    assert isinstance(array, np.ndarray) and array.flags.c_contiguous
    return array.copy().view(There)


class Launch:
    """A kernel with its launch configuration, to be called."""

    findings: dict = {}  # noqa: RUF012

    def __init__(self, kernel, configuration):
        grid, threads, *rest = configuration
        sizes = [*(grid if isinstance(grid, tuple) else (grid,)), threads, *rest]
        for size in sizes:  # a NumPy integer is refused by cuda.core
            assert type(size) is int, (kernel.py_func.__name__, configuration)
        self.kernel, self.dynamic, self.threads = kernel, rest[1] if len(rest) > 1 else 0, threads

    def __call__(self, *arguments):
        types = tuple(
            self.kernel.typeof_pyval(np.asarray(a) if isinstance(a, There) else a)
            for a in arguments
        )
        if (self.kernel, types) in Launch.findings:
            return
        ptx, _ = cuda.compile(
            self.kernel.py_func, types, output="ptx", cc=CC, device=False, abi="numba"
        )
        Launch.findings[self.kernel, types] = {
            "kernel": self.kernel.py_func.__name__,
            "rule": getattr(self.kernel.py_func.__globals__.get("rule_0"), "__name__", ""),
            "types": [str(t) for t in types],
            "f64": sorted(set(re.findall(r"\b[a-z]+[\w.]*f64[\w.]*", ptx))),
            "local": len(re.findall(r"\.local\b|local_depot", ptx)),
            "calls": len(re.findall(r"\bcall\b", ptx)),
            "atomics": len(re.findall(r"\b(atom|red)\.", ptx)),
            "loads": len(re.findall(r"\bld\.global\.f32", ptx)),
            "stores": len(re.findall(r"\bst\.global\.f32", ptx)),
            "dynamic": self.dynamic,
            "threads": self.threads,
            **assembled(ptx),
        }


def assembled(ptx: str) -> dict:
    """Registers, spilled bytes and static shared bytes, by the assembler of the toolkit's wheel."""
    import nvidia

    tools = [
        tool
        for root in nvidia.__path__
        for tool in Path(root).glob("*/bin/ptxas*")
        if tool.is_file()
    ]
    if not tools:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "kernel.ptx")
        source.write_text(ptx)
        done = subprocess.run(
            [tools[0], "-v", f"-arch=sm_{CC[0]}{CC[1]}", source, "-o", Path(folder, "kernel")],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    numbers = {
        "spilled": r"(\d+) bytes spill stores",
        "stack": r"(\d+) bytes stack frame",
        "registers": r"Used (\d+) registers",
        "static": r"(\d+) bytes smem",
    }
    matches = {name: re.search(pattern, done.stderr) for name, pattern in numbers.items()}
    return {name: int(match[1]) if match else 0 for name, match in matches.items()}


def race(make, net, optimizers, data, batch_size) -> None:
    """Set up, take the first steps and score, as `drive` does."""
    there = device.Device("cuda", 0, "nowhere", 256, 1056, 48 << 10)
    plan = as_plan("shuffled", data, batch_size, 1, 0, True)
    run = make(there, net, data, optimizers, plan, net.start(0, np.dtype(np.float32)), 1)
    run.compile()
    run.submit(None, next(run.chunks()))
    run.diverged_at[:] = 0
    run.score(None)


def has_toolkit() -> bool:
    """Whether both of its compilers are there: NVVM, and NVRTC, which knows the version."""
    try:
        return nvvm.is_available() and bool(cuda.runtime.get_version())
    except RuntimeError:
        return False


def replays(makes) -> None:
    """The stepper of every rule, and the looker of those that have one."""
    there = device.Device("cuda", 0, "nowhere", 256, 1056, 48 << 10)
    w = np.zeros(5, np.float32)
    for make in makes:
        optimizer = make()
        slots, hyper = optimizer.start(5), optimizer.values()[None]
        replaying.take_steps(
            there, optimizer, w, w[None], slots, hyper, [False], np.empty((2, 5), np.float32)
        )
        if optimizer.jump:
            look = steps.looker((optimizer.rule, optimizer.jump))
            look[1, 256](to_device(w), to_device(w), to_device(slots.ravel()),
                         to_device(hyper[0]), np.float32(1))  # fmt: skip


def main() -> None:
    """Every rule alone and in a race, in shared and in global memory, and larger nets."""
    two, digits = mn.load("moons", cases=60), mn.load("digits")
    deep = mn.MLP([2, 5, 3, 2], hidden=["tanh", "relu"], l2=0.01)
    replays(OPTIMIZERS)
    race(state.DeviceRace, deep, [make() for make in OPTIMIZERS], two, 21)
    race(state.DeviceRace, mn.MLP([64, 32, 10]), [mn.RMSprop()], digits, 32)
    race(state.DeviceRace, mn.MLP([2, 800, 2]), [mn.Nesterov()], two, 21)
    race(wide.WideRace, deep, [mn.Nesterov(), mn.RMSprop()], two, 21)
    print(json.dumps(list(Launch.findings.values())))


if __name__ == "__main__":
    if not has_toolkit():
        print(json.dumps("no toolkit"))
        sys.exit()
    patched, card = mock.patch.object, SimpleNamespace(compute_capability=CC)
    with (
        patched(dispatcher, "get_current_device", return_value=card),
        patched(dispatcher.CUDADispatcher, "__getitem__", lambda *both: Launch(*both)),
        patched(cuda, "to_device", to_device),
        patched(cuda, "device_array", lambda size, dtype: np.zeros(size, dtype).view(There)),
        patched(device.Device, "in_use", return_value=nullcontext()),
        patched(device.Device, "free_bytes", return_value=8 << 30),
    ):
        main()
