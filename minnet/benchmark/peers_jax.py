"""JAX: the whole run is one `jit`, its mini-batches a `lax.scan`; a sweep is a `vmap` of that.

S seeds      R runs a seed      B batch
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .jobs import DECAY, EPS, NetJob, StepJob, SurfaceJob, SweepJob
from .turns import Contender

NEEDS = "jax"
Slots = tuple[Any, Any, Any]  # weight and two slots of a rule


def whole_run(job: NetJob) -> Callable[..., tuple[Any, Any]]:
    """A function of (layers, lr, x, t, batches) that trains and returns (losses, final loss).

    Parameters
    ----------
    job : NetJob
    """
    import jax
    import jax.numpy as jnp

    unit = jnp.tanh if job.hidden == "tanh" else jax.nn.relu

    def loss(layers: Any, x: Any, t: Any) -> Any:
        for weights, biases in layers[:-1]:
            x = unit(x @ weights + biases)
        weights, biases = layers[-1]
        return -jnp.mean(jnp.sum(t * jax.nn.log_softmax(x @ weights + biases), axis=-1))

    def run(layers: Any, lr: Any, x: Any, t: Any, batches: Any) -> tuple[Any, Any]:
        def step(carry: tuple[Any, Any], cases: Any) -> tuple[tuple[Any, Any], Any]:
            layers, mean_square = carry
            e, g = jax.value_and_grad(loss)(layers, x[cases], t[cases])
            mean_square = jax.tree.map(lambda s, g: DECAY * s + (1 - DECAY) * g * g, mean_square, g)
            layers = jax.tree.map(
                lambda w, g, s: w - lr * g / (jnp.sqrt(s) + EPS), layers, g, mean_square
            )
            return (layers, mean_square), e

        carry = layers, jax.tree.map(jnp.zeros_like, layers)
        (layers, _), losses = jax.lax.scan(step, carry, batches)
        return losses, loss(layers, x, t)

    return run


def train(job: NetJob) -> list[Contender]:
    """One run; the process may use the cores of the workload.

    Parameters
    ----------
    job : NetJob
    """
    import jax
    import jax.numpy as jnp

    run = jax.jit(whole_run(job))
    layers = jax.tree.map(jnp.asarray, job.net.named(job.start()))
    rest = [jnp.asarray(a) for a in (job.x, job.t, job.batches().astype(np.int32))]
    lr = np.float32(job.lr)
    return [Contender("JAX, jit + scan", lambda: np.asarray(run(layers, lr, *rest)[1]), job.steps)]


def sweep(job: SweepJob) -> list[Contender]:
    """All runs in one call: `vmap` over the rates inside `vmap` over the seeds.

    Parameters
    ----------
    job : SweepJob
    """
    import jax
    import jax.numpy as jnp

    over_rates = jax.vmap(whole_run(job.net_job), in_axes=(None, 0, None, None, None))
    run = jax.jit(jax.vmap(over_rates, in_axes=(0, None, None, None, 0)))
    net = job.net_job.net
    starts = [net.named(start) for start in job.starts]
    layers = jax.tree.map(lambda *a: jnp.stack(a), *starts)
    x, t = jnp.asarray(job.net_job.x), jnp.asarray(job.net_job.t)
    batches, lrs = jnp.asarray(job.batches.astype(np.int32)), jnp.asarray(job.lrs)
    return [Contender("JAX, vmap of scan", lambda: np.asarray(run(layers, lrs, x, t, batches)[1]))]


def roll(job: SurfaceJob) -> list[Contender]:
    """One jit for all: paths and errors kept, as minnet keeps them, or only where the rules end.

    Weights are scalars, and paths need a scan for each rule: with arrays of two weights, or four
    paths in one scan, XLA is ten times slower.

    Parameters
    ----------
    job : SurfaceJob
    """
    import jax
    import jax.numpy as jnp

    momentum_lr, momentum = job.momentum

    def rosenbrock(w: tuple[Any, Any]) -> Any:
        x, y = w
        return (1 - x) ** 2 + 100 * (y - x * x) ** 2

    def sgd(w: Any, g: Any, a: Any, b: Any) -> Slots:
        return w - job.sgd * g, a, b

    def with_momentum(w: Any, g: Any, velocity: Any, b: Any) -> Slots:
        velocity = momentum * velocity - momentum_lr * g
        return w + velocity, velocity, b

    def rmsprop(w: Any, g: Any, s: Any, b: Any) -> Slots:
        s = DECAY * s + (1 - DECAY) * g * g
        return w - job.rmsprop * g / (jnp.sqrt(s) + EPS), s, b

    def rprop(w: Any, g: Any, size: Any, before: Any) -> Slots:
        agreement = g * before
        shrunk = jnp.where(agreement < 0, jnp.maximum(size * 0.5, 1e-6), size)
        size = jnp.where(agreement > 0, jnp.minimum(size * 1.2, 50.0), shrunk)
        g = jnp.where(agreement < 0, 0.0, g)
        return w - jnp.sign(g) * size, size, g

    def scan(rules: Sequence[Callable[..., Slots]], start: Any, keep: bool) -> tuple[Any, Any]:
        def body(carry: Any, _: Any) -> tuple[Any, Any]:
            path, new = [], []
            for rule, (w, a, b) in zip(rules, carry, strict=True):
                error, g = jax.value_and_grad(rosenbrock)(w)
                path.append((w, error))
                each = [rule(*state) for state in zip(w, g, a, b, strict=True)]
                new.append(tuple(zip(*each, strict=True)))
            return new, path if keep else None

        x, y = start
        zero = jnp.zeros_like(x)
        carry = []
        for rule in rules:
            slot = zero + (job.rprop if rule is rprop else 0.0)
            carry.append(((x, y), (slot, slot), (zero, zero)))
        carry, path = jax.lax.scan(body, carry, length=job.steps)
        return [rosenbrock(w) for w, _, _ in carry], path

    rules = [sgd, with_momentum, rmsprop, rprop]

    @jax.jit
    def with_paths(start: Any) -> tuple[Any, Any]:
        scans = [scan([rule], start, True) for rule in rules]
        return jnp.stack([finals[0] for finals, _ in scans]), [path for _, path in scans]

    @jax.jit
    def ends_only(start: Any) -> tuple[Any, None]:
        return jnp.stack(scan(rules, start, False)[0]), None

    start = np.array(job.start)

    def run(descend: Callable[[Any], tuple[Any, Any]]) -> np.ndarray:
        with jax.enable_x64(True):
            return np.asarray(jax.block_until_ready(descend(start))[0])

    units = job.steps * len(rules)
    return [
        Contender("JAX, jit + scan", lambda: run(with_paths), units),
        Contender("JAX, ends only", lambda: run(ends_only), units, "aside", note="keeps no path"),
    ]


def step(job: StepJob) -> list[Contender]:
    """One jitted step whose weights and mean squares are donated, called from Python.

    Parameters
    ----------
    job : StepJob
    """
    import jax
    import jax.numpy as jnp

    def one(w: Any, mean_square: Any, g: Any) -> tuple[Any, Any]:
        mean_square = DECAY * mean_square + (1 - DECAY) * g * g
        return w - job.lr * g / (jnp.sqrt(mean_square) + EPS), mean_square

    one = jax.jit(one, donate_argnums=(0, 1))
    g = jnp.array(job.g)
    state: list[Any] = []

    def reset() -> None:
        state[:] = jax.block_until_ready([jnp.array(job.w), jnp.zeros(job.n, jnp.float32)])

    def run() -> np.ndarray:
        w, mean_square = state
        for _ in range(job.steps):
            w, mean_square = one(w, mean_square, g)
        state[:] = jax.block_until_ready([w, mean_square])
        return job.sample(np.asarray(w))

    return [Contender("JAX, jit + donated", run, job.steps, reset=reset)]
