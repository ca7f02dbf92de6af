"""The same rules, nets and races on a GPU, by Numba's CUDA target (extra `cuda`).

Importing minnet never imports this folder's kernels: they wait until a device is asked for.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..data.cases import Data
from ..descent.plan import Plan
from ..net.mlp import MLP
from ..optimizers.optimizer import Optimizer
from ..racing.state import Race
from .device import Device, named

log = logging.getLogger("minnet")

# From so many floating-point operations of a mini-batch on, for each run of the race, the whole
# card takes one run after the other.  Reckoned from the time that some 15 launches take in that
# course (0.1 ms), against one block's share of a card in it; not yet measured.
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
    """The state of a race on a device; arguments as for `racing.state.Race`.

    A block of threads trains each net; but where nets are large and too few to keep all of the
    device busy, all of it trains one net after the other.

    Raises
    ------
    ValueError
        If there is no such device, or it cannot be used.
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
    """The device of that name, which must be a GPU or its simulator."""
    device = named(text)
    if device is None:
        raise ValueError(f"a GPU is cuda, cuda:1 or cuda-sim, got {text!r}")
    return device


def is_wide(work: float, runs: int, blocks: int) -> bool:
    """Whether the whole device should take one run after the other."""
    return work > WIDE_WORK * min(runs, blocks)


def steps_on(device: str) -> Callable[..., None]:
    """What takes the steps of a replay on a device."""
    card = gpu_named(device)

    def take(*arguments: Any) -> None:
        from .replaying import take_steps

        take_steps(card, *arguments)

    return take
