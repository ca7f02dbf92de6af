"""Peers on a GPU: PyTorch's RMSprop, JAX's vmap over a scan, cuBLAS by PyTorch or CuPy.

Each function returns no contender where its library, or its library's CUDA part, is missing.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import numpy as np

from .gpu_minnet import OnCard, operations
from .jobs import DECAY, EPS, NetJob, StepJob, SweepJob


def torch_on(number: int) -> tuple[Any, Any] | None:
    """(torch, its device), or None if it is not installed with CUDA.

    Parameters
    ----------
    number : int
        Of the card.
    """
    if find_spec("torch") is None:
        return None
    import torch

    if not torch.cuda.is_available():
        return None
    torch.backends.cuda.matmul.allow_tf32 = False
    return torch, torch.device("cuda", number)


def step(number: int, job: StepJob) -> list[OnCard]:
    """torch.optim.RMSprop on one large parameter: as it comes, foreach, and compiled.

    Parameters
    ----------
    number : int
        Of the card.
    job : StepJob
    """
    installed = torch_on(number)
    if installed is None:
        return []
    return [rmsprop(*installed, job, how) for how in ("default", "foreach", "compiled")]


def rmsprop(torch: Any, place: Any, job: StepJob, how: str) -> OnCard:
    """One way to call it.

    Parameters
    ----------
    torch : module
    place : torch.device
        A card, or the CPU as well.
    job : StepJob
    how : "default", "foreach" or "compiled"
    """
    w = torch.tensor(job.w, device=place, requires_grad=True)
    w.grad = torch.tensor(job.g, device=place)
    start = w.detach().clone()
    options = {"foreach": True} if how == "foreach" else {}
    optimizer = torch.optim.RMSprop([w], lr=job.lr, alpha=DECAY, eps=EPS, **options)
    optimizer.step()  # makes its state
    move = torch.compile(optimizer.step) if how == "compiled" else optimizer.step

    def wait() -> None:
        if place.type == "cuda":
            torch.cuda.synchronize(place)

    def reset() -> None:
        with torch.no_grad():
            w.copy_(start)
        optimizer.state[w]["square_avg"].zero_()
        wait()

    def run() -> None:
        for _ in range(job.steps):
            move()
        wait()

    return OnCard(
        f"PyTorch, {how}", run, job.steps, reset=reset, bytes=20 * job.n,
        result=lambda: job.sample(w.detach().cpu().numpy()),
    )  # fmt: skip


def sweep(number: int, job: SweepJob) -> list[OnCard]:
    """All runs in one jitted `vmap` of a `lax.scan`.

    Parameters
    ----------
    number : int
        Of the card.
    job : SweepJob
    """
    if find_spec("jax") is None:
        return []
    import jax

    if jax.default_backend() != "gpu":
        return []
    with jax.default_device(jax.devices()[number]):
        return vmapped(job, jax.default_matmul_precision("float32"))


def vmapped(job: SweepJob, precision: AbstractContextManager[object] | None = None) -> list[OnCard]:
    """JAX's contender, wherever JAX computes.

    Parameters
    ----------
    job : SweepJob
    precision : context manager, optional
        In which its products have the precision that is asked for.
    """
    from . import peers_jax

    (contender,) = peers_jax.sweep(job)
    finals: list[Any] = []

    def run() -> None:
        with precision or nullcontext():
            finals[:] = [contender.run()]

    return [OnCard(contender.name, run, result=lambda: finals[0][0])]


def train(number: int, job: NetJob) -> list[OnCard]:
    """The products of a step in cuBLAS, float32 and no less: by PyTorch, or else by CuPy.

    Parameters
    ----------
    number : int
        Of the card.
    job : NetJob
    """
    installed = torch_on(number)
    if installed is not None:
        torch, place = installed

        def tensor(*shape: int) -> Any:
            return torch.randn(*shape, device=place)

        return [products("cuBLAS, by PyTorch", job, tensor, torch.mm, torch.cuda.synchronize)]
    if find_spec("cupy") is None:
        return []
    import cupy

    cupy.cuda.Device(number).use()

    def array(*shape: int) -> Any:
        return cupy.asarray(np.random.default_rng(0).standard_normal(shape, np.float32))

    wait = cupy.cuda.Device(number).synchronize
    return [products("cuBLAS, by CuPy", job, array, cupy.matmul, wait)]


def products(
    name: str, job: NetJob, room: Callable[..., Any], multiply: Callable[..., object],
    wait: Callable[[], object],
) -> OnCard:  # fmt: skip
    """The products alone, by any library.

    Parameters
    ----------
    name : str
        Of the contender.
    job : NetJob
    room : callable
        From a shape to an array of the library.
    multiply : callable
        `multiply(a, b, out=c)` for such arrays.
    wait : callable
        Returns when all products are done.
    """
    weights = [room(a, b) for a, b in pairwise(job.sizes)]
    gradients = [room(a, b) for a, b in pairwise(job.sizes)]
    y, deltas = ([room(job.batch, m) for m in job.sizes] for _ in range(2))

    def run() -> None:
        for _ in range(job.steps):
            for layer, w in enumerate(weights):
                multiply(y[layer], w, out=y[layer + 1])
            for layer in range(len(weights) - 1, -1, -1):
                multiply(y[layer].T, deltas[layer + 1], out=gradients[layer])
                if layer:
                    multiply(deltas[layer + 1], weights[layer].T, out=deltas[layer])
        wait()

    return OnCard(name, run, job.steps, "yardstick", operations=operations(job))
