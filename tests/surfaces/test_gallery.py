"""The ready surfaces: their shapes against linear algebra, their names, their mistakes."""

import numpy as np
import pytest

from minnet.surfaces import heights
from minnet.surfaces.gallery import (
    SURFACES,
    as_surface,
    beale,
    bowl,
    linear_neuron,
    long_valley,
    plane,
    plateau,
    saddle,
)
from minnet.surfaces.landscapes import Surface
from minnet.surfaces.neuron import SHIFTED

RNG = np.random.default_rng(5)


@pytest.mark.parametrize("angle", [0, 30, 45, 90, -20, 225])
@pytest.mark.parametrize("condition", [1, 7, 1e4])
def test_a_bowl_is_a_turned_one(condition, angle):
    surface = bowl(condition, angle)
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turn = np.array([[c, -s], [s, c]])
    expected = turn @ np.diag([1, condition]) @ turn.T
    np.testing.assert_allclose(surface.hessian(), expected, rtol=1e-12, atol=1e-11)
    np.testing.assert_allclose(surface.start, turn @ (10, 1), rtol=1e-12)
    w = RNG.normal(size=2)
    assert surface.at(*w) == pytest.approx(0.5 * w @ expected @ w)
    np.testing.assert_allclose(surface.gradient(w), expected @ w, rtol=1e-9, atol=1e-9)


def test_right_angles_are_exact():
    assert bowl(100).hessian().tolist() == [[1, 0], [0, 100]]
    assert bowl(100, 90).hessian().tolist() == [[100, 0], [0, 1]]
    assert bowl(100, 45).hessian().tolist() == [[50.5, -49.5], [-49.5, 50.5]]
    assert bowl(100).start == (10, 1) and bowl(100, 90).start == (-1, 10)
    assert plane(2, 90).gradient((3, 4)).tolist() == [0, -2]


def test_a_plane_falls_everywhere_alike():
    surface = plane(0.5, 60)
    expected = -0.5 * np.array([0.5, np.sqrt(0.75)])
    np.testing.assert_allclose(surface.gradient((7.0, -3.0)), expected)
    assert surface.at(7.0, -3.0) == pytest.approx(expected @ (7, -3))
    assert not surface.hessian().any()


def test_a_saddle_by_hand():
    assert saddle().at(2.0, 3.0) == -5 and saddle().gradient((2, 3)).tolist() == [4, -6]


def test_a_plateau_has_its_tiny_slope_far_out():
    """At 10 the pit's part is 10 exp(-50); what is left is slope * 10 / sqrt(101)."""
    g = plateau(slope=1e-8).gradient((-10.0, 0.0))
    assert g[0] == pytest.approx(-1e-8 * 10 / np.sqrt(101), rel=1e-9) and g[1] == 0


def test_a_long_valley_bends_a_hundred_times_as_much_across():
    surface = long_valley(steep=100, length=3)
    np.testing.assert_allclose(surface.hessian((0, 0)), [[-1, 0], [0, 100]], atol=1e-6)
    np.testing.assert_allclose(surface.hessian((3, 0)), [[2, 0], [0, 100]], atol=1e-6)


def test_a_hessian_by_differences_is_that_of_the_formula():
    """Rosenbrock's: [[1200 x^2 - 400 y + 2, -400 x], [-400 x, 200]]."""
    hessian = as_surface("rosenbrock").hessian((-1.2, 1.0))
    np.testing.assert_allclose(hessian, [[1330, 480], [480, 200]], rtol=1e-8)


# ---------------------------------------------------------------------------- the linear neuron


def test_a_linear_neurons_error_is_that_of_its_cases():
    x, t = RNG.normal(size=(9, 2)) * (3, 0.2), RNG.normal(size=9)
    surface = linear_neuron(x, t)
    for w in RNG.normal(size=(10, 2)):
        left = t - x @ w
        assert surface.at(*w) == pytest.approx(0.5 * np.sum(left**2))
        np.testing.assert_allclose(surface.gradient(w), -left @ x, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(surface.hessian(), x.T @ x)
    np.testing.assert_allclose(surface.minima[0], np.linalg.solve(x.T @ x, x.T @ t))


def test_the_shifted_cases_of_the_slides():
    """(101, 101) -> 2 and (101, 99) -> 0: condition 40005.9, least at (-0.980198, 1); 6b.7."""
    surface = linear_neuron(*SHIFTED)
    assert surface.hessian().tolist() == [[20402, 20200], [20200, 20002]]
    low, high = np.linalg.eigvalsh(surface.hessian())
    assert high / low == pytest.approx(40005.9, abs=0.05)
    np.testing.assert_allclose(surface.minima, [[-99 / 101, 1]], rtol=1e-10)
    assert surface.at(*surface.minima[0]) == 0


def test_cases_that_leave_a_direction_open_have_a_line_of_minima():
    """6b.9: (0, 1) -> 2, (0, -1) -> 0 says nothing about the first weight."""
    surface = linear_neuron([(0, 1), (0, -1)], [2, 0])
    assert surface.hessian().tolist() == [[0, 0], [0, 2]] and len(surface.minima) == 0
    assert surface.at([0, 5, -7], [1, 1, 1]).tolist() == [1, 1, 1]
    assert np.isfinite(surface.window).all()


@pytest.mark.parametrize(
    ("x", "t"), [([1, 2], [1]), ([(1, 2, 3)], [1]), ([(1, 2)], [1, 2]), (np.empty((0, 2)), [])]
)
def test_cases_that_do_not_fit(x, t):
    with pytest.raises(ValueError, match=r"x must be \(N, 2\) and t \(N,\), got "):
        linear_neuron(x, t)


def test_cases_are_finite():
    with pytest.raises(ValueError, match="must be finite numbers"):
        linear_neuron([(1, np.nan)], [1])


# ---------------------------------------------------------------------------- names


@pytest.mark.parametrize("name", SURFACES)
def test_every_surface_has_a_window_with_its_start_and_a_minimum(name):
    surface = as_surface(name)
    left, right, bottom, top = surface.window
    for x, y in [surface.start, *surface.minima[:1]]:
        assert left < x < right and bottom < y < top
    assert surface.name == name and surface.label.startswith(name)
    assert np.isfinite(surface.at(*np.meshgrid([left, right], [bottom, top]))).all()


def test_a_surface_by_name_with_parameters():
    surface = as_surface("Bowl(10, angle=-30)")
    assert str(surface) == "bowl(condition=10, angle=-30)" == str(bowl(10, -30))
    assert str(as_surface("BOWL(Condition=10)")) == str(bowl(10))
    assert as_surface("linear-neuron([[1, 1], [1, -1]], (2, 0))").minima.round(6).tolist() == [
        [1, 1]
    ]
    assert as_surface("long-valley(length=2)").minima.tolist() == [[2, 0], [-2, 0]]
    assert as_surface(beale).name == "beale" and as_surface(surface) is surface


def test_the_class_takes_a_name_too():
    surface = Surface("rosenbrock")
    assert surface.function is heights.rosenbrock and surface.minima.tolist() == [[1, 1]]
    with pytest.raises(ValueError, match=r"^unknown surface 'bowll' \(did you mean 'bowl'\?\)$"):
        Surface("bowll")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bowll", r"unknown surface 'bowll' \(did you mean 'bowl'\?\)"),
        ("sea", "unknown surface 'sea'; there is bowl, plane"),
        (
            "bowl(conditon=3)",
            r"unknown parameter of bowl 'conditon' \(did you mean 'condition'",
        ),
        ("bowl(condition=)", "cannot read the surface"),
        ("bowl(condition=x)", "parameters of bowl must be plain numbers .*: 'x'"),
        ("bowl(condition=plane(1))", r"parameters of bowl must be plain .*: 'plane\(1\)'"),
        ("bowl(condition=10, condition=20)", "^condition of bowl is given twice"),
        ("bowl, plane", "cannot read the surface 'bowl, plane'; write e.g. 'bowl"),
        ("linear_neuron('a')", "the cases of linear_neuron must be finite numbers"),
        ("linear_neuron(x=[1e999, none])", "x must be|the cases of linear_neuron"),
        (f"linear_neuron(x=[1{'0' * 400}])", "the cases of linear_neuron must be finite numbers"),
        ("bowl(10", "cannot read the surface"),
        ("", "cannot read the surface"),
        ("bowl(1, 2, 3)", r"must be bowl\(condition, angle\)"),
        ("bowl(1, condition=2)", r"must be bowl\(condition, angle\)"),
        ("bowl(condition=0)", "condition of bowl must be a finite number, greater than 0, got 0"),
        ("bowl(condition='a')", "condition of bowl must be a finite number, got 'a'"),
        ("plateau(width=-1)", "width of plateau must be a finite number, greater than 0"),
        ("long_valley(length=0)", "length of long_valley must be a finite number, greater than 0"),
    ],
)
def test_mistakes_in_a_surfaces_text(text, message):
    with pytest.raises(ValueError, match=message):
        as_surface(text)


def test_parameters_are_passed_at_run_time():
    """Bowls, planes, saddles and neurons are one compiled function."""
    alike = {id(as_surface(name).measure) for name in ("bowl", "plane", "saddle", "linear_neuron")}
    assert alike == {id(bowl(3, 20).measure)} == {id(Surface(heights.quadratic).measure)}
