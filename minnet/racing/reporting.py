"""The report on a race: what was measured, and data, net, plan, seed, hashes and versions."""

from typing import Any

import numpy as np

from ..data.cases import parts_of
from ..report.report import Report
from ..versions import versions
from .state import Race


def report_on(state: Race, seed: int, interrupted: bool) -> Report:
    """Report on a race as far as it has gone.

    Parameters
    ----------
    state : Race
        Its losses and scores are copied, its weights are not.
    seed : int
        What the start and the plan were drawn from.
    interrupted : bool
        Whether Ctrl-C ended it early.

    Returns
    -------
    Report
    """
    runs, n = state.w.shape
    steps = sorted(state.kept)
    kept = [state.kept[step] for step in steps]
    return Report(
        labels=[str(optimizer) for optimizer in state.optimizers],
        losses=state.losses[:, : state.step].copy(),
        evaluated_at=np.array(state.evaluated_at, np.int64),
        scores=np.stack(state.scores, axis=1) if state.scores else np.empty((runs, 0, 3, 2)),
        diverged_at=state.diverged_at.copy(),
        stopped_at=state.stopped_at.copy(),
        seconds=state.seconds.copy(),
        weights=state.w,
        best_weights=state.best,
        best_at=state.best_at.copy(),
        kept_at=np.array(steps, np.int64),
        kept=np.stack(kept, axis=1) if kept else np.empty((runs, 0, n), state.w.dtype),
        info=info_of(state, seed, interrupted),
    )


def info_of(state: Race, seed: int, interrupted: bool) -> dict[str, Any]:
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
