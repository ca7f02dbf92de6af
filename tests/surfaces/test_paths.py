"""Distances, arrivals and divergence along paths, on numbers that can be checked by hand.

R runs, K steps; w (R, K + 1, 2).
"""

import numpy as np
import pytest

from minnet.surfaces.gallery import as_surface
from minnet.surfaces.paths import Paths


def paths(w, surface="bowl"):
    w, surface = np.array(w, float), as_surface(surface)
    errors = surface.at(w[..., 0], w[..., 1])
    return Paths([f"run {r}" for r in range(len(w))], w, errors, surface)


STRAIGHT = [[(4, 3), (0.4, 0.3), (0.04, 0.03), (4, 3)], [(4, 3), (5, 3), (6, 3), (7, 3)]]


def test_distances_from_the_minimum():
    np.testing.assert_allclose(paths(STRAIGHT).distances()[0], [5, 0.5, 0.05, 5])


def test_the_first_step_that_is_near_enough():
    """A run may leave again; one that is at the tolerance itself is not nearer than it."""
    assert paths(STRAIGHT).steps_to(0.2)[0] == 1 and paths(STRAIGHT).steps_to(0.05)[0] == 2
    assert np.isnan(paths(STRAIGHT).steps_to(0.001)[0]) and np.isnan(
        paths(STRAIGHT).steps_to(0.2)[1]
    )
    assert paths([[(4, 0), (1, 0)]]).steps_to(0.25).tolist() != [1.0]


def test_another_target():
    found = paths(STRAIGHT, "plane").steps_to(0.5, target=(7, 3))
    assert np.isnan(found[0]) and found[1] == 2


def test_the_nearest_of_several_minima():
    both = paths([[(0, 0), (3, 0.3)], [(0, 0), (-3, 0.6)]], "long_valley")
    np.testing.assert_allclose(both.distances(), [[3, 0.3], [3, 0.6]])


def test_a_surface_without_minimum_asks_for_a_target():
    with pytest.raises(
        ValueError, match=r"saddle has no minimum that is known: say where to, target=\(x, y\)"
    ):
        paths(STRAIGHT, "saddle").steps_to()


def test_divergence_is_the_first_step_that_is_not_finite():
    w = np.array([[(1, 1)] * 4, [(1, 1), (9, 9), (np.inf, 0), (np.nan, np.nan)]], float)
    errors = np.array([[1, 1, 1, 1], [1, np.inf, np.nan, np.nan]])
    assert Paths(["", ""], w, errors, as_surface("bowl")).diverged_at.tolist() == [0, 1]
