"""The same rules, nets and races on a GPU, by Numba's CUDA target (extra `cuda`).

Importing minnet never imports this folder's kernels: they wait until a device is asked for.
"""

import logging

from ..racing.state import Race
from .device import Device, named

log = logging.getLogger("minnet")

# From so many floating-point operations of a mini-batch on, for each run of the race, the whole
# card takes one run after the other.  Reckoned from the time that some 15 launches take in that
# course (0.1 ms), against one block's share of a card in it; not yet measured.
WIDE_WORK = 3e6

__all__ = ["Device", "named", "race_on", "steps_on"]


def race_on(device: str, net, data, optimizers, plan, start, threads: int) -> Race:
    """The state of a race on the CPU or on a device; arguments as for `lockstep.Race`.

    On a device a block of threads trains each net; but where nets are large and too few to keep all
    of it busy, the whole device trains one net after the other.

    Raises
    ------
    ValueError
        If there is no such device, or it cannot be used.
    """
    found = named(device)
    if found is None:
        return Race(net, data, optimizers, plan, start, threads)
    from .state import DeviceRace
    from .wide import WideRace

    if found.is_simulated:
        log.info("cuda-sim runs every GPU thread in Python, very slowly: to try out, not to train")
    work = 6 * start.size * plan.largest
    make = WideRace if is_wide(work, len(optimizers), found.blocks) else DeviceRace
    return make(found, net, data, optimizers, plan, start, 1)


def is_wide(work: float, runs: int, blocks: int) -> bool:
    """Whether the whole device should take one run after the other."""
    return work > WIDE_WORK * min(runs, blocks)


def steps_on(device: str):
    """What takes the steps of a replay on a device; None: the CPU's own."""
    found = named(device)
    if found is None:
        return None

    def take(*arguments):
        from .replaying import take_steps

        take_steps(found, *arguments)

    return take
