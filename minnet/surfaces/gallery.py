"""The ready error surfaces by name, each with its minima, its window and a start.

The surface of a linear neuron on its cases is made in `neuron`, the formulas stand in `heights`.
"""

from collections.abc import Callable
from math import cos, pi, radians, sin

import numpy as np

from ..checks import check_number
from ..notation import bind, one_term
from ..optimizers.schedules import shortest
from . import heights
from .landscapes import READY, Surface, framed
from .neuron import linear_neuron


def _label(name: str, **parameters: float) -> str:
    for key, value in parameters.items():
        check_number(f"{key} of {name}", value, low=-np.inf)
    return f"{name}({', '.join(f'{key}={shortest(value)}' for key, value in parameters.items())})"


def direction(angle: float) -> np.ndarray:
    """The unit vector (2,) at an angle in degrees, exact at right angles."""
    quarters, rest = divmod(float(angle), 90)
    c, s = cos(radians(rest)), sin(radians(rest))
    return np.array([(c, s), (-s, c), (-c, -s), (s, -c)][int(quarters % 4)])


def bowl(condition: float = 100.0, angle: float = 0.0) -> Surface:
    """A quadratic bowl with curvature 1 along `angle` (degrees) and `condition` across (slide 3).

    It is least, 0, at (0, 0); its start lies 10 along and 1 across.

    Parameters
    ----------
    condition : float
        The curvature across, so the condition number of the Hessian (or its inverse, below 1);
        greater than 0.
    angle : float
        Degrees from the axis of weight 1 to the bowl's long axis.

    Raises
    ------
    ValueError
        If a parameter is not finite, or the condition not greater than 0.

    References
    ----------
    Lecture 6a, slides 3 and 4: going downhill does not point at the minimum of an ellipse.

    Examples
    --------
    >>> bowl(condition=4, angle=90).hessian().tolist()
    [[4.0, 0.0], [0.0, 1.0]]
    """
    label = _label("bowl", condition=condition, angle=angle)
    check_number("condition of bowl", condition, above=0.0)
    c, s = direction(2 * angle)
    mean, half = (condition + 1) / 2, (condition - 1) / 2
    hessian = np.array([[mean - half * c, -half * s], [-half * s, mean + half * c]])
    along, across = direction(angle), direction(angle + 90)
    start = (10 * along + across).tolist()
    return Surface(
        heights.quadratic, {"xx": hessian[0, 0], "xy": hessian[0, 1], "yy": hessian[1, 1]},
        label=label, minima=[(0, 0)], window=framed(hessian, (0, 0), start), start=tuple(start),
    )  # fmt: skip


def plane(slope: float = 1.0, angle: float = 0.0) -> Surface:
    """A plane that falls by `slope` a unit along `angle` (degrees); no minimum (slide 19).

    Parameters
    ----------
    slope : float
        The length of the gradient; below 0 the plane rises along `angle`.
    angle : float
        Degrees from the axis of weight 1 to the way down.

    Raises
    ------
    ValueError
        If a parameter is not finite.

    References
    ----------
    Lecture 6c, slide 19: on a plane the velocity grows to 1/(1 - momentum) times the step.
    """
    label = _label("plane", slope=slope, angle=angle)
    down = -slope * direction(angle)
    return Surface(
        heights.quadratic, {"xx": 0.0, "yy": 0.0, "slope_x": down[0], "slope_y": down[1]},
        label=label, window=(-12.0, 12.0, -8.0, 8.0), start=(0.0, 0.0),
    )  # fmt: skip


def saddle() -> Surface:
    """E = x^2 - y^2: a valley along x that falls away along y; no minimum."""
    return Surface(
        heights.quadratic, {"xx": 2.0, "yy": -2.0}, label="saddle",
        window=(-1.5, 1.5, -1.2, 1.2), start=(1.0, 1e-3),
    )  # fmt: skip


def plateau(slope: float = 1e-4, depth: float = 1.0, width: float = 1.0) -> Surface:
    """A plateau of a tiny `slope`, with a pit at (0, 0): a cliff on its rim, a bowl at its bottom.

    The gradient leads to the pit from everywhere; its wall is steepest at the distance `width`.

    Parameters
    ----------
    slope : float
        The slope far from the pit.
    depth : float
        How much lower than the plateau the pit is.
    width : float
        The distance from (0, 0) to the steepest place of the wall; greater than 0.

    Raises
    ------
    ValueError
        If a parameter is not finite, or the width not greater than 0.

    References
    ----------
    Lecture 6b, slide 14: on a plateau steepest descent hardly moves.
    """
    label = _label("plateau", slope=slope, depth=depth, width=width)
    check_number("width of plateau", width, above=0.0)
    parameters = {"slope": slope, "depth": depth, "width": width}
    size = width * np.array([-12.0, 4.0, -4.0, 4.0])
    return Surface(
        heights.plateau, parameters, label=label, minima=[(0, 0)], window=tuple(size.tolist()),
        start=(-10.0 * width, 0.0),
    )  # fmt: skip


def long_valley(steep: float = 100.0, length: float = 3.0) -> Surface:
    """A trough with curvature `steep` across, and a floor that hardly falls to (+-length, 0).

    On the line x = 0 nothing says which way to go; its start is a thousandth beside that line.

    Parameters
    ----------
    steep : float
        The curvature across the trough.
    length : float
        The distance of both minima from (0, 0); greater than 0.

    Raises
    ------
    ValueError
        If a parameter is not finite, or the length not greater than 0.
    """
    label = _label("long_valley", steep=steep, length=length)
    check_number("length of long_valley", length, above=0.0)
    return Surface(
        heights.long_valley, {"steep": steep, "length": length}, label=label,
        minima=[(length, 0), (-length, 0)], start=(1e-3, 1.0),
        window=(-0.35 * length, 1.25 * length, -1.3, 1.3),
    )  # fmt: skip


def beale() -> Surface:
    """Beale's function, least at (3, 1/2): a flat bent valley under very steep walls."""
    return Surface(heights.beale, minima=[(3, 0.5)], window=(-2.0, 5.5, -3.0, 3.0), start=(1, 1.5))


def rosenbrock() -> Surface:
    """Rosenbrock's banana, least at (1, 1): a narrow bent valley with a nearly flat floor."""
    window = (-1.8, 1.6, -0.6, 1.9)
    return Surface(heights.rosenbrock, minima=[(1, 1)], window=window, start=(-1.2, 1.0))


def himmelblau() -> Surface:
    """Himmelblau's function: four equal minima; the start decides, and so does the rule."""
    minima = [
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.2831859912861696),
        (3.5844283403304917, -1.8481265269644036),
    ]
    return Surface(heights.himmelblau, minima=minima, window=(-6, 6, -6, 6), start=(0.0, 0.0))


def branin() -> Surface:
    """Branin's function: three equal minima of 5 / (4 pi), at (-pi, 12.275) and two others."""
    minima = [(-pi, 12.275), (pi, 2.275), (3 * pi, 2.475)]
    return Surface(heights.branin, minima=minima, window=(-5, 10, 0, 15), start=(3.0, 14.0))


SURFACES: dict[str, Callable[..., Surface]] = {
    make.__name__: make
    for make in (
        bowl, plane, plateau, saddle, long_valley, beale, rosenbrock, himmelblau, branin,
        linear_neuron,
    )
}  # fmt: skip

READY.update(SURFACES)


def as_surface(thing: Surface | str | Callable) -> Surface:
    """A Surface as it is, by its name, or made from a function.

    Parameters
    ----------
    thing : Surface, str or callable
        ``"bowl"`` or ``"bowl(condition=10)"``, a function of this module that makes a surface, or
        a formula of one's own like those in `heights`.

    Raises
    ------
    ValueError
        If the name or a parameter is unknown, or the text cannot be read.
    RuleError
        If a formula of one's own has other arguments, or does not compile.
    """
    if isinstance(thing, Surface):
        return thing
    if isinstance(thing, str):
        term = one_term(thing, "bowl(condition=100, angle=45)", "the surface")
        return bind(term, "surface", SURFACES, several=True)()
    return thing() if thing in SURFACES.values() else Surface(thing)
