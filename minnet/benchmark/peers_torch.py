"""PyTorch, eager: nn.Sequential and torch.optim, as its tutorials write it.

R runs side by side      B batch      n weights
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .jobs import DECAY, EPS, NetJob, StepJob, SurfaceJob, SweepJob
from .turns import Contender

NEEDS = "torch"


def model(job: NetJob, start: np.ndarray) -> Any:
    """The net as an `nn.Sequential`; a Linear holds its weights as (fan-out, fan-in).

    Parameters
    ----------
    job : NetJob
    start : (n,) array
        Its start weights.
    """
    import torch
    from torch import nn

    layers: list[Any] = []
    unit = nn.Tanh if job.hidden == "tanh" else nn.ReLU
    for weights, biases in job.net.named(start):
        layers += [nn.Linear(*weights.shape), unit()]
        with torch.no_grad():
            layers[-2].weight.copy_(torch.from_numpy(weights.T))
            layers[-2].bias.copy_(torch.from_numpy(biases))
    return nn.Sequential(*layers[:-1])


def train(job: NetJob) -> list[Contender]:
    """One run on all cores of the workload, with the optimizer's two ways to go through tensors.

    Parameters
    ----------
    job : NetJob
    """
    import torch
    from torch.nn.functional import cross_entropy

    torch.set_num_threads(job.cores)
    x, labels = torch.from_numpy(job.x), torch.from_numpy(job.labels)
    batches, start = list(torch.from_numpy(job.batches())), job.start()

    def run(foreach: bool) -> float:
        net, losses = model(job, start), []
        optimizer = torch.optim.RMSprop(
            net.parameters(), lr=job.lr, alpha=DECAY, eps=EPS, foreach=foreach
        )
        for cases in batches:
            optimizer.zero_grad()
            loss = cross_entropy(net(x[cases]), labels[cases])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        with torch.no_grad():
            return cross_entropy(net(x), labels).item()

    return [
        Contender("PyTorch, foreach=False", lambda: run(False), job.steps),
        Contender("PyTorch, foreach=True", lambda: run(True), job.steps),
    ]


def sweep(job: SweepJob) -> list[Contender]:
    """All S x R runs side by side in batched products; the update by hand, a rate for each run.

    (48 runs at a time are slower, and so is a product with a mini-batch that is not copied out.)

    Parameters
    ----------
    job : SweepJob
    """
    import torch
    from torch.nn.functional import cross_entropy

    net_job, runs = job.net_job, job.seeds * job.rates
    torch.set_num_threads(net_job.cores)
    x, labels = torch.from_numpy(net_job.x), torch.from_numpy(net_job.labels)
    batches, starts = torch.from_numpy(job.batches), job.starts
    lr = torch.from_numpy(job.lrs).repeat(job.seeds)[:, None, None]

    def each_rate(a: Any) -> Any:
        """(S, ...) copied out to (S R, ...)."""
        return a[:, None].expand(-1, job.rates, *a.shape[1:]).reshape(runs, *a.shape[1:])

    def losses(layers: Sequence[Any], inputs: Any, targets: Any) -> Any:
        y = inputs
        for number, (weights, biases) in enumerate(layers):
            y = torch.baddbmm(biases, y, weights)
            if number < len(layers) - 1:
                y = torch.tanh(y) if net_job.hidden == "tanh" else torch.relu(y)
        each = cross_entropy(y.flatten(0, 1), targets.flatten(), reduction="none")
        return each.view(runs, -1).mean(1)

    def run() -> np.ndarray:
        named = [net_job.net.named(start) for start in starts]
        layers = [
            [
                each_rate(torch.from_numpy(np.stack(arrays))).requires_grad_()
                for arrays in zip(*((w, b[None]) for w, b in layer), strict=True)
            ]
            for layer in zip(*named, strict=True)
        ]
        flat = [p for layer in layers for p in layer]
        squares, history = [torch.zeros_like(p) for p in flat], []
        for k in range(net_job.steps):
            cases = batches[:, k]
            each = losses(layers, each_rate(x[cases]), each_rate(labels[cases]))
            each.sum().backward()
            history.append(each.detach())
            with torch.no_grad():
                for p, s in zip(flat, squares, strict=True):
                    s.mul_(DECAY).addcmul_(p.grad, p.grad, value=1 - DECAY)
                    p.sub_(p.grad.div_(s.sqrt().add_(EPS)).mul_(lr))
                    p.grad = None
        with torch.no_grad():
            finals = losses(layers, x.expand(runs, -1, -1), labels.expand(runs, -1))
        return finals.view(job.seeds, job.rates).numpy()

    return [Contender("PyTorch, batched", run)]


def roll(job: SurfaceJob) -> list[Contender]:
    """autograd and torch.optim on two weights.

    Parameters
    ----------
    job : SurfaceJob
    """
    import torch

    torch.set_num_threads(1)

    def rosenbrock(w: Any) -> Any:
        x, y = w.unbind()
        return (1 - x) ** 2 + 100 * (y - x * x) ** 2

    def one_rule(kind: Callable[..., Any], hyper: dict[str, float]) -> float:
        w = torch.tensor(job.start, dtype=torch.float64, requires_grad=True)
        optimizer = kind([w], foreach=False, **hyper)
        path, errors = [], []
        for _ in range(job.steps):
            optimizer.zero_grad()
            error = rosenbrock(w)
            error.backward()
            path.append(w.detach().clone())
            errors.append(error.item())
            optimizer.step()
        return rosenbrock(w.detach()).item()

    rules = [
        (torch.optim.SGD, {"lr": job.sgd}),
        (torch.optim.SGD, {"lr": job.momentum[0], "momentum": job.momentum[1]}),
        (torch.optim.RMSprop, {"lr": job.rmsprop, "alpha": DECAY, "eps": EPS}),
        (torch.optim.Rprop, {"lr": job.rprop}),
    ]

    def run() -> np.ndarray:
        return np.array([one_rule(*rule) for rule in rules])

    return [Contender("PyTorch, autograd", run, job.steps * len(rules))]


def step(job: StepJob) -> list[Contender]:
    """torch.optim.RMSprop on one large parameter, on one thread.

    Parameters
    ----------
    job : StepJob
    """
    import torch

    torch.set_num_threads(1)

    def contender(foreach: bool) -> Contender:
        w = torch.from_numpy(job.w.copy()).requires_grad_()
        w.grad = torch.from_numpy(job.g)
        optimizer = torch.optim.RMSprop([w], lr=job.lr, alpha=DECAY, eps=EPS, foreach=foreach)
        optimizer.step()  # makes its state

        def reset() -> None:
            with torch.no_grad():
                w.copy_(torch.from_numpy(job.w))
            optimizer.state[w]["square_avg"].zero_()

        def run() -> np.ndarray:
            for _ in range(job.steps):
                optimizer.step()
            return job.sample(w.detach().numpy())

        return Contender(f"PyTorch, foreach={foreach}", run, job.steps, reset=reset)

    return [contender(False), contender(True)]
