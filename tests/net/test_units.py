"""Does each unit turn z into y, and does its slope say how y changes with z?"""

import numpy as np
import pytest

from minnet import naive
from minnet.net import units

NAMES = [name for name in units.NAMES if name != "softmax"]
DTYPES = {"float32": 1e-6, "float64": 1e-14}


def activate(name, y):
    """With the loops of a net that has every kind of unit."""
    units.compiled(frozenset(units.NAMES), y.dtype.name)[0](units.NAMES.index(name), y)


def multiply_by_slope(name, y, delta):
    units.compiled(frozenset(units.NAMES), y.dtype.name)[1](units.NAMES.index(name), y, delta)


def outputs(name, z):
    y = np.array(z)
    activate(name, y)
    return y


def slopes(name, y):
    slope = np.ones_like(y)
    multiply_by_slope(name, y, slope)
    return slope


def test_every_unit_has_its_number():
    for name in units.NAMES:
        assert units.NAMES[getattr(units, name.upper())] == name
    assert set(NAMES) == set(naive.UNITS)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
def test_outputs(name, dtype):
    z = np.concatenate([np.linspace(-20, 20, 801), [-80, 0, 80]]).astype(dtype)
    y = outputs(name, z)
    assert y.dtype == dtype
    true = naive.UNITS[name][0](z.astype(float))
    np.testing.assert_allclose(y, true, rtol=DTYPES[dtype], atol=1e-37)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
def test_slopes(name, dtype):
    z = np.concatenate([np.linspace(-8, 8, 801), [-80, 0, 80]]).astype(dtype)
    slope = slopes(name, outputs(name, z))
    assert slope.dtype == dtype
    true = naive.UNITS[name][1](z.astype(float))
    np.testing.assert_allclose(slope, true, rtol=0, atol=DTYPES[dtype])


@pytest.mark.parametrize("name", NAMES)
def test_slopes_are_what_a_small_change_of_z_does(name):
    z = np.array([-3.0, -1.1, -0.2, 0.3, 1.7, 4.0])
    expected = naive.finite_differences(lambda v: outputs(name, v).sum(), z)
    np.testing.assert_allclose(slopes(name, outputs(name, z)), expected, atol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_slopes_multiply_the_delta_that_is_there(name):
    y = outputs(name, np.array([-0.5, 0.5, 2.0]))
    delta = np.array([2.0, -3.0, 0.0])
    multiply_by_slope(name, y, delta)
    np.testing.assert_array_equal(delta, slopes(name, y) * [2, -3, 0])


@pytest.mark.parametrize("name", [*NAMES, "softmax"])
def test_a_nan_stays_a_nan(name):
    y = outputs(name, np.array([np.nan, 1.0]))
    assert np.isnan(y[0]) and not np.isnan(y[1])


def test_at_its_corner_a_relu_has_the_slope_on_the_left():
    corner = np.array([0.0, -0.0])
    np.testing.assert_array_equal(slopes("relu", outputs("relu", corner)), 0)
    np.testing.assert_allclose(slopes("leaky_relu", outputs("leaky_relu", corner)), 0.01)


def test_relu_by_hand():
    z = np.array([-2.0, 0.0, 3.0])
    np.testing.assert_array_equal(outputs("relu", z), [0, 0, 3])
    np.testing.assert_allclose(outputs("leaky_relu", z), [-0.02, 0, 3], rtol=1e-15)


def test_linear_and_softmax_leave_z_alone():
    """A linear unit's output is z; a softmax needs the whole row, which `backprop` sees to."""
    for name in ("linear", "softmax"):
        np.testing.assert_array_equal(outputs(name, np.array([-1.0, 2.0])), [-1, 2])
        np.testing.assert_array_equal(slopes(name, np.array([-1.0, 2.0])), 1)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("names", [(), ("linear", "relu"), *((name,) * 2 for name in NAMES)])
def test_what_a_net_compiles_for_its_units_gives_the_same_bits(names, dtype):
    """It has only the loops of its own kinds of units."""
    own_activate, own_slope = units.compiled(frozenset(names), dtype)
    z = np.concatenate([np.linspace(-20, 20, 801), [-80, 0, 80, np.nan]]).astype(dtype)
    for name in set(names):
        unit, y = units.NAMES.index(name), z.copy()
        own_activate(unit, y)
        np.testing.assert_array_equal(y, outputs(name, z))
        delta = np.linspace(-1, 1, len(y), dtype=dtype)
        expected = delta.copy()
        multiply_by_slope(name, y, expected)
        own_slope(unit, y, delta)
        np.testing.assert_array_equal(delta, expected)
        assert y.dtype == delta.dtype == dtype


@pytest.mark.parametrize("name", NAMES)
def test_a_layer_is_one_flat_vector_changed_in_place(name):
    layer = np.linspace(-2, 2, 12).reshape(3, 4)
    expected = outputs(name, layer.ravel()).reshape(3, 4)
    activate(name, layer.reshape(-1))
    np.testing.assert_array_equal(layer, expected)
    empty = np.empty(0)
    activate(name, empty)
    multiply_by_slope(name, empty, empty)
