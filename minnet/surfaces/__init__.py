"""Error surfaces of two weights, on which a rule can be watched.

- `heights`: the formulas
- `landscapes`: the class `Surface`
- `gallery`: bowls, plateau, saddle, valleys and the classic test functions, by name
- `rolling`: `roll`, which takes rules down a surface
- `paths`: the paths that it returns
- `trajectories`, `animation`, `film`: figures and films of them
- `scenes`: `minnet surface`
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
