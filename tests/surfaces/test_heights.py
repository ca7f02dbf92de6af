"""Formulas of the surfaces: values by hand, gradients by finite differences, least where they say.

P parameters of a surface.
"""

from math import exp, pi, sqrt

import numpy as np
import pytest

from minnet import naive, surfaces
from minnet.surfaces import heights
from minnet.surfaces.landscapes import defaults

FORMULAS = {
    name: thing
    for name, thing in vars(heights).items()
    if callable(thing) and thing.__module__ == heights.__name__
}
OTHER = {  # parameters that are all different, so that none can stand in for another
    "quadratic": (2.0, 0.7, 3.0, 0.4, -0.3, 1.1, -0.6, 5.0),
    "plateau": (0.05, 2.0, 1.5),
    "long_valley": (40.0, 2.5),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_gradients(name):
    formula, parameters = FORMULAS[name], OTHER.get(name, ())
    for w in np.random.default_rng(0).uniform(-2, 2, (20, 2)):
        expected = naive.finite_differences(lambda v: formula(*v, *parameters)[0], w)
        np.testing.assert_allclose(formula(*w, *parameters)[1:], expected, rtol=2e-6, atol=2e-6)


def test_values_by_hand():
    """Each at a place where every term counts."""
    # d = (2, 1): floor 5 + (1.1 * 2 - 0.6) + (2 * 4 + 2 * 0.7 * 2 + 3 * 1) / 2
    assert heights.quadratic(2.4, 0.7, *OTHER["quadratic"])[0] == pytest.approx(5 + 1.6 + 6.9)
    # r = 5
    expected = 0.05 * (sqrt(26) - 1) + 2 * (1 - exp(-25 / 4.5))
    assert heights.plateau(3.0, 4.0, *OTHER["plateau"])[0] == pytest.approx(expected)
    # 20 * 4 + (1 - 6.25)^2 / 4 / 6.25
    assert heights.long_valley(1.0, 2.0, 40.0, 2.5)[0] == pytest.approx(80 + 27.5625 / 25)
    # (1.5 - 1 + 2)^2 + (2.25 - 1 + 4)^2 + (2.625 - 1 + 8)^2
    assert heights.beale(1.0, 2.0)[0] == pytest.approx(6.25 + 27.5625 + 92.640625)
    assert heights.rosenbrock(-1.2, 1.0) == pytest.approx((24.2, -215.6, -88))
    assert heights.himmelblau(1.0, 2.0)[0] == (1 + 2 - 11) ** 2 + (1 + 4 - 7) ** 2
    assert heights.branin(0.0, 0.0)[0] == pytest.approx(36 + 10 - 10 / (8 * pi) + 10)


@pytest.mark.parametrize("name", surfaces.SURFACES)
def test_where_a_surface_is_least_it_is_flat_and_bends_up(name):
    surface = surfaces.as_surface(name)
    for minimum in surface.minima:
        np.testing.assert_allclose(surface.gradient(minimum), 0, atol=2e-13)
        assert np.linalg.eigvalsh(surface.hessian(minimum)).min() > 0
        assert surface.at(*minimum) == pytest.approx(surface.at(*surface.minima[0]), abs=1e-12)


def test_the_number_of_minima():
    count = {name: len(surfaces.as_surface(name).minima) for name in surfaces.SURFACES}
    assert count.pop("himmelblau") == 4 and count.pop("branin") == 3
    assert count.pop("long_valley") == 2 and count.pop("plane") == count.pop("saddle") == 0
    assert set(count.values()) == {1}
    branin = surfaces.branin()
    assert branin.at(*branin.minima[0]) == pytest.approx(0.397887, abs=1e-6)


def test_defaults_are_what_the_formulas_say():
    assert defaults(heights.plateau) == {"slope": 1e-4, "depth": 1.0, "width": 1.0}
    assert defaults(heights.beale) == {}
