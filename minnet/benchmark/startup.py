"""Start-up times, from the shell to the first result: imports and compilation, in processes."""

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from .turns import Contender

RACE = ["-m", "minnet", "race", "--epochs", "20", "--output"]

# One training step each, on the digits' shape, as short as each library allows.
FIRST_STEPS = {
    "numpy": """
import numpy as np
x, t, w = np.ones((32, 64), "f"), np.ones((32, 10), "f"), np.zeros((64, 10), "f")
w -= 0.01 * x.T @ (x @ w - t)
""",
    "jax": """
import jax, jax.numpy as jnp
def loss(ws, x, t):
    return -(t * jax.nn.log_softmax(jnp.tanh(x @ ws[0]) @ ws[1])).sum(1).mean()
@jax.jit
def step(ws, x, t):
    return [w - 0.01 * g for w, g in zip(ws, jax.grad(loss)(ws, x, t))]
ws = [jnp.zeros((64, 32)), jnp.zeros((32, 10))]
jax.block_until_ready(step(ws, jnp.ones((32, 64)), jnp.ones((32, 10))))
""",
    "torch": """
import torch
from torch import nn
net = nn.Sequential(nn.Linear(64, 32), nn.Tanh(), nn.Linear(32, 10))
optimizer = torch.optim.RMSprop(net.parameters(), lr=0.001)
nn.functional.cross_entropy(net(torch.ones(32, 64)), torch.zeros(32, dtype=int)).backward()
optimizer.step()
""",
    "sklearn": """
import numpy as np
from sklearn.neural_network import MLPClassifier
net = MLPClassifier((32,), activation="tanh", solver="sgd")
net.partial_fit(np.ones((32, 64), "f"), np.arange(32) % 10, classes=range(10))
""",
}


def finish(arguments: Sequence[str], **environment: str) -> tuple[int, int | None, str]:
    """Run this Python to its end: (exit status, peak memory in bytes, stderr).

    Parameters
    ----------
    arguments : sequence of str
        Of the interpreter.
    **environment : str
        Variables that replace this process's.
    """
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        peak = None
        if hasattr(os, "wait4"):
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        else:
            process.wait()
        errors.seek(0)
        return process.returncode, peak, errors.read().decode(errors="replace")


def command(name: str, *arguments: str, kind: str = "minnet") -> Contender:
    """A contender that is a process; its note is its peak memory.

    Parameters
    ----------
    name : str
    *arguments : str
        Of the interpreter.
    kind : "minnet", "peer" or "yardstick"
    """

    def run() -> None:
        status, peak, errors = finish(arguments)
        if status:
            raise RuntimeError(f"{name} failed ({status}): {errors.strip()[-300:]}")
        if peak is not None:
            contender.note = f"peak memory {peak / 2**20:.0f} MiB"

    contender = Contender(name, run, kind=kind)
    return contender


def race(name: str, cold: bool) -> Contender:
    """`minnet race` with its figure.

    Parameters
    ----------
    name : str
    cold : bool
        Whether the cache for compiled kernels is empty.
    """

    def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            cache = {"NUMBA_CACHE_DIR": str(Path(folder, "cache"))} if cold else {}
            status, peak, errors = finish([*RACE, str(Path(folder, "race"))], **cache)
        if status:
            raise RuntimeError(f"minnet race failed ({status}): {errors.strip()[-300:]}")
        if peak is not None:
            contender.note = f"peak memory {peak / 2**20:.0f} MiB"

    contender = Contender(name, run, kind="minnet")
    return contender


def contenders_for() -> tuple[list[Contender], list[str]]:
    """The commands that work here, and lines about those that do not."""
    contenders, skipped = [], []
    warm = race("minnet race, warm", cold=False)
    try:
        warm.run()
        contenders += [warm, race("minnet race, cold", cold=True)]
    except RuntimeError as error:
        skipped.append(f"minnet race fails here: {str(error).splitlines()[-1]}: skipped")
    contenders += [
        command("minnet --help", "-m", "minnet", "--help"),
        command("import minnet", "-c", "import minnet"),
        command("import minnet, and its race", "-c", "from minnet import race"),
    ]
    for module, text in FIRST_STEPS.items():
        if importlib.util.find_spec(module) is None:
            skipped.append(f"{module} is not installed: skipped")
        else:
            contenders.append(command(f"{module}: import, one step", "-c", text, kind="peer"))
    contenders.append(command("python alone", "-c", "pass", kind="yardstick"))
    return contenders, skipped
