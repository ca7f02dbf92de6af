"""The paths that runs took on an error surface: weights, errors, distances and steps to a target.

R runs, K steps      M minima
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..checks import check_number
from .landscapes import Surface


@dataclass(frozen=True, eq=False)
class Paths:
    """The paths of runs on one error surface, from one start; `roll` returns them.

    Attributes
    ----------
    labels : list of str
        R of them: the optimizers, with all their hyperparameters.
    w : (R, K + 1, 2) float64
        The weights before the first step and after each; NaN once a run has diverged.
    errors : (R, K + 1) float64
        The errors there, on the whole surface (without noise, of all cases).
    surface : Surface
    setting : str
        What else the runs shared: noise or mini-batches, with the seed; "" for neither.
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

    def distances(self, target: ArrayLike | None = None) -> np.ndarray:
        """The distance of each run from a target at each step, (R, K + 1) float64.

        Parameters
        ----------
        target : (2,) or (M, 2) array, optional
            One place, or several of which the nearest counts; default: the surface's minima.

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

    def steps_to(self, tolerance: float = 1e-6, target: ArrayLike | None = None) -> np.ndarray:
        """The steps (R,) until a run is near the target; NaN for a run that does not come so near.

        Parameters
        ----------
        tolerance : float
            A run is near within less than this times its distance at the start; at least 0.
        target : (2,) or (M, 2) array, optional
            As for `distances`.

        Raises
        ------
        ValueError
            If the tolerance is no such number, or there is no target and no known minimum.

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
