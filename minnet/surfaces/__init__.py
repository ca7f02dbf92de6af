"""Error surfaces of two weights, and the paths of optimizers on them.

- `heights`: the formulas
- `landscapes`: the class `Surface`
- `gallery`: bowls, plateau, saddle, valleys and the classic test functions, by name
- `neuron`: the surface of a linear neuron, from its training cases
- `rolling`: `roll`, the descent of optimizers on a surface
- `paths`: the class `Paths`, which `roll` returns
- `trajectories`, `animation`: figures of paths, still and moving
- `film`, `player`: files of moving figures, and the web page that plays one
- `scenes`: the command `minnet surface`
"""

from .gallery import (
    SURFACES,
    as_surface,
    beale,
    bowl,
    branin,
    himmelblau,
    linear_neuron,
    long_valley,
    plane,
    plateau,
    rosenbrock,
    saddle,
)
from .landscapes import Surface
from .paths import Paths
from .rolling import roll

__all__ = [
    "SURFACES", "Paths", "Surface", "as_surface", "beale", "bowl", "branin", "himmelblau",
    "linear_neuron", "long_valley", "plane", "plateau", "roll", "rosenbrock", "saddle",
]  # fmt: skip
