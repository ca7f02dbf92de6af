"""A surface of one's own: a function, its parameters, its values on a grid, its mistakes."""

import numpy as np
import pytest

from minnet.rules.lift import RuleError
from minnet.surfaces import heights
from minnet.surfaces.landscapes import Surface, framed


def trough(x, y, steep=4.0, tilt=0.5):
    """A user's own surface, with parameters of its own."""
    return steep * y * y + tilt * x, tilt, 2 * steep * y


def test_parameters_have_defaults_and_can_be_replaced():
    assert Surface(trough).at(2.0, 3.0) == 36 + 1
    surface = Surface(trough, {"tilt": -1.0})
    assert surface.at(2.0, 3.0) == 36 - 2 and surface.gradient((2, 3)).tolist() == [-1, 24]
    assert surface.measure is Surface(trough).measure
    assert surface.name == str(surface) == "trough" and len(surface.minima) == 0


def test_a_call_writes_the_gradient_and_returns_the_error():
    g = np.empty(2)
    assert Surface(trough)(np.array([2.0, 3.0]), g) == 37 and g.tolist() == [0.5, 24]


def test_values_on_a_grid_broadcast():
    x, y = np.linspace(-2, 2, 5), np.linspace(-1, 1, 4)
    errors = Surface(trough).at(x, y[:, None])
    assert errors.shape == (4, 5)
    np.testing.assert_allclose(errors, 4 * y[:, None] ** 2 + 0.5 * x)
    np.testing.assert_array_equal(Surface(trough).at(x[::-1], 0.5), errors_of(x[::-1], 0.5))


def errors_of(x, y):
    return 4 * y * y + 0.5 * x


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"steeep": 1.0}, r"unknown parameter of trough 'steeep' \(did you mean 'steep'\?\)"),
        ({"tilt": np.nan}, "tilt of trough must be a finite number, got nan"),
    ],
)
def test_wrong_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        Surface(trough, parameters)


def test_a_function_of_other_things_is_no_surface():
    def line(x):
        return x, 1.0, 0.0

    def needs(x, y, z):
        return x, y, z

    def several(x, y, *rest):
        return x, y, 0.0

    for function in (line, needs, several):
        with pytest.raises(
            RuleError, match=f"takes x, y, then parameters with defaults; {function.__name__} takes"
        ):
            Surface(function)


def test_the_frame_holds_the_ellipse_through_the_start():
    """x^2 + 4 y^2 = 100 reaches 10 along and 5 across."""
    left, right, bottom, top = framed(np.diag([1.0, 4.0]), (1, 2), (11, 2), margin=1.0)
    assert (left, right, bottom, top) == pytest.approx((-9, 11, -3, 7))


def test_a_frame_of_nothing_is_still_a_frame():
    assert framed(np.zeros((2, 2)), (0, 0), (0, 0), margin=1.0) == (-1, 1, -1, 1)
    assert framed(np.diag([1.0, 4.0]), (3, 3), (3, 3), margin=1.0) == (2, 4, 2, 4)


def test_a_surface_knows_its_formula():
    assert Surface(heights.beale).function is heights.beale
