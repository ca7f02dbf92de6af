"""What a report says of its race: data, net, plan, seed, hashes, device, optimizers, versions."""

from typing import TYPE_CHECKING, Any

from ..data.cases import parts_of
from ..versions import versions

if TYPE_CHECKING:
    from ..racing.state import Race


def info_of(state: "Race", seed: int, interrupted: bool) -> dict[str, Any]:
    """Describe a race by plain values that JSON can hold.

    Parameters
    ----------
    state : Race
    seed : int
        What the start and the plan were drawn from.
    interrupted : bool
        Whether Ctrl-C ended it early.

    Returns
    -------
    dict
        The `info` of a `Report`.
    """
    return {
        "data": {
            "name": state.data.name,
            "hash": state.data.hash,
            "source": state.data.source,
            "transforms": list(state.data.transforms),
            "classes": state.data.classes and list(state.data.classes),
            "cases": {name: len(part) for name, part in parts_of(state.data).items()},
        },
        "net": state.net.describe(),
        "plan": state.plan.describe(),
        "plan_hash": state.plan.hash,
        "start_hash": state.start_hash,
        "steps_per_epoch": state.plan.steps_per_epoch,
        "steps_planned": state.plan.steps,
        "seed": int(seed),
        "dtype": state.start.dtype.name,
        "threads": int(state.threads),
        "device": state.where,
        "seconds": state.spent,
        "interrupted": interrupted,
        "lost": state.lost,
        "stopped_by": list(state.stopped_by),
        "optimizers": [
            {
                "name": o.name,
                "short": o.short,
                "rule": o.rule.__name__,
                "hyperparameters": {
                    k: v if isinstance(v, float) else str(v) for k, v in o.hyperparameters.items()
                },
                "starts": dict(o.starts),
            }
            for o in state.optimizers
        ],
        "versions": versions(),
    }
