"""The same rules, nets and races on a GPU, by Numba's CUDA target (extra `cuda`).

Importing minnet never imports this folder's kernels: they wait until a device is asked for.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from ..data.cases import Data
from ..descent.plan import Plan
from ..net.mlp import MLP
from ..optimizers.optimizer import Optimizer
from ..racing.state import Race
from .device import Device, named

log = logging.getLogger("minnet")

# From so many floating-point operations of a mini-batch on, for each run of the race, the whole
# card takes one run after the other.  Estimated, not yet measured: the 15 or so launches that a
# mini-batch then needs take 0.1 ms, and one block of a card does so many operations in that time.
WIDE_WORK = 3e6

__all__ = ["Device", "named", "race_on", "steps_on"]


def race_on(
    device: str,
    net: MLP,
    data: Data,
    optimizers: Sequence[Optimizer],
    plan: Plan,
    start: np.ndarray,
) -> Race:
    """The state of a race on a device, before its first step.

    A block of threads trains each net; but where nets are large and too few to keep all of the
    device busy, all of it trains one net after the other.

    Parameters
    ----------
    device : str
        "cuda", "cuda:1" or "cuda-sim".
    net : MLP
        Its layout, which all runs share.
    data : Data
        Inputs and targets of the dtype of `start`.
    optimizers : sequence of Optimizer
        One for each run.
    plan : Plan
        The order of the mini-batches.
    start : (n,) float32 or float64 array
        Start weights of all runs.

    Returns
    -------
    Race
        A `DeviceRace` or a `WideRace`.

    Raises
    ------
    ValueError
        If there is no such device, or it cannot be used.
    RuleError
        If a user's own rule does not compile.
    """
    card = gpu_named(device)
    from .state import DeviceRace
    from .wide import WideRace

    if card.is_simulated:
        log.info("cuda-sim runs every GPU thread in Python, very slowly: to try out, not to train")
    work = 6 * start.size * plan.largest
    make = WideRace if is_wide(work, len(optimizers), card.blocks) else DeviceRace
    return make(card, net, data, optimizers, plan, start, 1)


def gpu_named(text: str) -> Device:
    """A GPU or the simulator, by its name.

    Parameters
    ----------
    text : str
        "cuda", "cuda:1" or "cuda-sim".

    Raises
    ------
    ValueError
        If there is no such device, it cannot be used, or it is the CPU.
    """
    device = named(text)
    if device is None:
        raise ValueError(f"a GPU is cuda, cuda:1 or cuda-sim, got {text!r}")
    return device


def is_wide(work: float, runs: int, blocks: int) -> bool:
    """Whether the whole device should take one run after the other.

    Parameters
    ----------
    work : float
        Floating-point operations of one mini-batch of one run.
    runs : int
        Runs of the race.
    blocks : int
        Blocks that the device can have at work, see `Device`.
    """
    return work > WIDE_WORK * min(runs, blocks)


def steps_on(device: str) -> Callable[..., None]:
    """The function that takes the steps of `replay` on a device.

    Parameters
    ----------
    device : str
        "cuda", "cuda:1" or "cuda-sim".

    Returns
    -------
    callable
        `replaying.take_steps` with its first argument.

    Raises
    ------
    ValueError
        If there is no such device, or it cannot be used.
    """
    card = gpu_named(device)
    from .replaying import take_steps

    return partial(take_steps, card)
