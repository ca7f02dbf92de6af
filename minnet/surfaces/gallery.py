"""The ready error surfaces, each with its minima, a window and a start to look at.

N cases of a linear neuron      P numbers of a surface
"""

from collections.abc import Callable
from math import cos, pi, radians, sin

import numpy as np

from ..checks import check_number
from ..notation import bind, one_term
from ..optimizers.schedules import shortest
from . import heights
from .landscapes import READY, Surface, framed

SHIFTED = ((101, 101), (101, 99)), (2, 0)  # the two cases of slide 11, before the mean is taken off


def _called(name: str, **numbers: float) -> str:
    for key, value in numbers.items():
        check_number(f"{key} of {name}", value, low=-np.inf)
    return f"{name}({', '.join(f'{key}={shortest(value)}' for key, value in numbers.items())})"


def direction(angle: float) -> np.ndarray:
    """The unit vector (2,) at an angle in degrees, exact at right angles."""
    quarters, rest = divmod(float(angle), 90)
    c, s = cos(radians(rest)), sin(radians(rest))
    return np.array([(c, s), (-s, c), (-c, -s), (s, -c)][int(quarters % 4)])


def bowl(condition=100.0, angle=0.0) -> Surface:
    """A quadratic bowl with curvature 1 along `angle` (degrees) and `condition` across (slide 3).

    It is least at (0, 0); its start lies 10 along and 1 across.
    """
    label = _called("bowl", condition=condition, angle=angle)
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


def plane(slope=1.0, angle=0.0) -> Surface:
    """A plane that falls by `slope` a unit along `angle` (degrees); no minimum (slide 19)."""
    label = _called("plane", slope=slope, angle=angle)
    down = -slope * direction(angle)
    return Surface(
        heights.quadratic, {"xx": 0.0, "yy": 0.0, "slope_x": down[0], "slope_y": down[1]},
        label=label, window=(-12.0, 12.0, -8.0, 8.0), start=(0.0, 0.0),
    )  # fmt: skip


def saddle() -> Surface:
    """E = x^2 - y^2: a valley along x that falls away along y; no minimum."""
    numbers = {"xx": 2.0, "yy": -2.0}
    return Surface(
        heights.quadratic, numbers, label="saddle", window=(-1.5, 1.5, -1.2, 1.2), start=(1.0, 1e-3)
    )


def linear_neuron(x=((1, 1), (1, -1)), t=(2, 0)) -> Surface:
    """The error 1/2 sum (t - w . x)^2 of a linear neuron on its training cases: always a bowl.

    Parameters
    ----------
    x : (N, 2) array
        The inputs.
    t : (N,) array
        The targets.

    Returns
    -------
    Surface
        It can be rolled down by mini-batches of its cases.  Where the cases leave a direction
        open, least is a whole line, and `minima` is empty.

    Raises
    ------
    ValueError
        If the arrays do not fit, or are not finite.

    References
    ----------
    Lecture 6a, slide 2; 6b, slides 11 and 12.

    Examples
    --------
    >>> linear_neuron().minima.round(6).tolist()
    [[1.0, 1.0]]
    >>> float(np.linalg.cond(linear_neuron(*SHIFTED).hessian()).round(1))
    40005.9
    """
    try:
        x, t = np.array(x, np.float64), np.array(t, np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ValueError("the cases of linear_neuron must be finite numbers") from None
    if x.ndim != 2 or x.shape[1] != 2 or not len(x) or t.shape != x.shape[:1]:
        raise ValueError(f"x must be (N, 2) and t (N,), got {x.shape} and {t.shape}")
    if not (np.isfinite(x).all() and np.isfinite(t).all()):
        raise ValueError("the cases of linear_neuron must be finite numbers")
    centre, _, rank, _ = np.linalg.lstsq(x, t, rcond=None)
    off = t - x @ centre
    size = np.abs(t) + np.abs(x) @ np.abs(centre)
    off[np.abs(off) < 1e-13 * size] = 0.0  # rounding
    # What each case alone makes, around the minimum of all: these numbers add up.
    cases = np.zeros((len(x), 8))
    cases[:, 0], cases[:, 1], cases[:, 2] = x[:, 0] ** 2, x[:, 0] * x[:, 1], x[:, 1] ** 2
    cases[:, 5:7], cases[:, 7] = -off[:, None] * x, 0.5 * off**2
    xx, xy, yy, *_, floor = cases.sum(axis=0)
    numbers = {"xx": xx, "xy": xy, "yy": yy, "x0": centre[0], "y0": centre[1], "floor": floor}
    return Surface(
        heights.quadratic,
        {key: float(value) for key, value in numbers.items()},
        label=f"linear_neuron({len(x)} cases)",
        minima=[centre] if rank == 2 else (),
        window=framed(np.array([[xx, xy], [xy, yy]]), centre, (0, 0)),
        start=(0.0, 0.0),
        cases=cases,
    )


def plateau(slope=1e-4, depth=1.0, width=1.0) -> Surface:
    """A plateau of a tiny `slope`, with a pit at (0, 0): a cliff on its rim, a bowl at its bottom.

    The gradient leads to the pit from everywhere; its wall is steepest at the distance `width`.
    """
    label = _called("plateau", slope=slope, depth=depth, width=width)
    check_number("width of plateau", width, above=0.0)
    numbers = {"slope": slope, "depth": depth, "width": width}
    size = width * np.array([-12.0, 4.0, -4.0, 4.0])
    return Surface(
        heights.plateau, numbers, label=label, minima=[(0, 0)], window=tuple(size.tolist()),
        start=(-10.0 * width, 0.0),
    )  # fmt: skip


def long_valley(steep=100.0, length=3.0) -> Surface:
    """A trough with curvature `steep` across, and a floor that hardly falls to (+-length, 0).

    On the line x = 0 nothing says which way to go; its start is a thousandth beside that line.
    """
    label = _called("long_valley", steep=steep, length=length)
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


def as_surface(thing: "Surface | str | Callable") -> Surface:
    """A Surface as it is, one by name, ``bowl`` or ``bowl(condition=10)``, or one's own function.

    Raises
    ------
    ValueError
        If the name or a number is unknown, or the text cannot be read.
    """
    if isinstance(thing, Surface):
        return thing
    if isinstance(thing, str):
        term = one_term(thing, "bowl(condition=100, angle=45)", "the surface")
        return bind(term, "surface", SURFACES, several=True)()
    return thing() if thing in SURFACES.values() else Surface(thing)
