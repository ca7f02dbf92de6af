"""The command `minnet surface`, and its scenes: optimizers and steps that suit each surface."""

import argparse
import itertools
from pathlib import Path
from typing import NamedTuple

from ..checks import check_whole
from ..optimizers.notation import parse
from ..ownrules import rules_in
from .gallery import SURFACES, as_surface
from .landscapes import Surface
from .paths import Paths
from .rolling import roll


class Scene(NamedTuple):
    """Optimizers and steps for a surface, and a sentence about what they show.

    Attributes
    ----------
    optimizers : str
        In the notation of `minnet.parse`.
    steps : int
    seen : str
        What is to be seen.
    """

    optimizers: str
    steps: int
    seen: str


SCENES = {
    "bowl": Scene(
        "sgd(lr=0.019), momentum(lr=0.01), rprop, rmsprop(lr=0.1)", 60,
        "a ravine: steepest descent sloshes across it, momentum builds up speed along it",
    ),
    "plane": Scene(
        "sgd(lr=0.1), momentum(lr=0.1, momentum=0.9), nesterov(lr=0.1, momentum=0.9)", 12,
        "a constant slope: momentum 0.9 reaches ten times the speed",
    ),
    "plateau": Scene(
        "sgd(lr=1), momentum(lr=1), rprop, rmsprop(lr=0.1)", 120,
        "a tiny gradient: what divides by its size crosses at once, the others hardly move",
    ),
    "saddle": Scene(
        "sgd(lr=0.01), momentum(lr=0.01), nesterov(lr=0.01), adagrad(lr=0.01), adadelta, "
        "rmsprop(lr=0.01)", 400,
        "a thousandth beside the ridge: RMSprop goes down at once, SGD is 349 steps on its way",
    ),
    "long_valley": Scene(
        "sgd(lr=0.0195), momentum(lr=0.0195), nesterov(lr=0.0125), adagrad(lr=0.3), "
        "adadelta(eps=0.0001), rmsprop(lr=0.03)", 150,
        "unscaled gradients slosh across; scaled ones break the symmetry at once",
    ),
    "beale": Scene(
        "sgd(lr=0.007), momentum(lr=0.007), nesterov(lr=0.007), adagrad(lr=0.5), "
        "adadelta(eps=0.0001), rmsprop(lr=0.02)", 200,
        "a large first gradient: velocities shoot off and bounce, scaled gradients stay calm",
    ),
    "rosenbrock": Scene(
        "sgd(lr=0.001), momentum(lr=0.001), nesterov(lr=0.001), irprop-, rmsprop(lr=0.01)", 400,
        "a bent ravine: into it is quick, along it is slow",
    ),
    "himmelblau": Scene(
        "sgd(lr=0.01), momentum(lr=0.01), rprop, adagrad(lr=1), rmsprop(lr=0.1)", 100,
        "four equal minima: the rule decides which one is found",
    ),
    "branin": Scene(
        "sgd(lr=0.02), momentum(lr=0.02), rprop, rmsprop(lr=0.2)", 100,
        "three equal minima in a winding valley",
    ),
    "linear_neuron": Scene(
        "sgd(lr=0.4), momentum(lr=0.1), rprop, rmsprop(lr=0.05)", 40,
        "the surface of your own cases: --cases \"101,101:2 101,99:0\"",
    ),
}  # fmt: skip


def listing() -> str:
    """A text of all surfaces, with their parameters and what is to be seen on them."""
    lines = []
    for name, make in SURFACES.items():
        lines.append(f"{as_surface(name)}\n    {(make.__doc__ or '').splitlines()[0]}")
        lines.append(f"    {SCENES[name].seen}")
    return "\n".join(lines)


def read_numbers(option: str, text: str, count: int) -> list[float]:
    """`count` numbers, separated by commas in the text."""
    try:
        values = [float(word) for word in text.split(",")]
    except ValueError:
        values = []
    if len(values) != count:
        form = ",".join("1" for _ in range(count))
        raise ValueError(f"{option} must be {count} numbers like {form}, got {text!r}")
    return values


def surface_of(options: argparse.Namespace) -> Surface:
    """The surface that the command's options name."""
    name = options.name.lower().replace("-", "_")
    parameters = {"condition": options.condition, "angle": options.angle}
    parameters = {key: value for key, value in parameters.items() if value is not None}
    if parameters:
        if name != "bowl":
            raise ValueError(f"--{next(iter(parameters))} is for the bowl, not for {options.name}")
        return SURFACES["bowl"](**parameters)
    if options.cases is None:
        return as_surface(options.name)
    if name != "linear_neuron":
        raise ValueError(f"--cases is for the linear-neuron, not for {options.name}")
    cases = [case.rpartition(":")[::2] for case in options.cases.split()]
    if not cases:
        raise ValueError('--cases must be inputs and targets like "1,1:2 1,-1:0", got none')
    x = [read_numbers("the inputs of --cases", inputs, 2) for inputs, _ in cases]
    t = [read_numbers("the target of --cases", target, 1)[0] for _, target in cases]
    return SURFACES["linear_neuron"](x, t)


def paths_of(options: argparse.Namespace) -> Paths:
    """The paths that the command's options ask for; what they leave open is the scene's."""
    surface = surface_of(options)
    scene = SCENES[surface.name]
    rules = rules_in(options.rules) if options.rules else None
    steps = scene.steps if options.steps is None else options.steps
    check_whole("--steps", steps, 1)
    return roll(
        surface,
        parse(options.optimizers or scene.optimizers, rules),
        None if options.start is None else read_numbers("--start", options.start, 2),
        steps,
        noise=options.noise,
        batch_size=options.batch_size,
        order=options.order,
        seed=options.seed,
    )


def free_name(name: str) -> str:
    """The first of name.png, name-2.png, ... that no file has yet."""
    names = (f"{name}-{k}.png" if k > 1 else f"{name}.png" for k in itertools.count(1))
    return next(file for file in names if not Path(file).exists())


def show(options: argparse.Namespace) -> list[str]:
    """Write the figure or film that `minnet surface NAME` asks for; the names of the files."""
    if options.animate:
        from .animation import animate
        from .film import check_film, save

        check_film(options.animate)
    files = []
    paths = paths_of(options)
    alt = f"{', '.join(paths.labels)} on {paths.surface}"
    if options.animate:
        save(animate(paths), options.animate, alt)
        files.append(options.animate)
    if options.output or not options.animate:
        from ..report.plot import STYLE
        from .trajectories import draw

        output = options.output or free_name(paths.surface.name)
        if not Path(output).suffix:
            raise ValueError(f"--output must be a picture like surface.png, got {output!r}")
        draw(paths).savefig(output, dpi=STYLE["savefig.dpi"])
        files.append(output)
    return files
