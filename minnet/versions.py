"""Versions of Python and of the libraries that compute, for reports and checkpoints."""

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from . import __version__

LIBRARIES = ("numpy", "numba", "scipy")


@cache
def installed(name: str) -> str:
    """The version of an installed distribution, or "".

    Not for minnet: on the package index the distribution of that name is another project's.
    """
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that compute."""
    found = {name: installed(name) or "not installed" for name in LIBRARIES}
    return {"python": platform.python_version(), "minnet": __version__, **found}
