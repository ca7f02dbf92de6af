"""Are the vectorisable exp, tanh, logistic and softplus as good as they say they are?

The judge is NumPy in long doubles: 11 more bits than float64 has.
"""

import numba
import numpy as np
import pytest

from minnet.kernels import elementary
from minnet.kernels.jit import kernel

DTYPES = ["float32", "float64"]
INTERPRETED = bool(numba.config.DISABLE_JIT)
POINTS = 1_000 if INTERPRETED else 100_000

# Where e^x is a number that is neither tiny nor huge, and the first x where it is 0 or infinite.
INNER = {"float32": (-87.32, 88.37), "float64": (-708.38, 709.42)}
OUTER = {"float32": (-87.34, 88.73), "float64": (-708.40, 709.79)}

TRUE = {
    "exp": np.exp,
    "tanh": np.tanh,
    "logistic": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.maximum(x, 0) + np.log1p(np.exp(-abs(x))),
}


def over_arrays(function):
    @kernel
    def fill(x, y):
        for i in range(x.size):
            y[i] = function(x[i])

    def values(x):
        y = np.empty_like(x)
        fill(x, y)
        return y

    return values


OURS = {name: over_arrays(getattr(elementary, name)) for name in TRUE}


def truth(name, x):
    with np.errstate(all="ignore"):
        return TRUE[name](x.astype(np.longdouble))


def worst_ulp(y, true):
    """The largest difference, in spacings of the floating-point numbers around the true value."""
    spacing = np.spacing(np.abs(true).astype(y.dtype)).astype(np.longdouble)
    return (np.abs(y.astype(np.longdouble) - true) / spacing).max()


def neighbours_of(x, dtype, count=200 if INTERPRETED else 2000):
    """The numbers of this dtype next to `x`, in ascending order."""
    bits = "i4" if dtype == "float32" else "i8"
    around = np.asarray(abs(x), dtype).view(bits) + np.arange(-count, count + 1, dtype=bits)
    return np.sort(np.copysign(around.view(dtype), np.asarray(x, dtype)))


def normal(true, dtype):
    """Where the true value is neither subnormal nor too large for the dtype."""
    limits = np.finfo(dtype)
    return (np.abs(true) >= limits.smallest_normal) & (np.abs(true) <= limits.max)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", TRUE)
def test_within_four_ulp(name, dtype):
    if dtype == "float64" and np.finfo(np.longdouble).nmant < 60:
        pytest.skip("needs long doubles that are longer than float64, as a judge")
    rng = np.random.default_rng(0)
    low, high = INNER[dtype]
    wide = rng.uniform(low, high, POINTS)
    near = rng.normal(size=POINTS)
    tiny = 10 ** rng.uniform(-37, 0, POINTS) * rng.choice([-1, 1], POINTS)
    # Where k of 2^k changes, |r| is largest.
    halves = (np.arange(-100, 100) + 0.5) * np.log(2)
    edges = np.concatenate([neighbours_of(half, dtype, 5) for half in halves])
    x = np.concatenate([wide, near, tiny, edges, [0.0, low, high]]).astype(dtype)
    x = x[(x >= low) & (x <= high)]
    true = truth(name, x)
    judged = normal(true, dtype)
    assert judged.mean() > 0.6
    assert worst_ulp(OURS[name](x)[judged], true[judged]) <= 4


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", TRUE)
def test_the_ends(name, dtype):
    """NaN stays, infinities go where they must, and so do numbers beyond the ranges."""
    low, high = OUTER[dtype]
    low = -high if name == "logistic" else low  # it comes to 0 by way of 1 / (1 + inf)
    x = np.array([np.nan, -np.inf, -1e30, low, high, 1e30, np.inf], dtype)
    ends = {
        "exp": [np.nan, 0, 0, 0, np.inf, np.inf, np.inf],
        "tanh": [np.nan, -1, -1, -1, 1, 1, 1],
        "logistic": [np.nan, 0, 0, 0, 1, 1, 1],
        "softplus": [np.nan, 0, 0, 0, *x[4:]],
    }
    y = OURS[name](x)
    assert y.dtype == dtype
    np.testing.assert_array_equal(y, np.array(ends[name], dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_exact_values(dtype):
    """At 0 and far out nothing is rounded; tanh and logistic never leave their range."""
    zero = np.zeros(1, dtype)
    assert [OURS[name](zero)[0] for name in ("exp", "tanh", "logistic")] == [1, 0, 0.5]
    x = np.linspace(-1000, 1000, POINTS).astype(dtype)
    assert np.abs(OURS["tanh"](x)).max() == 1
    y = OURS["logistic"](x)
    assert y.min() == 0 and y.max() == 1
    assert OURS["softplus"](x).min() == 0


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", TRUE)
@pytest.mark.parametrize("border", ["low", "high"])
def test_no_dip_at_the_borders_of_the_range(name, dtype, border):
    """From the last accurate value to 0, infinity or 1 each function only climbs."""
    constants = {
        ("low", "float32"): elementary.LOWEST_32,
        ("high", "float32"): elementary.HIGHEST_32,
        ("low", "float64"): elementary.LOWEST,
        ("high", "float64"): elementary.HIGHEST,
    }
    edge = constants[border, dtype]
    for x in (neighbours_of(edge, dtype), neighbours_of(-edge, dtype)):
        assert np.all(OURS[name](x)[1:] >= OURS[name](x)[:-1])
    if name == "tanh":  # its argument is doubled
        y = OURS[name](neighbours_of(edge / 2, dtype))
        assert np.all(y[1:] >= y[:-1])


@pytest.mark.parametrize("dtype", DTYPES)
def test_subnormal_results_of_exp_are_zero(dtype):
    """From the smallest normal number on down; above it nothing is lost."""
    low, _ = OUTER[dtype]
    x = np.linspace(1.2 * low, INNER[dtype][0], 2001).astype(dtype)
    y = OURS["exp"](x)
    assert set(y[x <= low]) == {0}
    assert np.all((y == 0) | (y >= np.finfo(dtype).smallest_normal))
    assert y[-1] > 0


@pytest.mark.skipif(INTERPRETED, reason="asks what Numba inferred, and nothing is compiled")
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", TRUE)
def test_float32_stays_float32(name, dtype):
    kind = getattr(numba.types, dtype)
    compiled = numba.njit((kind,))(getattr(elementary, name).py_func)
    assert compiled.nopython_signatures[0].return_type == kind
    if dtype == "float32":
        typemap = compiled.overloads[(kind,)].type_annotation.typemap
        assert numba.types.float64 not in typemap.values()
