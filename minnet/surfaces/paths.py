"""Where runs went on an error surface, and how soon they arrived.

R runs, K steps      M minima
"""

from dataclasses import dataclass

import numpy as np

from ..checks import check_number
from .landscapes import Surface


@dataclass(frozen=True, eq=False)
class Paths:
    """What `roll` returns.

    Attributes
    ----------
    labels : list of str
        The optimizers, with all their hyperparameters.
    w : (R, K + 1, 2) array
        The weights before the first step and after each; NaN once a run has diverged.
    errors : (R, K + 1) array
        The errors there, on the whole surface (without noise, of all cases).
    surface : Surface
    setting : str
        What else the runs shared: noise or mini-batches, with the seed.
    """

    labels: list[str]
    w: np.ndarray
    errors: np.ndarray
    surface: Surface
    setting: str = ""

    @property
    def diverged_at(self) -> np.ndarray:
        """The first step (R,) after which weights or error are not finite; 0 for none."""
        lost = ~(np.isfinite(self.errors) & np.isfinite(self.w).all(axis=2))
        return np.where(lost.any(axis=1), lost.argmax(axis=1), 0)

    def distances(self, target=None) -> np.ndarray:
        """How far each run is from `target` (2,) at each step, (R, K + 1).

        Without a target: from the nearest of the surface's minima.

        Raises
        ------
        ValueError
            If there is no target, and the surface has no minimum that is known.
        """
        targets = self.surface.minima if target is None else np.array(target, float).reshape(-1, 2)
        if not len(targets):
            raise ValueError(
                f"{self.surface} has no minimum that is known: say where to, target=(x, y)"
            )
        off = self.w[:, :, None, :] - targets
        return np.hypot(off[..., 0], off[..., 1]).min(axis=2)

    def steps_to(self, tolerance: float = 1e-6, target=None) -> np.ndarray:
        """The steps (R,) until a run is nearer than `tolerance` times its distance at the start.

        NaN for a run that does not come so near.  `target`: see `distances`.

        Examples
        --------
        >>> from minnet.surfaces import roll
        >>> roll("bowl", ["rprop", "sgd(lr=0.02)"], (10, 1), 100).steps_to().tolist()
        [41.0, nan]
        """
        check_number("tolerance", tolerance)
        distances = self.distances(target)
        near = distances < tolerance * distances[:, :1]
        return np.where(near.any(axis=1), near.argmax(axis=1), np.nan)
