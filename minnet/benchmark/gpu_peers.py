"""The peers on a card: PyTorch's RMSprop, JAX's vmap over a scan, and cuBLAS through either door.

Each function returns no contender where its library, or its library's CUDA part, is missing.
"""

from contextlib import nullcontext
from importlib.util import find_spec
from itertools import pairwise

import numpy as np

from .gpu_minnet import OnCard, operations
from .jobs import DECAY, EPS, NetJob, StepJob, SweepJob


def torch_on(number: int):
    """(torch, its device for card `number`), or None if it is not installed with CUDA."""
    if find_spec("torch") is None:
        return None
    import torch

    if not torch.cuda.is_available():
        return None
    torch.backends.cuda.matmul.allow_tf32 = False
    return torch, torch.device("cuda", number)


def step(number: int, job: StepJob) -> list[OnCard]:
    """torch.optim.RMSprop on one large parameter: as it comes, foreach, and compiled."""
    found = torch_on(number)
    if found is None:
        return []
    return [rmsprop(*found, job, how) for how in ("default", "foreach", "compiled")]


def rmsprop(torch, place, job: StepJob, how: str) -> OnCard:
    """One way to call it; `place` may be torch's CPU as well."""
    w = torch.tensor(job.w, device=place, requires_grad=True)
    w.grad = torch.tensor(job.g, device=place)
    start = w.detach().clone()
    options = {"foreach": True} if how == "foreach" else {}
    optimizer = torch.optim.RMSprop([w], lr=job.lr, alpha=DECAY, eps=EPS, **options)
    optimizer.step()  # makes its state
    move = torch.compile(optimizer.step) if how == "compiled" else optimizer.step

    def wait():
        if place.type == "cuda":
            torch.cuda.synchronize(place)

    def reset():
        with torch.no_grad():
            w.copy_(start)
        optimizer.state[w]["square_avg"].zero_()
        wait()

    def run():
        for _ in range(job.steps):
            move()
        wait()

    return OnCard(
        f"PyTorch, {how}", run, job.steps, reset=reset, bytes=20 * job.n,
        result=lambda: job.sample(w.detach().cpu().numpy()),
    )  # fmt: skip


def sweep(number: int, job: SweepJob) -> list[OnCard]:
    """All runs in one jitted `vmap` of a `lax.scan`."""
    if find_spec("jax") is None:
        return []
    import jax

    if jax.default_backend() != "gpu":
        return []
    with jax.default_device(jax.devices()[number]):
        return vmapped(job, jax.default_matmul_precision("float32"))


def vmapped(job: SweepJob, precision=None) -> list[OnCard]:
    """JAX's contender, wherever JAX computes; `precision` of its products, a context manager."""
    from . import peers_jax

    (contender,) = peers_jax.sweep(job)
    finals = []

    def run():
        with precision or nullcontext():
            finals[:] = [contender.run()]

    return [OnCard(contender.name, run, result=lambda: finals[0][0])]


def train(number: int, job: NetJob) -> list[OnCard]:
    """The products of a step in cuBLAS, float32 and no less: by PyTorch, or else by CuPy."""
    found = torch_on(number)
    if found is not None:
        torch, place = found

        def room(*shape):
            return torch.randn(*shape, device=place)

        return [products("cuBLAS, by PyTorch", job, room, torch.mm, torch.cuda.synchronize)]
    if find_spec("cupy") is None:
        return []
    import cupy

    cupy.cuda.Device(number).use()

    def room(*shape):
        return cupy.asarray(np.random.default_rng(0).standard_normal(shape, np.float32))

    wait = cupy.cuda.Device(number).synchronize
    return [products("cuBLAS, by CuPy", job, room, cupy.matmul, wait)]


def products(name: str, job: NetJob, room, multiply, wait) -> OnCard:
    """The products alone, by any library's `multiply(a, b, out=c)` on arrays from `room`."""
    weights = [room(a, b) for a, b in pairwise(job.sizes)]
    gradients = [room(a, b) for a, b in pairwise(job.sizes)]
    y, deltas = ([room(job.batch, m) for m in job.sizes] for _ in range(2))

    def run():
        for _ in range(job.steps):
            for layer, w in enumerate(weights):
                multiply(y[layer], w, out=y[layer + 1])
            for layer in range(len(weights) - 1, -1, -1):
                multiply(y[layer].T, deltas[layer + 1], out=gradients[layer])
                if layer:
                    multiply(deltas[layer + 1], weights[layer].T, out=deltas[layer])
        wait()

    return OnCard(name, run, job.steps, "yardstick", operations=operations(job))
